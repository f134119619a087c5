"""kawal plan fleet: what a user gives, gets told and gets back."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.translation import override
from openpyxl import Workbook

from kawal.desk.plan import models, reads
from kawal.desk.plan.commands import plan
from kawal.desk.plan.fleets import fleet_files
from kawal.desk.plan.fleets.default_fleets import default_fleet
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.plan.fleet_rows import VEHICLES
from kawal.rules.plan.landscape import Landscape

# Once a test has loaded `kawal.cli`, every command first looks whether the tables are there.
pytestmark = pytest.mark.django_db

VEHICLE = f"{','.join(VEHICLES)}\nBG 1,truck,16.07,,100,4000,,,,2,\n"
TIDE = "kind;where;modes;day;opens;closes\ntide;16.07.02;speedboat;;06:00;16:00\n"


def _run(*arguments: str) -> tuple[int, str, str]:
    with override("en"):
        found = CliRunner().invoke(plan, list(arguments))
    return found.exit_code, found.stdout, found.stderr


def _file(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def test_without_files_the_stated_default_is_shown() -> None:
    code, told, _ = _run("fleet")
    assert code == 0 and told == default_fleet()


def test_tables_become_one_fleet_that_a_plan_takes(regency: str, tmp_path: Path) -> None:
    files = _file(tmp_path, "armada.csv", VEHICLE), _file(tmp_path, "pasang.csv", TIDE)
    one = str(tmp_path / "armada.toml")
    assert _run("fleet", *files, "--write", one)[0] == 0
    found = fleet_of(Path(one).read_text())
    assert (found.name, [one.name for one in found.listed], len(found.openings)) == (
        "armada, pasang",
        ["BG 1"],
        1,
    )
    assert _run("make", "--area", regency, "--fleet", one)[0] == 0
    code, _, errors = _run("make", "--area", regency, "--fleet", files[0], "--reason", "table")
    assert code == 0, errors
    record = reads.plan_of_record(regency)
    assert record is not None and record.summary["fleet"] == "armada"
    assert record.summary["assumed_counts"]["vehicles_by_ratio"] > 1


def test_what_is_wrong_is_told_by_number_row_and_field_and_nothing_is_taken(
    regency: str, tmp_path: Path
) -> None:
    wrong = _file(tmp_path, "armada.csv", VEHICLE + "BG 2,lorry,16.07,,100,,,,,,\n")
    out = tmp_path / "out.toml"
    code, _, errors = _run("fleet", wrong, "--write", str(out))
    assert code == 1 and not out.exists()
    assert "F05 armada.csv, row 3, mode: no mode is called “lorry”" in errors
    code, _, errors = _run("make", "--area", regency, "--fleet", wrong)
    assert code == 1 and "F05 armada.csv, row 3, mode" in errors
    assert reads.plan_of_record(regency) is None


@pytest.mark.parametrize(
    ("name", "data"),
    [("x.csv", b"\xff\xfe\x00"), ("x.xlsx", b"PK\x03\x04broken"), ("x.xls", b"\xd0\xcf\x11\xe0 ")],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    code, _, errors = _run("fleet", str(tmp_path / name))
    assert code == 1 and errors.count(f"F01 {name}") == 1


@pytest.mark.parametrize("form", ["toml", "csv", "windows.csv", "xlsx"])
def test_an_example_is_taken_as_it_is(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"example.{form}"
    assert _run("fleet", "--template", form, "--write", str(path))[0] == 0
    found = fleet_files.read([path])
    assert fleet_of(found.text) and not [one for one in found.notices if one.code.value != "F17"]


def test_a_workbook_of_ones_own_is_read_from_its_first_sheet(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for row in (["Moda", "Wilayah", "Jumlah"], ["truk", "16.07", 3]):
        book.active.append(row)
    book.save(tmp_path / "Armada KPU.xlsx")
    found = fleet_files.read([tmp_path / "Armada KPU.xlsx"])
    assert not found.notices and len(fleet_of(found.text).listed) == 3


def test_sheets_that_begin_as_ours_are_read_whatever_they_are_called_and_others_are_named(
    tmp_path: Path,
) -> None:
    path = tmp_path / "Armada.xlsx"
    _book(
        path,
        Kendaraan=[["moda", "wilayah", "jumlah"], ["truk", "16.07", 3]],
        Jendela=[["jenis waktu", "tempat", "mulai", "selesai"], ["pasang", "16.07", "04:30", "09:00"]],
        Petunjuk=[["Isi tabel ini"]],
        Kosong=[],
    )
    found = fleet_files.read([path])
    fleet = fleet_of(found.text)
    assert (len(fleet.listed), len(fleet.openings)) == (3, 1)
    assert [(one.code.value, one.file, one.value) for one in found.notices] == [
        ("F20", "Armada.xlsx", "Petunjuk")
    ]


def test_an_error_in_a_workbook_names_its_sheet(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    _book(
        path,
        vehicles=[["mode", "area"], ["truck", "16.07"]],
        windows=[["kind", "where", "opens", "closes"], ["tide", "16.07", "xx", "09:00"]],
    )
    code, _, errors = _run("fleet", str(path))
    assert code == 1 and "F14 x.xlsx (windows), row 2, opens" in errors


def test_a_formula_that_nobody_computed_is_refused_by_its_cell(tmp_path: Path) -> None:
    path, out = tmp_path / "x.xlsx", tmp_path / "x.toml"
    _book(path, vehicles=[["mode", "area", "count"], ["truck", "16.07", "=1+1"]])
    code, _, errors = _run("fleet", str(path), "--write", str(out))
    assert code == 1 and "F21" in errors and "C2" in errors and not out.exists()


def _book(path: Path, **tables: list[list[object]]) -> None:
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_an_example_opens_in_a_spreadsheet() -> None:
    rows = list(csv.reader(io.StringIO(fleet_files.template("csv", default_fleet()).decode("utf-8-sig"))))
    assert tuple(rows[0]) == VEHICLES and len(rows) > 2


def test_how_many_would_be_enough_is_told(regency: str, tmp_path: Path) -> None:
    code, told, errors = _run("fleet", "--area", regency, "--json", "--workers", "1")
    assert code == 0, errors
    answer = json.loads(told)
    assert answer["fleet"] == "kawal-default-2026-rivers" and answer["unserved"] == {}
    assert all(row["enough"] <= row["available"] for row in answer["rows"])
    code, told, _ = _run("fleet", "--area", regency, "--workers", "1")
    assert code == 0 and "its vehicles are enough" in told and "regency, truck: 2 there" in told
    assert "stated default for rivers" in told and answer["default"]["default_fleet_rivers"] > 0


def test_the_stated_default_of_a_regency_is_handed_out_to_be_changed(regency: str, tmp_path: Path) -> None:
    code, told, _ = _run("fleet", "--template", "toml", "--area", regency)
    assert code == 0 and fleet_of(told).name == "kawal-default-2026-rivers"
    own = _file(tmp_path, "own.toml", told)
    code, told, errors = _run("fleet", own, "--area", regency, "--json", "--workers", "1")
    assert code == 0, errors
    assert json.loads(told)["default"] == {}, "a file of one's own is no default any more"
    code, _, errors = _run("fleet", "--template", "toml", "--area", "99.99")
    assert code == 1 and errors


def test_what_a_table_leaves_out_is_as_the_default_of_the_regency(regency: str, tmp_path: Path) -> None:
    table, out = _file(tmp_path, "armada.csv", VEHICLE), tmp_path / "armada.toml"
    rivers = fleet_of(default_fleet(Landscape.RIVERS)).stocks
    assert _run("fleet", table, "--area", regency, "--write", str(out), "--workers", "1")[0] == 0
    assert fleet_of(out.read_text()).stocks == rivers != fleet_of(default_fleet()).stocks
    assert _run("make", "--area", regency, "--fleet", table)[0] == 0
    record = reads.plan_of_record(regency)
    assert record is not None and fleet_of(models.Plan.objects.get(pk=record.id).fleet).stocks == rivers
    road = _file(tmp_path, "akses.csv", f"area,access\n{regency},road\n")
    assert _run("fleet", table, "--area", regency, "--access", road, "--write", str(out))[0] == 0
    assert fleet_of(out.read_text()).stocks == fleet_of(default_fleet()).stocks, "as it is reached"


def test_a_file_of_access_that_is_empty_or_not_text_or_names_no_place_of_the_regency_is_refused(
    tmp_path: Path, regency: str
) -> None:
    access = tmp_path / "akses.csv"
    for data, told in [
        (b"", "begin with the head: area,access"),
        ("area,access\n16.07.03,caf\u00e9\n".encode("latin-1"), "akses.csv cannot be read as text"),
        (b"area,access\n16.07.99,road\n", "row 2 (16.07.99): 16.07 has no such area"),
    ]:
        access.write_bytes(data)
        code, _, errors = _run("make", "--area", regency, "--access", str(access))
        assert code == 1 and told in errors, errors
    assert reads.plan_of_record(regency) is None
    access.write_bytes(b"area;access\n16.08.01;road\n")
    assert _run("make", "--area", regency, "--access", str(access))[0] == 0
