"""Score, class, reasons and roll-up."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.composite.normalise import Ends, normalised
from kawal.rules.risk.scoring import assess, reasons, rolled_class, rollup, rollup_reasons, sureness
from kawal.rules.risk.spec import RiskSpec, spec_of

from .shipped import CODES, SPEC, data, values

SAFE = {indicator.code: indicator.safe for indicator in SPEC.indicators}
WORST = {indicator.code: indicator.worst for indicator in SPEC.indicators}
part = st.floats(min_value=-0.5, max_value=1.5)
rows = st.fixed_dictionaries({}, optional=dict.fromkeys(CODES, part))


def at(parts: dict[str, float]) -> dict[str, float]:
    """Values by how far they lie from safe (0) to worst (1)."""
    return {code: SAFE[code] + share * (WORST[code] - SAFE[code]) for code, share in parts.items()}


def test_all_safe_is_zero_and_all_worst_is_a_hundred() -> None:
    scores = assess(values(SAFE, WORST), SPEC)
    assert scores.score == pytest.approx([0, 100])
    assert list(scores.klass) == [RiskClass.LOW, RiskClass.SPECIAL]
    assert scores.coverage == pytest.approx([1, 1])


def test_goalposts_hold_what_lies_beyond_them() -> None:
    distance = SPEC.indicator("warehouse_km")
    part = Ends(0, 1)
    assert list(normalised(np.array([-5.0, 75.0, 900.0]), distance, part, distance.transform)) == [0, 0.5, 1]
    density = SPEC.indicator("density")
    found = normalised(np.array([0.0, 100.0, 5000.0, np.nan]), density, part, density.transform)
    assert found[:3] == pytest.approx([1, 0.5, 0])
    assert np.isnan(found[3])


@given(rows)
def test_points_add_up_to_the_score_and_reasons_are_largest_first(parts: dict[str, float]) -> None:
    scores = assess(values(at(parts)), SPEC)
    told = reasons(scores, 0, SPEC)
    assert {reason.indicator for reason in told} == set(parts)
    assert [reason.points for reason in told] == sorted((reason.points for reason in told), reverse=True)
    if parts:
        assert sum(reason.points for reason in told) == pytest.approx(scores.score[0])
    assert 0 <= scores.score[0] <= 100


@given(rows, st.sampled_from(CODES), part, part)
def test_a_value_nearer_to_the_worst_never_lowers_the_score(
    parts: dict[str, float], code: str, a: float, b: float
) -> None:
    better, worse = sorted((a, b))
    scores = assess(values(at({**parts, code: better}), at({**parts, code: worse})), SPEC)
    assert scores.score[0] <= scores.score[1] + 1e-9
    assert scores.klass[0] <= scores.klass[1] or scores.score[0] == pytest.approx(scores.score[1])


@given(rows, st.floats(min_value=0.001, max_value=1000))
def test_another_unit_of_weight_changes_nothing(parts: dict[str, float], factor: float) -> None:
    scaled = _with(weight=factor)
    assert assess(values(at(parts)), scaled).score == pytest.approx(assess(values(at(parts)), SPEC).score)


@given(rows, st.floats(min_value=0.001, max_value=1000))
def test_another_unit_of_measure_changes_nothing(parts: dict[str, float], factor: float) -> None:
    scaled = _with(value=factor)
    told = values(at(parts))
    assert assess(told * factor, scaled).score == pytest.approx(assess(told, SPEC).score)


def test_a_missing_value_hands_its_weight_to_the_others_and_shows() -> None:
    scores = assess(values({"warehouse_km": 75.0}, {"warehouse_km": 75.0, "district_km": 20.0}), SPEC)
    assert scores.score == pytest.approx([50, 50])
    weights = {indicator.code: indicator.weight for indicator in SPEC.indicators}
    whole = sum(weights.values())
    assert scores.coverage == pytest.approx(
        [weights["warehouse_km"] / whole, (weights["warehouse_km"] + weights["district_km"]) / whole]
    )


def test_where_nothing_is_known_the_class_is_vulnerable_and_not_low() -> None:
    scores = assess(values({}), SPEC)
    assert scores.klass[0] == RiskClass.VULNERABLE
    assert scores.coverage[0] == 0
    assert reasons(scores, 0, SPEC) == []


@pytest.mark.parametrize(
    ("score", "klass"),
    [(0, 1), (29.9, 1), (30, 2), (44.9, 2), (45, 3), (64.9, 3), (65, 4), (100, 4)],
)
def test_a_class_begins_at_its_threshold(score: float, klass: int) -> None:
    assert SPEC.class_of(score) == klass
    only = {"warehouse_km": 1.5 * score}
    assert assess(values(only), SPEC).klass[0] == klass


def test_a_table_of_another_width_is_a_bug() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        assess(np.zeros((2, 3)), SPEC)


def test_a_roll_up_is_weighted_by_voters_and_names_the_worst() -> None:
    scores = assess(values({"warehouse_km": 15.0}, {"warehouse_km": 150.0}), SPEC)
    rolled = rollup(scores, np.array([0, 1]), [900, 100])
    assert rolled.score == pytest.approx(0.9 * 10 + 0.1 * 100)
    assert list(rolled.counts) == [1, 0, 0, 1]
    assert rolled.worst is RiskClass.SPECIAL
    told = rollup_reasons(rolled, SPEC)
    assert [(reason.indicator, reason.points) for reason in told] == [("warehouse_km", pytest.approx(19))]


@given(st.lists(st.tuples(rows, st.integers(min_value=0, max_value=500)), min_size=2, max_size=8))
def test_rolling_up_in_parts_is_rolling_up_the_whole(villages: list[tuple[dict[str, float], int]]) -> None:
    scores = assess(values(*(at(parts) for parts, _ in villages)), SPEC)
    voters = [count for _, count in villages]
    half = len(villages) // 2
    everything = np.arange(len(villages))
    whole = rollup(scores, everything, voters)
    parts = rollup(scores, everything[:half], voters) + rollup(scores, everything[half:], voters)
    assert parts.score == pytest.approx(whole.score)
    assert list(parts.counts) == list(whole.counts)
    assert min(scores.score) - 1e-9 <= whole.score <= max(scores.score) + 1e-9


def _with(*, weight: float = 1, value: float = 1) -> RiskSpec:
    """The shipped spec in other units; a value of zero has no unit but zero."""
    changed = data("route-custody-2024")
    for dimension in changed["dimension"]:
        dimension["weight"] = float(dimension["weight"]) * weight
        for indicator in dimension["indicator"]:
            for key, factor in (("weight", weight), ("safe", value), ("worst", value)):
                indicator[key] = float(indicator[key]) * factor
    return spec_of(changed)


def test_a_threshold_written_as_a_decimal_is_taken() -> None:
    changed = data("route-custody-2024")
    changed["classes"]["thresholds"]["vulnerable"] = Decimal("33.3")
    assert spec_of(changed).class_of(33) is RiskClass.LOW


def test_how_sure_a_class_is_follows_from_how_near_its_threshold_lies() -> None:
    near, far = at(dict.fromkeys(CODES, 0.302)), at(dict.fromkeys(CODES, 0.05))
    told = sureness(values(near, far), SPEC, 60)
    assert sureness(values(near, far), SPEC, 60) == told
    assert 0 < told[0].changes < 0.6
    assert told[1].changes == 0
    assert all(sum(one.shares) == pytest.approx(1) for one in told)
    score = assess(values(near), SPEC).score[0]
    assert told[0].low <= score <= told[0].high
    assert sureness(values(), SPEC) == []


@pytest.mark.parametrize(
    ("rule", "klass"),
    [("of score", 2), ("highest", 4), ("lowest", 1), ("most", 1)],
    ids=lambda told: str(told),
)
def test_the_class_of_an_area_above_follows_the_rule_of_the_spec(rule: str, klass: int) -> None:
    changed = data("route-custody-2024")
    changed["rollup"]["class"] = rule
    spec = spec_of(changed)
    villages = values({"warehouse_km": 15.0}, {"warehouse_km": 15.0}, {"warehouse_km": 150.0})
    sums = rollup(assess(villages, spec), np.arange(3), [100, 100, 100])
    assert rolled_class(sums, spec) == klass
