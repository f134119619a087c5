"""A law fitted to what happened: the middle half decides, too few change nothing, the file stays readable."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.facts import Leg, Mode, Trip
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.sure.delays import law_of
from kawal.rules.plan.sure.fitting import ENOUGH, fits, fitted
from tests.rules.plan import small
from tests.rules.plan.sure.test_delays import TEXT

TRIPS = [trip for trip in make_plan(small.ordinary(), small.settings()).trips if trip.leg is Leg.TO_PPK][:1]


def journeys(
    count: int, spread: float, *, median: float = 1.0, seed: int = 1
) -> tuple[list[Trip], dict[str, Happened]]:
    """So many copies of a truck's trip, each with its own delay."""
    chance, (one,) = Random(seed), TRIPS
    trips, told = [], {}
    for number in range(count):
        trip = replace(one, code=f"{one.code}-{number}")
        stop = trip.stops[1]
        took = (stop.depart_at - trip.depart_at) * median * math.exp(chance.gauss(0, spread))
        trips.append(trip)
        told[trip.code] = Happened(left_at=trip.depart_at, handed={stop.site: trip.depart_at + took})
    return trips, told


def test_the_spread_that_was_put_in_is_found_within_its_error() -> None:
    fit = fits(*journeys(2_000, 0.4, median=1.2))[TRIPS[0].mode]
    assert abs(fit.spread - 0.4) < 3 * fit.spread_error
    assert fit.median == pytest.approx(1.2, rel=0.05)
    assert fit.journeys_count == 2_000


def test_forgotten_telephones_hardly_move_it() -> None:
    trips, told = journeys(200, 0.3)
    clean = fits(trips, told)[TRIPS[0].mode].spread
    for trip in trips[:10]:
        told[trip.code] = Happened(
            left_at=trip.depart_at, handed={trip.stops[1].site: trip.depart_at + timedelta(days=2)}
        )
    assert fits(trips, told)[TRIPS[0].mode].spread == pytest.approx(clean, abs=0.06)


def test_too_few_journeys_leave_the_law_as_it_was_to_the_byte() -> None:
    found = fits(*journeys(ENOUGH - 1, 0.4))
    assert fitted(TEXT, found, "measured") == TEXT


def test_a_fitted_file_is_a_law_in_which_only_that_mode_differs() -> None:
    found = fits(*journeys(400, 0.4))
    text = fitted(TEXT, found, "measured in 16.07")
    before, after = law_of(TEXT), law_of(text)
    mode = TRIPS[0].mode
    total = math.hypot(after.modes[mode].spread, after.modes[mode].weather)
    assert total == pytest.approx(found[mode].spread, abs=0.001)
    assert {one for one in Mode if before.modes[one] != after.modes[one]} == {mode}
    assert "measured in 16.07: 400 journeys" in text


def test_what_was_not_told_to_the_end_is_no_journey() -> None:
    trips, told = journeys(3, 0.1)
    told[trips[0].code] = Happened(left_at=trips[0].depart_at)
    told[trips[1].code] = Happened(handed=told[trips[1].code].handed)
    assert fits(trips, told)[TRIPS[0].mode].journeys_count == 1
    assert fits(trips, {}) == {}
