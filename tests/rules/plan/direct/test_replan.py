"""What goes straight on is planned anew like any other, and stays on its way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from kawal.rules.plan.anew.check_replan import Circumstances, check_replan
from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.disruption import ALWAYS, Disruption, Held, Span, Withdrawn
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.anew.replan import Replanned, replan
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.direct.permission import Permission, To
from kawal.rules.plan.direct.shortcuts import shortcuts_of
from kawal.rules.plan.facts import ENDS_AT_STATION, Leg, Trip
from kawal.rules.plan.make import make_plan
from tests.rules.plan.anew.told import as_planned, stations
from tests.rules.plan.small import ordinary, settings

PROBLEM = ordinary()
TOLD = Permission({"16.07.01": To.PPS, "16.07.02.2002": To.STATION})
SETTINGS = replace(settings(), direct=TOLD)
MADE = make_plan(PROBLEM, SETTINGS)
DEADLINE = SETTINGS.calendar.deadline_at
EARLY = DEADLINE - timedelta(days=10)


def _anew(
    *disruptions: Disruption, now: datetime = EARLY, happened: dict[str, Happened] | None = None
) -> tuple[Replanned, list[Violation]]:
    happened = happened or {}
    world = Disrupted(PROBLEM, SETTINGS, MADE.trips, disruptions, happened)
    found = replan(world, MADE, now=now, happened=happened)
    told = Circumstances(
        before=MADE.trips, happened=happened, now=now, disruptions=disruptions, strengths={},
        unguarded=found.unguarded,
    )  # fmt: skip
    return found, check_replan(PROBLEM, SETTINGS, found.made.trips, found.made.unserved, told)


def _first(leg: Leg) -> Trip:
    return next(trip for trip in MADE.trips if trip.leg is leg)


def test_with_nothing_wrong_nothing_changes() -> None:
    found, broken = _anew()
    assert broken == []
    assert found.made.trips == MADE.trips and not found.anew


def test_a_lorry_that_is_away_leaves_its_direct_trips_to_others() -> None:
    trip = _first(Leg.DIRECT_PPS)
    found, broken = _anew(Withdrawn(vehicle=trip.vehicle, span=ALWAYS))
    assert broken == []
    assert not any(one.vehicle == trip.vehicle for one in found.made.trips)
    assert shortcuts_of(found.made.trips) == shortcuts_of(MADE.trips)
    assert not found.made.unserved


def test_a_pps_that_is_held_gets_its_direct_boxes_when_it_is_not() -> None:
    trip = _first(Leg.DIRECT_PPS)
    stop = trip.visits[0]
    span = Span(start=stop.arrive_at - timedelta(hours=1), end=stop.arrive_at + timedelta(hours=3))
    found, broken = _anew(Held(site=stop.site, span=span))
    assert broken == []
    there = [
        visit.arrive_at
        for one in found.made.trips
        if one.leg is Leg.DIRECT_PPS
        for visit in one.visits
        if visit.site == stop.site
    ]
    assert there and not any(span.start <= at < span.end for at in there)


def test_what_is_on_its_way_straight_to_the_stations_stays_as_it_left() -> None:
    trip = _first(Leg.DIRECT_STATION)
    now = trip.depart_at + timedelta(minutes=1)
    found, broken = _anew(now=now, happened=as_planned(MADE.trips, now))
    assert broken == []
    same = next(one for one in found.made.trips if one.code == trip.code)
    assert same == trip


def test_direct_boxes_come_to_every_station_after_any_loss_of_a_vehicle() -> None:
    every = {load.station for village in PROBLEM.villages() for load in village.loads}
    for vehicle in sorted(
        {one.vehicle for one in MADE.trips if one.leg in (Leg.DIRECT_PPS, Leg.DIRECT_STATION)}
    ):
        found, broken = _anew(Withdrawn(vehicle=vehicle, span=ALWAYS))
        assert broken == []
        ends = [one for one in found.made.trips if one.leg in ENDS_AT_STATION]
        left = {one for row in found.made.unserved for one in row.stations}
        assert set().union(*(stations(one) for one in ends)) | left == every
