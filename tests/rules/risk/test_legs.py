"""Risk of a leg: its facts, its index, its roll-up."""

from dataclasses import replace

import numpy as np
import pytest

from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.legs import LegFacts, assess_legs, roll_up_legs
from kawal.rules.risk.spec import spec_of

from .shipped import data

SPEC = spec_of(data("route-leg-2024"))
EASY = LegFacts(
    code="16.07-to_pps-1", area="16.07.03", mode="truck", distance_km=10, hours=0.5, night=0, water_km=0,
    crossing_km=0, hazard=10, signal_gap=0, stations_count=4,
)  # fmt: skip
HARD = replace(
    EASY, code="16.07-to_ppk-2", area="16.07.04", mode="speedboat", distance_km=60, hours=9, night=0.5,
    water_km=60, crossing_km=25, hazard=70, signal_gap=1, stations_count=30,
)  # fmt: skip


def test_every_weight_of_a_leg_has_its_reason_in_both_languages() -> None:
    assert all(item.why_id and item.why_en and item.source for item in SPEC.indicators)
    assert all(node.why_id and node.why_en for node in SPEC.index.nodes if node is not SPEC.index.root)
    assert sum(item.weight for item in SPEC.indicators) == 100


def test_a_boat_by_night_is_worse_than_a_truck_by_day_and_says_why() -> None:
    (easy, hard), _ = assess_legs([EASY, HARD], SPEC)
    assert (easy.klass, hard.klass) == (RiskClass.LOW, RiskClass.SPECIAL)
    assert easy.score < 15 < 65 < hard.score
    assert {reason.indicator for reason in hard.reasons[:2]} == {"hazard", "mode"}
    assert sum(reason.points for reason in hard.reasons) == pytest.approx(hard.score)


@pytest.mark.parametrize(
    "change",
    [{"distance_km": 80.0}, {"hours": 6.0}, {"night": 0.5}, {"mode": "speedboat"}, {"water_km": 9.0},
     {"crossing_km": 9.0}, {"hazard": 40.0}, {"signal_gap": 0.5}, {"stations_count": 20}],
)  # fmt: skip
def test_whatever_makes_a_leg_harder_raises_its_score(change: dict[str, float]) -> None:
    (before, after), _ = assess_legs([EASY, replace(EASY, **change)], SPEC)  # type: ignore[arg-type]
    assert after.score > before.score


def test_what_is_not_known_hands_its_weight_on() -> None:
    blank = replace(EASY, crossing_km=np.nan, signal_gap=np.nan, hazard=np.nan)
    (found,), scores = assess_legs([blank], SPEC)
    assert scores.coverage[0] == pytest.approx(1 - (8 + 10 + 15) / 100)
    assert "hazard" not in {reason.indicator for reason in found.reasons}


def test_legs_are_rolled_up_by_stations_with_worst_and_counts() -> None:
    legs = [EASY, HARD]
    (easy, hard), scores = assess_legs(legs, SPEC)
    areas = roll_up_legs(legs, scores)
    assert list(areas) == ["", "16", "16.07", "16.07.03", "16.07.04"]
    assert areas["16.07"].score == pytest.approx((4 * easy.score + 30 * hard.score) / 34)
    assert areas["16.07"].worst is RiskClass.SPECIAL
    assert areas["16.07"].counts.tolist() == [1, 0, 0, 1]
    assert areas["16.07.03"].score == pytest.approx(easy.score)


def test_a_plan_without_trips_has_no_legs() -> None:
    found, scores = assess_legs([], SPEC)
    assert (found, roll_up_legs([], scores)) == ([], {})


def test_an_index_that_knows_one_boat_judges_every_boat_by_it() -> None:
    told = data("route-leg-2024")
    new, told["measures"]["mode"] = told["measures"]["mode"], {"truck": 0, "boat": 1, "foot": 0.5}
    old_index = spec_of(told)
    assert new["longboat"] == 1
    (before, after), _ = assess_legs([HARD, replace(HARD, mode="longboat")], old_index)
    assert before.score == after.score == assess_legs([HARD], SPEC)[0][0].score
