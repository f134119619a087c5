"""One leg from one depot."""

from __future__ import annotations

from kawal.rules.plan.facts import Leg
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.plan.freights import depot_and_freights
from kawal.rules.plan.leg import date_leg, route_leg
from kawal.rules.plan.trips import trips_of
from tests.rules.plan.small import DEFAULT_TEXT, district, patterns, settings, village

# A lorry carries in one run what was split so that the pickup could help.
TWO = "".join(
    f'\n[[vehicle]]\nname = "{mode}"\nmode = "{mode}"\narea = "16.07.01"\n' for mode in ("truck", "pickup")
)


def test_all_that_is_handed_over_at_a_stop_is_ready_when_its_last_parcel_is() -> None:
    by = settings(by=fleet_of(DEFAULT_TEXT + TWO))
    depot, freights = depot_and_freights(district("16.07.01", village("16.07.01.2001", 20)))
    ready = {load.station: 0 for freight in freights for load in freight.loads}
    routed = route_leg(Leg.TO_PPS, "16.07.01", depot, freights, by, ready)
    assert any(len(run.jobs) > 1 for run in routed.runs), "else nothing is shown"
    dated = date_leg(routed, lambda job: 2_000_000_000, by.fleet)
    left = {
        station: round(trip.visits[0].depart_at.timestamp())
        for trip in trips_of("16.07", [dated], patterns())
        for part in trip.consignments
        for station in part.stations
    }
    assert routed.done() == left
