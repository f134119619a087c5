from __future__ import annotations

import pytest

from kawal.rules.plan.facts import Access, Mode
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
