from __future__ import annotations

from dataclasses import replace

from kawal.rules.plan.anew.compare import cost_rp
from kawal.rules.plan.check import check
from kawal.rules.plan.facts import Leg, Trip
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.routing.present import present
from tests.rules.plan.small import district, fleet, ordinary, regency, settings, village


def moved(trips: tuple[Trip, ...]) -> set[tuple[object, ...]]:
    """What each trip does and when, its number aside."""
    return {
        (
            trip.leg,
            trip.vehicle,
            trip.depart_at,
            tuple((part.to_site, part.stations) for part in trip.consignments),
        )
        for trip in trips
    }


def test_a_plan_begun_from_itself_without_a_search_is_itself() -> None:
    made = make_plan(ordinary(), settings())
    again = make_plan(ordinary(), replace(settings(), start=present(made.trips)).hurried())
    assert again.trips == made.trips


def test_a_plan_begun_from_another_is_never_dearer_than_it() -> None:
    by = settings()
    made = make_plan(ordinary(), by)
    again = make_plan(ordinary(), replace(by, start=present(made.trips), seed=9))
    assert cost_rp(again.trips, by.fleet) <= cost_rp(made.trips, by.fleet)
    assert not check(ordinary(), by, again.trips, again.unserved)


def test_a_small_change_of_the_problem_is_a_small_change_of_the_plan() -> None:
    villages = [village(f"16.07.01.20{n:02d}", 4 + n % 5, km=6 + 2 * n) for n in range(1, 9)]
    before = regency(district("16.07.01", *villages), district("16.07.02", *_others(), km=30))
    fewer = replace(villages[0], loads=villages[0].loads[:-1])
    after = regency(district("16.07.01", fewer, *villages[1:]), district("16.07.02", *_others(), km=30))
    made = make_plan(before, settings())
    begun = replace(settings(seed=5), start=present(made.trips)).hurried()
    again = make_plan(after, begun)
    assert not check(after, begun, again.trips, again.unserved)
    stays = moved(made.trips) & moved(again.trips)
    assert len(stays) > 0.8 * len(made.trips)
    assert stays >= {
        one for one in moved(made.trips) if one[0] is Leg.TO_STATION and "16.07.02" in str(one[1])
    }


def test_a_vehicle_that_is_gone_takes_nothing_over() -> None:
    made = make_plan(ordinary(), settings())
    stocks = tuple(
        replace(stock, at_least=1, one_per_stations=10_000) if stock.level == "district" else stock
        for stock in fleet().stocks
    )
    smaller = replace(fleet(), stocks=stocks)
    begun = replace(settings(by=smaller), start=present(made.trips))
    again = make_plan(ordinary(), begun)
    assert not check(ordinary(), begun, again.trips, again.unserved)


def test_who_hurries_gets_a_plan_that_holds() -> None:
    made = make_plan(ordinary(), settings(), hurry=lambda: True)
    assert not check(ordinary(), settings(), made.trips, made.unserved)


def _others() -> list[object]:
    return [village(f"16.07.02.20{n:02d}", 3 + n % 4, km=30 + 3 * n) for n in range(1, 6)]  # type: ignore[misc]
