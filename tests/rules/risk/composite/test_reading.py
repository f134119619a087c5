"""A spec is read forgivingly in spelling and strictly in meaning; everything wrong is told at once."""

import pytest

from kawal.rules.risk.composite.framework import (
    Direction,
    Indicator,
    Mean,
    Method,
    Missing,
    Transform,
    Weighting,
)
from kawal.rules.risk.composite.notices import Code

from .small import codes, index, refused


def one(code: str) -> str:
    return f'[[indicator]]\ncode = "{code}"\n'


ONE = one("a")
NAMED = 'name = "small"\n' + ONE


def only(text: str) -> Indicator:
    return index(ONE + text).indicators[0]


@pytest.mark.parametrize("word", ["Min-Max", "min max", "minmax", "MIN_MAX", "rescaling"])
def test_a_word_may_be_spelt_in_any_usual_way(word: str) -> None:
    assert only(f'normalization = "{word}"').normalisation.method is Method.MIN_MAX


def test_keys_too() -> None:
    found = only(
        'Polarity = "decreasing"\nTransformation = "ln"\nImputation = "KNN"\nMinimum = 1\nmaximum = 9\n'
    )
    assert found.direction is Direction.DOWN
    assert found.transform is Transform.LOG
    assert found.missing is Missing.NEIGHBOUR
    assert (found.normalisation.method, found.normalisation.low) == (Method.GOALPOSTS, 1)


def test_dimensions_may_stand_inside_or_name_their_parent_and_tables_may_carry_their_names() -> None:
    inside = """
    [[dimension]]
    code = "d"
    weight = 2
    aggregation = "geometric mean"
    [[dimension.dimension]]
    code = "e"
    [[dimension.dimension.indicator]]
    code = "a"
    [[dimension]]
    code = "f"
    weight = 1
    [[dimension.indicator]]
    code = "b"
    """
    named = """
    [dimensions.d]
    weight = 2
    aggregation = "geometric"
    [dimensions.e]
    parent = "d"
    [dimensions.f]
    weight = 1
    [indicators.a]
    dimension = "e"
    [indicators.b]
    dimension = "f"
    """
    for text in (inside, named):
        found = index(text)
        assert {code: node.code for code, node in found.parents().items()} == {
            "a": "e", "e": "d", "d": "small", "b": "f", "f": "small",
        }  # fmt: skip
        assert {node.code: node.aggregation.mean for node in found.nodes}["d"] is Mean.GEOMETRIC
        assert [child.weight for child in found.root.children] == [2, 1]


def test_other_usual_forms_are_taken_too() -> None:
    text = """
    [index]
    name = "x"
    aggregation = "mean"
    [[class]]
    name = "high"
    from = 0.6
    [[class]]
    name = "low"
    from = 0
    [[dimension]]
    code = "living"
    name = "Decent standard of living"
    [[indicator]]
    code = "income"
    dimension = "decent standard of living"
    log = true
    goalposts = { min = 100, max = 75000 }
    """
    found = index(text)
    assert (found.name, found.classes.names, found.classes.thresholds) == ("x", ("low", "high"), (0.6,))
    assert found.parents()["income"].code == "living"
    assert found.indicators[0].transform is Transform.LOG


def test_a_dimension_may_say_what_holds_for_its_indicators() -> None:
    text = """
    missing = "mean"
    [[dimension]]
    code = "d"
    normalisation = "rank"
    missing = "median"
    [[dimension.indicator]]
    code = "a"
    [[dimension.indicator]]
    code = "b"
    normalisation = "borda"
    [[indicator]]
    code = "c"
    """
    a, b, c = index(text).indicators
    assert [item.normalisation.method for item in (a, b, c)] == [Method.RANK, Method.BORDA, Method.MIN_MAX]
    assert [item.missing for item in (a, b, c)] == [Missing.MEDIAN, Missing.MEDIAN, Missing.MEAN]


def test_the_order_of_goalposts_must_agree_with_the_direction() -> None:
    assert only('goalposts = [1000, 10]\ndirection = "down"').safe == 1000
    assert only("safe = 1000\nworst = 10").direction is Direction.DOWN
    assert codes(NAMED + "goalposts = [1000, 10]") == [(Code.CONTRADICTION, "indicator[1].goalposts")]
    wrong = NAMED + 'safe = 10\nworst = 20\ndirection = "down"'
    assert (Code.CONTRADICTION, "indicator[1].direction") in codes(wrong)


