"""How many vehicles a place handles at once: berths of a jetty, stands of an apron, ramps of a warehouse.

A dock is told for one site, for all sites of an area, of a level, or everywhere; each of these sites then has
so many berths of its own, for the modes of the dock together. Of several that tell of a site the one that
says most about it holds. Where none tells of a mode, nobody waits there. Only the way out is asked: on the
way home nothing legal is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kawal.rules.needs.strict import Table, wrong
from kawal.rules.places.codes import is_station
from kawal.rules.places.facts import KIND_OF_PREFIX, SiteKind
from kawal.rules.plan.facts import FORWARD, LEVELS, Mode, Trip
from kawal.rules.plan.windows import lies_at, modes_of, where_of

_LEVEL_OF_KIND: Final = {
    SiteKind.WAREHOUSE: "regency",
    SiteKind.JETTY: "regency",
    SiteKind.AIRSTRIP: "regency",
    SiteKind.PPK: "district",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dock:
    at_once: int
    modes: tuple[Mode, ...] = ()  # empty: all
    where: str = ""  # a site, or an area with all below
    level: str = ""  # one of LEVELS, instead of `where`; with neither everywhere

    def tells_of(self, site: str, mode: Mode) -> bool:
        if self.modes and mode not in self.modes:
            return False
        if self.where:
            return lies_at(site, self.where)
        return self.level in ("", level_of_site(site))

    def says(self) -> tuple[int, int, bool]:
        """How much it says of a place: its own dock before that of its area, its level, all."""
        own = "-" in self.where or is_station(self.where)
        place = 3 if own else 2 if self.where else int(bool(self.level))
        return place, len(self.where), bool(self.modes)


@dataclass(frozen=True, slots=True)
class Handling:
    """A vehicle is loaded, or hands over, at a site. Seconds since 1970."""

    site: str
    mode: Mode
    begin_s: int
    end_s: int


class Docks:
    """The docks of a fleet, asked by site and mode."""

    def __init__(self, docks: Iterable[Dock] = ()) -> None:
        self.docks = tuple(sorted(docks, key=lambda dock: dock.says(), reverse=True))
        self._known: dict[tuple[str, Mode], Dock | None] = {}

    def __bool__(self) -> bool:
        return bool(self.docks)

    def at(self, site: str, mode: Mode) -> Dock | None:
        """What holds for a mode at a site; None: as many at once as come."""
        key = site, mode
        if key not in self._known:
            self._known[key] = next((dock for dock in self.docks if dock.tells_of(site, mode)), None)
        return self._known[key]

    def tell_of(self, mode: Mode) -> bool:
        """Whether this mode may have to wait anywhere."""
        return any(not dock.modes or mode in dock.modes for dock in self.docks)


NO_DOCKS: Final = Docks()


def level_of_site(site: str) -> str:
    """The level of the legs that begin at a site; of a station that of its village."""
    kind = KIND_OF_PREFIX.get(site[:3])
    return "village" if kind is None else _LEVEL_OF_KIND.get(kind, "village")


def handlings_of(trip: Trip) -> list[Handling]:
    """Where a trip of the way out is loaded and hands over; of a way home none."""
    if trip.leg not in FORWARD:
        return []
    return [
        Handling(stop.site, trip.mode, int(stop.arrive_at.timestamp()), int(stop.depart_at.timestamp()))
        for stop in (trip.stops[0], *trip.visits)
    ]


def dock_of(row: Table) -> Dock:
    """A `[[dock]]` of a fleet file."""
    if row.has("source"):
        row.text("source")
    where = where_of(row) if row.has("where") else ""
    level = row.choice("level", LEVELS) if row.has("level") else ""
    if where and level:
        raise wrong(row.key("level"), "beside_where")
    return Dock(at_once=row.whole("at_once", least=1), modes=modes_of(row), where=where, level=level)


def told_twice(docks: Sequence[Dock]) -> int | None:
    """The number (from 1) of the first dock of a place and mode of which one before it tells already."""
    for number, dock in enumerate(docks):
        for other in docks[:number]:
            same_place = (dock.where, dock.level) == (other.where, other.level)
            alike = not dock.modes if not other.modes else bool({*dock.modes} & {*other.modes})
            if same_place and alike:
                return number + 1
    return None
