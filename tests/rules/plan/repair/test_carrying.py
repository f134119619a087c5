"""Stations to which a plan has no way: what would carry them is tried, priced and told by district."""

from __future__ import annotations

from dataclasses import replace

from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.facts import Access, Mode
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.problem import Problem
from kawal.rules.plan.repair.carrying import Carrying, carrying
from kawal.rules.plan.repair.standing import Standing
from kawal.rules.plan.sure.delays import law_of
from tests.rules.plan import small
from tests.rules.plan.sure.test_delays import TEXT

LAW = law_of(TEXT)
SETTINGS = small.settings(delays=LAW)
FAR = "16.07.02"
PROBLEM = small.regency(
    small.district("16.07.01", small.village("16.07.01.2001", 4)),
    small.district(FAR, small.village("16.07.02.2001", 3, km=255, access=Access.FOOT), km=250),
)


def told(problem: Problem, settings: Settings) -> tuple[PlanMade, tuple[Carrying, ...]]:
    made = make_plan(problem, settings)
    world = Disrupted(problem, settings.hurried(), made.trips, (), calm=True)
    return made, carrying(Standing(world=world, law=LAW), made)


def test_a_district_too_far_to_walk_is_told_what_would_fly_there() -> None:
    made, found = told(PROBLEM, SETTINGS)
    assert {row.site for row in made.unserved} == {f"PPK-{FAR}"}
    (one,) = found
    assert (one.area, one.stations_count, one.left_count) == (FAR, 3, 0)
    assert one.mode is Mode.PLANE, "a helicopter does not get there and back"
    assert one.by_air and one.vehicles_count == 1
    assert one.rp >= SETTINGS.fleet.kinds[one.mode].rp_per_day
    assert 0 < one.least <= 1


def test_where_nothing_gets_there_nothing_is_told() -> None:
    kinds = {mode: kind for mode, kind in SETTINGS.fleet.kinds.items() if kind.access is not Access.AIR}
    stocks = tuple(stock for stock in SETTINGS.fleet.stocks if stock.mode in kinds)
    grounded = replace(SETTINGS, fleet=replace(SETTINGS.fleet, kinds=kinds, stocks=stocks))
    made, found = told(PROBLEM, grounded)
    assert made.unserved and found == ()


def test_where_all_are_reached_nothing_is_asked() -> None:
    made, found = told(small.ordinary(), SETTINGS)
    assert not made.unserved and found == ()


def test_too_few_vehicles_are_told_by_the_number_that_carries_all() -> None:
    """One lorry for far too many stations; the help is of the same mode, and nobody need land."""
    stocks = tuple(
        replace(stock, one_per_stations=10_000, at_least=1) if stock.level == "regency" else stock
        for stock in SETTINGS.fleet.stocks
    )
    villages = [small.village(f"16.07.01.200{number}", 20, km=102) for number in range(1, 5)]
    many = small.regency(small.district("16.07.01", *villages, km=100))
    made, found = told(many, replace(SETTINGS, fleet=replace(SETTINGS.fleet, stocks=stocks)))
    assert {row.reason for row in made.unserved} == {"fleet_too_small"}
    (one,) = found
    assert not one.by_air and one.left_count == 0
    assert SETTINGS.fleet.kinds[one.mode].access is Access.ROAD
