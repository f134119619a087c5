"""Docks: read from a fleet file, found by what says most about a place, kept to by the plan, judged by the
checker."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from kawal.rules.plan.check import check
from kawal.rules.plan.docks import Dock, Docks, handlings_of
from kawal.rules.plan.facts import FORWARD, Leg, Mode, Trip
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.problem import Problem
from kawal.rules.refusals import Refused
from tests.rules.plan import small
from tests.rules.plan.small import DEFAULT_TEXT, fleet, settings

BOATS = (Mode.LONGBOAT, Mode.SPEEDBOAT)
PPK = "PPK-16.07.01"
ROW = """
[[dock]]
where = "16.07.02"
modes = ["plane"]
at_once = 3
"""


def on_water() -> Problem:
    """Six villages of one district, reached by boat, with more boats than berths."""
    villages = [
        small.village(f"16.07.01.{2000 + number}", 13, km=20 + number, access=small.Access.WATER)
        for number in range(1, 7)
    ]
    return small.regency(small.district("16.07.01", *villages, km=18))


def with_docks(*docks: Dock) -> Settings:
    return settings(by=replace(fleet(), docks=docks))


def most_at_once(trips: tuple[Trip, ...], site: str) -> int:
    told = [one for trip in trips for one in handlings_of(trip) if one.site == site]
    return max(sum(one.begin_s <= at.begin_s < one.end_s for one in told) for at in told)


def broken(made: PlanMade, by: Settings) -> set[str]:
    return {one.code for one in check(on_water(), by, made.trips, made.unserved)}


def test_a_fleet_file_tells_of_docks() -> None:
    found = fleet_of(DEFAULT_TEXT + ROW).docks[-1]
    assert found == Dock(at_once=3, modes=(Mode.PLANE,), where="16.07.02")


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ("at_once = 3", "at_once = 0", "at_once", "must_be_whole"),
        ("at_once = 3\n", "", "at_once", "is_missing"),
        ('"plane"', '"zeppelin"', "modes", "must_be_one_of"),
        ('where = "16.07.02"', 'where = "jetty"', "where", "must_be_place"),
        ('where = "16.07.02"', 'level = "nation"', "level", "must_be_one_of"),
        ("at_once = 3", 'at_once = 3\nlevel = "district"', "level", "beside_where"),
        ("at_once = 3", "at_once = 3\nhours = 4", "hours", "unknown_key"),
        ('where = "16.07.02"\n', "", "modes", "twice_the_same"),
    ],
)
def test_a_wrong_dock_is_refused_by_key(old: str, new: str, key: str, problem: str) -> None:
    with pytest.raises(Refused, match="wrong_fleet") as refused:
        fleet_of(DEFAULT_TEXT + ROW.replace(old, new))
    told = refused.value.facts["key"], refused.value.facts["problem"]
    assert told == (f"dock[{len(fleet().docks) + 1}].{key}", problem)


def test_what_says_most_about_a_place_holds_there() -> None:
    everywhere, level = Dock(at_once=1), Dock(at_once=2, level="district")
    area, below = Dock(at_once=3, where="16.07"), Dock(at_once=4, where="16.07.01")
    own, by_mode = Dock(at_once=5, where=PPK), Dock(at_once=6, where=PPK, modes=(Mode.PLANE,))
    docks = [everywhere, level, area, below, own, by_mode]
    for count in range(len(docks), 0, -1):
        assert Docks(docks[:count]).at(PPK, Mode.PLANE) == docks[count - 1]
    assert Docks(docks).at(PPK, Mode.TRUCK) == own
    assert Docks(docks).at("DMG-16.07.01-1", Mode.TRUCK) == below
    assert Docks([level]).at("GDG-16.07", Mode.TRUCK) is None
    assert Docks([by_mode]).at(PPK, Mode.TRUCK) is None


@pytest.mark.parametrize("site", ["GDG-16.07", "DMG-16.07.01-1", "PPK-16.07.01", "PPS-16.07.01.2001"])
def test_a_dock_of_a_level_is_that_of_the_sites_where_its_legs_begin(site: str) -> None:
    level = {"GDG": "regency", "DMG": "regency", "PPK": "district", "PPS": "village"}[site[:3]]
    docks = [Dock(at_once=1, level=one) for one in ("regency", "district", "village")]
    found = Docks(docks).at(site, Mode.SPEEDBOAT)
    assert found is not None and found.level == level


def test_a_plan_without_docks_crowds_a_jetty_and_one_with_them_does_not() -> None:
    assert most_at_once(make_plan(on_water(), with_docks()).trips, PPK) > 1
    narrow = with_docks(Dock(at_once=1, modes=BOATS))
    made = make_plan(on_water(), narrow)
    assert not made.unserved and broken(made, narrow) == set()
    assert most_at_once(made.trips, PPK) == 1


def test_boats_that_come_share_the_berths_with_boats_that_go() -> None:
    """The regency's boats hand over at the PPK from which the district's boats leave."""
    narrow = with_docks(Dock(at_once=1, modes=BOATS, where=PPK))
    made = make_plan(on_water(), narrow)
    legs = {trip.leg for trip in made.trips if any(one.site == PPK for one in handlings_of(trip))}
    assert {Leg.TO_PPK, Leg.TO_PPS} <= legs and broken(made, narrow) == set()


def test_of_boats_that_could_load_at_once_the_one_that_goes_farthest_is_loaded_first() -> None:
    made = make_plan(on_water(), with_docks(Dock(at_once=1, modes=BOATS)))
    out = sorted((trip for trip in made.trips if trip.leg is Leg.TO_PPS), key=lambda trip: trip.depart_at)
    first, second = out[:2]
    assert first.vehicle != second.vehicle
    assert first.back_at - first.depart_at >= second.back_at - second.depart_at


def test_what_a_dock_cannot_handle_in_its_days_is_told_and_no_vehicle_is_asked_for() -> None:
    slow = replace(fleet(), docks=(Dock(at_once=1, modes=BOATS, where=PPK),))
    slow = replace(
        slow, handling={**slow.handling, "district": replace(slow.handling["district"], load_s=18_000)}
    )
    made = make_plan(on_water(), settings(by=slow))
    reasons = {row.reason for row in made.unserved if row.leg is Leg.TO_PPS}
    assert reasons == {"dock_full"}
    assert not [row for row in made.shortfalls if row.leg is Leg.TO_PPS]
    assert "dock_crowded" not in broken(made, settings(by=slow))


@tries(max_examples=12, deadline=None)
@given(berths=st.integers(1, 4), seed=st.integers(0, 9))
def test_no_plan_has_more_at_a_dock_than_it_has_berths(berths: int, seed: int) -> None:
    by = replace(with_docks(Dock(at_once=berths)), seed=seed)
    made = make_plan(on_water(), by)
    sites = {one.site for trip in made.trips for one in handlings_of(trip)}
    assert all(most_at_once(made.trips, site) <= berths for site in sites)
    assert broken(made, by) == set()


def _moved(trip: Trip, by: timedelta) -> Trip:
    stops = tuple(replace(s, arrive_at=s.arrive_at + by, depart_at=s.depart_at + by) for s in trip.stops)
    parts = tuple(replace(part, arrive_at=part.arrive_at + by) for part in trip.consignments)
    return replace(
        trip, depart_at=trip.depart_at + by, back_at=trip.back_at + by, stops=stops, consignments=parts
    )


@pytest.mark.parametrize("leg", [Leg.TO_PPK, Leg.TO_PPS])
def test_a_trip_that_loads_beside_too_many_is_caught(leg: Leg) -> None:
    by = with_docks(Dock(at_once=1, modes=BOATS))
    made = make_plan(on_water(), by)
    first, second = sorted((trip for trip in made.trips if trip.leg is leg), key=lambda t: t.depart_at)[:2]
    early = second.depart_at - first.depart_at - timedelta(minutes=1)
    trips = tuple(_moved(trip, -early) if trip is second else trip for trip in made.trips)
    assert "dock_crowded" in broken(replace(made, trips=trips), by)


def test_boats_that_hand_over_beside_each_other_are_caught() -> None:
    by = with_docks(Dock(at_once=1, modes=BOATS, where=PPK))
    made = make_plan(on_water(), by)
    first, second = sorted((t for t in made.trips if t.leg is Leg.TO_PPK), key=lambda t: t.depart_at)[:2]
    early = second.visits[0].arrive_at - first.visits[0].arrive_at
    trips = tuple(_moved(trip, -early) if trip is second else trip for trip in made.trips)
    assert "dock_crowded" in broken(replace(made, trips=trips), by)


def test_who_leaves_as_another_comes_and_the_way_home_are_no_crowd() -> None:
    by = with_docks(Dock(at_once=1, modes=BOATS))
    made = make_plan(on_water(), by)
    loads = sorted(one.begin_s for t in made.trips if t.leg is Leg.TO_PPS for one in handlings_of(t)[:1])
    ends = {one.end_s for t in made.trips if t.leg is Leg.TO_PPS for one in handlings_of(t)[:1]}
    assert ends & set(loads), "the plan itself has one come as another leaves"
    assert not [one for t in made.trips if t.leg not in FORWARD for one in handlings_of(t)]


def test_a_plan_is_judged_by_the_docks_of_its_own_fleet() -> None:
    made = make_plan(on_water(), with_docks())
    assert broken(made, with_docks()) == set()
    assert broken(made, with_docks(Dock(at_once=1, modes=BOATS))) == {"dock_crowded"}
