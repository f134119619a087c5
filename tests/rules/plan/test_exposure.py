"""What a trip is exposed to: hours, darkness, water, crossings, villages without a signal."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from kawal.rules.plan.exposure import Surroundings, dark_share, exposures
from kawal.rules.plan.facts import Consignment, Escort, Leg, Mode, Stop, Trip
from kawal.rules.risk.classes import RiskClass

WIB = timezone(timedelta(hours=7))
NOON = datetime(2024, 2, 13, 12, tzinfo=WIB)
ONE, OTHER = "1607032001001", "1607032002001"


def trip(leg: Leg = Leg.TO_PPK, mode: Mode = Mode.TRUCK, hours: float = 2, begin: datetime = NOON) -> Trip:
    arrive = begin + timedelta(hours=hours)
    home = Stop(site="GDG-16.07", lat=-2.9, lon=104.4, arrive_at=begin, depart_at=begin)
    return Trip(
        code="16.07-to_ppk-1", leg=leg, area="16.07", vehicle="truck-1", mode=mode, risk=RiskClass.LOW,
        depart_at=begin, back_at=arrive + timedelta(hours=hours), latest_departure_at=begin,
        distance_m=42_000,
        parcels_count=12, escort=Escort(post="polri/16.07", officers_count=2, linmas_count=0),
        stops=(home, home),
        consignments=(
            Consignment(
                code="16.07-to_ppk-1/1", from_site="GDG-16.07", to_site="PPK-16.07.03", stations=(ONE, OTHER),
                parcels_count=12, arrive_at=arrive, due_at=arrive,
            ),
        ),
    )  # fmt: skip


KNOWN = Surroundings(
    scores={"16.07.03.2001": 20.0, "16.07.03.2002": 50.0},
    crossings_km={"16.07.03.2001": 3.0},
    signal={"16.07.03.2001": 0.25, "16.07": 1.0},
)


def test_a_trip_is_measured_until_its_last_hand_over() -> None:
    (found,) = exposures([trip()], KNOWN)
    assert (found.distance_km, found.hours, found.night, found.water_km) == (42, 2, 0, 0)
    assert (found.hazard, found.crossing_km, found.stations_count) == (50, 3, 2)
    assert found.signal_gap == pytest.approx(0.375)  # three quarters of one, none of the other by its regency


def test_a_boat_goes_by_water_all_the_way_and_a_local_leg_crosses_nothing_known() -> None:
    (found,) = exposures([trip(Leg.TO_STATION, Mode.SPEEDBOAT)], KNOWN)
    assert found.water_km == 42
    assert math.isnan(found.crossing_km)


def test_what_risk_does_not_know_is_unknown() -> None:
    (found,) = exposures([trip()], Surroundings(scores={}, crossings_km={}, signal={}))
    assert math.isnan(found.hazard)
    assert math.isnan(found.signal_gap)


@pytest.mark.parametrize(
    ("begin", "hours", "share"),
    [
        (12, 4, 0),
        (16, 4, 0.5),
        (20, 4, 1),
        (4, 4, 0.5),
        (18, 24, 0.5),
        (12, 0, 0),
        (22, 0, 1),
        (5, 26, 13 / 26),
    ],
)
def test_the_dark_share_is_that_of_the_local_clock(begin: int, hours: int, share: float) -> None:
    start = datetime(2024, 2, 13, begin, tzinfo=WIB).astimezone(UTC)
    assert dark_share(start, start + timedelta(hours=hours), WIB) == pytest.approx(share)
