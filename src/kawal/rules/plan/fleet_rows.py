"""A fleet as people keep it: a table of vehicles and a table of when what is open, row by row.

What is wrong becomes numbered notices that name file, row, field and mend; with an error nothing is taken.
Heads and words may be English or Indonesian. The answer is the text of a fleet file (rules.plan.fleet): what
a vehicle's row leaves out is as the file it begins with says of its mode.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Final

from kawal.rules.needs.strict import WHOLE_MAX
from kawal.rules.places.codes import is_area, level_of
from kawal.rules.places.facts import area_of_site, is_gateway
from kawal.rules.places.notices import KEPT_MAX, Severity
from kawal.rules.plan.facts import LEVELS, Mode
from kawal.rules.plan.fleet import COUNT_MAX, NAME_CHARS_MAX, SPEED_MAX_KMH
from kawal.rules.plan.windows import KINDS, is_place

VEHICLES: Final = (
    "name", "mode", "area", "count", "parcels", "weight_kg", "volume_m3", "stations", "range_km",
    "escort_seats", "rp_per_day", "speed_kmh", "rp_per_km", "rp_per_hour", "opens", "closes",
)  # fmt: skip
WINDOWS: Final = ("kind", "where", "modes", "vehicle", "day", "opens", "closes")
_THOUSANDS: Final = re.compile(r"[1-9][0-9]{0,2}([.,][0-9]{3})+")
_BOUNDS: Final = ("not_before", "not_after")
_WHOLE: Final = ("parcels", "weight_kg", "stations", "escort_seats", "rp_per_day", "rp_per_km", "rp_per_hour")
_DECIMAL: Final = ("volume_m3", "range_km", "speed_kmh")
_MAY_BE_NONE: Final = ("escort_seats", "rp_per_day", "rp_per_km", "rp_per_hour")
_NEEDED: Final = {VEHICLES: ("mode", "area"), WINDOWS: ("kind", "opens")}
_HEADS: Final = {
    "nama": "name", "nomor polisi": "name", "moda": "mode", "jenis": "mode", "wilayah": "area",
    "kode": "area", "jumlah": "count", "koli": "parcels", "berat kg": "weight_kg", "volume m3": "volume_m3",
    "tps": "stations",
    "jangkauan km": "range_km", "kursi pengawal": "escort_seats", "biaya per hari": "rp_per_day",
    "kecepatan km/jam": "speed_kmh", "kecepatan": "speed_kmh", "biaya per km": "rp_per_km",
    "biaya per jam": "rp_per_hour",
    "jenis waktu": "kind", "tempat": "where", "kendaraan": "vehicle", "hari": "day", "tanggal": "day",
    "buka": "opens", "mulai": "opens", "tutup": "closes", "selesai": "closes", "jam mulai": "opens",
    "jam selesai": "closes",
}  # fmt: skip
_OF_WINDOWS: Final = {"mode": "modes", "area": "where"}
_WORDS: Final = {
    "truk": "truck", "pikap": "pickup", "mobil bak terbuka": "pickup", "motor roda tiga": "motorbike",
    "perahu panjang": "longboat", "perahu cepat": "speedboat", "boat": "speedboat", "pesawat": "plane",
    "helikopter": "helicopter", "pemikul": "foot", "kuda beban": "horse", "kuda": "horse",
    "gerobak sapi": "ox_cart", "ox-cart": "ox_cart",
    "pasang": "tide", "jadwal terbang": "slot", "jam": "hours", "siang": "daylight",
    "tidak sebelum": "not_before", "tidak sesudah": "not_after",
}  # fmt: skip

Cell = str | float | int | bool | None
Rows = Iterable[tuple[int, Sequence[Cell]]]  # row of the file, from 1, and its cells


class Code(StrEnum):
    UNREADABLE = "F01"
    HEAD_UNKNOWN = "F02"
    COLUMN_TWICE = "F03"
    COLUMN_UNUSED = "F04"
    MODE_UNKNOWN = "F05"
    AREA_BAD = "F06"
    NUMBER_BAD = "F07"
    NAME_BAD = "F08"
    NAME_TWICE = "F09"
    NAME_AND_COUNT = "F10"
    KIND_UNKNOWN = "F11"
    PLACE_BAD = "F12"
    DAY_BAD = "F13"
    HOUR_BAD = "F14"
    HOURS_ORDER = "F15"
    TELLS_NOTHING = "F16"
    VEHICLE_UNKNOWN = "F17"
    EMPTY = "F18"
    CELLS_TOO_MANY = "F19"
    SHEET_UNREAD = "F20"
    FORMULA_EMPTY = "F21"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    code: Code
    file: str
    row: int | None = None
    field: str = ""
    value: str = ""
    expected: str = ""

    @property
    def severity(self) -> Severity:
        if self.code is Code.COLUMN_UNUSED:
            return Severity.INFO
        return Severity.WARNING if self.code in _WARNINGS else Severity.ERROR


_WARNINGS: Final = (Code.VEHICLE_UNKNOWN, Code.SHEET_UNREAD)


@dataclass(slots=True)
class Sheets:
    """What the tables told so far."""

    vehicles: list[dict[str, str | int | float]] = field(default_factory=list)
    windows: list[dict[str, str]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    counts: Counter[Code] = field(default_factory=Counter)
    names: set[tuple[str, str, str]] = field(default_factory=set)
    unnamed: Counter[tuple[str, str]] = field(default_factory=Counter)
    called: list[tuple[str, int, str]] = field(default_factory=list)  # file, row, vehicle that a window names

    def errors_count(self) -> int:
        mild = (Code.COLUMN_UNUSED, *_WARNINGS)
        return sum(count for code, count in self.counts.items() if code not in mild)

    def tell(self, code: Code, file: str, *, row: int | None = None, field: str = "", value: object = "", expected: str = "") -> None:  # fmt: skip # noqa: E501
        self.counts[code] += 1
        if self.counts[code] <= KEPT_MAX:
            self.notices.append(
                Notice(code=code, file=file, row=row, field=field, value=str(value)[:80], expected=expected)
            )


class _Row:
    """One row: cells by the names of this module; `wrong` tells and answers nothing."""

    def __init__(self, sheets: Sheets, file: str, number: int, cells: Mapping[str, str]) -> None:
        self.sheets, self.file, self.number, self.cells = sheets, file, number, cells

    def get(self, name: str) -> str:
        return self.cells.get(name, "")

    def word(self, name: str) -> str:
        told = self.get(name).casefold()
        return _WORDS.get(told, told)

    def wrong(self, code: Code, name: str, expected: str = "") -> None:
        self.sheets.tell(
            code, self.file, row=self.number, field=name, value=self.get(name), expected=expected
        )


def is_head(cells: Sequence[Cell]) -> bool:
    """Whether a row has the columns that a table of vehicles or of windows needs."""
    heads = {_head(_text(cell)) for cell in cells}
    return any(heads.issuperset(needed) for needed in _NEEDED.values())


def take(rows: Rows, file: str, sheets: Sheets) -> None:
    """Adds the vehicles or the windows of one table; which of both, its head says."""
    heads: list[str] = []
    columns: Sequence[str] = ()
    empty = True
    for number, cells in rows:
        told = [_text(cell) for cell in cells]
        if not any(told):
            continue
        if not columns:
            heads = [_head(cell) for cell in told]
            if "kind" in heads:
                heads = [_OF_WINDOWS.get(head, head) for head in heads]
            columns = _columns(heads, told, file, number, sheets)
            if not columns:
                return
            continue
        empty = False
        if any(told[len(heads) :]):  # a decimal comma without quotes moves all that follows it
            sheets.tell(Code.CELLS_TOO_MANY, file, row=number, value=len(told), expected=str(len(heads)))
            continue
        row = _Row(
            sheets, file, number, {head: cell for head, cell in zip(heads, told, strict=False) if head}
        )
        (_vehicle if columns is VEHICLES else _window)(row)
    if empty:
        sheets.tell(Code.EMPTY, file)


def fleet_text(sheets: Sheets, base: str, name: str) -> str:
    """The text of a fleet file: `base` with what the tables told. Only where there is no error."""
    named = re.sub(r"^name\s*=.*$", lambda _: f"name = {_quoted(name)}", base, count=1, flags=re.MULTILINE)
    parts = [named.rstrip() + "\n"]
    parts += [_table("vehicle", vehicle) for vehicle in sheets.vehicles]
    parts += [_table("bound" if set(_BOUNDS) & set(row) else "opening", row) for row in sheets.windows]
    return "\n".join(parts)


def _quoted(text: str) -> str:
    """A JSON string is a TOML string, but for DEL, which TOML does not take bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def check_names(sheets: Sheets) -> None:
    """A window of a vehicle that no table lists is told: it holds for nothing, unless the base lists it."""
    known = {name for _, _, name in sheets.names}
    for file, row, name in sheets.called:
        if name.casefold() not in known:
            sheets.tell(Code.VEHICLE_UNKNOWN, file, row=row, field="vehicle", value=name)


