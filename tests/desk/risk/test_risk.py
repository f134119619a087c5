"""Risk of a regency: computed with reasons, rolled up, overridden by a chief, fed by given indicators."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kawal.desk.places.models import Area, Border, Site, Station
from kawal.desk.risk import actions, reads
from kawal.desk.risk.models import AreaIndicator, AreaRisk, IndicatorImport
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass

from ..needs.places_of import VILLAGES, areas, regency, stations

NOW = datetime(2024, 2, 1, 8, 0, tzinfo=UTC)
NEAR, MIDDLE, FAR = VILLAGES
pytestmark = pytest.mark.django_db


def give(folder: Path, text: str, source: str = "Bawaslu Banyuasin") -> actions.Imported:
    path = folder / "indicators.csv"
    path.write_text("area,indicator,value\n" + text)
    return actions.import_indicators(path, source=source, date=date(2024, 1, 15), now=NOW)


def test_every_village_with_stations_is_scored_with_its_reasons() -> None:
    regency()
    areas("16.07.04.2009")  # no stations: nothing to deliver, nothing to score
    computed = actions.compute("16.07", now=NOW)
    assert computed.villages_count == 3
    assert sum(computed.classes.values()) == 3
    assert set(reads.classes("16.07", now=NOW)) == set(VILLAGES)
    found = reads.assessment(FAR, now=NOW)
    assert sum(row.points for row in found.reasons) == pytest.approx(found.score, abs=0.01)
    assert [row.points for row in found.reasons] == sorted(
        (row.points for row in found.reasons), reverse=True
    )
    values = {row.indicator.code: row.value for row in found.reasons}
    assert values["warehouse_km"] == pytest.approx(1.43 * 106.8, rel=0.01)
    assert {row.code for row in found.missing} >= {"signal", "crossing_km", "water"}
    assert found.coverage == pytest.approx((17 + 11 + 9 + 8) / 114)


def test_the_farther_village_is_the_riskier_one() -> None:
    regency()
    actions.compute("16.07", now=NOW)
    scores = [reads.assessment(village, now=NOW).score for village in (NEAR, MIDDLE, FAR)]
    assert scores == sorted(scores)
    assert reads.classes("16.07", now=NOW)[FAR] > reads.classes("16.07", now=NOW)[NEAR]


def test_a_border_makes_crossings_known() -> None:
    regency()
    ring = [[104.5, -3.1], [105.0, -3.1], [105.0, -2.0], [104.5, -2.0], [104.5, -3.1]]
    border = json.dumps({"type": "Polygon", "coordinates": [ring]})
    Border.objects.create(area_id="16.07", geometry=border)
    actions.compute("16.07", now=NOW)
    crossing = {v: AreaRisk.objects.get(pk=v).indicators["crossing_km"] for v in VILLAGES}
    assert crossing[NEAR] == crossing[MIDDLE] == 0
    assert crossing[FAR] > 30


def test_areas_above_are_rolled_up_by_voters() -> None:
    regency()
    actions.compute("16", now=NOW)
    village = {code: reads.assessment(code, now=NOW).score for code in VILLAGES}
    district = reads.assessment("16.07.03", now=NOW)
    assert district.score == pytest.approx((550 * village[NEAR] + 251 * village[MIDDLE]) / 801, abs=0.01)
    assert district.villages is not None
    assert sum(district.villages) == 2
    province = reads.assessment("16", now=NOW)
    assert province.worst == max(reads.assessment(code, now=NOW).computed for code in VILLAGES)
    assert sum(row.points for row in province.reasons) == pytest.approx(province.score, abs=0.01)
    assert province.coverage is None
    with pytest.raises(Refused) as refused:
        reads.assessment("", now=NOW)
    assert refused.value.code == "risk_not_computed"


def test_computing_again_replaces_what_was_and_forgets_gone_villages() -> None:
    regency()
    actions.compute("16.07", now=NOW)
    Station.objects.filter(village_id=FAR).delete()
    actions.compute("16.07", now=NOW + timedelta(days=1))
    assert set(reads.classes("16.07", now=NOW)) == {NEAR, MIDDLE}
    assert reads.assessment("16.07", now=NOW).at == NOW + timedelta(days=1)
    assert not AreaRisk.objects.filter(pk="16.07.04").exists()


def test_one_regency_computed_again_leaves_its_neighbour() -> None:
    regency()
    stations("16.08.01.2001", 200)
    actions.compute("16", now=NOW)
    actions.compute("16.07", now=NOW)
    assert "16.08.01.2001" in reads.classes("16", now=NOW)
    assert set(reads.classes_of_children("16", now=NOW)) == {"16.07", "16.08"}
    assert set(reads.classes_of_children("16.07.03", now=NOW)) == {NEAR, MIDDLE}
    assert reads.classes_of_children(NEAR, now=NOW) == {}


def test_a_village_of_which_nothing_is_known_is_vulnerable() -> None:
    regency()
    Site.objects.all().delete()
    Area.objects.update(lat=None, lon=None, area_km2=None)
    actions.compute("16.07", now=NOW)
    assert set(reads.classes("16.07", now=NOW).values()) == {RiskClass.VULNERABLE}
    assert reads.assessment(NEAR, now=NOW).coverage == pytest.approx(0)


@pytest.mark.parametrize(
    ("area", "code"), [("17.01", "unknown_area"), ("16.07.03", "area_too_small"), ("16.09", "no_stations")]
)
def test_what_cannot_be_scored_is_refused_and_nothing_changes(area: str, code: str) -> None:
    regency()
    areas("16.09")
    actions.compute("16.07", now=NOW)
    with pytest.raises(Refused) as refused:
        actions.compute(area, now=NOW)
    assert refused.value.code == code
    assert set(reads.classes("16.07", now=NOW)) == set(VILLAGES)


def test_given_values_count_for_the_area_and_all_below(tmp_path: Path) -> None:
    regency()
    told = give(tmp_path, f"16.07,signal,0.8\n{FAR},signal,0\n{FAR},water,1\n")
    assert (told.saved, told.values_count, told.notices) == (True, 3, [])
    actions.compute("16.07", now=NOW)
    signal = {code: AreaRisk.objects.get(pk=code).indicators["signal"] for code in VILLAGES}
    assert signal == {NEAR: 0.8, MIDDLE: 0.8, FAR: 0}
    reasons = {row.indicator.code: row for row in reads.assessment(MIDDLE, now=NOW).reasons}
    assert (reasons["signal"].given_by, reasons["signal"].given_on) == (
        "Bawaslu Banyuasin",
        date(2024, 1, 15),
    )
    assert reasons["warehouse_km"].given_by is None
    assert reads.signal("16.07") == {"16.07": 0.8, FAR: 0}


def test_a_list_of_what_is_affected_says_of_all_others_that_they_are_not(tmp_path: Path) -> None:
    regency()
    stations("16.08.01.2001", 200)
    give(tmp_path, f"{FAR},late_before,0.5\n")
    actions.compute("16", now=NOW)
    late = {
        code: AreaRisk.objects.get(pk=code).indicators["late_before"] for code in (NEAR, FAR, "16.08.01.2001")
    }
    assert late == {NEAR: 0, FAR: 0.5, "16.08.01.2001": None}


def test_a_given_value_is_preferred_to_a_measured_one(tmp_path: Path) -> None:
    regency()
    give(tmp_path, f"{NEAR},warehouse_km,61.5\n")
    actions.compute("16.07", now=NOW)
    assert AreaRisk.objects.get(pk=NEAR).indicators["warehouse_km"] == 61.5


def test_a_newer_file_replaces_values_and_both_imports_stay(tmp_path: Path) -> None:
    regency()
    give(tmp_path, "16.07,signal,0.8\n")
    give(tmp_path, "16.07,signal,0.3\n", source="Diskominfo")
    assert reads.signal("16.07") == {"16.07": 0.3}
    assert AreaIndicator.objects.get().told.source == "Diskominfo"
    assert IndicatorImport.objects.count() == 2


def test_a_file_with_an_error_changes_nothing_and_is_remembered(tmp_path: Path) -> None:
    regency()
    told = give(tmp_path, "16.07,signal,0.8\n16.07.03,signal,maybe\n")
    assert not told.saved
    assert not AreaIndicator.objects.exists()
    kept = IndicatorImport.objects.get()
    assert (kept.saved, kept.values_count) == (False, 0)
    assert [(notice["code"], notice["severity"], notice["row"]) for notice in kept.notices] == [
        ("R10", "error", 3)
    ]


def test_a_file_in_another_encoding_is_named_and_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes("area,indicator,value,caf\xe9\n".encode("latin-1"))
    told = actions.import_indicators(path, source="X", date=date(2024, 1, 15), now=NOW)
    assert (told.saved, [notice.code for notice in told.notices]) == (False, ["R01"])


def test_values_that_nobody_gave_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        give(tmp_path, "16.07,signal,1\n", source=" ")
    assert refused.value.code == "source_required"
    assert not IndicatorImport.objects.exists()
