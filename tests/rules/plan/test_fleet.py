from __future__ import annotations

import pytest

from kawal.rules.plan.facts import Access, Mode, Terrain
from kawal.rules.plan.fleet import fleet_of, vehicles
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.small import DEFAULT_TEXT, fleet


def test_the_shipped_fleet_has_every_mode() -> None:
    assert set(fleet().kinds) == set(Mode)


def test_boats_work_by_daylight_only() -> None:
    boat = fleet().kinds[Mode.SPEEDBOAT]
    assert (boat.opens.hour, boat.closes.hour, boat.drives_on_voting_night) == (7, 17, False)


def test_a_worse_class_is_given_more_time() -> None:
    found = fleet()
    boat = found.kinds[Mode.SPEEDBOAT]
    factors = [found.safety(boat, risk) for risk in RiskClass]
    assert factors == sorted(factors) and factors[0] < factors[-1]


def test_vehicles_grow_with_the_stations_they_can_reach() -> None:
    found = vehicles(fleet(), "district", "16.07.03", {Access.ROAD: 81, Access.WATER: 1})
    names = [vehicle.name for vehicle in found]
    assert names == [
        "pickup-16.07.03-01",
        "pickup-16.07.03-02",
        "pickup-16.07.03-03",
        "speedboat-16.07.03-01",
        "speedboat-16.07.03-02",
    ]


def test_no_station_no_vehicle() -> None:
    assert vehicles(fleet(), "village", "16.07.03.2001", {Access.ROAD: 0}) == ()


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ("parcels = 160", "parcel = 160", "mode[1].parcels", "is_missing"),
        ("parcels = 160", "parcels = 160\ncolour = 1", "mode[1].colour", "unknown_key"),
        ("parcels = 160", "parcels = 0", "mode[1].parcels", "must_be_whole"),
        ("detour = 1.6", "detour = 0.6", "mode[4].detour", "must_be_at_least"),
        ("rural = 35,", "rural = 0,", "mode[1].speed_kmh.rural", "must_be_above_zero"),
        ("at_least = 2", "at_least = 1_000_000_000", "stock[1].at_least", "must_be_at_most"),
        ("rural = 35,", "rural = 1001,", "mode[1].speed_kmh.rural", "must_be_at_most"),
        ('hours = ["07:00", "17:00"]', 'hours = ["17:00", "07:00"]', "mode[4].hours", "must_be_two_hours"),
        ('hours = ["07:00", "17:00"]', 'hours = ["seven"]', "mode[4].hours", "must_be_two_hours"),
        ('access = "water"', 'access = "sky"', "mode[4].access", "must_be_one_of"),
        (
            'level = "regency"\nmode = "speedboat"',
            'level = "regency"\nmode = "truck"',
            "stock",
            "twice_the_same",
        ),
        ('name = "kawal', "name = kawal", None, "not_toml"),
    ],
)
def test_a_wrong_fleet_is_refused_by_key(old: str, new: str, key: str | None, problem: str) -> None:
    assert old in DEFAULT_TEXT
    with pytest.raises(Refused) as refused:
        fleet_of(DEFAULT_TEXT.replace(old, new, 1))
    assert refused.value.code == "wrong_fleet"
    assert refused.value.facts["problem"] == problem
    assert key is None or refused.value.facts["key"] == key


def test_a_file_that_says_boat_has_speedboats() -> None:
    text = DEFAULT_TEXT.replace('"speedboat"', '"boat"')
    assert text != DEFAULT_TEXT
    assert fleet_of(text) == fleet()


OWN = """
[[vehicle]]
name = "BG 1"
mode = "truck"
area = "16.07"
speed_kmh = 70
rp_per_km = 9000
rp_per_hour = 0
hours = ["07:00", "16:30"]
"""


def test_a_single_vehicle_has_a_speed_a_cost_and_hours_of_its_own() -> None:
    found = fleet_of(DEFAULT_TEXT + OWN)
    own, mode = found.kind_of("truck-16.07-BG 1", Mode.TRUCK), found.kinds[Mode.TRUCK]
    assert own == found.listed[0].kind
    assert own.speed_kmh[Terrain.RURAL] == 70 and own.quicker == 2
    assert own.speed_kmh[Terrain.URBAN] == 2 * mode.speed_kmh[Terrain.URBAN], "slower in town, as its mode"
    assert (own.rp_per_km, own.rp_per_hour, own.rp_per_day) == (9_000, 0, mode.rp_per_day)
    assert (f"{own.opens:%H:%M}", f"{own.closes:%H:%M}") == ("07:00", "16:30")
    assert own.order() != mode.order() and own.ways() != mode.ways()
    assert found.kind_of("truck-16.07-BG 2", Mode.TRUCK) == mode, "whoever is not listed is as its mode"


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ("speed_kmh = 70", "speed_kmh = 0", "vehicle[1].speed_kmh", "must_be_above_zero"),
        ("speed_kmh = 70", "speed_kmh = 7000", "vehicle[1].speed_kmh", "must_be_at_most"),
        ("speed_kmh = 70", "speed_kmh = { rural = 70 }", "vehicle[1].speed_kmh", "must_be_number"),
        ("rp_per_km = 9000", "rp_per_km = -1", "vehicle[1].rp_per_km", "must_be_whole"),
        ("16:30", "06:30", "vehicle[1].hours", "must_be_two_hours"),
    ],
)
def test_a_wrong_figure_of_a_single_vehicle_is_refused_by_key(
    old: str, new: str, key: str, problem: str
) -> None:
    with pytest.raises(Refused, match="wrong_fleet") as refused:
        fleet_of(DEFAULT_TEXT + OWN.replace(old, new))
    assert (refused.value.facts["key"], refused.value.facts["problem"]) == (key, problem)


def test_a_stock_may_be_of_vehicles_that_differ_from_their_mode() -> None:
    text = DEFAULT_TEXT.replace(
        'level = "district"\nmode = "pickup"', 'level = "district"\nmode = "pickup"\nparcels = 50'
    )
    found = fleet_of(text)
    assert [one.kind.parcels for one in vehicles(found, "district", "16.07.03", {Access.ROAD: 9})] == [50, 50]
    assert found.kind_of("pickup-16.07.03-02", Mode.PICKUP).parcels == 50
    assert found.kinds[Mode.PICKUP].parcels == 40
