"""Missing data, coverage, rounding, ranks, outliers and other means: small cases by hand."""

import numpy as np
import pytest

from kawal.rules.risk.composite.compute import compute
from kawal.rules.risk.composite.notices import Code, Wrong
from kawal.rules.risk.composite.prepare import Mark, rounded

from .small import index, result, scores, table, two


def test_a_missing_value_hands_its_weight_to_its_sisters_or_its_dimension_counts_less() -> None:
    text = """
    %s
    [[indicators]]
    code = "a"
    goalposts = [0, 10]
    [[dimension]]
    code = "d"
    indicators = [{ code = "b", goalposts = [0, 10] }, { code = "c", goalposts = [0, 10] }]
    """
    fully = result(index(text % ""), [10.0, None, 0.0])  # b, c, a: dimensions come first
    assert fully.index.indicators[0].code == "b"
    assert fully.score[0] == pytest.approx(0.5)
    partly = result(index(text % 'partial = "by coverage"'), [10.0, None, 0.0])
    assert partly.score[0] == pytest.approx(1 / 3)
    assert fully.coverage[0] == partly.coverage[0] == pytest.approx(0.75)
    assert fully.climbed.coverage["d"][0] == pytest.approx(0.5)


def test_too_little_known_is_no_score_and_nothing_known_is_what_the_spec_says() -> None:
    strict = index(indicators=two(), minimum_coverage=0.6)
    found = result(strict, [5, 5], [5, None], [None, None])
    assert found.score.tolist() == pytest.approx([0.5, np.nan, np.nan], nan_ok=True)
    assert found.rank.tolist() == [1, 0, 0]
    assert found.notices.counts[Code.NOT_SCORED] == 2
    careful = index(indicators=two(), unknown_score=0.3)
    assert scores(careful, [5, None], [None, None]) == pytest.approx([0.5, 0.3])


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("mean", 4.0),
        ("median", 3.0),
        ("group mean", 5.5),
        ("group median", 5.5),
        (7, 7.0),
        ("neighbour", 4.0),
    ],
)
def test_a_gap_is_filled_by_the_rule_and_marked(rule: object, expected: float) -> None:
    rows = [[1.0, 1.0], [3.0, 2.0], [8.0, 3.0], [None, 2.0]]
    found = result(index(indicators=two(), missing=rule), *rows, groups=["x", "y", "y", "y"])
    assert found.prepared.values[3, 0] == pytest.approx(expected)
    assert found.prepared.marks[3, 0] & Mark.IMPUTED
    assert found.notices.counts[Code.IMPUTED] == 1
    assert found.coverage[3] == pytest.approx(0.5)  # what was put in was not known


def test_the_nearest_units_are_those_most_alike_in_the_other_indicators() -> None:
    rows = [[1.0, 1.0], [2.0, 1.2], [9.0, 9.0], [None, 1.1]]
    spec = index(indicators=two(), missing={"method": "neighbour", "neighbours": 2})
    assert result(spec, *rows).prepared.values[3, 0] == pytest.approx(1.5)


def test_a_list_of_what_is_affected_makes_the_unlisted_zero_where_its_group_is_covered() -> None:
    spec = index(indicators=two(missing="listed"))
    found = result(spec, [5.0, 5.0], [None, 5.0], [None, 5.0], groups=["x", "x", "y"])
    assert found.prepared.values[:, 0].tolist() == pytest.approx([5, 0, np.nan], nan_ok=True)


def test_a_value_that_may_not_be_missing_is_told_with_its_row() -> None:
    with pytest.raises(Wrong) as wrong:
        result(index(indicators=two(missing="refuse")), [1.0, 2.0], [None, 2.0])
    told = wrong.value.notices.kept
    assert [(one.code, one.field, one.row, one.value) for one in told] == [(Code.VALUE_MISSING, "a", 2, "u1")]


def test_numbers_are_rounded_as_people_do_where_the_spec_says() -> None:
    assert rounded(np.array([0.9255, 0.1235, -0.5, 2.5]), 3).tolist() == [0.926, 0.124, -0.5, 2.5]
    assert rounded(np.array([0.5, 1.5, -0.5]), 0).tolist() == [1, 2, -1]
    spec = index(indicators=two(), rounding={"indicators": 1, "score": 2})
    found = result(spec, [1.46, 2.44])
    assert found.norms[0].tolist() == [0.1, 0.2]
    assert (found.exact[0], found.score[0]) == (pytest.approx(0.15), 0.15)


def test_ranks_follow_the_stated_score_and_ties_share_the_first() -> None:
    spec = index(indicators=two(), digits=1)
    assert result(spec, [5.0, 5.0], [5.2, 5.0], [9, 9], [1, 1]).rank.tolist() == [2, 2, 1, 4]
    assert result(index(indicators=two(), rank="lowest"), [5, 5], [9, 9]).rank.tolist() == [1, 2]


def test_values_beyond_goalposts_are_held_or_let_go() -> None:
    held = result(index(indicators=two()), [12.0, 5.0])
    assert held.norms[0].tolist() == [1, 0.5]
    assert held.prepared.marks[0, 0] & Mark.HELD
    free = result(index(indicators=two(clip=False)), [12.0, -5.0])
    assert free.norms[0].tolist() == pytest.approx([1.2, -0.5])
    high = result(index(indicators=two(clip="high")), [12.0, -5.0])
    assert high.norms[0].tolist() == pytest.approx([1, -0.5])


