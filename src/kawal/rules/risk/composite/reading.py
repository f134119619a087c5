"""A spec file (a table of tables, parsed elsewhere) -> the index, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kawal.rules.risk.composite.framework import (
    OUTRANKING,
    Aggregation,
    Breaks,
    Choices,
    Classes,
    Columns,
    Digits,
    Filling,
    Index,
    Indicator,
    Mean,
    Method,
    Missing,
    Noise,
    RollClass,
    Rolling,
    RollScore,
    Treatment,
    Weighting,
)
from kawal.rules.risk.composite.indicator_reading import (
    Defaults,
    read_defaults,
    read_noise,
)
from kawal.rules.risk.composite.notices import Code, Notices, Wrong
from kawal.rules.risk.composite.spelling import Section, as_number, as_share, plain, word
from kawal.rules.risk.composite.tree import read_aggregation, read_tree
from kawal.rules.risk.composite.weights import judged

_HEAD = {"title": "title", "id": "name", "scale": "multiply", "parent": "parent", "why": "why"}


def read_index(data: Mapping[str, Any], file: str = "") -> Index:
    """Raises `Wrong` with a notice for each thing that is wrong, naming key and mend."""
    notices = Notices(file)
    own = data.get("index")
    if isinstance(own, Mapping) and "code" not in own:  # `[index]` for what may stand at the top as well
        data = {**{key: value for key, value in data.items() if key != "index"}, **own}
    head = Section(data, "", notices, _HEAD)
    name = head.needed("name", '"my-index"')
    title_id, title_en = head.names("title", name)
    span = head.numbers("range", 2) or (0.0, 1.0)
    if span[0] >= span[1]:
        head.tell(Code.CONTRADICTION, "range", value=list(span), expected="[0, 100]")
    defaults = read_defaults(head, Defaults(None, Filling(), Treatment()))
    aggregation = read_aggregation(head, Aggregation())
    root = read_tree(head, name or "index", title_id, title_en, defaults, aggregation)
    index = Index(
        name=name,
        title_id=title_id,
        title_en=title_en,
        publisher=head.text("publisher"),
        date=head.text("date"),
        source=head.text("source"),
        licence=head.text("licence"),
        root=root,
        low=span[0],
        high=span[1],
        multiply=head.number("multiply", 1.0, above=0) or 1.0,
        classes=_classes(head),
        digits=_digits(head),
        columns=_columns(head),
        high_first=_high_first(head),
        by_coverage=_by_coverage(head),
        unknown_score=head.number("unknown_score"),
        choices=_choices(head),
        rolling=_rolling(head),
        measures=_settings(head, "measures"),
    )
    head.done()
    _possible(index, notices)
    _consistent(index, notices)
    if notices.errors_count:
        raise Wrong(notices)
    return index


def _consistent(index: Index, notices: Notices) -> None:
    """Judgements above the limit that the spec itself sets are refused."""
    for node in index.nodes:
        limit = node.judgements.refuse_above
        if node.weighting is not Weighting.AHP or limit is None or notices.errors_count:
            continue
        ratio = judged(node.judgements, [child.code for child in node.children]).ratio
        if ratio > limit:
            notices.add(Code.JUDGEMENTS_WRONG, node.code, value=f"{ratio:.3f}", expected=f"<= {limit:g}")


def _possible(index: Index, notices: Notices) -> None:
    """A geometric or harmonic mean needs children that are never negative."""
    for node in index.nodes:
        mean = node.aggregation.mean
        signed = [
            child.code
            for child in node.children
            if (isinstance(child, Indicator) and child.normalisation.method is Method.Z_SCORE)
            or (isinstance(child, Indicator) and child.normalisation.method is Method.NONE and index.low < 0)
        ]
        if mean in (Mean.GEOMETRIC, Mean.HARMONIC) and signed:
            notices.add(
                Code.MEAN_IMPOSSIBLE, node.code, value=f"{mean}: {', '.join(signed)}", expected="min_max"
            )
    if index.classes.breaks is Breaks.THRESHOLDS and index.root.aggregation.mean not in OUTRANKING:
        top = index.high * index.multiply
        methods = {item.normalisation.method for item in index.indicators}
        if methods <= {Method.GOALPOSTS, Method.MIN_MAX, Method.PERCENTILE}:
            for found in index.classes.thresholds:
                if not index.low * index.multiply < found <= top:
                    notices.add(
                        Code.NUMBER_OUT,
                        "classes.thresholds",
                        value=f"{found:g}",
                        expected=f"{index.low * index.multiply:g} - {top:g}",
                    )


def _digits(head: Section) -> Digits:
    part = head.table("rounding", {"dimension": "dimensions"}) if head.has("rounding") else None
    score = head.whole("digits") if head.has("digits") else None
    if part is None:
        return Digits(score=score)
    found = Digits(
        score=part.whole("score", score),
        dimensions=part.whole("dimension") if part.has("dimension") else part.whole("dimensions"),
        indicators=part.whole("indicators"),
    )
    part.done()
    return found


def _columns(head: Section) -> Columns:
    if not head.has("data"):
        return Columns()
    part = head.table(
        "data", {"id": "id", "key": "id", "code": "id", "region": "group", "population": "weight"}
    )
    found = Columns(
        id=part.text("id"),
        name=part.text("name"),
        group=part.text("group"),
        weight=part.text("weight"),
        decimal=part.text("decimal"),
    )
    if found.decimal not in {"", ",", "."}:
        part.tell(Code.WORD_UNKNOWN, "decimal", value=found.decimal, expected='",", "."')
    part.done()
    return found


def _classes(head: Section) -> Classes:
    """Names from the lowest score up; `thresholds` lists the least score of each but the lowest."""
    if not head.has("classes"):
        return Classes()
    if isinstance(head.raw("classes"), list):
        return _listed_classes(head)
    if not isinstance(head.raw("classes"), Mapping):
        breaks = head.choice("classes", Breaks, Breaks.NONE)
        return Classes(breaks=breaks, names=_numbered(4) if breaks is not Breaks.NONE else ())
    part = head.table(
        "classes", {"breaks": "thresholds", "threshold": "thresholds", "title": "names", "name": "names"}
    )
    names = part.take("names")
    titles = [str(item) for item in names] if isinstance(names, list) else []
    part.has("names")
    thresholds: tuple[float, ...] = ()
    if part.has("thresholds"):
        if isinstance(part.raw("thresholds"), Mapping):
            titles, thresholds = _named_thresholds(part, titles)
        else:
            thresholds = part.numbers("thresholds") or ()
    usual = Breaks.THRESHOLDS if thresholds else Breaks.QUANTILES
    breaks = part.choice("method", Breaks, usual)
    count = part.whole("count", len(titles) or len(thresholds) + 1, least=2) or 2
    source = part.text("source")
    part.done()
    if breaks is Breaks.THRESHOLDS and (not thresholds or list(thresholds) != sorted(set(thresholds))):
        part.tell(Code.CONTRADICTION, "thresholds", value=list(thresholds), expected="[0.55, 0.7, 0.8]")
    if breaks is not Breaks.THRESHOLDS and thresholds:
        part.tell(Code.CONTRADICTION, "thresholds", value=breaks, expected='method = "thresholds"')
    count = len(thresholds) + 1 if breaks is Breaks.THRESHOLDS else count
    if titles and len(titles) != count:
        part.tell(Code.CONTRADICTION, "names", value=len(titles), expected=count)
    return Classes(
        breaks=breaks, names=tuple(titles) or _numbered(count), thresholds=thresholds, source=source
    )


def _listed_classes(head: Section) -> Classes:
    """`[[class]]` with `name` and `from`, in any order."""
    found = []
    for part in head.rows("classes"):
        part.has("from")
        name, low, least = part.needed("name"), part.number("from"), part.number("min")
        part.done()
        low = least if low is None else low
        if low is None:
            part.tell(Code.KEY_MISSING, "from", expected="from = 0.55")
        found.append((low or 0.0, name))
    found.sort()
    if len({low for low, _ in found}) < len(found):
        head.tell(Code.CONTRADICTION, "classes", value="from", expected="rising")
    return Classes(
        breaks=Breaks.THRESHOLDS,
        names=tuple(name for _, name in found),
        thresholds=tuple(low for low, _ in found[1:]),
    )


def _named_thresholds(part: Section, titles: list[str]) -> tuple[list[str], tuple[float, ...]]:
    """`{ low = 0, medium = 0.55, high = 0.7 }`: the lowest class has no threshold that counts."""
    given = part.take("thresholds")
    numbers = [as_number(value) for value in given.values()]
    if None in numbers:
        part.tell(Code.KIND_WRONG, "thresholds", value=given, expected="{ low = 0, high = 0.7 }")
        return titles, ()
    found = sorted(zip((n for n in numbers if n is not None), map(str, given), strict=True))
    if titles and len(titles) == len(found) + 1:
        return titles, tuple(number for number, _ in found)
    return [name for _, name in found], tuple(number for number, _ in found[1:])


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(str(place) for place in range(1, count + 1))


def _high_first(head: Section) -> bool:
    value = head.text("rank", "highest")
    found = word(value, ["highest", "lowest"])
    if found is None:
        head.tell(Code.WORD_UNKNOWN, "rank", value=value, expected="highest, lowest")
    return found != "lowest"


def _by_coverage(head: Section) -> bool:
    value = head.text("partial", "fully")
    if plain(value) not in {"fully", "by_coverage"}:
        head.tell(Code.WORD_UNKNOWN, "partial", value=value, expected="fully, by_coverage")
    return plain(value) == "by_coverage"


def _settings(head: Section, key: str) -> Mapping[str, Any]:
    if not head.has(key):
        return {}
    value = head.take(key)
    if not isinstance(value, Mapping):
        head.tell(Code.KIND_WRONG, key, value=value, expected=f"[{key}]")
        return {}
    return value


def _rolling(head: Section) -> Rolling:
    if not head.has("rollup"):
        return Rolling()
    part = head.table("rollup", {"class": "class"})
    found = Rolling(
        score=part.choice("score", RollScore, RollScore.WEIGHTED_MEAN),
        klass=part.choice("class", RollClass, RollClass.OF_SCORE),
    )
    part.done()
    return found


def _choices(head: Section) -> Choices:
    usual = Choices()
    if not head.has("robustness"):
        return usual
    part = head.table("robustness")
    vary, concentration = usual.weights_vary, usual.concentration
    if isinstance(part.raw("weights"), Mapping):
        inner = part.table("weights", {"dirichlet": "concentration"})
        vary = _share(inner, "vary", vary)
        concentration = inner.number("concentration", above=0)
        inner.text("method")
        inner.done()
    elif part.has("weights"):
        vary = _share(part, "weights", vary)
    found = Choices(
        weights_vary=vary,
        concentration=concentration,
        normalisation=part.words("normalisation", Method),
        aggregation=part.words("aggregation", Mean),
        missing=part.words("missing", Missing),
        noise=read_noise(part, Noise()),
        replications=part.whole("replications", usual.replications, least=2) or usual.replications,
        seed=part.whole("seed", usual.seed) or 0,
    )
    part.done()
    return found


def _share(part: Section, key: str, default: float) -> float:
    value = part.take(key)
    found = default if value is None else as_share(value)
    if found is None or not 0 <= found < 1:
        part.tell(Code.KIND_WRONG, key, value=value, expected='"25 %"')
        return default
    return found
