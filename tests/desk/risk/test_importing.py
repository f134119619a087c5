"""Somebody's table taken in: CSV and XLSX, hostile ones bounded; an error changes nothing."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook

from kawal.desk.risk import actions, importing, reads, sheets, uses
from kawal.desk.risk.models import AreaIndicator, AreaRisk, IndicatorImport
from kawal.rules.refusals import Refused
from kawal.rules.risk.indicators import Code

from ..needs.places_of import VILLAGES, regency

NOW = datetime(2024, 2, 12, tzinfo=UTC)
NEAR, MIDDLE, FAR = VILLAGES
MAPPING = """
index = "tps-rawan-2024"
publisher = "Bawaslu Banyuasin"
date = 2024-02-11
[area]
code = "Kode"
[[value]]
column = "Internet"
measure = "no_internet"
unit = "percent"
"""
CSV = f"Kode;Internet\n{NEAR};25\n{FAR};100\n"
pytestmark = pytest.mark.django_db


def xlsx(*rows: list[object], title: str = "Data") -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.title = title
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def take_in(data: bytes | str, mapping: str = MAPPING, **more: str) -> importing.Taken:
    told = data.encode() if isinstance(data, str) else data
    return importing.take_in(told, "f", mapping, by="logistik", now=NOW, **more)


def codes(taken: importing.Taken) -> list[str]:
    return [notice["code"] for notice in taken.notices]


def test_values_are_kept_in_the_indexs_own_unit_and_feed_the_composite() -> None:
    regency()
    taken = take_in(CSV)
    assert (taken.saved, taken.values_count, taken.changed_count, taken.areas_count) == (True, 2, 2, 2)
    actions.compute("16.07", now=NOW)
    signal = {code: AreaRisk.objects.get(pk=code).indicators["signal"] for code in VILLAGES}
    assert signal == {NEAR: 0.75, MIDDLE: None, FAR: 0.0}  # a share with trouble is a lack of signal
    told = {row.indicator.code: row for row in reads.assessment(FAR, now=NOW).reasons}
    assert (told["signal"].given_by, told["signal"].index) == ("Bawaslu Banyuasin", "tps-rawan-2024")


def test_csv_and_xlsx_say_the_same() -> None:
    regency()
    take_in(
        xlsx(["Kode", "Internet"], [NEAR, 25], [FAR, 100.0]),
        MAPPING.replace("[area]", 'sheet = "Data"\n[area]', 1),
    )
    first = set(AreaIndicator.objects.values_list("area_code", "value"))
    assert first == {(NEAR, 0.25), (FAR, 1.0)}
    again = take_in(CSV)
    assert (again.saved, again.changed_count, codes(again)) == (True, 0, [Code.NOTHING_CHANGED])
    assert [run.changed_count for run in IndicatorImport.objects.order_by("id")] == [2, 0]


def test_a_look_before_changes_nothing() -> None:
    regency()
    seen = importing.look_at(CSV.encode(), "f", MAPPING)
    assert (seen.saved, seen.values_count, seen.changed_count) == (False, 2, 2)
    assert not IndicatorImport.objects.exists()


def test_a_file_with_an_error_changes_nothing_and_is_remembered_with_its_hash_and_mapping() -> None:
    regency()
    taken = take_in(f"Kode;Internet\n{NEAR};25\n{FAR};viel\n")
    assert (taken.saved, codes(taken)) == (False, [Code.NUMBER_BAD])
    assert not AreaIndicator.objects.exists()
    kept = IndicatorImport.objects.get()
    assert (kept.saved, kept.values_count, kept.mapping, len(kept.sha256)) == (False, 0, MAPPING, 64)


def test_nothing_beyond_the_own_area_is_taken() -> None:
    regency()
    taken = take_in(CSV, inside="16.07.03")
    assert (taken.saved, codes(taken)) == (False, [Code.OUTSIDE])


def test_older_data_do_not_replace_newer_ones() -> None:
    regency()
    take_in(CSV)
    older = MAPPING.replace("2024-02-11", "2023-02-11")
    taken = take_in(CSV.replace(";100", ";10"), older)
    assert (taken.saved, taken.changed_count, Code.OLDER in codes(taken)) == (True, 0, True)
    assert AreaIndicator.objects.get(area_code=FAR).value == 1.0


def test_the_worst_of_two_measures_of_one_index_and_the_newest_of_two_indices_count() -> None:
    regency()
    both = MAPPING.replace("no_internet", "violence").replace("Internet", "A") + (
        '[[value]]\ncolumn = "B"\nmeasure = "intimidation"\nunit = "percent"\n'
    )
    take_in(f"Kode,A,B\n{FAR},10,60\n", both)
    actions.compute("16.07", now=NOW)
    assert AreaRisk.objects.get(pk=FAR).indicators["violence"] == 0.6


IKP = """
index = "ikp-2024"
publisher = "Bawaslu RI"
date = 2022-12-16
[area]
code = "Kode"
[[value]]
column = "IKP"
measure = "score"
"""


def test_ikp_is_never_route_risk_unless_a_person_decides_so_and_then_it_is_told() -> None:
    regency()
    take_in("Kode,IKP\n16.07,80\n", IKP)
    actions.compute("16.07", now=NOW)
    assert AreaRisk.objects.get(pk=FAR).indicators["violence"] is None
    until = datetime(2024, 2, 20, tzinfo=UTC)
    made = uses.decide(
        "16.07", "ikp-2024", "score", "violence", "Belum ada data lain", until, by="kapolres", now=NOW
    )
    actions.compute("16.07", now=NOW)
    assert AreaRisk.objects.get(pk=FAR).indicators["violence"] == 0.8
    told = {row.indicator.code: row for row in reads.assessment(FAR, now=NOW).reasons}
    assert (told["violence"].index, told["violence"].use) == ("ikp-2024", made)
    uses.end(made, area="16.07", by="kapolres", now=NOW)
    actions.compute("16.07", now=NOW)
    assert AreaRisk.objects.get(pk=FAR).indicators["violence"] is None


@pytest.mark.parametrize(
    ("index", "measure", "indicator", "reason", "code"),
    [
        ("ikp-2024", "score", "violence", " ", "reason_required"),
        ("ikp-2024", "skor", "violence", "x", "unknown_measure"),
        ("ikp", "score", "violence", "x", "unknown_index"),
        ("ikp-2024", "score", "chaos", "x", "unknown_indicator"),
        ("tps-rawan-2024", "violence", "violence", "x", "index_is_of_routes"),
    ],
)
def test_a_use_without_reason_or_sense_is_refused(
    index: str, measure: str, indicator: str, reason: str, code: str
) -> None:
    regency()
    until = datetime(2024, 2, 20, tzinfo=UTC)
    with pytest.raises(Refused) as refused:
        uses.decide("16.07", index, measure, indicator, reason, until, by="kapolres", now=NOW)
    assert refused.value.code == code


def packed(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0rest", Code.UNREADABLE),  # an old XLS, or one with a password
        (b"PK\x03\x04rest", Code.UNREADABLE),
        (packed("xl/workbook.xml", b"<x/>"), Code.UNREADABLE),
        (packed("xl/a.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'), Code.UNREADABLE),
        ("Kode,Internet\n16.07,\u0080".encode("latin-1"), Code.UNREADABLE),
        (b"Kode,Internet\n16.07,\0", Code.UNREADABLE),
        (b'Kode,Internet\n"16.07,1', Code.UNREADABLE),
        (b"Kode,Internet\n16.07," + b"9" * 3000, Code.TOO_LARGE),
        (b"a," * 400 + b"b", Code.TOO_LARGE),
        (b"", Code.EMPTY),
    ],
)
def test_a_hostile_or_broken_file_is_one_notice(data: bytes, code: Code) -> None:
    regency()
    taken = take_in(data)
    assert (taken.saved, codes(taken)) == (False, [code])


def test_a_file_that_unpacks_to_too_much_is_left_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    regency()
    monkeypatch.setattr(sheets, "_UNPACKED_BYTES_MAX", 100_000)
    assert codes(take_in(packed("xl/big.xml", b" " * 1_000_000))) == [Code.TOO_LARGE]


def test_a_sheet_that_is_not_there_is_named_with_those_that_are() -> None:
    regency()
    mapping = MAPPING.replace("[area]", 'sheet = "TPS"\n[area]', 1)
    taken = take_in(xlsx(["Kode", "Internet"], title="Lembar"), mapping)
    assert [(row["code"], row["expected"]) for row in taken.notices] == [(Code.SHEET_MISSING, "Lembar")]


def test_a_formula_gives_what_it_gave_last_and_is_not_computed() -> None:
    regency()
    taken = take_in(xlsx(["Kode", "Internet"], [NEAR, "=1+1"]))
    assert Code.VALUES_MISSING in codes(taken)  # nobody has opened it: it never gave anything


def test_a_mapping_is_proposed_from_the_file() -> None:
    regency()
    text = importing.proposal(CSV.encode(), now=NOW, index="tps-rawan-2024")
    assert 'code = "Kode"' in text and 'measure = "no_internet"' in text
    with pytest.raises(Refused) as refused:
        importing.proposal(b"PK\x03\x04", now=NOW)
    assert refused.value.code == "file_unreadable"
