"""Which consignments of a trip have not been handed over at their destination?

Delivered is what was accepted there under the trip's code; or what stands there already by the story
of its parcels (a receiver's phone need not know the trip). "At the village" is not "received by
KPPS" (C10): each leg asks for its own stage.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from kawal.rules.custody.stages import Stage
from kawal.rules.plan.facts import Consignment, Leg, Trip
from kawal.rules.watch.expect import departed_at
from kawal.rules.watch.facts import Progress

STAGE_DELIVERED: Final = {
    Leg.TO_GATEWAY: Stage.AT_GATEWAY,
    Leg.TO_PPK: Stage.AT_PPK,
    Leg.TO_LANDING: Stage.AT_LANDING,
    Leg.TO_PPS: Stage.AT_PPS,
    Leg.DIRECT_PPS: Stage.AT_PPS,
    Leg.TO_STATION: Stage.AT_STATION,
    Leg.DIRECT_STATION: Stage.AT_STATION,
    Leg.BACK_PPS: Stage.BACK_AT_PPS,
    Leg.BACK_LANDING: Stage.BACK_AT_LANDING,
    Leg.BACK_PPK: Stage.BACK_AT_PPK,
    Leg.BACK_GATEWAY: Stage.BACK_AT_GATEWAY,
    Leg.BACK_WAREHOUSE: Stage.BACK_HOME,
}


def undelivered(trip: Trip, progress: Progress, stages: Mapping[str, int]) -> list[Consignment]:
    """`stages`: station -> Stage, for the stations that `stations_in_question` named at least."""
    least = STAGE_DELIVERED[trip.leg]
    return [
        one
        for one in _unaccepted(trip, progress)
        if not all(stages.get(station, Stage.NEEDED) >= least for station in one.stations)
    ]


def stations_in_question(trip: Trip, progress: Progress, *, now: datetime) -> list[str]:
    """Stations of which the trip's own milestones say too little: look at the story of their parcels.

    A trip that departed and is not due anywhere yet asks nothing, so that a calm look costs nothing.
    """
    silent = departed_at(trip, progress) is None
    return [
        station
        for one in _unaccepted(trip, progress)
        if silent or one.arrive_at < now
        for station in one.stations
    ]


def _unaccepted(trip: Trip, progress: Progress) -> list[Consignment]:
    accepted = {told.site for told in progress.milestones if told.kind == "accepted"}
    return [one for one in trip.consignments if one.to_site not in accepted]
