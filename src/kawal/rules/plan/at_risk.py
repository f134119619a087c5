"""Who is at risk: stations to which a plan does not keep what their class is promised.

By the law of delays they are told one by one when the plan is dated (rules.plan.sure.safe). A plan without a
law, or stored before they were, tells only which trips leave later than is safe: there all aboard count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kawal.rules.plan.facts import FORWARD, Trip


def aboard_too_late(trips: Iterable[Trip]) -> set[str]:
    """Stations aboard the trips out that leave later than is safe."""
    return {
        station
        for trip in trips
        if trip.leg in FORWARD and trip.leaves_too_late
        for part in trip.consignments
        for station in part.stations
    }


def carried_out(trips: Iterable[Trip]) -> set[str]:
    """Stations that any trip out carries."""
    return {
        station
        for trip in trips
        if trip.leg in FORWARD
        for part in trip.consignments
        for station in part.stations
    }


def too_late_for(trip: Trip, at_risk: Collection[str]) -> tuple[str, ...]:
    """The stations at risk for which a trip leaves later than is safe; nobody where it does not."""
    if trip.leg not in FORWARD or not trip.leaves_too_late:
        return ()
    return tuple(sorted(one for part in trip.consignments for one in part.stations if one in at_risk))