def test_a_mean_that_cannot_take_a_negative_is_refused() -> None:
    with pytest.raises(Wrong) as wrong:
        result(index(indicators=two(clip=False), aggregation="geometric"), [12.0, -5.0])
    assert wrong.value.notices.kept[0].code is Code.NEGATIVE_IN_MEAN


def test_what_has_no_logarithm_is_told_with_its_row_unless_it_is_held() -> None:
    with pytest.raises(Wrong) as wrong:
        result(index(indicators=[{"code": "a", "scale": "log"}]), [10.0], [0.0])
    assert [(one.code, one.row) for one in wrong.value.notices.kept] == [(Code.NO_LOGARITHM, 2)]
    held = index(indicators=[{"code": "a", "scale": "log", "goalposts": [1, 100]}])
    assert scores(held, [10.0], [0.0]) == pytest.approx([0.5, 0])
    floored = index(indicators=[{"code": "a", "scale": "log", "floor": 1}])
    assert scores(floored, [100.0], [10.0], [0.0]) == pytest.approx([1, 0.5, 0])


def test_outliers_are_pulled_in_and_told() -> None:
    rows = [[float(one)] for one in (1, 2, 3, 4, 5, 6, 7, 8, 9, 1000)]
    skewed = result(index(indicators=[{"code": "a", "outliers": "skewness"}]), *rows)
    assert skewed.prepared.values[-1, 0] == 9
    assert skewed.notices.counts[Code.TREATED] == 1
    points = {"code": "a", "outliers": {"method": "winsorise", "low": 1, "high": 2}}
    assert result(index(indicators=[points]), *rows).prepared.values[:, 0].tolist() == [
        2,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        8,
        8,
    ]
    fences = result(index(indicators=[{"code": "a", "outliers": "fences"}]), *rows)
    assert fences.prepared.values[-1, 0] == 9
    percent = {"code": "a", "outliers": {"method": "percentiles", "low": 0, "high": 50}}
    assert result(index(indicators=[percent]), *rows).prepared.values[:, 0].max() == 5.5


def test_where_pulling_in_is_not_enough_the_other_way_is_taken() -> None:
    rows = [[float(2**one)] for one in range(24)]
    rule = {"method": "skewness", "points_max": 1, "otherwise": "log"}
    found = result(index(indicators=[{"code": "a", "outliers": rule}]), *rows)
    assert found.prepared.values[:, 0].tolist() == [row[0] for row in rows]
    assert np.diff(found.norms[:, 0]) == pytest.approx(np.full(23, 1 / 23))


def test_a_geometric_mean_of_what_is_lacking_is_informs() -> None:
    """INFORM (JRC): 10 - ((10-a)/10*9+1) geometric ((10-b)/10*9+1), rescaled; its worst cases stay apart."""
    spec = index(
        indicators=[{"code": code, "normalisation": "none"} for code in "ab"],
        range=[0, 10],
        aggregation={"method": "geometric", "inverted": True, "on": [1, 10]},
    )
    a, b = 8.0, 3.0
    by_hand = (10 - ((((10 - a) / 10 * 9 + 1) * ((10 - b) / 10 * 9 + 1)) ** 0.5)) / 9 * 10
    found = result(spec, [a, b], [10, 10], [0, 0])
    assert found.score.tolist() == pytest.approx([by_hand, 10, 0])
    parts = np.column_stack([found.climbed.parts[code] for code in "ab"]).sum(axis=1)
    assert parts == pytest.approx(found.exact)


def test_distance_to_a_reference() -> None:
    def spec(**more: object) -> object:
        return index(indicators=[{"code": "a", "normalisation": {"method": "reference", **more}}])

    rows = table([10.0], [12.0], [6.0])
    assert compute(spec(), rows).score.tolist() == pytest.approx([10 / 12, 1, 0.5])  # type: ignore[arg-type]
    assert compute(spec(reference=8), rows).score.tolist() == pytest.approx([1.25, 1.5, 0.75])  # type: ignore[arg-type]
    assert compute(spec(reference="u0"), rows).score.tolist() == pytest.approx([1, 1.2, 0.6])  # type: ignore[arg-type]
    with pytest.raises(Wrong) as wrong:
        compute(spec(reference="nobody"), rows)  # type: ignore[arg-type]
    assert wrong.value.notices.kept[0].code is Code.REFERENCE_MISSING


def test_ranks_percentiles_and_standard_scores_by_hand() -> None:
    rows = [[10.0], [30.0], [30.0], [50.0]]

    def normed(method: str, **more: object) -> list[float]:
        return (
            result(index(indicators=[{"code": "a", "normalisation": method, **more}]), *rows)
            .norms[:, 0]
            .tolist()
        )

    assert normed("rank") == [1, 2.5, 2.5, 4]
    assert normed("rank", direction="down") == [4, 2.5, 2.5, 1]
    assert normed("borda") == [0, 1.5, 1.5, 3]
    assert normed("percentile") == pytest.approx([0, 0.5, 0.5, 1])
    assert normed("z-score") == pytest.approx([-(2**0.5), 0, 0, 2**0.5])
    assert normed("z-score", direction="down", centre=100, spread=10)[0] == pytest.approx(100 + 10 * 2**0.5)