def test_better_and_worse_are_not_directions_for_an_index_may_count_either() -> None:
    assert codes(NAMED + 'direction = "higher is better"') == [(Code.WORD_UNKNOWN, "indicator[1].direction")]


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("", Code.KEY_MISSING, "name"),
        ('name = "x"', Code.KEY_MISSING, "indicator"),
        (ONE + "wieght = 2", Code.KEY_UNKNOWN, "indicator[1].wieght"),
        (ONE + 'weight = "2"', Code.KIND_WRONG, "indicator[1].weight"),
        (ONE + "weight = -1", Code.NUMBER_OUT, "indicator[1].weight"),
        (ONE + "goalposts = [1]", Code.KIND_WRONG, "indicator[1].goalposts"),
        (ONE + "goalposts = [3, 3]", Code.CONTRADICTION, "indicator[1].goalposts"),
        (ONE + 'goalposts = [0, 9]\nscale = "log"', Code.NUMBER_OUT, "indicator[1].goalposts"),
        (ONE + 'goalposts = [1, 9]\nnormalisation = "rank"', Code.CONTRADICTION, "indicator[1].goalposts"),
        (ONE + 'normalisation = "goalposts"', Code.KEY_MISSING, "indicator[1].goalposts"),
        (ONE + 'dimension = "nowhere"', Code.PARENT_UNKNOWN, "indicator[1].dimension"),
        (ONE + 'missing = "constant"', Code.KEY_MISSING, "indicator[1].missing"),
        (ONE + ONE, Code.CODE_TWICE, "indicator[2].code"),
        (ONE + one("b") + "weight = 2", Code.KEY_MISSING, "weight"),
        ('aggregation = "geometric"\n' + ONE + 'normalisation = "z"', Code.MEAN_IMPOSSIBLE, "small"),
        ("[classes]\nthresholds = [0.5, 0.4]\n" + ONE, Code.CONTRADICTION, "classes.thresholds"),
        ("[classes]\nthresholds = [50]\n" + ONE, Code.NUMBER_OUT, "classes.thresholds"),
        ('[classes]\nthresholds = [0.5]\nnames = ["x"]\n' + ONE, Code.CONTRADICTION, "classes.names"),
        ('[[dimension]]\ncode = "d"\n' + ONE, Code.NOTHING_BELOW, "dimension[1].code"),
        ('weights = { judgements = [["a", "b", 3]] }\n' + ONE, Code.PARENT_UNKNOWN, "weights"),
        ("weights = { b = 1 }\n" + ONE, Code.PARENT_UNKNOWN, "weights"),
        ('weights = "entropy"\n' + ONE + "weight = 1", Code.CONTRADICTION, "weights"),
        ("range = [1, 0]\n" + ONE, Code.CONTRADICTION, "range"),
        ("digits = 2.5\n" + ONE, Code.KIND_WRONG, "digits"),
        ('rank = "best"\n' + ONE, Code.WORD_UNKNOWN, "rank"),
    ],
)
def test_what_is_wrong_is_told_by_number_and_place(text: str, code: Code, field: str) -> None:
    named = text if not text or text.startswith("name") else f'name = "small"\n{text}'
    assert (code, field) in codes(named)


def test_a_circle_of_dimensions_is_told() -> None:
    text = 'name = "x"\n' + ONE + '[dimensions.d]\nparent = "e"\n[dimensions.e]\nparent = "d"\n'
    assert (Code.CIRCLE, "dimension.d.parent") in [
        (one.code, one.field.replace("dimensions", "dimension")) for one in refused(text)
    ]


def test_a_misspelt_word_is_answered_with_the_nearest_one() -> None:
    (told,) = refused('name = "x"\n' + ONE + 'normalisation = "percentil"')
    assert (told.code, told.value, told.expected) == (Code.WORD_UNKNOWN, "percentil", "percentile")
    (told,) = refused('name = "x"\nagregation = "geometric"\n' + ONE)
    assert (told.code, told.expected) == (Code.KEY_UNKNOWN, "aggregation")


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert len(refused('name = "x"\nrange = [1, 0]\n' + ONE + "weight = -1\ncolour = 3")) == 3


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ('[["a", "b", 3], ["a", "c", 5]]', Code.JUDGEMENTS_WRONG),
        ('[["a", "b", 3], ["b", "a", 3], ["a", "c", 5], ["b", "c", 2]]', Code.JUDGEMENTS_WRONG),
        ('[["a", "b", 0], ["a", "c", 5], ["b", "c", 2]]', Code.JUDGEMENTS_WRONG),
        ('[["a", "b", 3], ["a", "c", 5], ["b", "d", 2]]', Code.PARENT_UNKNOWN),
    ],
)
def test_every_pair_is_judged_exactly_once(pairs: str, code: Code) -> None:
    text = f'name = "x"\nweights = {{ judgements = {pairs} }}\n' + "".join(map(one, "abc"))
    assert code in [told.code for told in refused(text)]


def test_judgements_may_stand_in_a_matrix() -> None:
    items = [{"code": "a"}, {"code": "b"}]
    found = index(indicators=items, weights={"matrix": [[1, "1/3"], [3, 1]]})
    assert found.root.weighting is Weighting.AHP
    assert found.root.judgements.pairs == (("a", "b", pytest.approx(1 / 3)),)
