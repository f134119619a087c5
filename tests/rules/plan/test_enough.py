"""The number that would be enough is shown by a plan: with it nothing is left behind for want of vehicles."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from kawal.rules.plan.enough import reckon
from kawal.rules.plan.facts import Access, Leg, Mode
from kawal.rules.plan.fleet import Fleet, Listed, fleet_of
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.problem import Problem
from tests.rules.plan import test_gateways as over_gateway
from tests.rules.plan import test_landings as over_landing
from tests.rules.plan.small import DEFAULT_TEXT, district, fleet, ordinary, regency, settings, village


def _listed(found: Fleet, *vehicles: tuple[Mode, str]) -> Fleet:
    return replace(
        found,
        stocks=(),
        listed=tuple(
            Listed(area=area, name=f"X{number}", kind=found.kinds[mode])
            for number, (mode, area) in enumerate(vehicles, start=1)
        ),
    )


def test_an_ample_fleet_is_enough_and_fewer_would_be() -> None:
    found = reckon(ordinary(), settings())
    assert found.unserved == {}
    assert all(not row.short and row.enough <= row.available for row in found.rows)
    assert next(row for row in found.rows if row.mode is Mode.TRUCK).enough >= 1


def test_what_is_said_to_be_enough_is_enough() -> None:
    """One truck with room for a station a run, and nothing at all below."""
    problem = regency(district("16.07.01", village("16.07.01.2001", 90, km=60), km=55))
    few = _listed(fleet(), (Mode.TRUCK, "16.07"))
    few = replace(few, kinds={**few.kinds, Mode.TRUCK: replace(few.kinds[Mode.TRUCK], stations=4)})
    few = replace(few, listed=tuple(replace(one, kind=few.kinds[Mode.TRUCK]) for one in few.listed))
    assert make_plan(problem, settings(by=few)).unserved
    found = reckon(problem, settings(by=few))
    assert found.unserved == {}
    short = [(row.mode, area, more) for row in found.rows for area, more in row.short.items()]
    assert {(mode, area) for mode, area, _ in short} == {
        (Mode.TRUCK, "16.07"),
        (Mode.PICKUP, "16.07.01"),
        (Mode.MOTORBIKE, "16.07.01.2001"),
    }
    more = tuple(
        Listed(area=area, name=f"more {number}", kind=few.kinds[mode])
        for mode, area, count in short
        for number in range(count)
    )
    assert not make_plan(problem, settings(by=replace(few, listed=(*few.listed, *more)))).unserved


def test_what_no_vehicle_mends_is_told_with_its_reason() -> None:
    heavy = regency(district("16.07.01", village("16.07.01.2001", 2, weight_kg=50_000)))
    found = reckon(heavy, settings())
    assert found.unserved == {"too_heavy": 2}


@pytest.mark.parametrize("access", list(Access))
def test_a_default_fleet_serves_every_access(access: Access) -> None:
    problem = regency(district("16.07.01", village("16.07.01.2001", 6, access=access, km=12)))
    found = reckon(problem, settings(by=fleet_of(DEFAULT_TEXT)))
    assert found.unserved == {}, found


def test_what_a_regency_has_of_another_mode_counts_before_more_is_asked_for() -> None:
    """One truck a run and station, but a dozen pickups stand beside it."""
    problem = regency(district("16.07.01", village("16.07.01.2001", 60, km=60), km=55))
    found = fleet()
    truck = replace(found.kinds[Mode.TRUCK], stations=5)
    small = replace(found.kinds[Mode.PICKUP], stations=5)
    listed = [Listed(area="16.07", name="T", kind=truck)]
    listed += [Listed(area="16.07", name=f"P{number}", kind=small) for number in range(12)]
    below = tuple(stock for stock in found.stocks if stock.level != "regency")
    rows = reckon(problem, settings(by=replace(found, listed=tuple(listed), stocks=below))).rows
    assert [(row.mode, row.short) for row in rows if row.level == "regency"] == [
        (Mode.TRUCK, {}),
        (Mode.PICKUP, {}),
    ]


@pytest.mark.parametrize(
    ("problem", "level"), [(over_gateway.PROBLEM, "regency"), (over_landing.PROBLEM, "district")]
)
def test_what_lacks_at_a_jetty_above_a_ppk_or_below_it_is_told_there(problem: Problem, level: str) -> None:
    jetty, boat = over_landing.JETTY, Mode.SPEEDBOAT
    whole = reckon(problem, settings())
    own = next(row for row in whole.rows if (row.level, row.mode) == (level, boat))
    assert not whole.unserved and own.enough <= own.available
    stocks = tuple(one for one in fleet().stocks if one.mode is not boat)
    none = replace(fleet(), stocks=stocks)
    short = reckon(problem, settings(by=none))
    assert not short.unserved
    assert next(row for row in short.rows if (row.level, row.mode) == (level, boat)).short == {jetty: 1}
    small = replace(fleet().kinds[boat], parcels=12, stations=2)
    one = replace(none, listed=(Listed(area=jetty, name="Satu", kind=replace(small, opens=time(12))),))
    rows = {(row.leg, row.area) for row in make_plan(problem, settings(by=one)).shortfalls}
    assert {area for leg, area in rows if leg in (Leg.TO_PPK, Leg.TO_PPS)} & {jetty, "16.07"} <= {jetty}
