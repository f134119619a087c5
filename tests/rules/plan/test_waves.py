from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.places.codes import WIB
from kawal.rules.plan.facts import Leg
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.waves import CLOSES, OPENS, waves
from kawal.rules.refusals import Refused
from tests.rules.plan.small import ordinary, settings

PROBLEM = ordinary()
TRIPS = make_plan(PROBLEM, settings()).trips
PARCELS = {load.station: load.parcels_count for one in PROBLEM.villages() for load in one.loads}


def test_what_leaves_first_is_packed_first() -> None:
    found = waves(TRIPS, PARCELS, zone=WIB)
    leaving = sorted((t for t in TRIPS if t.leg is Leg.TO_PPK), key=lambda t: (t.stops[0].arrive_at, t.code))
    assert [wave.trip for wave in found] == [trip.code for trip in leaving]
    assert [wave.number for wave in found] == list(range(1, len(leaving) + 1))
    assert sum(wave.parcels_count for wave in found) == sum(PARCELS.values())
    assert sorted(station for wave in found for station in wave.stations) == sorted(PARCELS)


@given(st.integers(1, 500))
def test_each_wave_begins_early_enough_for_itself_and_all_after_it(per_hour: int) -> None:
    found = waves(TRIPS, PARCELS, zone=WIB, per_hour=per_hour)
    for wave in found:
        local = wave.begin_by.astimezone(WIB)
        assert OPENS <= local.time() <= CLOSES
        assert wave.begin_by + timedelta(hours=wave.parcels_count / per_hour) <= wave.sealed_by
    assert all(one.begin_by < other.begin_by for one, other in pairwise(found))


def test_a_slower_rate_begins_earlier() -> None:
    slow, fast = (waves(TRIPS, PARCELS, zone=WIB, per_hour=rate) for rate in (2, 200))
    assert all(one.begin_by < other.begin_by for one, other in zip(slow, fast, strict=True))


def test_what_is_packed_is_no_longer_asked_for() -> None:
    whole = waves(TRIPS, PARCELS, zone=WIB)
    done = set(whole[0].stations)
    left = waves(TRIPS, PARCELS, zone=WIB, packed=done)
    assert [wave.trip for wave in left] == [wave.trip for wave in whole[1:]]
    some = waves(TRIPS, PARCELS, zone=WIB, packed=set(whole[-1].stations[:1]))
    assert (some[-1].packed_count, len(some[-1].stations)) == (1, len(whole[-1].stations) - 1)


@pytest.mark.parametrize("asked", [{"per_hour": 0}, {"opens": CLOSES}])
def test_nobody_packs_at_no_rate_or_in_no_hours(asked: dict[str, object]) -> None:
    with pytest.raises(Refused, match="wrong_packing"):
        waves(TRIPS, PARCELS, zone=WIB, **asked)  # type: ignore[arg-type]