def _columns(heads: list[str], told: list[str], file: str, number: int, sheets: Sheets) -> Sequence[str]:
    columns = WINDOWS if {"kind", "opens"} <= set(heads) else VEHICLES
    for needed in _NEEDED[columns]:
        if needed not in heads:
            sheets.tell(
                Code.HEAD_UNKNOWN, file, row=number, field=needed, value=", ".join(filter(None, told))
            )
            return ()
    for place, head in enumerate(heads):
        if head in columns and head in heads[:place]:
            sheets.tell(Code.COLUMN_TWICE, file, row=number, field=head)
        elif head and head not in columns:
            sheets.tell(Code.COLUMN_UNUSED, file, row=number, field=told[place])
    return columns


def _vehicle(row: _Row) -> None:
    found: dict[str, str | int | float] = {}
    mode, area = row.word("mode"), row.get("area")
    if mode not in set(Mode):
        row.wrong(Code.MODE_UNKNOWN, "mode", ", ".join(Mode))
    at = area_of_site(area) if is_gateway(area) else area
    if not is_area(at) or level_of(at) not in LEVELS:
        row.wrong(Code.AREA_BAD, "area", "16.07, 16.07.03, 16.07.03.2001")
    for key in (*_WHOLE, *_DECIMAL):
        if row.get(key):
            value = _number(row.get(key), whole=key in _WHOLE)
            least, most = 0 if key in _MAY_BE_NONE else 0.001, SPEED_MAX_KMH if key == "speed_kmh" else None
            if value is None or value < least or (most is not None and value > most):
                fits = f"0.001 .. {most}" if most else ">= 0" if least == 0 else "> 0"
                row.wrong(Code.NUMBER_BAD, key, _meant(row.get(key)) or fits)
            else:
                found[key] = value
    if row.get("opens") or row.get("closes"):
        opens, closes = _hour(row, "opens"), _hour(row, "closes")
        if opens and closes and opens >= closes:
            row.wrong(Code.HOURS_ORDER, "closes", f"> {opens:%H:%M}")
        elif opens and closes:
            found["hours"] = json.dumps([f"{opens:%H:%M}", f"{closes:%H:%M}"])
    count = _number(row.get("count"), whole=True) if row.get("count") else 1
    if count is None or not 1 <= count <= COUNT_MAX:
        row.wrong(Code.NUMBER_BAD, "count", _meant(row.get("count")) or f"1 .. {COUNT_MAX}")
        return
    for name in _names(row, mode, area, int(count)):
        row.sheets.vehicles.append({"name": name, "mode": mode, "area": area, **found})


