"""A plan broken by hand is caught, each break by its own rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from kawal.rules.plan.check import check
from kawal.rules.plan.facts import Consignment, Leg, Mode, Stop, Trip, Unserved
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import make_plan
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.small import DEFAULT_TEXT, ordinary, ordinary_plan, settings

PROBLEM = ordinary()
SETTINGS = settings()
TRIPS = ordinary_plan().trips
HOUR = timedelta(hours=1)


def _codes(trips: list[Trip], unserved: tuple[Unserved, ...] = ()) -> set[str]:
    return {found.code for found in check(PROBLEM, SETTINGS, trips, unserved)}


def _moved(trip: Trip, by: timedelta) -> Trip:
    return replace(
        trip,
        depart_at=trip.depart_at + by,
        back_at=trip.back_at + by,
        stops=tuple(replace(s, arrive_at=s.arrive_at + by, depart_at=s.depart_at + by) for s in trip.stops),
        consignments=tuple(replace(part, arrive_at=part.arrive_at + by) for part in trip.consignments),
    )


def _stop(trip: Trip, number: int, **changes: object) -> tuple[Stop, ...]:
    stops = list(trip.stops)
    stops[number] = replace(stops[number], **changes)  # type: ignore[arg-type]
    return tuple(stops)


def _part(trip: Trip, **changes: object) -> tuple[Consignment, ...]:
    return (replace(trip.consignments[0], **changes), *trip.consignments[1:])  # type: ignore[arg-type]


def _crowd(trip: Trip) -> Trip:
    """Every station of the village on one vehicle."""
    codes = tuple(load.station for one in PROBLEM.villages() for load in one.loads if one.code == trip.area)
    return replace(trip, consignments=_part(trip, stations=codes))


def test_the_plan_itself_breaks_nothing() -> None:
    assert _codes(list(TRIPS)) == set()


@pytest.mark.parametrize(
    ("leg", "broken", "code"),
    [
        (Leg.TO_PPK, lambda t: replace(t, consignments=_part(t, stations=("9" * 13,))), "station_unknown"),
        (Leg.TO_PPK, lambda t: replace(t, stops=_stop(t, 0, site="GDG-99.99")), "site_unknown"),
        (Leg.TO_PPK, lambda t: replace(t, stops=()), "trip_empty"),
        (Leg.TO_PPK, lambda t: replace(t, consignments=()), "trip_empty"),
        (Leg.TO_PPK, lambda t: replace(t, vehicle="truck-16.07-99"), "vehicle_unknown"),
        (Leg.TO_PPS, lambda t: replace(t, consignments=_part(t, to_site="PPK-16.07.02")), "wrong_site"),
        (Leg.TO_PPS, lambda t: replace(t, stops=(t.stops[0], t.stops[-1])), "site_not_visited"),
        (Leg.TO_PPS, lambda t: replace(t, stops=t.stops[:-1]), "not_home_again"),
        (Leg.TO_PPS, lambda t: replace(t, stops=(*t.stops[:2], *t.stops[1:])), "stops_disagree"),
        (Leg.TO_PPS, lambda t: replace(t, consignments=t.consignments * 2), "stops_disagree"),
        (Leg.BACK_PPS, lambda t: replace(t, consignments=t.consignments * 2), "stops_disagree"),
        (Leg.TO_PPK, lambda t: replace(t, parcels_count=1), "parcels_miscounted"),
        (Leg.TO_STATION, _crowd, "overloaded"),
        (Leg.TO_PPK, lambda t: replace(t, risk=RiskClass.LOW), "wrong_class"),
        (Leg.TO_PPS, lambda t: replace(t, mode=Mode.TRUCK), "cannot_reach"),
        (Leg.TO_PPK, lambda t: _moved(t, timedelta(days=3)), "outside_window"),
        (Leg.TO_PPK, lambda t: _moved(t, -timedelta(days=3)), "outside_window"),
        (Leg.TO_STATION, lambda t: _moved(t, 5 * HOUR), "outside_window"),
        (Leg.TO_PPS, lambda t: replace(t, stops=_stop(t, 1, arrive_at=t.depart_at)), "too_fast"),
        (Leg.TO_PPK, lambda t: replace(t, depart_at=t.depart_at + HOUR), "times_disagree"),
        (Leg.TO_PPK, lambda t: replace(t, consignments=_part(t, arrive_at=t.back_at)), "times_disagree"),
        (Leg.TO_PPS, lambda t: _moved(t, -timedelta(days=3)), "sent_before_received"),
        (Leg.BACK_PPK, lambda t: _moved(t, -timedelta(days=1)), "sent_before_received"),
        (Leg.TO_PPK, lambda t: replace(t, escort=replace(t.escort, officers_count=0)), "unguarded"),
        (
            Leg.TO_PPK,
            lambda t: replace(
                t, escort=replace(t.escort, substitute="linmas_and_supervisor", linmas_count=9)
            ),
            "unguarded",
        ),
        (
            Leg.TO_PPK,
            lambda t: replace(t, escort=replace(t.escort, substitute="meets_at_destination")),
            "unguarded",
        ),
        (Leg.TO_PPK, lambda t: replace(t, escort=replace(t.escort, substitute="nobody")), "unguarded"),
        (Leg.TO_PPS, lambda t: replace(t, escort=replace(t.escort, post="polri/16.02.01")), "wrong_post"),
        (Leg.TO_PPS, lambda t: replace(t, escort=replace(t.escort, post="tni/16.07.01")), "wrong_post"),
        (
            Leg.TO_PPK,
            lambda t: replace(t, escort=replace(t.escort, reserve_post="polri/16.02")),
            "wrong_reserve",
        ),
        (Leg.TO_STATION, lambda t: _moved(t, timedelta(days=2)), "past_deadline"),
        (
            Leg.TO_STATION,
            lambda t: replace(t, consignments=_part(t, due_at=SETTINGS.calendar.deadline_at + HOUR)),
            "due_past_deadline",
        ),
        (
            Leg.TO_PPK,
            lambda t: replace(t, latest_departure_at=t.latest_departure_at + 99 * HOUR),
            "unsafe_departure",
        ),
        (
            Leg.TO_PPK,
            lambda t: replace(t, consignments=_part(t, due_at=t.consignments[0].due_at + 48 * HOUR)),
            "due_after_next_leg",
        ),
    ],
)
def test_a_broken_trip_is_caught(leg: Leg, broken: Callable[[Trip], Trip], code: str) -> None:
    # The hardest trip of the leg: by foot or boat, of the worst class.
    chosen = max((t for t in TRIPS if t.leg is leg), key=lambda t: (t.risk, t.code))
    assert code in _codes([broken(trip) if trip is chosen else trip for trip in TRIPS])


def test_a_forgotten_trip_is_caught() -> None:
    assert "not_once_per_leg" in _codes(list(TRIPS[1:]))


def test_a_trip_told_twice_is_caught() -> None:
    assert {"not_once_per_leg", "vehicle_twice"} <= _codes([*TRIPS, TRIPS[0]])


def test_a_station_told_as_unserved_must_not_travel() -> None:
    station = TRIPS[0].consignments[0].stations[0]
    told = Unserved(leg=Leg.TO_PPK, site="PPK-16.07.01", stations=(station,), reason="fleet_too_small")
    assert "not_once_per_leg" in _codes(list(TRIPS), (told,))


def test_more_stations_than_the_loss_limit_on_one_vehicle_are_caught() -> None:
    """The limit of HIGH is 20: a truck that carries it all must not carry the village of nine as well."""
    trucks = [t for t in TRIPS if t.leg is Leg.TO_PPK and t.mode is Mode.TRUCK]
    special = next(t for t in trucks if t.risk is RiskClass.SPECIAL)
    all_codes = tuple(load.station for one in PROBLEM.villages() for load in one.loads)
    crowded = replace(special, consignments=_part(special, stations=all_codes))
    assert "loss_limit" in _codes([crowded if trip is special else trip for trip in TRIPS])


def test_a_boat_at_night_is_caught() -> None:
    boat = next(t for t in TRIPS if t.leg is Leg.BACK_PPS and t.mode is Mode.SPEEDBOAT)
    start = SETTINGS.calendar.shifts[Leg.BACK_PPS][0].start
    late = _moved(boat, start + 5 * HOUR - boat.stops[0].arrive_at)
    assert "outside_hours" in _codes([late if trip is boat else trip for trip in TRIPS])


def test_a_vehicle_is_judged_by_its_own_speed_and_hours() -> None:
    """What a quick truck did in time a slow one could not have, and one that stops early is out too late."""
    quick = _with_own(speed_kmh=70)
    trips = list(make_plan(PROBLEM, quick).trips)
    assert not check(PROBLEM, quick, trips, ())
    slow, early = _with_own(speed_kmh=35), _with_own(speed_kmh=70, hours=["06:00", "06:30"])
    assert "too_fast" in {found.code for found in check(PROBLEM, slow, trips, ())}
    assert "outside_hours" in {found.code for found in check(PROBLEM, early, trips, ())}


def _with_own(**own: object) -> Settings:
    """One truck at the warehouse that is not as its mode."""
    told = "".join(f"{key} = {json.dumps(value)}\n" for key, value in own.items())
    row = f'\n[[vehicle]]\nname = "BG 1"\nmode = "truck"\narea = "16.07"\n{told}'
    return settings(by=fleet_of(DEFAULT_TEXT + row))
