"""What the checker asks of openings, bounds and loads apart, from their words and not from the planner.

Every opening and bound is read by the local clock; a trip's handlings are read off its stops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo

from kawal.rules.places.codes import lineage
from kawal.rules.places.facts import area_of_site
from kawal.rules.plan.facts import BACKWARD, Trip
from kawal.rules.plan.fleet import Fleet
from kawal.rules.plan.windows import Opening

Handling = tuple[str, datetime, datetime]  # site (empty: the whole run), begin, end


def closed(
    trip: Trip, fleet: Fleet, zone: tzinfo, when: Callable[[datetime], datetime] = lambda planned: planned
) -> Iterator[tuple[str, str]]:
    """Site and kind (or `bound`) of each opening or bound that the trip breaks. `when`: what is planned for a
    moment happens then."""
    if not fleet.openings and not fleet.bounds:
        return
    for site, begin, end in _handlings(trip):
        begins = when(begin).astimezone(zone).replace(tzinfo=None)
        ends = begins + (end - begin)
        names = _names(site)
        telling = [opening for opening in fleet.openings if opening.where in names and _means(opening, trip)]
        for kind in sorted({opening.kind for opening in telling}):
            if not any(_holds(opening, begins, ends) for opening in telling if opening.kind == kind):
                yield site or trip.vehicle, kind
        for bound in fleet.bounds:
            if bound.where in names and (
                (bound.not_before is not None and begins < bound.not_before)
                or (bound.not_after is not None and ends > bound.not_after)
            ):
                yield site, "bound"


def together(trip: Trip, fleet: Fleet) -> Iterator[tuple[str, int]]:
    """By what, and how many groups of loads that must not share a vehicle the trip carries."""
    for rule in fleet.aparts:
        if not rule.modes or trip.mode in rule.modes:
            groups = {rule.group(station) for part in trip.consignments for station in part.stations}
            if len(groups) > 1:
                yield rule.by, len(groups)


def _handlings(trip: Trip) -> Iterator[Handling]:
    """Where goods are loaded, handed over or unloaded; going out empty or coming home empty is none."""
    home = trip.stops[-1] if trip.leg in BACKWARD else trip.stops[0]
    for stop in (home, *trip.visits):
        yield stop.site, stop.arrive_at, stop.depart_at
    yield "", trip.stops[0].arrive_at, trip.stops[-1].depart_at


def _names(site: str) -> set[str]:
    """All by which a site may be told of: itself, its area and every area above that."""
    if not site:
        return {""}
    return {site, *lineage(area_of_site(site))}


def _means(opening: Opening, trip: Trip) -> bool:
    own = trip.vehicle.rpartition("-")[2]
    return (trip.mode in opening.modes or not opening.modes) and (
        not opening.vehicle or opening.vehicle.lower() == own.lower()
    )


def _holds(opening: Opening, begins: datetime, ends: datetime) -> bool:
    return (
        begins.date() == ends.date()
        and opening.day in (None, begins.date())
        and opening.opens <= begins.time()
        and ends.time() <= opening.closes
    )
