"""Boxes that go straight on: where it is allowed and better, or ordered; never to anybody's harm."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from kawal.rules.places.codes import WIB, village_of
from kawal.rules.plan.anew.compare import cost_rp
from kawal.rules.plan.check import check
from kawal.rules.plan.direct.permission import Permission, To
from kawal.rules.plan.direct.shortcuts import Shortcuts, shortcuts_of
from kawal.rules.plan.facts import DIRECT, FORWARD, Access, Leg, Level, Trip
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import PlanMade, _wanting, _without, make_plan
from kawal.rules.plan.problem import Gateway, Problem
from kawal.rules.plan.sure.flow import flow_of
from kawal.rules.plan.waves import waves
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.small import district, ordinary, regency, settings, village
from tests.rules.plan.test_make import problems


def told(**areas: To) -> Settings:
    """`all` is the nation; another area by its code with underscores."""
    by_area = {"" if one == "all" else one[1:].replace("_", "."): to for one, to in areas.items()}
    return replace(settings(), direct=Permission(by_area))


def legs_of(trips: Iterable[Trip]) -> dict[str, list[Leg]]:
    """Village -> its legs out, in order."""
    found: dict[str, set[Leg]] = {}
    for trip in trips:
        for part in trip.consignments:
            for station in part.stations:
                found.setdefault(village_of(station), set()).add(trip.leg)
    return {one: [leg for leg in FORWARD if leg in own] for one, own in found.items()}


def beside_the_warehouse() -> Problem:
    """Its villages lie a few kilometres from the warehouse, its PPK 40."""
    return regency(
        district(
            "16.07.01", *(village(f"16.07.01.200{number}", 4, km=2 + number) for number in range(1, 6)), km=40
        ),
        district("16.07.02", village("16.07.02.2001", 6, km=62), village("16.07.02.2002", 5, km=61), km=60),
    )


def test_nothing_goes_straight_on_where_nobody_allowed_it() -> None:
    made = make_plan(beside_the_warehouse(), settings())
    assert not DIRECT & {trip.leg for trip in made.trips}
    forbidden = make_plan(beside_the_warehouse(), told(all=To.NEVER))
    assert forbidden == made


def test_villages_beside_the_warehouse_get_their_boxes_past_a_far_ppk() -> None:
    chosen = told(all=To.BETTER)
    made, before = make_plan(beside_the_warehouse(), chosen), make_plan(beside_the_warehouse(), settings())
    assert legs_of(made.trips)["16.07.01.2001"] == [Leg.DIRECT_PPS, Leg.TO_STATION]
    assert made.saved is not None
    costs = [cost_rp(one.trips, chosen.fleet) for one in (before, made)]
    assert made.saved.rp == costs[0] - costs[1] > 0
    assert check(beside_the_warehouse(), chosen, made.trips, made.unserved) == []


def test_home_everything_goes_level_by_level() -> None:
    made = make_plan(beside_the_warehouse(), told(all=To.PPS))
    for leg in (Leg.BACK_PPS, Leg.BACK_PPK, Leg.BACK_WAREHOUSE):
        home = [one for t in made.trips if t.leg is leg for part in t.consignments for one in part.stations]
        assert len(home) == len(set(home)) == 31


def test_what_is_ordered_goes_so_whatever_it_costs_and_what_is_forbidden_does_not() -> None:
    made = make_plan(ordinary(), told(all=To.PPS, _16_07_01_2003=To.NEVER))
    ways = legs_of(made.trips)
    assert ways["16.07.01.2001"] == [Leg.DIRECT_PPS, Leg.TO_STATION]
    assert ways["16.07.01.2003"] == [Leg.TO_PPK, Leg.TO_PPS, Leg.TO_STATION]
    assert made.saved is None  # nobody asked what is cheaper
    straight = legs_of(make_plan(ordinary(), told(all=To.STATION)).trips)
    assert straight["16.07.01.2001"] == [Leg.TO_PPK, Leg.DIRECT_STATION]


def test_an_order_that_no_vehicle_can_carry_out_leaves_the_boxes_on_their_usual_way() -> None:
    """The warehouse has lorries; nobody walks from there to the village on foot."""
    problem, chosen = ordinary(), told(all=To.PPS)
    made = make_plan(problem, chosen)
    assert legs_of(made.trips)["16.07.02.2003"] == [Leg.TO_PPK, Leg.TO_PPS, Leg.TO_STATION]
    assert not made.unserved


def test_a_gateway_is_not_passed_by() -> None:
    problem = ordinary()
    over = replace(
        problem.districts[1],
        gateway="DMG-16.07-1",
        access=Access.WATER,
        villages=tuple(replace(one, access=Access.WATER) for one in problem.districts[1].villages),
    )
    jetty = Gateway(site="DMG-16.07-1", lat=-3.0, lon=104.1, terrain=problem.terrain, access=Access.WATER)
    problem = replace(problem, districts=(problem.districts[0], over), gateways=(jetty,))
    chosen = told(all=To.PPS)
    made = make_plan(problem, chosen)
    assert legs_of(made.trips)["16.07.02.2002"] == [Leg.TO_GATEWAY, Leg.TO_PPK, Leg.TO_PPS, Leg.TO_STATION]
    assert legs_of(made.trips)["16.07.01.2001"] == [Leg.DIRECT_PPS, Leg.TO_STATION]
    assert check(problem, chosen, made.trips, made.unserved) == []


def test_down_to_the_villages_boxes_go_past_the_ppk_alone() -> None:
    for to, ways in ((To.PPS, [Leg.DIRECT_PPS]), (To.STATION, [Leg.TO_PPK, Leg.TO_PPS])):
        chosen = replace(told(all=to), level=Level.VILLAGE)
        made = make_plan(ordinary(), chosen)
        assert legs_of(made.trips)["16.07.01.2001"] == ways
        assert check(ordinary(), chosen, made.trips, made.unserved) == []


def test_the_same_seed_gives_the_same_shortcuts_in_any_order_of_districts() -> None:
    def shuffled(function, tasks):  # type: ignore[no-untyped-def]
        mixed = list(tasks)
        random.Random(4).shuffle(mixed)
        return [function(task) for task in mixed]

    problem, chosen = beside_the_warehouse(), told(all=To.BETTER)
    assert make_plan(problem, chosen) == make_plan(problem, chosen, shuffled)


@effort(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(), st.integers(0, 2**31), st.sampled_from([To.BETTER, To.PPS, To.STATION]))
def test_the_checker_finds_nothing_and_what_is_chosen_harms_nobody(
    problem: Problem, seed: int, to: To
) -> None:
    chosen = replace(told(all=to), seed=seed)
    made = make_plan(problem, chosen)
    assert check(problem, chosen, made.trips, made.unserved) == []
    if to is To.BETTER:
        before = make_plan(problem, replace(chosen, direct=Permission()))
        assert _wanting(made) <= _wanting(before)
        assert cost_rp(made.trips, chosen.fleet) <= cost_rp(before.trips, chosen.fleet)


def test_who_is_worse_off_far_from_any_shortcut_is_freed_of_those_that_share_its_lorry() -> None:
    made = make_plan(beside_the_warehouse(), told(_16_07_01=To.PPS))
    shortcuts = shortcuts_of(made.trips)
    beyond = next(t for t in made.trips if t.leg is Leg.TO_PPK and t.visits[-1].site == "PPK-16.07.02")
    direct = next(t for t in made.trips if t.leg is Leg.DIRECT_PPS)
    stations = set(beyond.consignments[-1].stations)
    late = replace(
        beyond, vehicle=direct.vehicle, latest_departure_at=beyond.depart_at - timedelta(minutes=1)
    )
    trips = [late if one is beyond else one for one in made.trips]
    aboard = {
        village_of(station)
        for one in trips
        if one.vehicle == direct.vehicle and one.leg is Leg.DIRECT_PPS
        for part in one.consignments
        for station in part.stations
    }
    assert aboard
    assert _without(shortcuts, stations, trips, Shortcuts()).legs.keys() == shortcuts.legs.keys() - aboard
    assert _without(shortcuts, stations, trips, shortcuts) == shortcuts  # what is told stays
    in_time = [replace(late, latest_departure_at=beyond.depart_at) if one is late else one for one in trips]
    assert _without(shortcuts, stations, in_time, Shortcuts()) == shortcuts


def test_what_goes_straight_on_is_packed_too() -> None:
    problem = ordinary()
    made = make_plan(problem, told(all=To.PPS))
    parcels = {load.station: load.parcels_count for one in problem.villages() for load in one.loads}
    found = waves(made.trips, parcels, zone=WIB)
    assert sorted(station for wave in found for station in wave.stations) == sorted(parcels)
    assert {Leg.TO_PPK, Leg.DIRECT_PPS} == {
        trip.leg for trip in made.trips for wave in found if wave.trip == trip.code
    }


def test_a_station_waits_for_what_brings_its_boxes_past_the_ppk() -> None:
    made = make_plan(ordinary(), told(all=To.PPS))
    flow = flow_of(made.trips, settings().fleet, WIB)
    legs = {trip.code: trip.leg for trip in made.trips}
    carrier = [code for code, first, end in _spans(flow) for _ in range(first, end)]
    brought = {
        legs[carrier[stop]]
        for t, code in enumerate(flow.codes)
        if legs[code] is Leg.TO_STATION
        for stop in flow.supply[flow.supply_at[t] : flow.supply_at[t + 1]]
    }
    assert brought == {Leg.TO_PPS, Leg.DIRECT_PPS}


def _spans(flow):  # type: ignore[no-untyped-def]
    return zip(flow.codes, flow.stops_at, flow.stops_at[1:], strict=False)


# Planted faults: each is found by its own rule.

SETTINGS = told(all=To.PPS)
MADE = make_plan(ordinary(), SETTINGS)


def _codes(trips: Iterable[Trip], by: Settings = SETTINGS) -> set[str]:
    return {found.code for found in check(ordinary(), by, list(trips), MADE.unserved)}


def _first(leg: Leg) -> Trip:
    return next(trip for trip in MADE.trips if trip.leg is leg)


def test_straight_on_where_it_is_not_allowed_is_caught() -> None:
    assert _codes(MADE.trips) == set()
    assert _codes(MADE.trips, settings()) == {"direct_not_allowed"}
    assert _codes(MADE.trips, told(all=To.STATION)) == {"direct_not_allowed"}


def test_boxes_that_go_both_ways_are_caught() -> None:
    usual = make_plan(ordinary(), settings())
    to_ppk = [replace(trip, code=f"{trip.code}-b") for trip in usual.trips if trip.leg is Leg.TO_PPK]
    assert "not_once_per_leg" in _codes([*MADE.trips, *to_ppk])


def test_a_level_skipped_with_nobody_carrying_is_caught() -> None:
    gone = [trip for trip in MADE.trips if trip.leg is not Leg.DIRECT_PPS]
    assert {"not_once_per_leg", "sent_before_received"} <= _codes(gone)


@pytest.mark.parametrize("days", [-2, 2])
def test_a_direct_trip_outside_its_days_is_caught(days: int) -> None:
    late, trip = timedelta(days=days), _first(Leg.DIRECT_PPS)
    moved = replace(
        trip,
        depart_at=trip.depart_at + late,
        back_at=trip.back_at + late,
        stops=tuple(
            replace(s, arrive_at=s.arrive_at + late, depart_at=s.depart_at + late) for s in trip.stops
        ),
        consignments=tuple(replace(part, arrive_at=part.arrive_at + late) for part in trip.consignments),
    )
    found = _codes([moved if one is trip else one for one in MADE.trips])
    assert "outside_window" in found
    assert days < 0 or "sent_before_received" in found


def test_a_direct_trip_that_ends_elsewhere_is_caught() -> None:
    trip = _first(Leg.DIRECT_PPS)
    ppk = "PPK-16.07.01"
    site = trip.consignments[0].to_site
    wrong = replace(
        trip,
        stops=tuple(replace(stop, site=ppk) if stop.site == site else stop for stop in trip.stops),
        consignments=tuple(
            replace(part, to_site=ppk) if part.to_site == site else part for part in trip.consignments
        ),
    )
    assert "wrong_site" in _codes([wrong if one is trip else one for one in MADE.trips])


def test_a_direct_trip_by_a_vehicle_of_another_level_is_caught() -> None:
    trip, other = _first(Leg.DIRECT_PPS), _first(Leg.BACK_PPS)
    wrong = replace(trip, vehicle=other.vehicle, mode=other.mode)
    assert _codes([wrong if one is trip else one for one in MADE.trips]) - {"vehicle_twice"}


def test_the_ways_of_a_plan_are_read_off_its_trips() -> None:
    found = shortcuts_of(MADE.trips)
    assert found.villages(Leg.DIRECT_PPS) == {"16.07.01.2001", "16.07.01.2002", "16.07.01.2003"} | {
        one for one in found.legs if one.startswith("16.07.02")
    }
    assert not found.villages(Leg.DIRECT_STATION)


def test_a_hard_village_goes_straight_to_its_stations_only_if_it_is_told_so() -> None:
    """Its stations are served on H-2, when the district's vehicles serve the PPS."""
    hard = village("16.07.01.2001", 6, risk=RiskClass.SPECIAL)
    problem = regency(district("16.07.01", hard, village("16.07.01.2002", 6, km=9)))
    better: PlanMade = make_plan(problem, told(all=To.BETTER))
    assert Leg.DIRECT_STATION not in legs_of(better.trips)["16.07.01.2001"]
    ordered = make_plan(problem, told(_16_07_01_2001=To.STATION))
    assert legs_of(ordered.trips)["16.07.01.2001"] == [Leg.TO_PPK, Leg.DIRECT_STATION]
