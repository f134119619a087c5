"""The stated default fleets: one for land, and for every other landscape what differs from it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from kawal.rules.plan.landscape import Landscape

_SECTIONS: Final = "\n\n"  # between the tables of the files, which are ours
_NAME: Final = 'name = "kawal-default-2026"'


@cache
def default_fleet(landscape: Landscape = Landscape.LAND) -> str:
    """The text of a fleet file. A table of the landscape stands in place of the one that tells of the same
    mode, or of the same mode or docks at the same level, or is added."""
    land = _shipped("default")
    if landscape is Landscape.LAND:
        return land
    own = _shipped(landscape.value).split(_SECTIONS)
    instead = {_told_of(section) for section in own} - {None}
    kept = (section for section in land.split(_SECTIONS) if _told_of(section) not in instead)
    named = _SECTIONS.join(kept).replace(_NAME, f'{_NAME[:-1]}-{landscape}"', 1)
    return f"{named.rstrip()}\n\n{_SECTIONS.join(own)}"


def _shipped(name: str) -> str:
    return (files("kawal.rules.plan") / f"fleet-{name}.toml").read_text("utf-8")


def _told_of(section: str) -> tuple[str, ...] | None:
    """What a table is about; None for all that a landscape cannot change."""
    table = tomllib.loads(section)
    for key in ("mode", "stock"):
        if isinstance(table.get(key), list):
            row = table[key][0]
            return key, row.get("level", ""), row["mode"]
    if isinstance(table.get("dock"), list):
        row = table["dock"][0]
        return "dock", row.get("level", ""), *row["modes"]
    return None
