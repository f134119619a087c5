"""A plan over a jetty below a PPK is planned anew like one over a jetty above it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from kawal.rules.plan.anew.disrupted import Disrupted, changed
from kawal.rules.plan.anew.disruption import (
    ALWAYS,
    Disruption,
    Fewer,
    Held,
    ModeLost,
    More,
    Reached,
    Span,
    Withdrawn,
)
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.anew.replan import Replanned
from kawal.rules.plan.facts import BY_GATEWAY, Access, Leg, Mode, Terrain, Trip
from kawal.rules.plan.gateways import with_landings
from kawal.rules.plan.problem import Gateway
from tests.rules.plan.anew.told import Case, as_planned, of, stations, touched
from tests.rules.plan.small import district, regency, settings, village

JETTY, STRIP = "DMG-16.07.01-1", "BDR-16.07.01-2"
SHORE, BY_WATER, BY_ROAD = "16.07.01", "16.07.01.2002", "16.07.01.2001"


def _gateway(site: str, km: float, access: Access) -> Gateway:
    return Gateway(site=site, lat=-3.0, lon=104 + km / 111, terrain=Terrain.RURAL, access=access)


GATEWAYS = _gateway(JETTY, 16, Access.WATER), _gateway(STRIP, 12, Access.AIR)
PROBLEM = replace(
    regency(
        with_landings(
            district(
                SHORE,
                village(BY_ROAD, 6),
                village(BY_WATER, 4, km=30, access=Access.WATER),
                village("16.07.01.2003", 3, km=34, access=Access.WATER),
            ),
            GATEWAYS,
        ),
        district("16.07.02", village("16.07.02.2001", 5, km=14)),
    ),
    gateways=GATEWAYS,
)
SETTINGS = settings()
CASE = Case(PROBLEM, SETTINGS)
MADE, at, anew = CASE.made, CASE.at, CASE.anew
DEADLINE = SETTINGS.calendar.deadline_at


@pytest.mark.parametrize("days", [-10, -3, -2, 0, 1])
def test_without_a_disruption_the_plan_is_the_same(days: int) -> None:
    now = at(days, 9)
    assert anew(now=now, happened=as_planned(MADE.trips, now)).made == MADE


def test_a_late_lorry_holds_back_the_boat_that_waits_for_it_and_no_lorry_by_road() -> None:
    lorry = of(MADE.trips, Leg.TO_LANDING, "PPK-16.07.01")[0]
    now = lorry.depart_at + timedelta(minutes=5)
    late = {**as_planned(MADE.trips, now), lorry.code: Happened(left_at=lorry.depart_at + timedelta(hours=9))}
    found = anew(now=now, happened=late)
    there = max(stop.depart_at for stop in lorry.stops[:-1]) + timedelta(hours=9)
    boats = [trip for trip in touched(found) if trip.leg is Leg.TO_PPS]
    waiting = [trip for trip in boats if stations(trip) & stations(lorry)]
    assert waiting and all(trip.stops[0].arrive_at >= there for trip in waiting)
    assert {trip.stops[0].site for trip in boats} == {JETTY}


def test_a_landing_that_is_shut_holds_back_the_lorry_too() -> None:
    found = anew(Held(site=JETTY, span=Span(end=at(-3, 13))))
    assert not found.made.unserved
    calls = [
        stop for t in touched(found) if t.leg is Leg.TO_LANDING for stop in t.stops if stop.site == JETTY
    ]
    assert calls and all(stop.arrive_at >= at(-3, 13) for stop in calls)
    cut_off = anew(Held(site=JETTY, span=ALWAYS)).made.unserved
    assert {(row.leg, row.site, row.reason) for row in cut_off} == {(Leg.TO_LANDING, JETTY, "shut")}


def test_boats_that_stand_at_a_landing_are_fewer_or_more_there() -> None:
    mode = of(MADE.trips, Leg.TO_PPS, JETTY)[0].mode
    there = Disrupted(PROBLEM, SETTINGS, MADE.trips, ()).vehicles[JETTY]
    kinds = sorted({one.kind.mode for one in there})
    none = [
        Fewer(area=JETTY, mode=kind, count=sum(one.kind.mode is kind for one in there), span=ALWAYS)
        for kind in kinds
    ]
    without = anew(*none)
    assert {row.leg for row in without.made.unserved} == {Leg.TO_PPS}
    helped = anew(*none, More(area=JETTY, mode=mode, count=1, span=ALWAYS), before=without.made)
    assert not helped.made.unserved and not helped.made.shortfalls


def test_a_village_cut_off_by_a_flood_is_reached_over_the_landing_of_its_district() -> None:
    inside = More(area=BY_ROAD, mode=Mode.SPEEDBOAT, count=2, span=ALWAYS)
    found = anew(Reached(area=BY_ROAD, access=Access.WATER), inside)
    assert not found.made.unserved
    over = {
        trip.leg
        for trip in touched(found)
        if any(one.startswith("1607012001") for one in stations(trip)) and trip.stops[0].site == JETTY
    }
    assert over == {Leg.TO_PPS, Leg.BACK_LANDING}


def test_a_village_that_is_flown_to_instead_goes_by_the_strip_unless_it_stands_at_the_jetty_already() -> None:
    flown = Reached(area=BY_WATER, access=Access.AIR)
    free = changed(PROBLEM, [flown]).districts[0].villages[1]
    assert (free.access, free.landing) == (Access.AIR, STRIP)
    help_ = [More(area=base, mode=Mode.HELICOPTER, count=1, span=ALWAYS) for base in (STRIP, JETTY)]
    help_ += [More(area=BY_WATER, mode=Mode.FOOT, count=3, span=ALWAYS)]
    found = anew(flown, *help_)
    assert not found.made.unserved
    assert {trip.stops[0].site for trip in _flights(found)} == {STRIP}
    first = min(trip.stops[0].arrive_at for trip in of(MADE.trips, Leg.TO_PPS, JETTY))
    stands = anew(flown, *help_, now=first, happened=as_planned(MADE.trips, first))
    assert not stands.made.unserved
    assert {trip.stops[0].site for trip in _flights(stands)} == {JETTY}


def _flights(found: Replanned) -> list[Trip]:
    flights = [trip for trip in found.made.trips if trip.mode is Mode.HELICOPTER]
    assert {trip.leg for trip in flights} == {Leg.TO_PPS, Leg.BACK_LANDING}
    return flights


def test_a_district_whose_ppk_is_cut_off_keeps_no_landing_behind_the_flood() -> None:
    found = changed(PROBLEM, [Reached(area=SHORE, access=Access.WATER)]).districts[0]
    assert found.gateway == JETTY
    assert {village.landing for village in found.villages} == {""} and not found.landings


def test_a_boat_that_broke_down_keeps_its_goods_until_they_are_back_at_the_landing() -> None:
    boat = of(MADE.trips, Leg.TO_PPS, JETTY)[0]
    now = boat.depart_at + timedelta(minutes=1)
    told = as_planned(MADE.trips, now)
    broken = Withdrawn(vehicle=boat.vehicle, span=Span(start=now))
    assert {row.reason for row in anew(broken, now=now, happened=told).made.unserved} == {
        "aboard_broken_vehicle"
    }
    back = replace(broken, goods_back_at=now + timedelta(hours=2))
    found = anew(back, More(area=JETTY, mode=boat.mode, count=1, span=ALWAYS), now=now, happened=told)
    assert not found.made.unserved


def test_a_fault_at_a_landing_is_found() -> None:
    boat = of(MADE.trips, Leg.TO_PPS, JETTY)[0]
    waves = ModeLost(area=BY_WATER, mode=boat.mode, span=Span(start=boat.depart_at, end=boat.back_at))
    assert CASE.codes(waves) == {"on_what_is_away"}, "its boats stand elsewhere, but it goes there"
    loading = Span(start=boat.stops[0].arrive_at, end=boat.depart_at)
    assert "through_what_is_shut" in CASE.codes(Held(site=JETTY, span=loading))
    lorry = of(MADE.trips, Leg.TO_LANDING, "PPK-16.07.01")[0]
    late = {lorry.code: Happened(left_at=lorry.depart_at + timedelta(days=2))}
    assert CASE.codes(happened=late) == {"not_there_yet"}


_AREAS = [PROBLEM.regency, *(one.code for one in PROBLEM.districts), BY_ROAD, BY_WATER]
_SITES = [JETTY, "PPK-16.07.01", PROBLEM.site]


@budget(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASE.whatever(_AREAS, _SITES, 4), st.integers(-6 * 24, 24))
def test_whatever_happens_over_landings_the_new_version_holds(
    disruptions: list[Disruption], hour: int
) -> None:
    CASE.holds(disruptions, CASE.hour(hour))


def test_the_plan_goes_over_the_landing_and_no_gateway_above() -> None:
    assert not {trip.leg for trip in MADE.trips} & BY_GATEWAY
    assert not MADE.unserved
