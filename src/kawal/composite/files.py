"""The files of an index on disk: a spec in TOML, a table as CSV (any usual kind) or XLSX."""

from __future__ import annotations

import codecs
import csv
import io
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from kawal.rules.risk.composite.data import Cell, Table, read_table
from kawal.rules.risk.composite.framework import Index
from kawal.rules.risk.composite.notices import Code, Notices, Wrong
from kawal.rules.risk.composite.reading import read_index

BYTES_MAX: Final = 500_000_000
_DELIMITERS: Final = ",;\t|"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORKBOOK: Final = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class SpecFile:
    name: str
    sha256: str
    index: Index


@dataclass(frozen=True, slots=True)
class DataFile:
    name: str
    sha256: str
    table: Table
    notices: Notices


def shipped() -> list[str]:
    """Names of the specs that come with Kawal."""
    return sorted(path.name.removesuffix(".toml") for path in _examples() if path.name.endswith(".toml"))


def shipped_text(name: str, ending: str = ".toml") -> str:
    found = next(path for path in _examples() if path.name == name + ending)
    return str(found.read_text("utf-8"))


def _examples() -> list[Any]:
    return [
        *(files("kawal.composite") / "examples").iterdir(),
        files("kawal.rules.risk") / "route-custody-2024.toml",
    ]


def read_spec(path: str) -> SpecFile:
    """A file, or one of the shipped by its name. Raises `Wrong`."""
    if not Path(path).exists() and path in shipped():
        data = shipped_text(path).encode()
    else:
        data = _bytes(Path(path))
    name = Path(path).name
    try:
        text = data.decode("utf-8-sig")
        return SpecFile(name, sha256(data).hexdigest(), read_index(tomllib.loads(text), name))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        notices = Notices(name)
        notices.add(Code.NOT_TOML, value=wrong)
        raise Wrong(notices) from wrong


def read_data(path: Path, index: Index, sheet: str = "") -> DataFile:
    """A table for this index. Raises `Wrong` with a notice for everything that is wrong with it."""
    data = _bytes(path)
    notices = Notices(path.name)
    try:
        rows = _workbook(data, sheet) if data.startswith(_WORKBOOK) else _text_rows(data, notices)
        table = read_table(_from_head(rows), index, notices)
    except (csv.Error, UnicodeError, OSError, KeyError, ValueError, zipfile.BadZipFile) as wrong:
        notices.add(Code.UNREADABLE, value=wrong)
        raise Wrong(notices) from wrong
    return DataFile(path.name, sha256(data).hexdigest(), table, notices)


def _bytes(path: Path) -> bytes:
    notices = Notices(path.name)
    try:
        if path.stat().st_size > BYTES_MAX:
            notices.add(Code.TOO_LARGE, value=f"{path.stat().st_size} bytes", expected=f"{BYTES_MAX} bytes")
            raise Wrong(notices)
        return path.read_bytes()
    except OSError as wrong:
        notices.add(Code.UNREADABLE, value=wrong.strerror or wrong)
        raise Wrong(notices) from wrong


def _from_head(rows: Iterator[tuple[int, Sequence[Cell]]]) -> Iterator[tuple[int, Sequence[Cell]]]:
    """From the first row with anything in it; empty columns at the right are nobody's."""
    width = 0
    for line, cells in rows:
        if not width:
            width = max((at for at, cell in enumerate(cells, start=1) if _filled(cell)), default=0)
            if not width:
                continue
        kept = list(cells)
        while len(kept) > width and not _filled(kept[-1]):
            kept.pop()
        yield line, kept


def _filled(cell: Cell) -> bool:
    return cell is not None and str(cell).strip() != ""


def _text_rows(data: bytes, notices: Notices) -> Iterator[tuple[int, Sequence[Cell]]]:
    text = _decoded(data, notices)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lower().startswith("sep=") and len(first) == 5:  # Excel's own line
        delimiter, skipped = first[4], 1
    else:
        delimiter, skipped = max(_DELIMITERS, key=_outside_quotes(first).count), 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for cells in reader:
        if skipped and any(cells):
            skipped = 0
            continue
        yield reader.line_num, cells


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _decoded(data: bytes, notices: Notices) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        notices.add(Code.ENCODING_GUESSED, value="Windows-1252")
        return data.decode("cp1252", errors="replace")


def _workbook(data: bytes, sheet: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        found = book[sheet] if sheet else book.worksheets[0]
        for line, cells in enumerate(found.iter_rows(values_only=True), start=1):
            yield line, [_cell(cell) for cell in cells]
    finally:
        book.close()


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str):
        return value
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
