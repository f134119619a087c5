"""Where days that were to spare are used up, one leg begins when the one before has just ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from kawal.rules.plan.anew.check_replan import Circumstances, check_replan
from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.disruption import Held, Span
from kawal.rules.plan.anew.gaps import books, whole
from kawal.rules.plan.anew.replan import Replanned, replan
from kawal.rules.plan.facts import Access, Leg
from kawal.rules.plan.fleet import vehicles
from kawal.rules.plan.freights import depot_and_freights
from kawal.rules.plan.leg import Remains, Settings, route_leg
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.sure.delays import law_of
from tests.rules.plan.small import district, regency, settings, village
from tests.rules.plan.sure.test_delays import TEXT

# By air: a plane carries what two helicopters would, so its visit is two loads, handed over one by one.
LARGE = regency(
    replace(
        district(
            "16.07.01",
            *(village(f"16.07.01.20{n:02d}", 5, km=40 + n / 10, access=Access.FOOT) for n in range(1, 16)),
            km=40,
        ),
        access=Access.AIR,
    )
)
# Porters: some villages lie a day and a night away.
FAR = regency(
    district(
        "16.07.01",
        *(village(f"16.07.01.200{n}", 4, km=10 + n, access=Access.FOOT) for n in range(1, 4)),
        *(village(f"16.07.01.200{n}", 9, km=20 + 4 * n, access=Access.FOOT) for n in range(4, 9)),
        km=9,
    )
)


def held_until(problem: Problem, by: Settings, days: int, hour: int) -> Replanned:
    """The warehouse is locked until then; the new version holds by the checker."""
    made = make_plan(problem, by)
    opens = by.calendar.deadline_at + timedelta(days=days + 1, hours=hour - 18)
    locked = [Held(site=problem.site, span=Span(end=opens))]
    now: datetime = by.calendar.deadline_at - timedelta(days=10)
    found = replan(Disrupted(problem, by, made.trips, locked), made, now=now)
    told = Circumstances(before=made.trips, now=now, disruptions=locked)
    assert check_replan(problem, by, found.made.trips, found.made.unserved, told) == []
    return found


@pytest.mark.parametrize("hour", [7, 10, 13])
def test_goods_handed_over_with_others_go_on_when_all_of_the_visit_is_done(hour: int) -> None:
    found = held_until(LARGE, settings(), -2, hour)
    assert any(trip.leg is Leg.TO_PPS for trip in found.made.trips if trip.code in found.anew)


@pytest.mark.parametrize("days", [-4, -3, -2, -1])
def test_nobody_walks_to_two_villages_at_once(days: int) -> None:
    held_until(FAR, settings(), days, 7)


def test_runs_come_out_by_their_vehicles_own_names_so_that_those_of_several_days_know_of_them() -> None:
    by, place = settings(), FAR.districts[0]
    depot, freights = depot_and_freights(place)
    stock = vehicles(by.fleet, "district", place.code, {**dict.fromkeys(Access, 0), Access.FOOT: 57})
    busy = {one.name: [(0, 1)] for one in stock}
    remains = Remains(
        vehicles=stock, shifts=by.calendar.shifts[Leg.TO_PPS], book=books(busy), several=None, whole=whole
    )
    routed = route_leg(Leg.TO_PPS, place.code, depot, freights, by, remains=remains)
    assert routed.runs and {run.vehicle.name for run in routed.runs} <= busy.keys()


def test_before_a_trip_that_stays_and_is_at_risk_a_new_one_is_at_risk_too() -> None:
    by = replace(settings(), delays=law_of(TEXT))
    for days in (-4, -3, -2):
        held_until(FAR, by, days, 9)
