"""Something told about a place that may move an indicator: by phone, watch, forecast or warning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kawal.rules.risk.living import Influence, Living


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    key: str  # the same thing told again has the same
    kind: str  # of the living table; a kind that it does not know moves nothing
    area_code: str
    begins_at: datetime
    ends_at: datetime | None = None  # None and not `going_on`: it lasts as the table says
    going_on: bool = False  # its end is not known yet
    source: str = ""


def influences_of(happenings: Iterable[Happening], living: Living) -> list[tuple[Happening, Influence]]:
    """What each moves, by the table; in order of key."""
    found = []
    for one in sorted(happenings, key=lambda one: (one.key, one.area_code)):
        kind = living.kinds.get(one.kind)
        if kind is None:
            continue
        ends_at = None if one.going_on else (one.ends_at or one.begins_at + kind.lasts)
        influence = Influence(
            key=one.key,
            kind=one.kind,
            area_code=one.area_code,
            indicator=kind.indicator,
            strength=kind.strength,
            begins_at=one.begins_at,
            ends_at=ends_at,
            half_life=kind.half_life,
        )
        found.append((one, influence))
    return found
