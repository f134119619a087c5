"""Volume, range, stations and names of single vehicles: kept by the planner, and by the check for itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st

from kawal.rules.plan.check import check
from kawal.rules.plan.facts import Access, Leg, Mode
from kawal.rules.plan.fleet import Fleet, Listed, fleet_of, vehicles
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.problem import Problem
from kawal.rules.refusals import Refused
from tests.rules.plan.small import DEFAULT_TEXT, district, fleet, ordinary, regency, settings, village

LISTED = """
[[vehicle]]
name = "BG 1234 XX"
mode = "truck"
area = "16.07"
parcels = 24
stations = 3
escort_seats = 1
"""


def _made(problem: Problem, by: Fleet) -> PlanMade:
    """A plan that the checker lets pass."""
    made = make_plan(problem, settings(by=by))
    assert check(problem, settings(by=by), made.trips, made.unserved) == []
    return made


def _with(mode: Mode, **changes: object) -> Fleet:
    found = fleet()
    return replace(found, kinds={**found.kinds, mode: replace(found.kinds[mode], **changes)})  # type: ignore[arg-type]


def _bulky(litres: int) -> Problem:
    """Two villages of a district, whose stations are so large."""
    own = village("16.07.01.2001", 9), village("16.07.01.2002", 5, km=14)
    return regency(
        district(
            "16.07.01",
            *(replace(one, loads=tuple(replace(load, volume_l=litres) for load in one.loads)) for one in own),
        )
    )


def test_a_listed_vehicle_has_its_own_name_and_limits_and_all_else_of_its_mode() -> None:
    found = fleet_of(DEFAULT_TEXT + LISTED)
    (own, *others) = vehicles(found, "regency", "16.07", {})
    assert (own.name, own.kind.parcels, own.kind.stations) == ("truck-16.07-BG 1234 XX", 24, 3)
    assert others == []
    by_road = {Access.ROAD: 200, Access.WATER: 200}
    names = [one.name for one in vehicles(found, "regency", "16.07", by_road)]
    assert names == [
        own.name,
        *(f"speedboat-16.07-0{number}" for number in (1, 2, 3, 4)),
    ]  # no truck by ratio
    assert len(vehicles(found, "regency", "16.08", by_road)) == 8  # another regency has no list
    truck = fleet().kinds[Mode.TRUCK]
    assert replace(own.kind, parcels=truck.parcels, stations=None, escort_seats=truck.escort_seats) == truck
    assert vehicles(found, "district", "16.07.01", {}) == ()


def test_a_fleet_may_be_a_list_alone() -> None:
    head = DEFAULT_TEXT[: DEFAULT_TEXT.index("[[stock]]")]
    assert [one.name for one in fleet_of(head + LISTED).listed] == ["BG 1234 XX"]
    with pytest.raises(Refused) as refused:
        fleet_of(head)
    assert (refused.value.facts["key"], refused.value.facts["problem"]) == ("stock", "is_missing")


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ('"BG 1234 XX"', '"BG-1234"', "name", "must_be_name"),
        ('"BG 1234 XX"', f'"{"x" * 31}"', "name", "must_be_name"),
        ('area = "16.07"', 'area = "16"', "area", "must_be_own_area"),
        ('area = "16.07"', 'area = "Banyuasin"', "area", "must_be_own_area"),
        ("stations = 3", "stations = 0", "stations", "must_be_whole"),
        ("stations = 3", "range_km = 0", "range_km", "must_be_above_zero"),
        ("stations = 3", "colour = 3", "colour", "unknown_key"),
        ('mode = "truck"', 'mode = "lorry"', "mode", "must_be_one_of"),
    ],
)
def test_a_wrong_vehicle_is_refused_by_row_and_key(old: str, new: str, key: str, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        fleet_of(DEFAULT_TEXT + LISTED.replace(old, new))
    assert (refused.value.facts["key"], refused.value.facts["problem"]) == (f"vehicle[1].{key}", problem)


def test_one_name_is_one_vehicle() -> None:
    with pytest.raises(Refused) as refused:
        fleet_of(DEFAULT_TEXT + LISTED + LISTED.replace("XX", "xx"))
    assert (refused.value.facts["key"], refused.value.facts["problem"]) == ("vehicle[2].name", "told_before")


def test_a_listed_truck_carries_what_it_may_and_no_more() -> None:
    head = DEFAULT_TEXT[: DEFAULT_TEXT.index("[[stock]]")]
    by = fleet_of(head + LISTED + LISTED.replace("1234", "99").replace("stations = 3", "stations = 2"))
    problem = _bulky(100)
    made = _made(problem, replace(by, stocks=fleet().stocks[1:]))
    trips = [trip for trip in made.trips if trip.leg is Leg.TO_PPK]
    most = {"truck-16.07-BG 1234 XX": 3, "truck-16.07-BG 99 XX": 2}
    assert {trip.vehicle for trip in trips} <= set(most)
    for trip in trips:
        assert sum(len(part.stations) for part in trip.consignments) <= most[trip.vehicle]
        assert trip.parcels_count <= 24


def test_volume_fills_a_vehicle_before_count_and_weight_do() -> None:
    def trips(volume_l: int | None) -> Counter[Leg]:
        made = _made(_bulky(600), _with(Mode.TRUCK, volume_l=volume_l))
        assert not made.unserved
        return Counter(trip.leg for trip in made.trips)

    assert trips(2_000)[Leg.TO_PPK] == 5 > trips(None)[Leg.TO_PPK]  # three of 600 l each


def test_a_station_larger_than_every_vehicle_is_told() -> None:
    made = _made(_bulky(600), _with(Mode.TRUCK, volume_l=500))
    assert {(row.leg, row.reason) for row in made.unserved} == {(Leg.TO_PPK, "too_heavy")}


def test_a_place_beyond_the_range_is_told_and_one_within_is_served() -> None:
    near, far = (
        district(f"16.07.0{number}", village(f"16.07.0{number}.2001", 3, km=km), km=km)
        for number, km in ((1, 10), (2, 60))
    )
    made = _made(regency(near, far), _with(Mode.TRUCK, range_m=100_000))
    assert [(row.leg, row.site, row.reason) for row in made.unserved] == [
        (Leg.TO_PPK, "PPK-16.07.02", "beyond_range")
    ]
    assert all(trip.distance_m <= 100_000 for trip in made.trips if trip.leg is Leg.TO_PPK)


@pytest.mark.parametrize(
    ("mode", "changes", "code"),
    [
        (Mode.TRUCK, {"range_m": 10_000}, "beyond_range"),
        (Mode.TRUCK, {"stations": 1}, "loss_limit"),
        (Mode.TRUCK, {"volume_l": 1_000}, "overloaded"),
        (Mode.TRUCK, {"escort_seats": 0}, "unguarded"),
        (Mode.PICKUP, {"volume_l": 700}, "overloaded"),
    ],
)
def test_the_checker_finds_what_a_planner_without_the_limit_did(
    mode: Mode, changes: dict[str, int], code: str
) -> None:
    problem = _bulky(600)
    made = make_plan(problem, settings())
    strict = settings(by=_with(mode, **changes))
    assert code in {found.code for found in check(problem, strict, made.trips, made.unserved)}


@tries(max_examples=12, deadline=None)
@given(
    listed=st.lists(
        st.tuples(
            st.sampled_from([Mode.TRUCK, Mode.SPEEDBOAT]),
            st.integers(7, 80),
            st.integers(1, 9),
            st.integers(30, 200),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_list_gives_a_plan_without_faults_and_one_vehicle_more_leaves_no_more_behind(
    listed: list[tuple[Mode, int, int, int]],
) -> None:
    found = fleet()
    own = tuple(
        Listed(
            area="16.07",
            name=str(number),
            kind=replace(found.kinds[mode], parcels=parcels, stations=stations, range_m=km * 1_000),
        )
        for number, (mode, parcels, stations, km) in enumerate(listed)
    )
    below = tuple(stock for stock in found.stocks if stock.level != "regency")

    def left(count: int) -> int:
        made = _made(ordinary(), replace(found, listed=own[:count], stocks=below))
        return sum(len(row.stations) for row in made.unserved if row.leg is Leg.TO_PPK)

    assert left(len(own)) <= left(len(own) - 1)
