"""Tables of vehicles and windows: taken whole, or told by number, row and field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from kawal.rules.plan.facts import Mode
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.plan.fleet_rows import VEHICLES, WINDOWS, Cell, Code, Sheets, check_names, fleet_text, take
from kawal.rules.plan.windows import Opening
from tests.rules.plan.small import DEFAULT_TEXT, fleet

HEAD = list(VEHICLES)
TRUCK: list[Cell] = ["BG 1", "truck", "16.07", None, 100, None, 12.5, None, None, 2, None]


def taken(*tables: list[list[Cell]]) -> Sheets:
    sheets = Sheets()
    for table in tables:
        take(enumerate(table, start=1), "armada.csv", sheets)
    check_names(sheets)
    return sheets


def codes(sheets: Sheets) -> list[tuple[Code, int | None, str]]:
    return [(one.code, one.row, one.field) for one in sheets.notices]


def test_a_table_becomes_a_fleet_whose_other_figures_stay() -> None:
    sheets = taken([list(HEAD), TRUCK, [None, "pickup", "16.07.03", 3.0]])
    assert not sheets.notices
    found = fleet_of(fleet_text(sheets, DEFAULT_TEXT, 'Armada "Banyuasin"'))
    assert found.name == 'Armada "Banyuasin"'
    assert [(one.area, one.name, one.kind.parcels, one.kind.volume_l) for one in found.listed] == [
        ("16.07", "BG 1", 100, 12_500),
        *(("16.07.03", f"L{number}", 40, None) for number in (1, 2, 3)),
    ]
    assert (found.kinds, found.stocks) == (fleet().kinds, fleet().stocks)


def test_heads_and_words_may_be_indonesian() -> None:
    sheets = taken(
        [["Nama", "Moda", "Wilayah", "Jumlah", "Berat (kg)"], ["", "Perahu panjang", "16.07.10", 2, "450"]],
        [
            ["Jenis waktu", "Tempat", "Moda", "Tanggal", "Buka", "Tutup"],
            ["Pasang", "16.07.10", "perahu panjang, perahu cepat", "2024-02-12", "4.30", "9:10"],
        ],
    )
    assert not sheets.notices
    found = fleet_of(fleet_text(sheets, DEFAULT_TEXT, "x"))
    assert [(one.kind.mode, one.kind.weight_kg) for one in found.listed] == [(Mode.LONGBOAT, 450)] * 2
    (opening,) = found.openings
    assert (opening.kind, opening.modes, f"{opening.opens:%H:%M}") == (
        "tide", (Mode.LONGBOAT, Mode.SPEEDBOAT), "04:30",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("place", "cell", "code", "field"),
    [
        (1, "lorry", Code.MODE_UNKNOWN, "mode"),
        (2, "Banyuasin", Code.AREA_BAD, "area"),
        (2, "16", Code.AREA_BAD, "area"),
        (3, 2, Code.NAME_AND_COUNT, "name"),
        (3, -1, Code.NUMBER_BAD, "count"),
        (4, "1.5", Code.NUMBER_BAD, "parcels"),
        (4, 0, Code.NUMBER_BAD, "parcels"),
        (4, 1e12, Code.NUMBER_BAD, "parcels"),
        (6, "1.000,5", Code.NUMBER_BAD, "volume_m3"),
        (9, "two", Code.NUMBER_BAD, "escort_seats"),
        (0, "BG-1", Code.NAME_BAD, "name"),
    ],
)
def test_what_is_wrong_with_a_vehicle_is_told_by_row_and_field(
    place: int, cell: Cell, code: Code, field: str
) -> None:
    wrong = [*TRUCK[:place], cell, *TRUCK[place + 1 :]]
    sheets = taken([list(HEAD), ["BG 2", *TRUCK[1:]], wrong])
    assert codes(sheets) == [(code, 3, field)] and sheets.errors_count() == 1


def test_a_point_before_three_digits_is_asked_about_and_never_taken_for_decimals_or_thousands() -> None:
    sheets = taken([list(HEAD), [*TRUCK[:4], "1.500", "4,000", "0.125", *TRUCK[7:]]])
    assert [(one.field, one.expected) for one in sheets.notices] == [
        ("parcels", "1500 / 1.5000"),
        ("weight_kg", "4000 / 4.0000"),
    ]
    taken_as_told = taken([list(HEAD), [*TRUCK[:6], 1.125, *TRUCK[7:]]])  # a number of a workbook
    assert not taken_as_told.notices and taken_as_told.vehicles[0]["volume_m3"] == 1.125


def test_cells_beyond_the_head_are_told_for_what_stands_left_of_them_may_have_moved() -> None:
    sheets = taken([["mode", "area", "volume_m3", "count"], ["truck", "16.07", "1", "5", "2"]])
    assert codes(sheets) == [(Code.CELLS_TOO_MANY, 2, "")]
    assert not taken([["mode", "area"], ["truck", "16.07", None, ""]]).notices


def test_a_vehicle_or_a_window_may_be_of_a_jetty() -> None:
    boats = taken([["mode", "area", "count"], ["speedboat", "DMG-16.07.02-1", "2"]])
    assert not boats.notices
    listed = fleet_of(fleet_text(boats, DEFAULT_TEXT, "boats")).listed
    assert [one.area for one in listed] == ["DMG-16.07.02-1"] * 2
    sheets = taken([list(WINDOWS), ["tide", "DMG-16.07.02-1", "", "", "", "06:00", "08:00"]])
    assert not sheets.notices and len(sheets.windows) == 1


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (["moon", "16.07", "", "", "", "06:00", "08:00"], Code.KIND_UNKNOWN, "kind"),
        (["tide", "Jalur", "", "", "", "06:00", "08:00"], Code.PLACE_BAD, "where"),
        (["tide", "16.07", "ship", "", "", "06:00", "08:00"], Code.MODE_UNKNOWN, "modes"),
        (["tide", "", "", "", "", "06:00", "08:00"], Code.TELLS_NOTHING, "where"),
        (["tide", "16.07", "", "", "12/02/2024", "06:00", "08:00"], Code.DAY_BAD, "day"),
        (["tide", "16.07", "", "", "", "6 am", "08:00"], Code.HOUR_BAD, "opens"),
        (["tide", "16.07", "", "", "", 0.25, "08:00"], Code.HOUR_BAD, "opens"),
        (["tide", "16.07", "", "", "", "22:00", "02:00"], Code.HOURS_ORDER, "closes"),
        (["not_before", "16.07", "", "", "", "06:00", ""], Code.DAY_BAD, "day"),
        (["slot", "", "", "BG 7", "", "06:00", "08:00"], Code.VEHICLE_UNKNOWN, "vehicle"),
    ],
)
def test_what_is_wrong_with_a_window_is_told_by_row_and_field(
    row: list[Cell], code: Code, field: str
) -> None:
    assert codes(taken([list(WINDOWS), row])) == [(code, 2, field)]


def test_heads_are_told_before_anything_is_read() -> None:
    assert codes(taken([["name", "area"], ["x", "16.07"]])) == [(Code.HEAD_UNKNOWN, 1, "mode")]
    assert codes(taken([["mode", "area", "mode", "colour"], ["truck", "16.07"]])) == [
        (Code.COLUMN_TWICE, 1, "mode"),
        (Code.COLUMN_UNUSED, 1, "colour"),
    ]
    assert codes(taken([])) == codes(taken([[], [None, ""]])) == [(Code.EMPTY, None, "")]
    assert codes(taken([list(HEAD)])) == [(Code.EMPTY, None, "")]


def test_a_name_is_one_vehicle_of_its_mode_and_area() -> None:
    other_area = [TRUCK[0], TRUCK[1], "16.08", *TRUCK[3:]]
    assert codes(taken([list(HEAD), TRUCK, other_area, ["bg 1", *TRUCK[1:]]])) == [
        (Code.NAME_TWICE, 4, "name")
    ]


def test_a_fleet_of_ones_own_may_be_what_the_tables_add_to() -> None:
    first = fleet_text(taken([list(HEAD), TRUCK]), DEFAULT_TEXT, "one")
    rows: list[list[Cell]] = [list(WINDOWS), ["hours", "GDG-16.07", "", "", "", "07:00", "17:00"]]
    second = fleet_of(fleet_text(taken(rows), first, "two"))
    assert [one.name for one in second.listed] == ["BG 1"]
    assert [(one.kind, one.where) for one in second.openings] == [("hours", "GDG-16.07")]
    assert isinstance(second.openings[0], Opening)


_CELL = st.one_of(
    st.none(), st.text(max_size=8), st.integers(-5, 5_000), st.floats(allow_nan=False), st.booleans(),
    st.sampled_from(["truck", "perahu cepat", "16.07", "16.07.03", "tide", "06:00", "2024-02-12"]),
)  # fmt: skip


@tries(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(_CELL, max_size=12), max_size=6), head=st.sampled_from([VEHICLES, WINDOWS]))
def test_whatever_stands_in_a_table_is_told_or_makes_a_fleet_that_can_be_read(
    rows: list[list[Cell]], head: tuple[str, ...]
) -> None:
    sheets = taken([list(head), *rows])
    if not sheets.errors_count():
        fleet_of(fleet_text(sheets, DEFAULT_TEXT, "x"))
