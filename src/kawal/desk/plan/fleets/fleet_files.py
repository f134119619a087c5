"""Fleet files as people give them: TOML as it is, tables (CSV, XLSX) made into TOML; and examples."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openpyxl import Workbook

from kawal.desk.places.spreadsheets import spreadsheet
from kawal.desk.plan.fleets.default_fleets import default_fleet
from kawal.desk.plan.textfiles import text_in
from kawal.desk.risk import sheets
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.plan.fleet_rows import (
    VEHICLES,
    WINDOWS,
    Code,
    Notice,
    Sheets,
    check_names,
    fleet_text,
    is_head,
    take,
)
from kawal.rules.refusals import Refused

_SHEETS: Final = ("vehicles", "kendaraan", "windows", "waktu")
_VEHICLES: Final[tuple[tuple[str | int, ...], ...]] = (
    ("BG 1234 XX", "truck", "16.07", 1, 160, 4000, 16, "", "", 2, 700_000, *[""] * 5),
    ("KM Sri Rejeki 2", "speedboat", "16.07.10", 1, 60, 600, "", 20, 120, 4, 900_000, 28, 15_000, "",
     "06:30", "16:00"),
    ("", "pickup", "16.07.03", 3, *[""] * 12),
)  # fmt: skip
_WINDOWS: Final = (
    ("tide", "16.07.10", "longboat, speedboat", "", "2024-02-12", "04:30", "09:10"),
    ("slot", "", "", "KM Sri Rejeki 2", "2024-02-11", "06:00", "12:00"),
    ("hours", "GDG-16.07", "", "", "", "07:00", "17:00"),
    ("not_before", "16.07.12", "", "", "2024-02-11", "06:00", ""),
)
_TABLES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xls")  # anything else is taken for a TOML


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetFile:
    text: str  # of a fleet file, empty where a notice is an error
    notices: tuple[Notice, ...]


def read(paths: Sequence[Path], default: Callable[[], str] = default_fleet) -> FleetFile:
    """The fleet of some files together: at most one TOML, which the tables of the others add to; without one
    to the default.

    Refuses `wrong_fleet` of a TOML; what is wrong with a table becomes notices.
    """
    bases = [path for path in paths if path.suffix.lower() not in _TABLES]
    if len(bases) > 1:
        raise Refused("wrong_fleet", key=bases[1].name, problem="one_toml")
    base = text_in(bases[0]) if bases else default()
    tables = [path for path in paths if path not in bases]
    if not tables:
        fleet_of(base)
        return FleetFile(text=base, notices=())
    told = Sheets()
    for path in tables:
        _take(path, told)
    check_names(told)
    if told.errors_count():
        return FleetFile(text="", notices=tuple(told.notices))
    text = fleet_text(told, base, ", ".join(path.stem for path in paths))
    fleet_of(text)
    return FleetFile(text=text, notices=tuple(told.notices))


def text_of(path: Path, default: Callable[[], str] = default_fleet) -> str:
    """One file as a plan keeps it; a table adds to the default.

    Refuses `wrong_fleet`, and `wrong_fleet_table` with notices.
    """
    found = read([path], default)
    if not found.text:
        raise Refused("wrong_fleet_table", file=path.name, notices=found.notices)
    return found.text


def template(form: str, default: str) -> bytes:
    """An example to fill in, `form`: toml (`default`), csv (vehicles), windows.csv, or xlsx with both."""
    if form == "toml":
        return default.encode()
    if form == "csv":
        return spreadsheet([VEHICLES, *_VEHICLES], "csv")
    if form == "windows.csv":
        return spreadsheet([WINDOWS, *_WINDOWS], "csv")
    book = Workbook(write_only=True)
    for name, head, rows in (("vehicles", VEHICLES, _VEHICLES), ("windows", WINDOWS, _WINDOWS)):
        sheet = book.create_sheet(name)
        for row in (head, *rows):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _take(path: Path, told: Sheets) -> None:
    """A CSV, or the sheets of an XLSX that are called as ours or begin as ours, else its first."""
    data = path.read_bytes()
    try:
        firsts = sheets.first_rows_of_sheets(data)
        for sheet, cell in sheets.formulas_without_value(data):
            told.tell(Code.FORMULA_EMPTY, f"{path.name} ({sheet})", value=cell)
        ours = [name for name, row in firsts.items() if name.casefold() in _SHEETS or is_head(row)]
        ours = ours or list(firsts)[:1]
        for name in ours or [""]:
            take(sheets.rows_of(data, name), f"{path.name} ({name})" if name else path.name, told)
        for name, row in firsts.items():
            if name not in ours and row:
                told.tell(Code.SHEET_UNREAD, path.name, value=name, expected="mode, area; kind, opens")
    except sheets.Unsound as wrong:
        told.tell(Code.UNREADABLE, path.name, row=wrong.row, value=wrong.value, expected=wrong.expected)