def _names(row: _Row, mode: str, area: str, count: int) -> list[str]:
    """Its own name, or numbers for vehicles without one. A number is no row's alone: they go on."""
    name = " ".join(row.get("name").split())
    if not name:
        first = row.sheets.unnamed[mode, area]
        row.sheets.unnamed[mode, area] += count
        names = [f"L{number}" for number in range(first + 1, first + count + 1)]
    elif count > 1:
        row.wrong(Code.NAME_AND_COUNT, "name")
        return []
    elif len(name) > NAME_CHARS_MAX or "-" in name or not name.isprintable():
        row.wrong(Code.NAME_BAD, "name", f"1 .. {NAME_CHARS_MAX}")
        return []
    else:
        names = [name]
    for one in names:
        if (area, mode, one.casefold()) in row.sheets.names:
            row.wrong(Code.NAME_TWICE, "name")
        row.sheets.names.add((area, mode, one.casefold()))
    return names


def _window(row: _Row) -> None:
    kind, where = row.word("kind"), row.get("where")
    if kind not in (*KINDS, *_BOUNDS):
        row.wrong(Code.KIND_UNKNOWN, "kind", ", ".join((*KINDS, *_BOUNDS)))
        return
    if where and not is_place(where):
        row.wrong(Code.PLACE_BAD, "where", "16.07.03, PPS-16.07.03.2001")
    day, opens = _day(row), _hour(row, "opens")
    if kind in _BOUNDS:
        if not where:
            row.wrong(Code.PLACE_BAD, "where", "16.07.03, PPS-16.07.03.2001")
        if not row.get("day"):
            row.wrong(Code.DAY_BAD, "day", "2024-02-12")
        if day and opens:
            row.sheets.windows.append({"where": where, kind: f"{day.isoformat()}T{opens.isoformat()}"})
        return
    closes = _hour(row, "closes")
    modes = [_WORDS.get(word, word) for word in _split(row.get("modes"))]
    for word in modes:
        if word not in set(Mode):
            row.wrong(Code.MODE_UNKNOWN, "modes", ", ".join(Mode))
    if not (where or modes or row.get("vehicle")):
        row.wrong(Code.TELLS_NOTHING, "where")
    if row.get("vehicle"):
        row.sheets.called.append((row.file, row.number, row.get("vehicle")))
    if opens and closes and opens >= closes:
        row.wrong(Code.HOURS_ORDER, "closes", f"> {opens:%H:%M}")
    elif opens and closes:
        row.sheets.windows.append(
            {
                "kind": kind,
                "where": where,
                "modes": json.dumps(modes) if modes else "",
                "vehicle": row.get("vehicle"),
                "day": day.isoformat() if day else "",
                "hours": json.dumps([f"{opens:%H:%M}", f"{closes:%H:%M}"]),
            }
        )


