"""Where the PPK is on the road and a village is not, lorries go from the PPK to a jetty and boats go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise

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
    Level,
    Mode,
    Terrain,
    Trip,
)
from kawal.rules.plan.fleet import Listed, base_of
from kawal.rules.plan.gateways import of_regency, with_gateway, with_landings
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.problem import District, Gateway, Problem
from kawal.rules.plan.sure.flow import flow_of
from kawal.rules.plan.sure.reserves import hold_points
from kawal.rules.plan.windows import Opening
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.small import district, fleet, ordinary, ordinary_plan, regency, settings, village

JETTY, STRIP = "DMG-16.07.01-1", "BDR-16.07.01.2004-1"
BY_WATER, BY_ROAD = "1607012002001", "1607012001001"


def gateway(site: str = JETTY, km: float = 16, access: Access = Access.WATER) -> Gateway:
    return Gateway(site=site, lat=-3.0, lon=104 + km / 111, terrain=Terrain.RURAL, access=access)


def shore(*gateways: Gateway, km: float = 30) -> District:
    """On the road, with villages that are not."""
    found = district(
        "16.07.01",
        village("16.07.01.2001", 9),
        village("16.07.01.2002", 4, km=km, access=Access.WATER),
        village("16.07.01.2003", 3, km=km + 3, access=Access.WATER, risk=RiskClass.HIGH),
    )
    return with_landings(found, gateways)


def island() -> District:
    found = district("16.07.05", village("16.07.05.2001", 5, km=42, access=Access.WATER), km=40)
    return replace(found, gateway="DMG-16.07-1")


def problem_of(*districts: District, gateways: tuple[Gateway, ...] = (gateway(),)) -> Problem:
    return replace(regency(*districts), gateways=gateways)


PROBLEM = problem_of(shore(gateway()))
MADE = make_plan(PROBLEM, settings())


def _codes(trips: list[Trip]) -> set[str]:
    return {found.code for found in check(PROBLEM, settings(), trips, ())}


def _legs_of(station: str, trips: tuple[Trip, ...] = MADE.trips) -> list[Leg]:
    return [
        leg
        for leg in Leg
        for trip in trips
        if trip.leg is leg and any(station in part.stations for part in trip.consignments)
    ]


def test_the_checker_finds_nothing_in_a_plan_with_a_landing() -> None:
    assert not MADE.unserved
    assert check(PROBLEM, settings(), MADE.trips, MADE.unserved) == []


def test_a_station_beyond_the_landing_goes_eight_legs_and_one_by_road_six() -> None:
    assert _legs_of(BY_WATER) == [leg for leg in (*FORWARD, *BACKWARD) if leg not in BY_GATEWAY | DIRECT]
    assert _legs_of(BY_ROAD) == [leg for leg in Leg if leg not in BY_GATEWAY | BY_LANDING | DIRECT]


def test_lorries_of_the_district_go_to_the_landing_and_boats_that_stand_there_go_on_and_so_home() -> None:
    ends = {
        (trip.leg, trip.mode is Mode.SPEEDBOAT, base_of(trip.vehicle), part.from_site, part.to_site)
        for trip in MADE.trips
        for part in trip.consignments
        if BY_WATER in part.stations
        and trip.leg in (Leg.TO_LANDING, Leg.TO_PPS, Leg.BACK_LANDING, Leg.BACK_PPK)
    }
    ppk, pps = "PPK-16.07.01", "PPS-16.07.01.2002"
    assert ends == {
        (Leg.TO_LANDING, False, "16.07.01", ppk, JETTY),
        (Leg.TO_PPS, True, JETTY, JETTY, pps),
        (Leg.BACK_LANDING, True, JETTY, pps, JETTY),
        (Leg.BACK_PPK, False, "16.07.01", JETTY, ppk),
    }


def test_what_goes_on_from_the_landing_is_due_there_before() -> None:
    at = {(t.leg, s): (t, p) for t in MADE.trips for p in t.consignments for s in p.stations}
    for before, after in pairwise(leg for leg in FORWARD if leg not in BY_GATEWAY | DIRECT):
        _, part = at[before, BY_WATER]
        onward, _ = at[after, BY_WATER]
        assert part.arrive_at <= onward.stops[0].arrive_at
        assert part.due_at < onward.latest_departure_at


def test_a_gateway_serves_villages_of_the_district_that_its_code_names_where_the_ppk_is_on_the_road() -> None:
    def landings(found: District, *gateways: Gateway) -> list[str]:
        return [one.landing for one in with_landings(found, gateways).villages]

    own, other, of_regency = gateway(), gateway("DMG-16.07.02-1"), gateway("DMG-16.07-1")
    assert landings(shore(), own) == ["", JETTY, JETTY]
    assert landings(shore(), other, of_regency) == ["", "", ""]
    assert landings(replace(shore(), access=Access.WATER), own) == ["", "", ""]
    nearer = gateway("DMG-16.07.01.2002-1", km=25)
    assert landings(shore(), own, nearer) == ["", nearer.site, nearer.site]
    assert landings(shore(), gateway(STRIP, access=Access.AIR)) == ["", "", ""]


def test_a_village_in_the_air_is_flown_to_from_the_strip_of_its_district() -> None:
    strip = gateway(STRIP, km=12, access=Access.AIR)
    found = district(
        "16.07.01", village("16.07.01.2001", 5), village("16.07.01.2004", 3, km=60, access=Access.AIR)
    )
    problem = problem_of(with_landings(found, [strip]), gateways=(strip,))
    made = make_plan(problem, settings())
    assert not made.unserved and check(problem, settings(), made.trips, ()) == []
    flights = [trip for trip in made.trips if trip.stops[0].site == STRIP]
    assert {trip.leg for trip in flights} == {Leg.TO_PPS, Leg.BACK_LANDING}
    kinds = fleet().kinds
    assert {kinds[trip.mode].access for trip in flights} == {Access.AIR}


def test_a_landing_serves_its_villages_alone_and_all_other_gateways_serve_districts() -> None:
    ashore, beyond = shore(gateway()), replace(island(), gateway="")
    other = gateway("DMG-16.07-1", km=60)
    above = of_regency([gateway(), other], [ashore, beyond])
    assert above == [other], "the landing lies nearer, but is its district's"
    assert with_gateway(beyond, above, (-3.0, 104.0)).gateway == other.site
    no_village_by_water = with_landings(district("16.07.01", village("16.07.01.2001", 9)), [gateway()])
    assert of_regency([gateway()], [no_village_by_water, beyond]) == [gateway()]
    problem = problem_of(ashore, replace(beyond, gateway=other.site), gateways=(gateway(), other))
    made = make_plan(problem, settings())
    assert not made.unserved and check(problem, settings(), made.trips, ()) == []
    boats = {(trip.leg, trip.vehicle) for trip in made.trips if trip.mode is Mode.SPEEDBOAT}
    assert (Leg.TO_PPS, "speedboat-DMG-16.07.01-1-D01") in boats
    assert (Leg.TO_PPK, "speedboat-DMG-16.07-1-01") in boats


def test_a_boat_that_is_listed_at_the_landing_serves_it() -> None:
    boat = Listed(area=JETTY, name="Sri Tepi", kind=fleet().kinds[Mode.SPEEDBOAT])
    chosen = settings(by=replace(fleet(), listed=(boat,)))
    made = make_plan(PROBLEM, chosen)
    assert not made.unserved and check(PROBLEM, chosen, made.trips, ()) == []
    legs = {trip.leg for trip in made.trips if trip.vehicle == "speedboat-DMG-16.07.01-1-Sri Tepi"}
    assert legs == {Leg.TO_PPS, Leg.BACK_LANDING}


def test_boats_of_a_landing_are_as_the_stock_of_districts_says() -> None:
    slow = replace(fleet().kinds[Mode.SPEEDBOAT], parcels=7)
    stocks = tuple(
        replace(one, own=slow) if (one.level, one.mode) == ("district", Mode.SPEEDBOAT) else one
        for one in fleet().stocks
    )
    found = replace(fleet(), stocks=stocks)
    assert found.kind_of("speedboat-DMG-16.07.01-1-D01", Mode.SPEEDBOAT) == slow
    assert found.kind_of("speedboat-DMG-16.07.01-1-01", Mode.SPEEDBOAT) != slow


def test_a_plan_down_to_the_villages_ends_beyond_the_landing_and_comes_home_over_it() -> None:
    chosen = replace(settings(), level=Level.VILLAGE)
    made = make_plan(PROBLEM, chosen)
    assert not made.unserved and check(PROBLEM, chosen, made.trips, ()) == []
    assert _legs_of(BY_WATER, made.trips) == [
        Leg.TO_PPK, Leg.TO_LANDING, Leg.TO_PPS, Leg.BACK_LANDING, Leg.BACK_PPK, Leg.BACK_WAREHOUSE,
    ]  # fmt: skip
    home = next(trip for trip in made.trips if trip.leg is Leg.BACK_LANDING)
    early = _moved(home, timedelta(days=-2))
    found = check(PROBLEM, chosen, [early if trip is home else trip for trip in made.trips], ())
    assert "no_time_for_last_leg" in {one.code for one in found}


def test_the_simulation_waits_for_the_lorry_before_the_boat_leaves() -> None:
    flow = flow_of(MADE.trips, fleet(), settings().calendar.zone)
    trips = {trip.code: trip for trip in MADE.trips}
    parts = [(code, part.stations) for code in flow.codes for part in trips[code].consignments]
    brought = {one: n for n, (code, own) in enumerate(parts) for one in own if "to_landing" in code}
    onward = next(t for t in MADE.trips if t.leg is Leg.TO_PPS and t.stops[0].site == JETTY)
    place = flow.codes.index(onward.code)
    waits = set(flow.supply[flow.supply_at[place] : flow.supply_at[place + 1]].tolist())
    assert waits == {brought[station] for part in onward.consignments for station in part.stations}
    direct = next(t for t in MADE.trips if t.leg is Leg.TO_PPS and t.stops[0].site != JETTY)
    place = flow.codes.index(direct.code)
    assert flow.supply_at[place] < flow.supply_at[place + 1], "what came to the PPK is waited for as well"


def test_boxes_that_lie_at_a_landing_over_night_are_told() -> None:
    lorry = next(trip for trip in MADE.trips if trip.leg is Leg.TO_LANDING)
    later = [
        _moved(trip, timedelta(days=1)) if trip.stops[0].site == JETTY and trip.leg is Leg.TO_PPS else trip
        for trip in MADE.trips
    ]
    found = {point.site: point for point in hold_points(later, settings().calendar.zone)}
    assert found[JETTY].stations_count == 7
    assert found[JETTY].from_at >= lorry.depart_at


def test_boxes_that_come_home_over_a_landing_have_a_day_more_on_the_road() -> None:
    """The jetty is open on H-3, in the evening of H+2 and on H+3."""
    hours = ((11, 6, 18), (16, 17, 18), (17, 6, 18))
    openings = tuple(
        Opening(kind="site", where=JETTY, modes=(), vehicle="", day=date(2024, 2, day), opens=time(opens),
                closes=time(closes))
        for day, opens, closes in hours
    )  # fmt: skip
    chosen = settings(by=replace(fleet(), openings=openings))
    made = make_plan(PROBLEM, chosen)
    assert not made.unserved and check(PROBLEM, chosen, made.trips, ()) == []
    home = [trip for trip in made.trips if trip.leg is Leg.BACK_PPK and trip.stops[1].site == JETTY]
    end = chosen.calendar.end_of(Leg.BACK_PPK)
    assert all(trip.depart_at > end for trip in home) and home
    assert {part.due_at for trip in home for part in trip.consignments} == {end + timedelta(days=1)}


def test_nobody_else_has_that_day() -> None:
    def late(trip: Trip, by: timedelta) -> Trip:
        return _due(_moved(trip, by), by)

    lorry = next(t for t in MADE.trips if t.leg is Leg.BACK_PPK and t.stops[1].site == JETTY)
    for days, expected in ((2, set()), (3, {"outside_window"})):
        trips = [late(trip, timedelta(days=days)) if trip is lorry else trip for trip in MADE.trips]
        assert _codes(trips) == expected
    made = ordinary_plan()
    lorry = next(trip for trip in made.trips if trip.leg is Leg.BACK_PPK and trip.mode is Mode.PICKUP)
    by = settings().calendar.over_landings.start - lorry.stops[0].arrive_at
    trips = [late(trip, by) if trip is lorry else trip for trip in made.trips]
    assert {one.code for one in check(ordinary(), settings(), trips, ())} == {"outside_window"}


@pytest.mark.parametrize(
    ("leg", "broken", "code"),
    [
        (Leg.TO_LANDING, lambda t: replace(t, leg=Leg.TO_PPS), "not_once_per_leg"),
        (Leg.TO_LANDING, lambda t: _moved(t, timedelta(hours=18)), "sent_before_received"),
        (Leg.BACK_LANDING, lambda t: _moved(t, timedelta(days=1)), "sent_before_received"),
        (Leg.TO_LANDING, lambda t: replace(t, mode=Mode.SPEEDBOAT), "cannot_reach"),
        (Leg.BACK_PPK, lambda t: replace(t, mode=Mode.SPEEDBOAT), "cannot_reach"),
        (Leg.TO_LANDING, lambda t: _to(t, "PPS-16.07.01.2002"), "wrong_site"),
        (Leg.BACK_LANDING, lambda t: _moved(t, timedelta(days=-3)), "outside_window"),
        (Leg.TO_LANDING, lambda t: _due(t, timedelta(days=2)), "due_after_next_leg"),
    ],
)
def test_a_fault_at_the_landing_is_found(leg: Leg, broken, code: str) -> None:  # type: ignore[no-untyped-def]
    whole = next(
        trip for trip in MADE.trips
        if trip.leg is leg and any(BY_WATER in part.stations for part in trip.consignments)
    )  # fmt: skip
    assert code in _codes([broken(trip) if trip is whole else trip for trip in MADE.trips])


def test_a_ppk_that_sends_on_what_it_has_not_yet_is_found_with_a_landing_beside() -> None:
    to_ppk = next(trip for trip in MADE.trips if trip.leg is Leg.TO_PPK)
    late = [_moved(trip, timedelta(days=2)) if trip is to_ppk else trip for trip in MADE.trips]
    assert "sent_before_received" in _codes(late)
    assert "due_after_next_leg" in _codes(
        [_due(trip, timedelta(days=3)) if trip is to_ppk else trip for trip in MADE.trips]
    )


def test_a_gateway_that_serves_nobody_changes_nothing() -> None:
    before = ordinary()
    beside = replace(before, gateways=(gateway("DMG-16.07.01-1"),))
    districts = tuple(with_landings(one, beside.gateways) for one in before.districts)
    assert make_plan(replace(beside, districts=districts), settings()) == make_plan(before, settings())
    assert replace(before, districts=districts).sha256() == before.sha256()


@effort(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(1, 6), st.floats(18, 60), st.booleans()), min_size=1, max_size=4),
    st.floats(6, 20),
    st.integers(0, 2**31),
)
def test_the_checker_finds_nothing_in_any_plan_with_landings(
    villages: list[tuple[int, float, bool]], km: float, seed: int
) -> None:
    landing = gateway(km=km)
    own = [
        village(f"16.07.01.20{n:02d}", count, km=far, access=Access.WATER if wet else Access.ROAD)
        for n, (count, far, wet) in enumerate(villages, start=1)
    ]
    by_road = replace(district("16.07.01", *own), access=Access.ROAD)
    problem, chosen = problem_of(with_landings(by_road, [landing]), gateways=(landing,)), settings(seed=seed)
    made = make_plan(problem, chosen)
    assert check(problem, chosen, made.trips, made.unserved) == []


def _shifted(stop, by: timedelta):  # type: ignore[no-untyped-def]
    return replace(stop, arrive_at=stop.arrive_at + by, depart_at=stop.depart_at + by)


def _moved(trip: Trip, by: timedelta) -> Trip:
    return replace(
        trip,
        depart_at=trip.depart_at + by,
        back_at=trip.back_at + by,
        stops=tuple(_shifted(stop, by) for stop in trip.stops),
        consignments=tuple(replace(part, arrive_at=part.arrive_at + by) for part in trip.consignments),
    )


def _due(trip: Trip, by: timedelta) -> Trip:
    return replace(
        trip, consignments=tuple(replace(part, due_at=part.due_at + by) for part in trip.consignments)
    )


def _to(trip: Trip, site: str) -> Trip:
    stops = tuple(replace(stop, site=site) if stop.site == JETTY else stop for stop in trip.stops)
    return replace(
        trip, stops=stops, consignments=tuple(replace(part, to_site=site) for part in trip.consignments)
    )
