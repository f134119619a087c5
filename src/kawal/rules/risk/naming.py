"""From an area's names in somebody's table to its code, strictly: one match, or why there is none."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kawal.rules.places.codes import covers
from kawal.rules.places.facts import Area

# Kabupaten and Kota are kept apart: both may bear the same name (Kabupaten and Kota Bandung).
_KINDS: Final = {
    "kabupaten": "kab", "kab": "kab", "kota": "kota", "kodya": "kota",
    "kecamatan": "", "kec": "", "distrik": "", "desa": "", "kelurahan": "", "kel": "", "kampung": "",
    "nagari": "", "gampong": "", "provinsi": "", "prov": "",
}  # fmt: skip
_WORD: Final = re.compile(r"[^\W_]+", re.UNICODE)
SHOWN_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Resolved:
    """`code` where exactly one area fits; else the codes or names that come near."""

    code: str | None
    near: tuple[str, ...] = ()
    ambiguous: bool = False


class Names:
    """All areas inside one area, by level and name."""

    def __init__(self, areas: Iterable[Area], within: str) -> None:
        self._within = within
        self._by_name: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._names: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for area in areas:
            if covers(within, area.code):
                kind, name = plain(area.name)
                self._by_name[area.level, name].append((area.code, kind))
                self._names[area.level].setdefault(name, area.name)

    def resolve(self, told: Mapping[str, str]) -> Resolved:
        """`told`: level -> name, the highest level first; each narrows the next."""
        inside = [self._within]
        found: list[str] = []
        for level, text in told.items():
            kind, name = plain(text)
            same = [
                (code, its)
                for code, its in self._by_name[level, name]
                if any(covers(a, code) for a in inside)
            ]
            # `Kota X` means the city; `X` alone means whichever there is.
            exact = [code for code, its in same if kind and its == kind]
            found = exact or [code for code, its in same if not kind or not its]
            if not found:
                return Resolved(None, self._near(level, name))
            inside = found
        if len(found) == 1:
            return Resolved(found[0])
        return Resolved(None, tuple(sorted(found)[:SHOWN_MAX]), ambiguous=True)

    def _near(self, level: str, name: str) -> tuple[str, ...]:
        known = self._names[level]
        return tuple(known[one] for one in difflib.get_close_matches(name, known, n=3, cutoff=0.75))


def plain(text: str) -> tuple[str, str]:
    """Kind (kab, kota or nothing) and the name without it: `Kab. OGAN  ILIR` -> (`kab`, `ogan ilir`)."""
    words = [word.casefold() for word in _WORD.findall(text)]
    kind = ""
    if len(words) > 1 and words[0] in _KINDS:
        kind = _KINDS[words[0]]
        words = words[1:]
    return kind, " ".join(words)


def shown(near: Sequence[str]) -> str:
    return ", ".join(near)
