"""Somebody's table read by a mapping: names to codes, units to shares, notices for what is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.places.facts import Area
from kawal.rules.refusals import Refused
from kawal.rules.risk.indicators import Code, Given
from kawal.rules.risk.indices import indices_of
from kawal.rules.risk.mapped import Cell, number_of, read_mapped
from kawal.rules.risk.mapping import mapping_of
from kawal.rules.risk.naming import Names, plain
from kawal.rules.risk.proposing import propose

CATALOGUE = indices_of(
    tomllib.loads((files("kawal.rules.risk") / "indices-2024.toml").read_text("utf-8"), parse_float=Decimal)
)
AREAS = [
    Area(code=code, level=level, name=name)
    for code, level, name in [
        ("16", "province", "Sumatera Selatan"),
        ("16.07", "regency", "Kabupaten Banyuasin"),
        ("16.71", "regency", "Kota Palembang"),
        ("16.72", "regency", "Kabupaten Palembang"),
        ("16.07.03", "district", "Betung"),
        ("16.07.04", "district", "Air Saleh"),
        ("16.07.03.2001", "village", "Suka Mulya"),
        ("16.07.04.2001", "village", "Suka Mulya"),
        ("16.07.04.2002", "village", "Saleh Jaya"),
    ]
]
KNOWN = {area.code: 10 for area in AREAS}
BY_CODE = """
index = "tps-rawan-2024"
publisher = "Bawaslu Banyuasin"
date = 2024-02-11
[area]
code = "Kode"
[[value]]
column = "Internet"
measure = "no_internet"
unit = "stations"
"""
BY_NAME = BY_CODE.replace('code = "Kode"', 'district = "Kecamatan"\nvillage = "Desa"\nwithin = "16.07"')


def read(text: str, rows: Iterable[list[Cell]], *, inside: str = "") -> Given:
    columns = mapping_of(tomllib.loads(text, parse_float=Decimal), CATALOGUE)
    names = Names(AREAS, columns.within) if columns.name_columns else None
    return read_mapped(enumerate(rows, 1), "f.csv", columns, known=KNOWN, names=names, inside=inside)


def told(found: Given) -> list[tuple[Code, int | None, str]]:
    return [(notice.code, notice.row, notice.value) for notice in found.notices]


def test_a_count_of_stations_becomes_a_share_of_the_areas_stations() -> None:
    found = read(BY_CODE, [["Kode", "Internet"], ["16.07.03.2001", "4"], ["1607042002", 10.0]])
    assert found.values == {
        ("16.07.03.2001", "no_internet"): 0.4,
        ("16.07.04.2002", "no_internet"): 1.0,
    }
    assert found.notices == []


def test_names_are_resolved_inside_the_area_above() -> None:
    found = read(
        BY_NAME,
        [
            ["Kecamatan", "Desa", "Internet"],
            ["Kec. BETUNG", "Desa Suka  Mulya", "1"],
            ["Air Saleh", "suka mulya", "2"],
        ],
    )
    assert found.values == {("16.07.03.2001", "no_internet"): 0.1, ("16.07.04.2001", "no_internet"): 0.2}


def test_a_name_that_fits_two_or_none_is_told_with_what_comes_near() -> None:
    found = read(
        BY_NAME,
        [["Kecamatan", "Desa", "Internet"], ["", "Suka Mulya", "1"], ["Air Saleh", "Saleh Jaja", "2"]],
    )
    assert found.values == {}
    assert told(found) == [
        (Code.NAME_AMBIGUOUS, 2, "Suka Mulya"),
        (Code.NAME_UNKNOWN, 3, "Air Saleh / Saleh Jaja"),
    ]
    assert [notice.expected for notice in found.notices] == ["16.07.03.2001, 16.07.04.2001", "Saleh Jaya"]


def test_kota_and_kabupaten_of_one_name_are_two() -> None:
    names = Names(AREAS, "")
    assert names.resolve({"regency": "KOTA PALEMBANG"}).code == "16.71"
    assert names.resolve({"regency": "Kab. Palembang"}).code == "16.72"
    assert names.resolve({"regency": "Palembang"}).ambiguous
    assert plain("Kab. OGAN  ILIR") == ("kab", "ogan ilir")
    assert plain("Kota") == ("", "kota")


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["16.07.03.2001", "11"], Code.OUT_OF_RANGE),
        (["16.07.03.2001", "-1"], Code.OUT_OF_RANGE),
        (["16.07.03.2001", "banyak"], Code.NUMBER_BAD),
        (["16.07.99.2001", "1"], Code.AREA_UNKNOWN),
        (["enam belas", "1"], Code.AREA_BAD),
        ([16.1, "1"], Code.CODE_BECAME_NUMBER),
        (["16.71", "1"], Code.OUTSIDE),
        (["JUMLAH", "1"], Code.ROW_SKIPPED),
        (["16.07.03.2001", "-"], Code.VALUES_MISSING),
    ],
)
def test_what_is_wrong_with_a_row_is_one_notice_with_its_place(cells: list[Cell], code: Code) -> None:
    found = read(BY_CODE, [["Kode", "Internet"], cells], inside="16.07")
    assert found.values == {}
    assert code in [notice.code for notice in found.notices]


def test_the_head_may_stand_below_a_title_and_must_have_every_column() -> None:
    text = BY_CODE.replace("[area]", "header_row = 3\n[area]", 1)
    rows: list[list[Cell]] = [["TPS RAWAN", None], [None, None], ["Kode", "Internet"], ["16.07", "5"]]
    assert read(text, rows).values == {("16.07", "no_internet"): 0.5}
    found = read(BY_CODE, [["Kode", "Sinyal"], ["16.07", "5"]])
    assert [(n.code, n.field, n.expected) for n in found.notices] == [
        (Code.COLUMN_MISSING, "Internet", "Kode, Sinyal")
    ]


def test_a_value_told_twice_is_an_error_and_an_empty_file_says_so() -> None:
    found = read(BY_CODE, [["Kode", "Internet"], ["16.07", "5"], ["16.07", "6"]])
    assert [notice.code for notice in found.notices] == [Code.TOLD_TWICE]
    assert found.errors_count == 1
    assert [notice.code for notice in read(BY_CODE, []).notices] == [Code.EMPTY]


@pytest.mark.parametrize(
    ("unit", "cell", "value"),
    [
        ('unit = "percent"', "35,5", 0.355),
        ('unit = "percent"', "35 %", 0.35),
        ('unit = "yes_no"', "Ada", 1.0),
        ('unit = "yes_no"', "tidak", 0.0),
        ('unit = "words"\nwords = { Tinggi = 1, sedang = 0.5 }', "TINGGI", 1.0),
        ('unit = "as_is"\nscale = 0.01', "35", 0.35),
        ('empty = "zero"', "", 0.0),
    ],
)
def test_units_become_the_measures_own(unit: str, cell: Cell, value: float) -> None:
    text = BY_CODE.replace('unit = "stations"', unit).replace("[area]", 'decimal = "comma"\n[area]', 1)
    found = read(text, [["Kode", "Internet"], ["16.07", cell]])
    assert found.values[("16.07", "no_internet")] == pytest.approx(value)


@given(st.integers(-(10**12), 10**12), st.integers(0, 99))
def test_a_number_written_with_points_or_commas_is_read_as_it_was_meant(whole: int, part: int) -> None:
    value = float(f"{whole}.{part:02d}")
    grouped = f"{abs(whole):,}.{part:02d}"
    english = f"-{grouped}" if whole < 0 else grouped
    indonesian = english.replace(",", "#").replace(".", ",").replace("#", ".")
    assert number_of(english, ".") == pytest.approx(value)
    assert number_of(indonesian, ",") == pytest.approx(value)


@pytest.mark.parametrize("text", ["1.2.3", "1,23", "12,34.5", "1e5", "NaN", "inf", "", "½", "1 2"])
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    assert number_of(text, ".") is None or text == "1 2"


@pytest.mark.parametrize(
    ("change", "code", "key"),
    [
        (("tps-rawan-2024", "ikp"), "unknown_index", None),
        (("no_internet", "wifi"), "unknown_measure", None),
        (("2024-02-11", '"kemarin"'), "wrong_rules", "date"),
        (('code = "Kode"', ""), "wrong_rules", "area"),
        (('code = "Kode"', 'code = "Kode"\nvillage = "Desa"'), "wrong_rules", "area"),
        (('code = "Kode"', 'code = "Kode"\nwithin = "x"'), "wrong_rules", "area.within"),
        (('"stations"', '"words"'), "wrong_rules", "value[1].words"),
        (('"stations"', '"stations"\nscale = 0'), "wrong_rules", "value[1].scale"),
        (("[area]", "header_row = 101\n[area]"), "wrong_rules", "header_row"),
        (("publisher", "penerbit"), "wrong_rules", "publisher"),
    ],
)
def test_a_wrong_mapping_is_refused_with_key_and_mend(
    change: tuple[str, str], code: str, key: str | None
) -> None:
    with pytest.raises(Refused) as refused:
        read(BY_CODE.replace(*change, 1), [])
    assert refused.value.code == code
    assert key is None or refused.value.facts["key"] == key


def test_a_proposal_can_be_used_as_it_is_where_the_heads_are_clear() -> None:
    rows: list[list[Cell]] = [
        ["DATA TPS RAWAN", None, None, None],
        ["No", "Kecamatan", "Desa", "Kendala jaringan internet"],
        ["1", "Betung", "Suka Mulya", "4"],
    ]
    text = propose(rows, CATALOGUE, on=date(2024, 2, 11), index="tps-rawan-2024", within="16.07")
    found = read(text, rows)
    assert found.values == {("16.07.03.2001", "no_internet"): 0.4}, text


def test_a_proposal_leaves_out_what_it_does_not_know_and_says_so() -> None:
    rows: list[list[Cell]] = [["Kode", "Signal", "Xyzzy"], ["16.07", "0,5", "1"]]
    text = propose(rows, CATALOGUE, on=date(2024, 2, 11), index="signal")
    assert '# "Xyzzy": no measure is called like that' in text
    assert read(text, rows).values == {("16.07", "signal"): 0.5}


def test_the_catalogue_keeps_ikp_and_ipkp_apart_from_the_ways_of_boxes() -> None:
    routes = {code: index.routes for code, index in CATALOGUE.by_code.items()}
    assert not routes["ikp-2024"] and not routes["ipkp-2024"]
    assert all(routes[code] for code in routes if code not in ("ikp-2024", "ipkp-2024"))
    assert len(CATALOGUE.index("tps-rawan-2024").measures) == 22
    assert len(CATALOGUE.index("tps-rawan-pilkada-2024").measures) == 28
    assert CATALOGUE.measure("tps-rawan-2024", "no_internet").onto(0.3, 1, 0) == pytest.approx(0.7)
    assert CATALOGUE.measure("ikp-2024", "score").bands["regency"] == (13.47, 49.33)


def change_catalogue(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = tomllib.loads(
        (files("kawal.rules.risk") / "indices-2024.toml").read_text("utf-8"), parse_float=Decimal
    )
    data["index"][0]["measure"][0].update(changes)
    return data


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"worst": 0}, "must_differ_from_safe"),
        ({"bands_regency": [50, 10]}, "must_rise_two"),
        ({"bands_regency": [50]}, "must_be_numbers"),
        ({"code": "contest"}, "must_be_unique"),
    ],
)
def test_a_wrong_catalogue_is_refused(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(Refused) as refused:
        indices_of(change_catalogue(**changes))
    assert refused.value.facts["problem"] == problem
