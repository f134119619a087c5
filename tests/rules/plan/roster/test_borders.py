"""Trips whose way crosses into another regency, by made-up borders."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kawal.rules.plan.facts import Escort, Leg, Mode, Stop, Trip
from kawal.rules.plan.roster.borders import Borders, passages_of
from kawal.rules.plan.roster.duties import duties_of
from kawal.rules.risk.classes import RiskClass

NOON = datetime(2024, 2, 12, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _square(west: float, east: float) -> str:
    ring = [[west, -1.0], [east, -1.0], [east, 1.0], [west, 1.0], [west, -1.0]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


BORDERS = Borders({"16.07": _square(104.0, 105.0), "16.02": _square(105.0, 106.0)})


def _trip(*lons: float, mode: Mode = Mode.TRUCK) -> Trip:
    """An hour from stop to stop, half an hour at each."""
    stops = [
        Stop(
            site=f"S{number}",
            lat=0.0,
            lon=lon,
            arrive_at=NOON + 1.5 * number * HOUR,
            depart_at=NOON + 1.5 * number * HOUR + HOUR / 2,
        )
        for number, lon in enumerate(lons)
    ]
    return Trip(
        code="t1",
        leg=Leg.TO_PPK,
        area="16.07",
        vehicle="truck-1",
        mode=mode,
        risk=RiskClass.HIGH,
        depart_at=stops[0].depart_at,
        back_at=stops[-1].arrive_at,
        latest_departure_at=stops[0].depart_at,
        distance_m=1,
        parcels_count=1,
        escort=Escort(post="polri/16.07", officers_count=4, linmas_count=0),
        stops=tuple(stops),
        consignments=(),
    )


def test_a_way_that_stays_at_home_changes_no_escort() -> None:
    assert passages_of([_trip(104.2, 104.8, 104.2)], "16.07", BORDERS, {}) == {}


def test_the_escort_changes_where_and_when_the_border_is_crossed_and_back() -> None:
    trip = _trip(104.5, 105.5, 104.5)
    (passage,) = passages_of([trip], "16.07", BORDERS, {})["t1"]
    assert passage.regency == "16.02"
    assert passage.lon == pytest.approx(105.0, abs=0.01)
    there, home = NOON + HOUR, NOON + 2.5 * HOUR  # half of each way
    assert abs(passage.begins_at - there) < timedelta(minutes=2)
    assert abs(passage.ends_at - home) < timedelta(minutes=2)
    duties = duties_of([trip], NOON.date(), UTC, {"t1": [passage]})
    assert [duty.post for duty in duties] == ["polri/16.07", "polri/16.02"]


def test_a_told_line_counts_before_the_straight_one() -> None:
    trip = _trip(104.9, 104.95, 104.9)
    ends = (0.0, 104.9), (0.0, 104.95)
    lines = {(Mode.TRUCK, *ends): ((0.0, 104.9), (0.5, 105.4), (0.0, 104.95))}
    (passage,) = passages_of([trip], "16.07", BORDERS, lines)["t1"]
    assert passage.regency == "16.02" and NOON < passage.begins_at < passage.ends_at


def test_a_warehouse_beyond_the_border_is_guarded_there_from_the_loading() -> None:
    trip = _trip(105.3, 104.5, 105.3)
    first, last = passages_of([trip], "16.07", BORDERS, {})["t1"]
    assert first.begins_at == trip.stops[0].arrive_at
    assert last.ends_at == trip.stops[-1].depart_at


def test_sites_at_one_place_are_no_way_at_all() -> None:
    assert passages_of([_trip(104.5, 104.5, 104.5)], "16.07", BORDERS, {}) == {}
    (passage,) = passages_of([_trip(104.5, 105.5, 105.5, 104.5)], "16.07", BORDERS, {})["t1"]
    assert passage.ends_at - passage.begins_at > 2 * HOUR


def test_a_corner_is_passed_and_nobody_changes_in_the_air_or_at_sea() -> None:
    corner = {(Mode.TRUCK, (0.0, 104.5), (0.0, 104.9)): ((0.0, 104.5), (0.2, 105.02), (0.0, 104.9))}
    assert passages_of([_trip(104.5, 104.9, 104.5)], "16.07", BORDERS, corner) == {}
    assert passages_of([_trip(104.5, 105.5, 104.5, mode=Mode.HELICOPTER)], "16.07", BORDERS, {}) == {}
    assert passages_of([_trip(104.5, 103.0, 104.5)], "16.07", BORDERS, {}) == {}
    unguarded = _trip(104.5, 105.5, 104.5)
    unguarded = replace(unguarded, escort=replace(unguarded.escort, officers_count=0))
    assert passages_of([unguarded], "16.07", BORDERS, {}) == {}