def _table(name: str, row: Mapping[str, str | int | float]) -> str:
    bare = ("modes", "hours", "day", *_BOUNDS)
    told = (
        f"{key} = {_quoted(value) if isinstance(value, str) and key not in bare else value}"
        for key, value in row.items()
        if value != ""
    )
    return f"[[{name}]]\n" + "\n".join(told) + "\n"


def _head(text: str) -> str:
    words = " ".join(text.casefold().replace("_", " ").replace("(", " ").replace(")", " ").split())
    return _HEADS.get(words, words.replace(" ", "_"))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else _digits(cell)
    return str(cell).strip()


def _digits(value: float) -> str:
    """A number of a workbook is no text that could mean thousands: 1.125 becomes 1.1250."""
    text = str(value)
    return f"{text}0" if _THOUSANDS.fullmatch(text) else text


def _split(text: str) -> list[str]:
    return [" ".join(word.casefold().split()) for word in text.replace(";", ",").split(",") if word.strip()]


def _number(text: str, *, whole: bool) -> int | float | None:
    """`1,5` and `1.5` are one and a half; nothing is guessed of thousands: `1.500` is none at all."""
    if _THOUSANDS.fullmatch(text):
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    if not 0 <= value <= WHOLE_MAX or (whole and not value.is_integer()):
        return None
    return int(value) if whole else value


def _meant(text: str) -> str:
    """How to write what may be thousands or decimals, so that it is one of them; else nothing."""
    if not _THOUSANDS.fullmatch(text):
        return ""
    whole = re.sub("[.,]", "", text)
    return f"{whole} / {whole[:-3]}.{whole[-3:]}0"


def _day(row: _Row) -> date | None:
    text = row.get("day")
    try:
        return date.fromisoformat(text.removesuffix(" 00:00:00").removesuffix("T00:00:00")) if text else None
    except ValueError:
        row.wrong(Code.DAY_BAD, "day", "2024-02-12")
        return None


def _hour(row: _Row, name: str) -> time | None:
    if re.fullmatch(r"0[.,][0-9]+", row.get(name)):  # a workbook's part of a day, 0.25 for 06:00, or 00:25?
        row.wrong(Code.HOUR_BAD, name, "06:30")
        return None
    try:
        found = time.fromisoformat(row.get(name).replace(".", ":").zfill(5))
    except ValueError:
        row.wrong(Code.HOUR_BAD, name, "06:30")
        return None
    return found.replace(tzinfo=None)
