"""Tides, slots, office hours, insecure areas: the plan keeps to them, the checker reads them for itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from kawal.rules.places.codes import WIB
from kawal.rules.plan.check import check
from kawal.rules.plan.facts import Leg, Mode, Trip
from kawal.rules.plan.fleet import Fleet, fleet_of
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.windows import NEVER_S, Bound, Opening, Windows, earliest, latest, lies_at
from kawal.rules.refusals import Refused
from tests.rules.plan.small import DEFAULT_TEXT, VOTING_DAY, fleet, ordinary, ordinary_plan, settings

WATER_PPS = "PPS-16.07.02.2001"
BOATS = (Mode.LONGBOAT, Mode.SPEEDBOAT)
WHERE, BY_BOAT = 'where = "16.07.02.2001"\n', 'modes = ["longboat", "speedboat"]\n'
TIDE = f"""
[[opening]]
kind = "tide"
{WHERE}{BY_BOAT}day = 2024-02-12
hours = ["09:10", "11:40"]
source = "a table of tides"

[[bound]]
where = "16.07.01"
not_before = 2024-02-10T12:00:00
source = "Polres"
"""


def opening(opens: str, closes: str, **changes: object) -> Opening:
    told = {"kind": "tide", "where": "16.07.02.2001", "modes": (), "vehicle": "", "day": None}
    hours = {"opens": time.fromisoformat(opens), "closes": time.fromisoformat(closes)}
    return Opening(**{**told, **hours, **changes})  # type: ignore[arg-type]


def by(*openings: Opening, bounds: tuple[Bound, ...] = ()) -> Fleet:
    return replace(fleet(), openings=openings, bounds=bounds)


def made(with_fleet: Fleet) -> PlanMade:
    """A plan that the checker lets pass."""
    found = make_plan(ordinary(), settings(by=with_fleet))
    assert check(ordinary(), settings(by=with_fleet), found.trips, found.unserved) == []
    return found


def broken(with_fleet: Fleet) -> set[str]:
    """What the checker says of a plan that was made without a thought of what opens and closes."""
    found = ordinary_plan()
    return {one.code for one in check(ordinary(), settings(by=with_fleet), found.trips, found.unserved)}


def visits(plan: PlanMade, site: str) -> list[tuple[Trip, datetime, datetime]]:
    return [
        (trip, stop.arrive_at.astimezone(WIB), stop.depart_at.astimezone(WIB))
        for trip in plan.trips
        for stop in trip.stops[1:-1]
        if stop.site == site
    ]


def test_a_fleet_file_tells_what_opens_and_when() -> None:
    found = fleet_of(DEFAULT_TEXT + TIDE)
    assert found.openings == (opening("09:10", "11:40", modes=BOATS, day=date(2024, 2, 12)),)
    assert found.bounds == (Bound(where="16.07.01", not_before=datetime(2024, 2, 10, 12), not_after=None),)


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        ('"tide"', '"moon"', "opening[1].kind", "must_be_one_of"),
        ('["09:10", "11:40"]', '["11:40", "09:10"]', "opening[1].hours", "must_be_two_hours"),
        ('["09:10", "11:40"]', '["09:10"]', "opening[1].hours", "must_be_two_hours"),
        ('"longboat", ', '"ship", ', "opening[1].modes", "must_be_one_of"),
        ("day = 2024-02-12\n", 'day = "tomorrow"\n', "opening[1].day", "must_be_day"),
        ('"16.07.02.2001"', '"Air Saleh"', "opening[1].where", "must_be_place"),
        ('"16.07.02.2001"', '"DERMAGA-16.07"', "opening[1].where", "must_be_place"),
        ("not_before = 2024-02-10T12:00:00\n", "", "bound[1].not_before", "is_missing"),
        ("-10T12:00:00", "-10", "bound[1].not_before", "must_be_moment"),
        ("T12:00:00\n", "T12:00:00Z\n", "bound[1].not_before", "must_be_local"),
        ("T12:00:00", "T12:00:00\nnot_after = 2024-02-09T01:00:00", "bound[1].not_after", "must_be_later"),
        (f"{WHERE}{BY_BOAT}", "", "opening[1].where", "is_missing"),
    ],
)
def test_a_wrong_row_is_refused_by_key(old: str, new: str, key: str, problem: str) -> None:
    assert old in TIDE
    with pytest.raises(Refused) as refused:
        fleet_of(DEFAULT_TEXT + TIDE.replace(old, new, 1))
    assert (refused.value.facts["key"], refused.value.facts["problem"]) == (key, problem)


@pytest.mark.parametrize("where", ["16", "PPK-16.07.02", "DMG-16.07-1", "BDR-16.07.02-12", "1607022001001"])
def test_a_row_may_tell_of_an_area_a_site_or_a_station(where: str) -> None:
    found = fleet_of(DEFAULT_TEXT + TIDE.replace("16.07.02.2001", where, 1))
    assert found.openings[0].where == where


def test_boats_come_with_the_tide_and_are_gone_before_it_falls() -> None:
    plan = made(by(opening("09:10", "11:40", modes=BOATS), opening("15:00", "17:00", modes=BOATS)))
    found = visits(plan, WATER_PPS)
    assert found and not plan.unserved
    for _, arrives, leaves in found:
        assert (time(9, 10) <= arrives.time() and leaves.time() <= time(11, 40)) or (
            time(15) <= arrives.time() and leaves.time() <= time(17)
        )


def test_a_tide_that_is_never_high_by_day_is_told() -> None:
    plan = made(by(opening("01:00", "03:00", modes=BOATS)))
    assert {(row.leg, row.site, row.reason) for row in plan.unserved} >= {
        (Leg.TO_PPS, WATER_PPS, "never_open")
    }


def test_each_kind_of_opening_counts_and_one_of_each_is_enough() -> None:
    tide, office = opening("08:00", "12:00", modes=BOATS), opening("10:00", "16:00", kind="hours")
    plan = made(by(tide, office))
    assert all(
        time(10) <= arrives.time() and leaves.time() <= time(12)
        for trip, arrives, leaves in visits(plan, WATER_PPS)
        if trip.mode in BOATS
    )


def test_an_insecure_area_is_entered_only_when_it_is_secure() -> None:
    secure = datetime(2024, 2, 10, 13)
    plan = made(by(bounds=(Bound(where="16.07.01", not_before=secure, not_after=None),)))
    found = visits(plan, "PPK-16.07.01")
    assert found and all(arrives >= secure.replace(tzinfo=WIB) for _, arrives, _ in found)


def test_a_vehicle_with_slots_is_out_in_them_only() -> None:
    slots = [
        opening("06:00", "09:00", kind="slot", where="", modes=(Mode.TRUCK,), day=date(2024, 2, 10)),
        opening("13:00", "18:00", kind="slot", where="", modes=(Mode.TRUCK,), day=date(2024, 2, 10)),
    ]
    plan = made(by(*slots))
    trucks = [trip for trip in plan.trips if trip.mode is Mode.TRUCK and trip.leg is Leg.TO_PPK]
    assert trucks
    for trip in trucks:
        begin, end = (at.astimezone(WIB) for at in (trip.stops[0].arrive_at, trip.stops[-1].depart_at))
        assert begin.date() == date(2024, 2, 10)
        assert end.time() <= time(9) or begin.time() >= time(13)
    home = [trip for trip in plan.trips if trip.leg is Leg.BACK_WAREHOUSE and trip.mode is Mode.TRUCK]
    assert home == [] and any(row.leg is Leg.BACK_WAREHOUSE for row in plan.unserved)


def test_the_latest_safe_departure_finds_the_place_open_too() -> None:
    plan = made(by(opening("07:00", "10:00", kind="hours", where="PPK-16.07.01")))
    found = visits(plan, "PPK-16.07.01")
    assert any(trip.latest_departure_at > trip.depart_at + timedelta(days=1) for trip, _, _ in found)
    for trip, arrives, leaves in found:
        late = max(timedelta(), trip.latest_departure_at - trip.depart_at)
        assert time(7) <= (arrives + late).time() and (leaves + late).time() <= time(10)


@pytest.mark.parametrize(
    "rule",
    [
        by(opening("09:10", "11:40", modes=BOATS)),
        by(opening("07:00", "07:01", kind="hours", where="GDG-16.07")),
        by(opening("07:00", "07:10", kind="daylight", where="16.07.01.2003")),
        by(opening("06:00", "06:30", kind="slot", where="", modes=(Mode.PICKUP,))),
        by(opening("06:00", "06:30", kind="slot", where="", vehicle="01")),
        by(bounds=(Bound(where="16.07.02", not_before=datetime(2024, 2, 12), not_after=None),)),
        by(bounds=(Bound(where="PPS-16.07.01.2001", not_before=None, not_after=datetime(2024, 2, 9)),)),
    ],
)
def test_a_plan_that_goes_where_it_is_closed_is_caught(rule: Fleet) -> None:
    assert "closed" in broken(rule)


def test_a_latest_departure_into_a_closed_place_is_caught() -> None:
    rule = by(opening("06:00", "16:00", kind="hours", where="PPK-16.07.01"))
    found = make_plan(ordinary(), settings(by=rule))
    trip = next(t for t in found.trips if t.leg is Leg.TO_PPK and t.stops[1].site == "PPK-16.07.01")
    evening = trip.depart_at.astimezone(WIB).replace(hour=20).astimezone(UTC)
    late = replace(trip, latest_departure_at=evening)
    trips = [late if one is trip else one for one in found.trips]
    assert "unsafe_departure" in {
        one.code for one in check(ordinary(), settings(by=rule), trips, found.unserved)
    }


def test_what_is_told_of_an_area_holds_for_all_sites_below() -> None:
    assert lies_at("PPS-16.07.02.2001", "16.07.02") and lies_at("1607022001003", "16.07.02.2001")
    assert lies_at("PPK-16.07.02", "PPK-16.07.02") and lies_at("", "")
    assert not lies_at("PPK-16.07.02", "16.07.02.2001") and not lies_at("PPS-16.07.02.2001", "PPK-16.07.02")
    assert not lies_at("", "16.07") and not lies_at("GDG-16.07", "")


_INTERVALS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 40)).map(lambda one: (one[0], one[0] + one[1])), max_size=4
)
_NEEDS = st.lists(st.tuples(st.integers(0, 15), st.integers(1, 10), _INTERVALS), max_size=3)


def _met(start: int, needs: list[tuple[int, int, list[tuple[int, int]]]]) -> bool:
    return all(
        any(opens <= start + after and start + after + long <= closes for opens, closes in intervals)
        for after, long, intervals in needs
    )


@tries(max_examples=300, deadline=None)
@given(start=st.integers(0, 80), needs=_NEEDS)
def test_the_first_and_the_last_start_are_those_that_trying_every_second_finds(
    start: int, needs: list[tuple[int, int, list[tuple[int, int]]]]
) -> None:
    first = next((at for at in range(start, 200) if _met(at, needs)), NEVER_S)
    last = next((at for at in range(start, -60, -1) if _met(at, needs)), None)
    assert (earliest(start, needs), latest(start, needs)) == (first, last)


_HOURS = st.tuples(st.integers(6, 16), st.integers(1, 12)).map(lambda h: (h[0], min(23, h[0] + h[1])))


@tries(max_examples=8, deadline=None)
@example(hours=[(15, 16)], where="16.07.02")  # who leaves later comes no later, and waits there
@given(
    hours=st.lists(_HOURS, min_size=1, max_size=3), where=st.sampled_from(["16.07.02", WATER_PPS, "16.07.01"])
)
def test_any_openings_give_a_plan_without_faults_and_a_wider_one_leaves_no_more_behind(
    hours: list[tuple[int, int]], where: str
) -> None:
    def left(widened: int) -> int:
        rows = [
            opening(f"{max(0, opens - widened):02d}:00", f"{min(23, closes + widened):02d}:00", where=where)
            for opens, closes in hours
        ]
        return sum(len(row.stations) for row in made(by(*rows)).unserved)

    assert left(2) <= left(0)


@tries(max_examples=50, deadline=None)
@given(
    one=_HOURS, other=_HOURS, site=st.sampled_from(["PPK-16.07.02", WATER_PPS]), second=st.integers(0, 86_399)
)
def test_planner_and_checker_read_two_kinds_alike(
    one: tuple[int, int], other: tuple[int, int], site: str, second: int
) -> None:
    rows = [
        opening(f"{opens:02d}:00", f"{closes:02d}:00", kind=kind, where="16.07.02")
        for kind, (opens, closes) in (("tide", one), ("hours", other))
    ]
    windows = Windows(rows, (), VOTING_DAY, WIB)
    at = datetime(2024, 2, 12, tzinfo=WIB) + timedelta(seconds=second)
    assume(second < 86_000)
    told = windows.at(site, Mode.SPEEDBOAT, "speedboat-16.07.02-01")
    assert told is not None
    inside = any(opens <= at.timestamp() <= closes for opens, closes in told)
    assert inside == all(row.opens <= at.time() <= row.closes for row in rows)
