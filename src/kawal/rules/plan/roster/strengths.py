"""How many officers each post can send: told in a table of post and officers, or stated as a default.

Defaults. Polsek: 8, and one more for every eight stations of its district, at most 23 (assumed; Polsek have
8 to 23). Polres: 30 (2019: thirty for each regency as reinforcement). Polda: 100 for the province (assumed: a
company of Brimob, as Polda Sumsel held ready for Pagar Alam in 2024). Mabes: 200 for the nation (assumed).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from kawal.rules.places.codes import is_area, level_of
from kawal.rules.plan.roster.helps import area_of

COLUMNS: Final = ("post", "officers")
OFFICERS_MAX: Final = 100_000
POLSEK_LEAST: Final = 8
POLSEK_MOST: Final = 23
STATIONS_PER_OFFICER: Final = 8
POLRES: Final = 30
POLDA: Final = 100
MABES: Final = 200


class Code(StrEnum):
    HEAD_MISSING = "K01"
    POST_BAD = "K02"
    OFFICERS_BAD = "K03"
    POST_TWICE = "K04"
    POST_ELSEWHERE = "K05"  # mild: a row of another area; it is left out
    EMPTY = "K06"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    code: Code
    row: int | None = None  # line of the file, from 1
    field: str = ""
    value: str = ""

    @property
    def is_error(self) -> bool:
        return self.code is not Code.POST_ELSEWHERE


@dataclass(slots=True)
class Told:
    officers: dict[str, int] = field(default_factory=dict)  # post -> officers
    notices: list[Notice] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        return any(notice.is_error for notice in self.notices)


def read_strengths(rows: Iterable[tuple[int, Sequence[object]]], posts: Collection[str]) -> Told:
    """Rows of a table by their number, the head first; `posts` are those of the area.

    A post is `polri/16.07.03` or its area alone, Mabes is `polri/id`. Every row is
    looked at; with an error nothing counts.
    """
    told = Told()
    places: dict[str, int] | None = None
    for number, raw in rows:
        cells = ["" if cell is None else str(cell).strip() for cell in raw]
        if not any(cells):
            continue
        if places is None:
            names = [cell.lower() for cell in cells]
            if any(name not in names for name in COLUMNS):
                told.notices.append(Notice(code=Code.HEAD_MISSING, row=number, value=",".join(cells)[:80]))
                return told
            places = {name: names.index(name) for name in COLUMNS}
            continue
        cells += [""] * (max(places.values()) + 1 - len(cells))
        _take(number, cells[places["post"]], cells[places["officers"]], posts, told)
    if not told.officers and not told.notices:
        told.notices.append(Notice(code=Code.EMPTY))
    return told


def _take(row: int, post: str, officers: str, posts: Collection[str], told: Told) -> None:
    code = post if post.startswith("polri/") else f"polri/{post}"
    area = area_of(code)
    if code == "polri/" or not is_area(area) or level_of(area) == "village":
        told.notices.append(Notice(code=Code.POST_BAD, row=row, field="post", value=post[:80]))
        return
    whole = officers.removesuffix(".0")  # spreadsheets give whole numbers as 12.0
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 6 and int(whole) <= OFFICERS_MAX):
        told.notices.append(Notice(code=Code.OFFICERS_BAD, row=row, field="officers", value=officers[:80]))
    elif code in told.officers:
        told.notices.append(Notice(code=Code.POST_TWICE, row=row, field="post", value=post[:80]))
    elif code not in posts:
        told.notices.append(Notice(code=Code.POST_ELSEWHERE, row=row, field="post", value=post[:80]))
    else:
        told.officers[code] = int(whole)


def default_strength(post: str, stations_count: int = 0) -> int:
    """`stations_count`: of a Polsek's district."""
    level = level_of(area_of(post))
    if level == "district":
        return min(POLSEK_MOST, POLSEK_LEAST + stations_count // STATIONS_PER_OFFICER)
    return {"regency": POLRES, "province": POLDA, "nation": MABES}[level]
