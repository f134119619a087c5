"""A first mapping from the heads of a file, for a person to read, mend and keep."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Final

from kawal.rules.risk.indices import Index, Indices, Measure
from kawal.rules.risk.mapped import Cell
from kawal.rules.risk.mapping import HEADER_ROW_MAX
from kawal.rules.risk.naming import plain

_CODE: Final = ("kode wilayah", "kode", "kode desa", "kode kelurahan", "kode kecamatan", "area", "code")
_NAMES: Final = {
    "province": ("provinsi", "province", "prov"),
    "regency": ("kabupaten kota", "kabupaten", "kab kota", "kota", "regency"),
    "district": ("kecamatan", "distrik", "district", "kec"),
    "village": ("desa kelurahan", "desa", "kelurahan", "kel desa", "village", "nama desa"),
}
_LIKE: Final = 0.6  # below this two names have nothing to do with each other
_HEADS_MIN: Final = 2
_NOT_VALUES: Final = {"no", "nomor", "jumlah", "total", "keterangan", "catatan"}


def propose(
    rows: Sequence[list[Cell]], indices: Indices, *, on: date, index: str = "", within: str = ""
) -> str:
    """The text of a mapping (rules.risk.mapping), with comments where a person must look; `rows` are the
    first of the file. Refuses `unknown_index`."""
    at, heads = _heads(rows)
    known = indices.index(index) if index else _likeliest(heads, indices)
    code = next((head for head in heads if _said(head) in _CODE), "")
    names = {
        level: head
        for level, words in _NAMES.items()
        if (head := next((one for one in heads if _said(one) in words), ""))
    }
    lines = [
        "# Read it, mend it, keep it: the same file can then be taken in again.",
        f"index = {_text(known.code)}",
        f"publisher = {_text(known.publisher)} # who gives these numbers",
        f"date = {on.isoformat()} # of the data, not of today",
        f"header_row = {at}",
        f'decimal = "{"comma" if _has_comma(rows[at:]) else "point"}"',
        "",
        "[area]",
    ]
    if code:
        lines.append(f"code = {_text(code)}")
    else:
        lines += [f"{level} = {_text(head)}" for level, head in names.items()]
        lines.append(f"within = {_text(within)} # names are looked for inside this area")
    if not code and not names:
        lines.append('village = "" # no head looks like an area: write the one that names it')
    taken = {code, *names.values()}
    for place, head in enumerate(heads):
        if head and head not in taken and _said(head) not in _NOT_VALUES:
            lines += _value(head, known, [row[place] if place < len(row) else None for row in rows[at:]])
    return "\n".join(lines) + "\n"


def _heads(rows: Sequence[list[Cell]]) -> tuple[int, list[str]]:
    """The row, from 1, that looks most like a head: the first with the most text and nothing but text."""
    best, found = 1, [""]
    for number, cells in enumerate(rows[:HEADER_ROW_MAX], start=1):
        texts = [cell.strip() if isinstance(cell, str) else "" for cell in cells]
        filled = [text for text in texts if text and not text.replace(".", "").replace(",", "").isdigit()]
        if len(filled) == sum(cell is not None and cell != "" for cell in cells) and len(filled) > max(
            _HEADS_MIN - 1, sum(bool(text) for text in found)
        ):
            best, found = number, texts
    return best, found


def _likeliest(heads: Sequence[str], indices: Indices) -> Index:
    def fit(index: Index) -> float:
        return sum(
            max((_like(head, m) for m in index.measures.values()), default=0.0) for head in heads if head
        )

    # Of two that fit alike, the one that asks for less.
    return max(indices.by_code.values(), key=lambda index: (round(fit(index), 3), -len(index.measures)))


def _value(head: str, index: Index, cells: Sequence[Cell]) -> list[str]:
    like, measure = max(
        ((_like(head, one), one) for one in index.measures.values()), key=lambda pair: pair[0]
    )
    unit = _unit(cells, measure)
    lines = [
        "",
        "[[value]]",
        f"column = {_text(head)}",
        f"measure = {_text(measure.code)}",
        f'unit = "{unit}"',
    ]
    if like >= _LIKE:
        return lines
    known = ", ".join(index.measures)
    said = f"# {json.dumps(head, ensure_ascii=False)}: no measure is called like that; one of: {known}"
    return ["", said, *(f"# {line}" for line in lines[1:])]


def _unit(cells: Sequence[Cell], measure: Measure) -> str:
    told = [cell for cell in cells if cell not in (None, "")]
    texts = [str(cell).strip().casefold() for cell in told]
    if texts and all(text in ("ya", "tidak", "ada", "tidak ada", "yes", "no") for text in texts):
        return "yes_no"
    if any(text.endswith("%") for text in texts):
        return "percent"
    numbers = [float(cell) for cell in told if isinstance(cell, int | float) and not isinstance(cell, bool)]
    numbers += [float(text) for text in texts if text.isdigit()]
    if measure.unit == "share" and numbers and max(numbers) > 1:
        return "stations"
    return "as_is"


def _like(head: str, measure: Measure) -> float:
    said = _said(head)
    names = (measure.code.replace("_", " "), _said(measure.name_id), _said(measure.name_en))
    if any(said and (said in name.split() or said == name) for name in names):
        return 1.0
    return max(SequenceMatcher(None, said, name).ratio() for name in names)


def _said(head: str) -> str:
    kind, name = plain(head)
    return name if not kind else head.strip().casefold()


def _has_comma(rows: Sequence[list[Cell]]) -> bool:
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    return any("," in text and text.replace(",", "").replace(".", "").strip("% ").isdigit() for text in texts)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
