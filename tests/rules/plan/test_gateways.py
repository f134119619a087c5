"""Where a district is reached by a jetty, lorries bring there what boats carry on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from kawal.rules.plan.check import check
from kawal.rules.plan.facts import (
    BACKWARD,
    BY_GATEWAY,
    BY_LANDING,
    DIRECT,
    FORWARD,
    Access,
    Leg,
    Mode,
    Terrain,
    Trip,
)
from kawal.rules.plan.gateways import serving
from kawal.rules.plan.journey.travel import UNREACHABLE_S
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.problem import District, Gateway, Problem
from kawal.rules.plan.routing.present import present
from kawal.rules.plan.sure.flow import flow_of
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.small import district, fleet, regency, settings, village

JETTY = "DMG-16.07.01-1"
BY_LAND = "16.07.01"


def _gateway(site: str = JETTY, km: float = 12, access: Access = Access.WATER) -> Gateway:
    return Gateway(site=site, lat=-3.0, lon=104 + km / 111, terrain=Terrain.RURAL, access=access)


def _island(code: str, *, km: float = 25, by: str = JETTY, stations: int = 6) -> District:
    found = district(
        code,
        village(f"{code}.2001", stations, km=km + 2, access=Access.WATER, risk=RiskClass.HIGH),
        village(f"{code}.2002", 3, km=km + 4, access=Access.WATER),
        km=km,
    )
    return replace(found, gateway=by)


def _problem(*islands: District, gateways: tuple[Gateway, ...] = (_gateway(),)) -> Problem:
    by_road = district(BY_LAND, village("16.07.01.2001", 9), village("16.07.01.2002", 4, km=14))
    return replace(regency(by_road, *(islands or (_island("16.07.05"),))), gateways=gateways)


PROBLEM = _problem()
MADE = make_plan(PROBLEM, settings())


def _legs_of(station: str) -> list[Leg]:
    found = [trip.leg for trip in MADE.trips for part in trip.consignments if station in part.stations]
    return sorted(found, key=list(Leg).index)


def _codes(trips: list[Trip]) -> set[str]:
    return {found.code for found in check(PROBLEM, settings(), trips, ())}


def test_the_checker_finds_nothing_in_a_plan_with_a_jetty() -> None:
    assert not MADE.unserved
    assert check(PROBLEM, settings(), MADE.trips, MADE.unserved) == []


def test_a_station_beyond_the_jetty_goes_eight_legs_and_one_by_road_six() -> None:
    assert _legs_of("1607052001001") == [
        leg for leg in (*FORWARD, *BACKWARD) if leg not in BY_LANDING | DIRECT
    ]
    assert _legs_of("1607012001001") == [leg for leg in Leg if leg not in BY_GATEWAY | BY_LANDING | DIRECT]


def test_lorries_go_to_the_jetty_and_boats_go_on_from_there_and_so_home() -> None:
    ends = {
        (trip.leg, trip.mode is Mode.TRUCK or trip.mode is Mode.PICKUP, part.from_site, part.to_site)
        for trip in MADE.trips
        for part in trip.consignments
        if any(station.startswith("160705") for station in part.stations)
        and trip.leg in (Leg.TO_GATEWAY, Leg.TO_PPK, Leg.BACK_GATEWAY, Leg.BACK_WAREHOUSE)
    }
    assert ends == {
        (Leg.TO_GATEWAY, True, "GDG-16.07", JETTY),
        (Leg.TO_PPK, False, JETTY, "PPK-16.07.05"),
        (Leg.BACK_GATEWAY, False, "PPK-16.07.05", JETTY),
        (Leg.BACK_WAREHOUSE, True, JETTY, "GDG-16.07"),
    }


def test_what_goes_on_from_the_jetty_is_due_there_before() -> None:
    at = {(t.leg, s): (t, p) for t in MADE.trips for p in t.consignments for s in p.stations}
    for before, after in pairwise(leg for leg in FORWARD if leg not in BY_LANDING | DIRECT):
        _, part = at[before, "1607052001001"]
        onward, _ = at[after, "1607052001001"]
        assert part.arrive_at < onward.stops[0].arrive_at + timedelta(hours=1)
        assert part.due_at < onward.latest_departure_at


def test_boats_belong_to_their_jetty_and_no_boat_serves_two() -> None:
    other = _gateway("DMG-16.07.01-2", km=-12)
    problem = _problem(
        _island("16.07.05"), _island("16.07.06", km=-25, by=other.site), gateways=(_gateway(), other)
    )
    made = make_plan(problem, settings())
    assert check(problem, settings(), made.trips, made.unserved) == []
    boats = {
        trip.vehicle: trip.stops[0].site
        for trip in made.trips
        if trip.leg is Leg.TO_PPK and trip.mode is Mode.SPEEDBOAT
    }
    assert set(boats.values()) == {JETTY, other.site}
    assert all(site in vehicle for vehicle, site in boats.items())


def test_the_simulation_waits_for_the_lorry_before_the_boat_leaves() -> None:
    flow = flow_of(MADE.trips, fleet(), settings().calendar.zone)
    stop_of = {  # station -> index of the stop at which the jetty receives it
        station: number
        for number, (code, station_) in enumerate(_parts(flow.codes))
        for station in station_
        if "to_gateway" in code
    }
    onward = next(t for t in MADE.trips if t.leg is Leg.TO_PPK and t.stops[0].site == JETTY)
    place = flow.codes.index(onward.code)
    waits = set(flow.supply[flow.supply_at[place] : flow.supply_at[place + 1]].tolist())
    assert waits == {stop_of[station] for part in onward.consignments for station in part.stations}


def _parts(codes: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    trips = {trip.code: trip for trip in MADE.trips}
    return [(code, part.stations) for code in codes for part in trips[code].consignments]


@pytest.mark.parametrize(
    ("leg", "broken", "code"),
    [
        (Leg.TO_GATEWAY, lambda t: replace(t, leg=Leg.TO_PPK), "not_once_per_leg"),
        (Leg.TO_GATEWAY, lambda t: _moved(t, timedelta(days=1, hours=12)), "sent_before_received"),
        (Leg.BACK_GATEWAY, lambda t: _moved(t, timedelta(days=2)), "sent_before_received"),
        (Leg.TO_GATEWAY, lambda t: replace(t, mode=Mode.SPEEDBOAT), "cannot_reach"),
        (Leg.TO_GATEWAY, lambda t: _to(t, "PPK-16.07.05"), "wrong_site"),
    ],
)
def test_a_fault_at_the_jetty_is_found(leg: Leg, broken, code: str) -> None:  # type: ignore[no-untyped-def]
    whole = next(trip for trip in MADE.trips if trip.leg is leg)
    assert code in _codes([broken(trip) if trip is whole else trip for trip in MADE.trips])


def _moved(trip: Trip, by: timedelta) -> Trip:
    stops = tuple(replace(s, arrive_at=s.arrive_at + by, depart_at=s.depart_at + by) for s in trip.stops)
    parts = tuple(replace(part, arrive_at=part.arrive_at + by) for part in trip.consignments)
    return replace(
        trip, depart_at=trip.depart_at + by, back_at=trip.back_at + by, stops=stops, consignments=parts
    )


def _to(trip: Trip, site: str) -> Trip:
    stops = tuple(replace(stop, site=site) if stop.site == JETTY else stop for stop in trip.stops)
    return replace(
        trip, stops=stops, consignments=tuple(replace(part, to_site=site) for part in trip.consignments)
    )


def test_a_jetty_that_no_road_reaches_leaves_its_districts_unserved_and_names_it() -> None:
    class NoRoad:
        def matrices(self, points, kind):  # type: ignore[no-untyped-def]
            metres, seconds = settings().travel.matrices(points, kind)
            if kind.access is Access.ROAD:
                at = [number for number, point in enumerate(points) if abs(point.lon - _gateway().lon) < 1e-9]
                seconds[at, :] = seconds[:, at] = UNREACHABLE_S
                np.fill_diagonal(seconds, 0)
            return metres, seconds

        way, told = settings().travel.way, settings().travel.told

    chosen = replace(settings(), travel=NoRoad())
    made = make_plan(PROBLEM, chosen)
    assert {(row.leg, row.site, row.reason) for row in made.unserved} == {(Leg.TO_GATEWAY, JETTY, "no_road")}
    assert check(PROBLEM, chosen, made.trips, made.unserved) == []


def test_each_place_is_served_by_the_gateway_of_its_access_and_of_the_least_way() -> None:
    near, far, strip = (
        _gateway("DMG-16.07-1"),
        _gateway("DMG-16.07-2", km=90),
        _gateway("BDR-16.07-1", access=Access.AIR),
    )
    warehouse, site = (-3.0, 104.0), (-3.0, 104 + 25 / 111)
    gateways = (far, strip, near)
    assert serving(gateways, Access.WATER, warehouse, site) is near
    assert serving(gateways, Access.AIR, warehouse, site) is strip
    assert serving(gateways, Access.ROAD, warehouse, site) is None
    assert serving((), Access.WATER, warehouse, site) is None


@effort(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(1, 9), st.floats(-30, 30)), min_size=1, max_size=3), st.integers(0, 2**31)
)
def test_the_checker_finds_nothing_in_any_plan_with_gateways(
    found: list[tuple[int, float]], seed: int
) -> None:
    islands = [_island(f"16.07.{n + 5:02d}", km=km, stations=count) for n, (count, km) in enumerate(found)]
    problem, chosen = _problem(*islands), settings(seed=seed)
    made = make_plan(problem, chosen)
    assert check(problem, chosen, made.trips, made.unserved) == []


def test_a_plan_with_a_jetty_may_begin_from_the_present_one() -> None:
    chosen = replace(settings(), start=present(MADE.trips))
    made = make_plan(PROBLEM, chosen)
    assert not made.unserved
    assert check(PROBLEM, chosen, made.trips, made.unserved) == []
