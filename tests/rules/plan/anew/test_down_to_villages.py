"""A plan that ends at the villages is planned anew as far as it goes, and leaves time for the last leg."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from kawal.rules.plan.anew.check_replan import Circumstances, check_replan
from kawal.rules.plan.anew.compare import promises
from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.disruption import ALWAYS, Closed, Disruption, ModeLost, Span, Withdrawn
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.anew.replan import Replanned, replan
from kawal.rules.plan.facts import Leg, Level, Mode
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.wide.last_leg import last_leg
from tests.rules.plan.small import ordinary, settings

PROBLEM = ordinary()
SETTINGS = replace(settings(), level=Level.VILLAGE)
MADE = make_plan(PROBLEM, SETTINGS)
DEADLINE = SETTINGS.calendar.deadline_at
EARLY = DEADLINE - timedelta(days=10)
VILLAGES = {village.code: village for village in PROBLEM.villages()}


def at(days: int, hour: int) -> datetime:
    return DEADLINE + timedelta(days=days + 1, hours=hour - 18)


def anew(
    *disruptions: Disruption, now: datetime = EARLY, happened: Mapping[str, Happened] | None = None
) -> Replanned:
    world = Disrupted(PROBLEM, SETTINGS, MADE.trips, disruptions, happened)
    found = replan(world, MADE, now=now, happened=happened)
    told = Circumstances(before=MADE.trips, now=now, disruptions=disruptions, happened=happened or {})
    assert check_replan(PROBLEM, SETTINGS, found.made.trips, found.made.unserved, told) == []
    return found


@pytest.mark.parametrize("days", [-10, -3, 0, 6])
def test_without_a_disruption_the_plan_is_the_same(days: int) -> None:
    assert anew(now=at(days, 9)).made == MADE


def test_a_flood_moves_what_goes_into_it_and_no_trip_inside_a_village_appears() -> None:
    found = anew(Closed(area="16.07.02", span=Span(start=at(-3, 0), end=at(-2, 0))))
    assert not found.made.unserved and found.anew
    assert {trip.leg for trip in found.made.trips}.isdisjoint({Leg.TO_STATION, Leg.BACK_PPS})
    assert promises(MADE.trips, found.made.trips), "what its PPS receives later is told"


def test_what_is_planned_anew_leaves_time_for_the_last_leg() -> None:
    truck = next(trip.vehicle for trip in MADE.trips if trip.leg is Leg.TO_PPS)
    found = anew(Withdrawn(vehicle=truck, span=ALWAYS))
    fresh = [trip for trip in found.made.trips if trip.code in found.anew and trip.leg is Leg.TO_PPS]
    assert fresh
    for trip in fresh:
        for part in trip.consignments:
            begins_s = last_leg(VILLAGES[part.to_site.removeprefix("PPS-")], SETTINGS).begins_s
            assert part.due_at.timestamp() <= begins_s


@budget(max_examples=10, deadline=None)
@given(
    st.sampled_from(sorted({trip.vehicle for trip in MADE.trips})),
    st.sampled_from([Mode.TRUCK, Mode.SPEEDBOAT]),
    st.integers(-6 * 24, 24),
)
def test_whatever_happens_the_new_version_holds(vehicle: str, mode: Mode, hour: int) -> None:
    now = at(hour // 24, hour % 24)
    told = {trip.code: Happened(left_at=trip.depart_at) for trip in MADE.trips if trip.depart_at <= now}
    lost = ModeLost(area="16.07", mode=mode, span=Span(start=at(-4, 0), end=at(-2, 12)))
    anew(Withdrawn(vehicle=vehicle, span=Span(start=now)), lost, now=now, happened=told)
