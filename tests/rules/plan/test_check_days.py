"""A trip of several days broken by hand is caught, each break by its own rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from kawal.rules.plan.check import check
from kawal.rules.plan.facts import Access, Escort, Leg, Mode, Stop, Terrain, Trip
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.plan.make import make_plan
from tests.rules.plan.small import DEFAULT_TEXT, district, regency, settings, village

PROBLEM = regency(
    district("16.07.01", village("16.07.01.2001", 2)),
    district("16.07.09", village("16.07.09.2001", 3, km=302), km=300),
)
SETTINGS = settings()
MADE = make_plan(PROBLEM, SETTINGS)
TRIP = next(trip for trip in MADE.trips if trip.halts and trip.leg is Leg.TO_PPK)
HOUR = timedelta(hours=1)


def _codes(trip: Trip, other: Trip = TRIP) -> set[str]:
    trips = [trip if one is other else one for one in MADE.trips]
    return {found.code for found in check(PROBLEM, SETTINGS, trips, MADE.unserved)}


def _moved(trip: Trip, by: timedelta) -> Trip:
    return replace(
        trip,
        depart_at=trip.depart_at + by,
        back_at=trip.back_at + by,
        latest_departure_at=trip.latest_departure_at + by,
        stops=tuple(replace(s, arrive_at=s.arrive_at + by, depart_at=s.depart_at + by) for s in trip.stops),
        consignments=tuple(
            replace(part, arrive_at=part.arrive_at + by, due_at=part.due_at + by)
            for part in trip.consignments
        ),
    )


def _halt(trip: Trip, **changes: object) -> Trip:
    """With its first halt changed."""
    place = next(number for number, stop in enumerate(trip.stops) if stop.is_halt)
    stops = list[Stop](trip.stops)
    stops[place] = replace(stops[place], **changes)  # type: ignore[arg-type]
    return replace(trip, stops=tuple(stops))


def _without_first_halt(trip: Trip) -> Trip:
    return replace(trip, stops=tuple(stop for stop in trip.stops if stop is not trip.halts[0]))


def _escorted(trip: Trip, officers: int, substitute: str | None = None) -> Trip:
    return replace(trip, escort=replace(trip.escort, officers_count=officers, substitute=substitute))


def test_the_plan_itself_breaks_nothing_and_one_of_its_trips_lies_over() -> None:
    assert len(TRIP.halts) == 2 and check(PROBLEM, SETTINGS, MADE.trips, MADE.unserved) == []


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (lambda t: _moved(t, 5 * HOUR), "in_the_dark"),
        (_without_first_halt, "in_the_dark"),
        (lambda t: _halt(t, arrive_at=t.halts[0].arrive_at + 4 * HOUR), "in_the_dark"),
        (lambda t: _halt(t, depart_at=t.halts[0].depart_at + 2 * HOUR), "too_fast"),
        (lambda t: _halt(t, depart_at=t.halts[0].arrive_at - HOUR), "too_fast"),
        (lambda t: _halt(t, lat=t.halts[0].lat + 0.2), "halt_off_the_way"),
        (lambda t: _halt(t, lon=t.stops[0].lon + 0.1), "halt_off_the_way"),
        (lambda t: _halt(t, site="SGH-17.01.01"), "halt_misplaced"),
        (lambda t: _halt(t, site="SGH-somewhere"), "halt_misplaced"),
        (lambda t: _moved(t, timedelta(days=-1)), "outside_window"),
        (lambda t: _moved(t, timedelta(days=2)), "outside_window"),
        (lambda t: _escorted(t, 1), "unwatched_at_night"),
        (lambda t: _escorted(t, 4, "meets_at_destination"), "unwatched_at_night"),
        (lambda t: replace(t, latest_departure_at=t.latest_departure_at + 12 * HOUR), "unsafe_departure"),
        (lambda t: replace(t, stops=(t.halts[0], *t.stops[1:])), "site_unknown"),
    ],
)
def test_what_breaks_a_rule_of_the_days_is_named(broken: Callable[[Trip], Trip], code: str) -> None:
    assert code in _codes(broken(TRIP))


def test_a_vehicle_that_lies_over_is_in_no_second_place() -> None:
    other = next(trip for trip in MADE.trips if trip.leg is Leg.TO_PPK and not trip.halts)
    late = _moved(replace(other, vehicle=TRIP.vehicle), TRIP.halts[0].arrive_at - other.depart_at)
    assert "vehicle_twice" in _codes(late, other)


def test_aircraft_do_not_lie_over() -> None:
    flying = replace(TRIP, mode=Mode.PLANE)
    assert "halts_in_the_air" in _codes(flying)


def test_porters_and_who_walks_with_them_watch_by_night() -> None:
    problem = regency(district("16.07.09", village("16.07.09.2001", 2, km=55, access=Access.FOOT), km=30))
    made = make_plan(problem, SETTINGS)
    walking = [trip for trip in made.trips if trip.halts and trip.leg is Leg.TO_PPS]
    assert walking and check(problem, SETTINGS, made.trips, made.unserved) == []
    assert all(trip.escort.substitute is None and trip.escort.officers_count >= 2 for trip in walking)
    alone = [
        replace(trip, escort=Escort(post=trip.escort.post, officers_count=0, linmas_count=1))
        if trip in walking
        else trip
        for trip in made.trips
    ]
    assert "unwatched_at_night" in {found.code for found in check(problem, SETTINGS, alone, made.unserved)}


TIDE = """
[[opening]]
kind = "tide"
where = "PPK-16.07.09"
modes = ["speedboat"]
hours = ["{opens}", "{closes}"]
"""


@pytest.mark.parametrize(("opens", "closes"), [("07:30", "09:00"), ("15:00", "16:30")])
def test_a_boat_lies_over_until_the_tide_lets_it_in(opens: str, closes: str) -> None:
    """Three hours away, so that no boat that leaves by day is there at 7:30: it waits beside its boxes."""
    tidal = settings(by=fleet_of(DEFAULT_TEXT + TIDE.format(opens=opens, closes=closes)))
    problem = regency(district("16.07.09", village("16.07.09.2001", 2, km=77, access=Access.WATER), km=75))
    made = make_plan(problem, tidal)
    assert made.unserved == () and check(problem, tidal, made.trips, made.unserved) == []
    assert any(trip.halts for trip in made.trips)
    boat = next(trip for trip in made.trips if trip.leg is Leg.TO_PPK)
    early = replace(boat.visits[0], arrive_at=boat.visits[0].arrive_at - 3 * HOUR)
    stops = tuple(early if stop is boat.visits[0] else stop for stop in boat.stops)
    broken = [replace(trip, stops=stops) if trip is boat else trip for trip in made.trips]
    assert "closed" in {found.code for found in check(problem, tidal, broken, made.unserved)}


ISLANDS = regency(
    district("16.07.08", village("16.07.08.2001", 2, km=92, access=Access.WATER), km=90),
    district("16.07.09", village("16.07.09.2001", 2, km=152, access=Access.WATER), km=150),
)


def test_a_boat_stays_the_night_at_a_place_on_its_way_and_not_in_open_water() -> None:
    made = make_plan(ISLANDS, SETTINGS)
    assert made.unserved == () and check(ISLANDS, SETTINGS, made.trips, made.unserved) == []
    trip = next(
        trip for trip in made.trips if trip.leg is Leg.TO_PPK and trip.visits[-1].site == "PPK-16.07.09"
    )
    night = trip.halts[0]
    near = ISLANDS.districts[0]
    assert (night.site, night.lat, night.lon) == ("SGH-16.07.08", near.lat, near.lon)
    hurried = _halt(trip, arrive_at=night.arrive_at - 2 * HOUR, depart_at=night.depart_at)
    trips = [hurried if one is trip else one for one in made.trips]
    assert "too_fast" in {found.code for found in check(ISLANDS, SETTINGS, trips, made.unserved)}


def test_a_halt_is_judged_at_the_place_of_the_area_that_it_names() -> None:
    """A PPK and a PPS may share a point, and the PPS be told as in town, where nobody is as quick."""
    km = 225
    town = replace(village("16.07.05.1001", 2, km=km), terrain=Terrain.URBAN)
    problem = regency(
        district("16.07.05", town, km=km),
        district("16.07.09", village("16.07.09.2001", 3, km=302), km=300),
    )
    made = make_plan(problem, SETTINGS)
    resting = {halt.site for trip in made.trips for halt in trip.halts if trip.leg is Leg.TO_PPK}
    assert "SGH-16.07.05" in resting
    assert check(problem, SETTINGS, made.trips, made.unserved) == []


def test_a_night_at_a_place_that_shares_its_point_with_the_end_of_the_way_is_one_at_that_place() -> None:
    """The last place before home lies where home is, and home is told as remote: nobody is as quick there."""
    beside = village("16.07.09.2001", 2, km=0)
    far = village("16.07.09.2002", 3, km=220)
    remote = replace(district("16.07.09", beside, far, km=0), terrain=Terrain.REMOTE)
    made = make_plan(regency(remote), SETTINGS)
    resting = {halt.site for trip in made.trips for halt in trip.halts if trip.leg is Leg.TO_PPS}
    assert "SGH-16.07.09.2001" in resting
    assert check(regency(remote), SETTINGS, made.trips, made.unserved) == []
