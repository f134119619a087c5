"""What the checker asks of docks, from the words of the fleet file and the stops of the trips alone.

As planned: what delays pile up is judged by living through the plan (`sure/queues.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from kawal.rules.places.codes import is_station, lineage
from kawal.rules.places.facts import area_of_site
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.docks import Dock
from kawal.rules.plan.facts import FORWARD, Trip

_LEVELS = {"GDG": "regency", "DMG": "regency", "BDR": "regency", "PPK": "district"}
_Handled = tuple[datetime, datetime, str]


def crowded(trips: Sequence[Trip], docks: Sequence[Dock]) -> Iterator[Violation]:
    """As planned no place handles more at once than it has berths."""
    found: defaultdict[tuple[str, Dock], list[_Handled]] = defaultdict(list)
    if docks:
        for trip in trips:
            if trip.leg in FORWARD:
                for stop in trip.stops[:-1]:
                    dock = None if stop.is_halt else _dock_of(stop.site, trip, docks)
                    if dock is not None:
                        found[stop.site, dock].append((stop.arrive_at, stop.depart_at, trip.code))
    for (site, dock), handled in sorted(found.items(), key=lambda pair: pair[0][0]):
        there: list[datetime] = []  # until when those stay who came before
        for comes, leaves, code in sorted(handled):
            there = [until for until in there if until > comes]
            if leaves > comes:
                there.append(leaves)
            if len(there) > dock.at_once:
                told = ("site", site), ("count", str(len(there))), ("berths", str(dock.at_once))
                yield Violation("dock_crowded", code, told)


def _dock_of(site: str, trip: Trip, docks: Sequence[Dock]) -> Dock | None:
    """Of those that tell of the mode: the site's own, else of the nearest area, the level, or everywhere; one
    that names the mode before one for all."""
    level = "village" if is_station(site) else _LEVELS.get(site[:3], "village")
    areas = sorted(filter(None, lineage(area_of_site(site))), key=len, reverse=True)
    places = [(site, ""), *((area, "") for area in areas), ("", level), ("", "")]
    telling = [dock for dock in docks if not dock.modes or trip.mode in dock.modes]
    for place in places:
        own = [dock for dock in telling if (dock.where, dock.level) == place]
        if own:
            return max(own, key=lambda dock: bool(dock.modes))
    return None
