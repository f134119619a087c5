"""Docks hold for what is planned anew and for trips begun earlier as well."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kawal.rules.plan.anew.check_replan import Circumstances, check_replan
from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.disruption import Closed, Span
from kawal.rules.plan.anew.replan import replan
from kawal.rules.plan.docks import Dock
from kawal.rules.plan.facts import Leg, Trip
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.repair.moving import Timetable, begun
from kawal.rules.plan.repair.standing import Standing
from kawal.rules.plan.sure.delays import law_of
from tests.rules.plan.sure.test_delays import TEXT
from tests.rules.plan.test_docks import BOATS, PPK, broken, most_at_once, on_water, with_docks

SETTINGS = with_docks(Dock(at_once=1, modes=BOATS))
PROBLEM = on_water()


@pytest.fixture(scope="module")
def made() -> PlanMade:
    return make_plan(PROBLEM, SETTINGS)


def to_pps(made: PlanMade) -> list[Trip]:
    return sorted((trip for trip in made.trips if trip.leg is Leg.TO_PPS), key=lambda trip: trip.depart_at)


def test_what_is_planned_anew_takes_berths_that_are_left(made: PlanMade) -> None:
    """A village is shut on the first day of its boats: they load between those that stay."""
    first = to_pps(made)[0]
    village = first.visits[0].site.removeprefix("PPS-")
    shut = Closed(area=village, span=Span(end=first.back_at + timedelta(hours=3)))
    now = first.stops[0].arrive_at - timedelta(hours=1)
    world = Disrupted(PROBLEM, SETTINGS, made.trips, (shut,))
    found = replan(world, made, now=now)
    assert first.code in {*found.anew, *found.gone}
    told = Circumstances(before=made.trips, now=now, disruptions=(shut,))
    assert check_replan(PROBLEM, SETTINGS, found.made.trips, found.made.unserved, told) == []
    assert most_at_once(found.made.trips, PPK) == 1


def test_trips_begun_as_early_as_can_be_wait_for_a_berth(made: PlanMade) -> None:
    """All were moved to the evening; begun earlier again, one still loads after the other."""
    late = [
        begun(trip, trip.stops[0].arrive_at + timedelta(hours=2), trip.vehicle) for trip in to_pps(made)[-3:]
    ]
    trips = [*(trip for trip in made.trips if trip.code not in {one.code for one in late}), *late]
    standing = Standing(world=Disrupted(PROBLEM, SETTINGS.hurried(), trips, (), calm=True), law=law_of(TEXT))
    found = Timetable(standing, trips).earlier(trip.code for trip in late)
    begins = {trip.code: trip.stops[0].arrive_at for trip in found}
    assert any(begins[trip.code] < trip.stops[0].arrive_at for trip in late)
    assert most_at_once(tuple(found), PPK) == 1


def test_a_new_version_with_too_many_at_a_dock_is_refused_even_where_one_of_them_stays(
    made: PlanMade,
) -> None:
    first, second = to_pps(made)[:2]
    trips = tuple(
        begun(trip, first.stops[0].arrive_at, trip.vehicle) if trip is second else trip for trip in made.trips
    )
    now = first.stops[0].arrive_at - timedelta(hours=1)
    told = Circumstances(before=made.trips, now=now)
    found = check_replan(PROBLEM, SETTINGS, trips, made.unserved, told)
    assert "dock_crowded" in {one.code for one in found}
    assert "dock_crowded" not in broken(made, SETTINGS)
