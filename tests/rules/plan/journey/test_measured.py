from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.facts import Mode, Terrain
from kawal.rules.plan.journey.measured import BELIEF, Journey, calibration, factors_of, text_of
from kawal.rules.plan.journey.told import Block, Told, of_bytes, to_bytes
from kawal.rules.plan.journey.travel import ESTIMATE, UNREACHABLE_S
from kawal.rules.refusals import Refused
from tests.rules.plan.grid import point
from tests.rules.plan.small import fleet

RURAL = Terrain.RURAL
TRUCK = fleet().kinds[Mode.TRUCK]


def _journey(ratio: float, terrains: tuple[Terrain, Terrain] = (RURAL, RURAL)) -> Journey:
    return Journey(mode=Mode.TRUCK, terrains=terrains, planned_s=1_000, real_s=1_000 * ratio)


def _only(found):  # type: ignore[no-untyped-def]
    (row,) = found.rows
    return row


def test_many_journeys_tell_the_median_and_few_are_drawn_towards_the_plan() -> None:
    many, few = (_only(calibration([_journey(1.5)] * count)) for count in (1_000, 2))
    assert many.median == few.median == 1.5
    assert many.factor == pytest.approx(1.5, rel=0.01)
    assert few.factor == pytest.approx(1.5 ** (2 / (2 + BELIEF)))


def test_one_broken_down_lorry_moves_nothing() -> None:
    steady = [_journey(1.2)] * 20
    assert _only(calibration([*steady, _journey(7)])).median == 1.2


def test_a_wrong_clock_and_a_stone_s_throw_are_passed_over() -> None:
    short = Journey(mode=Mode.TRUCK, terrains=(RURAL, RURAL), planned_s=60, real_s=600)
    found = calibration([_journey(9), _journey(0.1), short, _journey(1)])
    assert (found.journeys_count, found.passed_over_count) == (1, 3)


def test_a_journey_counts_half_for_the_terrain_of_either_end() -> None:
    found = calibration([_journey(1.5, (Terrain.URBAN, RURAL))])
    assert [(row.terrain, row.journeys) for row in found.rows] == [(RURAL, 0.5), (Terrain.URBAN, 0.5)]


def test_what_the_plan_was_corrected_by_already_is_kept_and_corrected_further() -> None:
    again = calibration([_journey(1.0)] * 50, ((Mode.TRUCK, RURAL, 1.4),))
    assert _only(again).factor == pytest.approx(1.4)
    assert _only(calibration([], ((Mode.TRUCK, RURAL, 1.4),))).factor == pytest.approx(1.4)


@given(st.lists(st.floats(0.2, 6), max_size=30), st.randoms())
def test_the_order_of_journeys_does_not_matter(ratios, chance) -> None:  # type: ignore[no-untyped-def]
    found = calibration(map(_journey, ratios))
    chance.shuffle(ratios)
    assert calibration(map(_journey, ratios)) == found
    for row in found.rows:
        assert min(1, row.median) - 1e-9 <= row.factor <= max(1, row.median) + 1e-9


def test_the_file_is_read_back_as_factors_and_a_wrong_one_is_refused() -> None:
    found = calibration([_journey(1.5)] * 30)
    text = text_of(found, area="16.07", made_on="2024-02-20", against="estimate")
    assert factors_of(text) == ((Mode.TRUCK, RURAL, round(_only(found).factor, 3)),)
    twice = text + text[text.index("[[") :]
    for broken in ("nonsense", text.replace("truck", "tank"), text.replace("r = 1.", "r = 100."), twice):
        with pytest.raises(Refused, match="wrong_factors"):
            factors_of(broken)


def test_factors_lengthen_times_and_leave_metres_and_the_unreachable_alone() -> None:
    points = [point(0, 0), point(3, 0)]
    plain = Told(name="estimate", blocks={})
    slow = Told(name="estimate", blocks={}, factors=((Mode.TRUCK, RURAL, 1.5),))
    metres, seconds = ESTIMATE.matrices(points, TRUCK)
    longer = slow.matrices(points, TRUCK)
    assert np.array_equal(longer[0], metres) and longer[1][0, 1] == np.ceil(seconds[0, 1] * 1.5)
    assert np.array_equal(plain.matrices(points, TRUCK)[1], seconds)
    assert slow.told() != plain.told() and of_bytes(to_bytes(slow)) == slow
    assert slow.matrices(points, fleet().kinds[Mode.SPEEDBOAT])[1].max() < UNREACHABLE_S


def test_a_vehicle_of_its_own_speed_takes_so_much_less_of_what_was_told() -> None:
    points = [point(0, 0), point(3, 0), point(9, 0)]
    metres, seconds = ESTIMATE.matrices(points, TRUCK)
    seconds[0, 2] = UNREACHABLE_S
    places = {(one.lat, one.lon): number for number, one in enumerate(points)}
    block = Block(places=places, metres=metres, seconds=seconds)
    told = Told(name="roads", blocks={(Mode.TRUCK, (points[0].lat, points[0].lon)): block})
    own = told.matrices(points, replace(TRUCK, quicker=2.0))
    assert own[1][0, 1] == np.ceil(seconds[0, 1] / 2) and own[1][0, 2] == UNREACHABLE_S
    assert np.array_equal(own[0], metres)
    assert np.array_equal(told.matrices(points, TRUCK)[1], seconds)
