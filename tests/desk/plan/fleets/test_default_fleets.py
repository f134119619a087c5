"""The stated default fleets: every landscape has one, each of its figures with a source."""

from __future__ import annotations

import tomllib

import pytest

from kawal.desk.plan.fleets.default_fleets import default_fleet
from kawal.rules.plan.facts import LEVELS, Access, Mode
from kawal.rules.plan.fleet import fleet_of, vehicles
from kawal.rules.plan.landscape import Landscape


@pytest.mark.parametrize("landscape", Landscape)
def test_a_default_fleet_has_every_mode_and_gets_everywhere_from_everywhere(landscape: Landscape) -> None:
    fleet = fleet_of(default_fleet(landscape))
    assert set(fleet.kinds) == set(Mode)
    for level, area in zip(LEVELS, ("16.07", "16.07.03", "16.07.03.2001"), strict=True):
        for access in Access:
            if (level, access) != ("village", Access.AIR):  # nobody flies within a village
                assert vehicles(fleet, level, area, {access: 20})


@pytest.mark.parametrize("landscape", [one for one in Landscape if one is not Landscape.LAND])
def test_a_landscape_differs_from_land_and_says_why_of_every_table(landscape: Landscape) -> None:
    own = tomllib.loads(default_fleet(landscape))
    land = tomllib.loads(default_fleet())
    assert own["name"] == f"{land['name']}-{landscape}"
    changed = [row for key in ("mode", "stock") for row in own[key] if row not in land[key]]
    assert changed and all(row["source"] for row in changed)
    assert (own["handling"], own["safety"]) == (land["handling"], land["safety"])


def test_what_a_landscape_tells_stands_in_place_of_the_same_and_is_told_once() -> None:
    own, land = fleet_of(default_fleet(Landscape.ISLANDS)), fleet_of(default_fleet())
    places = [(one.level, one.mode) for one in own.stocks]
    assert len(set(places)) == len(places)
    assert set(places) == {(one.level, one.mode) for one in land.stocks}
    assert own.kinds[Mode.SPEEDBOAT].detour < land.kinds[Mode.SPEEDBOAT].detour
    assert own.kinds[Mode.TRUCK] == land.kinds[Mode.TRUCK]


def test_the_ships_of_islands_are_a_stock_of_their_own_kind() -> None:
    fleet = fleet_of(default_fleet(Landscape.ISLANDS))
    ship = vehicles(fleet, "regency", "13.09", {Access.WATER: 30})[0]
    assert ship.kind.parcels > fleet.kinds[Mode.SPEEDBOAT].parcels
    assert fleet.kind_of(ship.name, Mode.SPEEDBOAT) == ship.kind
    assert fleet.kind_of("speedboat-13.09.01-01", Mode.SPEEDBOAT) == fleet.kinds[Mode.SPEEDBOAT]
