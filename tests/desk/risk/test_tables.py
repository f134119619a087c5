"""What a class means, by area and version: the nearest last one is in force, and none is overwritten."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kawal.desk.risk import deciding, reads, tables
from kawal.desk.risk.models import PatternTable
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.pattern_text import text_of
from kawal.rules.risk.patterns import stations_limit

from ..needs.places_of import regency

NOW = datetime(2024, 2, 1, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def with_limit(area: str, stations: int) -> str:
    text = reads.table(area).text
    now = stations_limit(RiskClass.SPECIAL, tables.read(text))
    return text.replace(f"stations_per_vehicle = {now}\n", f"stations_per_vehicle = {stations}\n")


def change(area: str, stations: int, reason: str = "Perahu kecil") -> int:
    return deciding.change_patterns(area, with_limit(area, stations), reason, "kapolres", now=NOW)


def limit(area: str) -> int:
    return stations_limit(RiskClass.SPECIAL, reads.patterns(area))


def test_the_nearest_last_table_is_in_force() -> None:
    regency()
    assert limit("16.07.03.2001") == 8
    assert change("", 7) == 1
    assert change("16.07", 5) == 1
    assert change("16.07", 4) == 2
    assert (limit("16.07.03.2001"), limit("16.07"), limit("16.08"), limit("")) == (4, 4, 7, 7)
    found = reads.patterns_of(["16.07", "16.08"])
    assert [stations_limit(RiskClass.SPECIAL, found[area]) for area in found] == [4, 7]


def test_every_version_stays_with_who_when_and_why_and_the_same_again_is_none() -> None:
    regency()
    change("16.07", 5, "Perahu kecil")
    change("16.07", 4, "Ombak")
    assert change("16.07", 4, "Sekali lagi") == 2
    assert [(one.version, one.reason, one.by, one.at) for one in tables.versions("16.07")] == [
        (2, "Ombak", "kapolres", NOW),
        (1, "Perahu kecil", "kapolres", NOW),
    ]
    assert [one.version for one in tables.versions("")] == [0]


@pytest.mark.parametrize(
    ("area", "text", "reason", "code"),
    [
        ("16.07", None, " ", "reason_required"),
        ("16.07.03", None, "Ombak", "table_needs_regency"),
        ("17.01", None, "Ombak", "unknown_area"),
        ("16.07", "name = ", "Ombak", "wrong_rules"),
        ("16.07", "name = 'x'", "Ombak", "wrong_rules"),
    ],
)
def test_a_wrong_change_is_refused_and_nothing_is_saved(
    area: str, text: str | None, reason: str, code: str
) -> None:
    regency()
    told = with_limit("16.07", 5) if text is None else text
    with pytest.raises(Refused) as refused:
        deciding.change_patterns(area, told, reason, "kapolres", now=NOW)
    assert refused.value.code == code
    assert not PatternTable.objects.exists()


def test_a_table_written_out_and_read_again_is_the_same() -> None:
    shipped = reads.patterns("")
    again = tables.read(text_of(shipped, says="Ditulis oleh\nhalaman"))
    assert (again.classes, again.polres) == (shipped.classes, shipped.polres)
