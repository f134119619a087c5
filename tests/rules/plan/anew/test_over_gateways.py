"""A plan over jetties and airstrips is planned anew like any other: a lost slot is just that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.disruption import (
    ALWAYS,
    Closed,
    Disruption,
    Fewer,
    Held,
    ModeLost,
    More,
    Reached,
    Span,
    Withdrawn,
    disruptions_of,
)
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.facts import Access, Leg, Mode, Terrain, Trip
from kawal.rules.plan.problem import District, Gateway
from tests.rules.plan.anew.told import Case, as_planned, of, stations, touched
from tests.rules.plan.small import district, regency, settings, village

JETTY, STRIP = "DMG-16.07.01-1", "BDR-16.07.01-2"
ISLAND, MOUNTAIN = "16.07.05", "16.07.06"


def _gateway(site: str, km: float, access: Access) -> Gateway:
    return Gateway(site=site, lat=-3.0, lon=104 + km / 111, terrain=Terrain.RURAL, access=access)


def _beyond(code: str, km: float, access: Access, by: str) -> District:
    one = district(
        code,
        village(f"{code}.2001", 5, km=km + 2, access=Access.WATER),
        village(f"{code}.2002", 3, km=km + 3, access=Access.FOOT),
        km=km,
    )
    return replace(one, gateway=by, access=access)


PROBLEM = replace(
    regency(
        district("16.07.01", village("16.07.01.2001", 9), village("16.07.01.2002", 4, km=14)),
        _beyond(ISLAND, 25, Access.WATER, JETTY),
        _beyond(MOUNTAIN, 40, Access.AIR, STRIP),
    ),
    gateways=(_gateway(JETTY, 12, Access.WATER), _gateway(STRIP, 15, Access.AIR)),
)
SETTINGS = settings()
CASE = Case(PROBLEM, SETTINGS)
MADE, at, anew = CASE.made, CASE.at, CASE.anew
OLD = {trip.code: trip for trip in MADE.trips}
DEADLINE = SETTINGS.calendar.deadline_at


@pytest.mark.parametrize("days", [-10, -4, -2, 0, 6])
def test_without_a_disruption_the_plan_is_the_same(days: int) -> None:
    now = at(days, 9)
    assert anew(now=now, happened=as_planned(MADE.trips, now)).made == MADE


def test_a_lost_slot_moves_what_would_have_flown_to_after_it_and_nothing_else() -> None:
    flights = of(MADE.trips, Leg.TO_PPK, STRIP)
    lost = ModeLost(
        area=MOUNTAIN,
        mode=flights[0].mode,
        span=Span(start=flights[0].depart_at - timedelta(hours=3), end=flights[-1].back_at),
    )
    found = anew(lost)
    assert not found.made.unserved
    moved = touched(found)
    assert {(trip.leg, trip.stops[0].site) for trip in moved} >= {(Leg.TO_PPK, STRIP)}
    assert all(any(one.startswith("160706") for one in stations(trip)) for trip in moved)
    assert all(trip == OLD[trip.code] for trip in found.made.trips if trip.code not in found.anew)


def test_a_strip_that_is_shut_holds_back_the_lorry_too() -> None:
    found = anew(Held(site=STRIP, span=Span(end=at(-4, 0))))
    assert not found.made.unserved
    lorries = [
        stop for t in touched(found) if t.leg is Leg.TO_GATEWAY for stop in t.stops if stop.site == STRIP
    ]
    assert lorries and all(stop.arrive_at >= at(-4, 0) for stop in lorries)


def test_a_late_lorry_holds_back_the_boat_that_waits_for_it() -> None:
    lorry = _lorry()
    now = lorry.depart_at + timedelta(minutes=5)
    late = {**as_planned(MADE.trips, now), lorry.code: Happened(left_at=lorry.depart_at + timedelta(hours=9))}
    found = anew(now=now, happened=late)
    there = max(stop.depart_at for stop in lorry.stops[:-1]) + timedelta(hours=9)
    boats = [trip for trip in touched(found) if trip.leg is Leg.TO_PPK]
    assert boats and all(trip.stops[0].arrive_at >= there for trip in boats)


def test_boats_that_stand_at_a_jetty_are_fewer_or_more_there() -> None:
    boats = {trip.vehicle for trip in of(MADE.trips, Leg.TO_PPK, JETTY)}
    mode = next(trip.mode for trip in of(MADE.trips, Leg.TO_PPK, JETTY))
    world = Disrupted(PROBLEM, SETTINGS, MADE.trips, ())
    there = world.vehicles[JETTY]
    none = [
        Fewer(area=JETTY, mode=kind, count=sum(one.kind.mode is kind for one in there), span=ALWAYS)
        for kind in sorted({one.kind.mode for one in there})
    ]
    without = anew(*none)
    assert {(row.leg, row.site) for row in without.made.unserved} == {(Leg.TO_PPK, "PPK-16.07.05")}
    assert [(row.leg, row.area) for row in without.made.shortfalls] == [(Leg.TO_PPK, JETTY)]
    helped = anew(*none, More(area=JETTY, mode=mode, count=1, span=ALWAYS))
    assert not helped.made.unserved
    assert {trip.vehicle for trip in of(helped.made.trips, Leg.TO_PPK, JETTY)}.isdisjoint(boats)
    again = anew(*none, More(area=JETTY, mode=mode, count=1, span=ALWAYS), before=without.made)
    assert not again.made.unserved and not again.made.shortfalls


def test_a_flood_that_cuts_off_the_jetty_gives_up_what_lies_beyond_and_nothing_else() -> None:
    found = anew(Held(site=JETTY, span=ALWAYS))
    assert {(row.leg, row.site, row.reason) for row in found.made.unserved} == {
        (Leg.TO_GATEWAY, JETTY, "shut")
    }
    lost = {station for row in found.made.unserved for station in row.stations}
    assert {station[:6] for station in lost} == {"160705"}


def test_a_district_reached_by_air_instead_goes_by_the_strip_while_nothing_has_left() -> None:
    found = anew(*_flown(), More(area=STRIP, mode=Mode.HELICOPTER, count=2, span=ALWAYS))
    ways = {
        (trip.leg, part.from_site, part.to_site)
        for trip in found.made.trips
        for part in trip.consignments
        if any(one.startswith("160705") for one in part.stations)
        and trip.leg in (Leg.TO_GATEWAY, Leg.TO_PPK, Leg.BACK_GATEWAY)
    }
    assert ways == {
        (Leg.TO_GATEWAY, "GDG-16.07", STRIP),
        (Leg.TO_PPK, STRIP, "PPK-16.07.05"),
        (Leg.BACK_GATEWAY, "PPK-16.07.05", STRIP),
    }


def test_what_stands_at_the_jetty_already_goes_on_from_there_however_it_is_reached_now() -> None:
    lorries = [trip for trip in MADE.trips if trip.leg is Leg.TO_GATEWAY]
    now = max(trip.back_at for trip in lorries)
    first = min(trip.depart_at for trip in of(MADE.trips, Leg.TO_PPK, JETTY))
    told = {
        code: one for code, one in as_planned(MADE.trips, min(now, first)).items() if "to_gateway" in code
    }
    assert any(JETTY in one.handed for one in told.values())
    rescue = More(area=JETTY, mode=Mode.HELICOPTER, count=1, span=ALWAYS)
    found = anew(*_flown(), rescue, now=min(now, first), happened=told)
    assert not found.made.unserved
    flown = of(found.made.trips, Leg.TO_PPK, JETTY)
    assert {trip.mode for trip in flown} == {Mode.HELICOPTER}


def test_a_district_reached_by_boat_since_a_flood_is_planned_over_the_jetty() -> None:
    flood = Reached(area="16.07.01", access=Access.WATER)
    dry = [Reached(area=one.code, access=Access.ROAD) for one in PROBLEM.districts[0].villages]
    found = anew(flood, *dry, _boats())
    assert {trip.leg for trip in touched(found)} >= {Leg.TO_GATEWAY, Leg.TO_PPK, Leg.BACK_GATEWAY}
    starts = {
        part.from_site
        for trip in found.made.trips
        if trip.leg is Leg.TO_PPK
        for part in trip.consignments
        if any(one.startswith("160701") for one in part.stations)
    }
    assert starts == {JETTY}


def test_a_boat_that_broke_down_under_way_keeps_its_goods_until_they_are_back_at_the_jetty() -> None:
    boat = of(MADE.trips, Leg.TO_PPK, JETTY)[0]
    now = boat.depart_at + timedelta(minutes=1)
    told = as_planned(MADE.trips, now)
    broken = Withdrawn(vehicle=boat.vehicle, span=Span(start=now))
    lost = anew(broken, now=now, happened=told)
    assert {row.reason for row in lost.made.unserved} == {"aboard_broken_vehicle"}
    back = replace(broken, goods_back_at=now + timedelta(hours=2))
    found = anew(back, More(area=JETTY, mode=boat.mode, count=1, span=ALWAYS), now=now, happened=told)
    assert not found.made.unserved


def test_a_fault_at_a_gateway_is_found() -> None:
    boat = of(MADE.trips, Leg.TO_PPK, JETTY)[0]
    high_waves = ModeLost(area=ISLAND, mode=boat.mode, span=Span(start=boat.depart_at, end=boat.back_at))
    assert CASE.codes(high_waves) == {"on_what_is_away"}, "its boats stand elsewhere, but it goes there"
    assert CASE.codes(ModeLost(area="16.07.01", mode=boat.mode, span=high_waves.span)) == {"on_what_is_away"}
    loading = Span(start=boat.stops[0].arrive_at, end=boat.depart_at)
    assert "through_what_is_shut" in CASE.codes(Held(site=JETTY, span=loading))
    assert "through_what_is_shut" in CASE.codes(Closed(area="16.07.01", span=loading))
    lorry = _lorry()
    late = {lorry.code: Happened(left_at=lorry.depart_at + timedelta(days=2))}
    assert CASE.codes(happened=late) == {"not_there_yet"}


def test_a_gateway_may_be_told_as_where_vehicles_stand() -> None:
    zone = SETTINGS.calendar.zone
    read = disruptions_of(f'[[more]]\narea = "{JETTY}"\nmode = "speedboat"\ncount = 2\n', zone)
    assert read == (More(area=JETTY, mode=Mode.SPEEDBOAT, count=2, span=ALWAYS),)


def _lorry() -> Trip:
    """One that goes to the jetty."""
    lorries = [trip for trip in MADE.trips if trip.leg is Leg.TO_GATEWAY]
    return next(trip for trip in lorries if any(part.to_site == JETTY for part in trip.consignments))


def _flown() -> list[Reached]:
    """Only the way to the island's PPK is another."""
    villages = PROBLEM.districts[1].villages
    as_before = [Reached(area=one.code, access=one.access) for one in villages]
    return [Reached(area=ISLAND, access=Access.AIR), *as_before]


def _boats() -> More:
    return More(area=JETTY, mode=Mode.SPEEDBOAT, count=3, span=ALWAYS)


_AREAS = [PROBLEM.regency, *(one.code for one in PROBLEM.districts)]
_SITES = [JETTY, STRIP, PROBLEM.site]


@budget(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASE.whatever(_AREAS, _SITES, 8), st.integers(-6 * 24, 24))
def test_whatever_happens_over_gateways_the_new_version_holds(
    disruptions: list[Disruption], hour: int
) -> None:
    CASE.holds(disruptions, CASE.hour(hour))
