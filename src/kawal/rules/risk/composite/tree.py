"""The tree of a spec: dimensions in any depth, written one inside the other or by naming their parent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kawal.rules.risk.composite.framework import (
    Aggregation,
    Indicator,
    Judgements,
    Mean,
    Node,
    Weighting,
)
from kawal.rules.risk.composite.indicator_reading import Defaults, read_defaults, read_indicator
from kawal.rules.risk.composite.notices import Code
from kawal.rules.risk.composite.spelling import Section, as_number, as_ratio, plain


@dataclass(slots=True)
class _Draft:
    """A dimension while the file is read."""

    part: Section
    node: Node
    parent: str  # empty: the index itself
    given: Mapping[str, float] | None  # weights of the children, by code
    matrix: Any = None


@dataclass(slots=True)
class _Leaf:
    part: Section
    indicator: Indicator
    parent: str
    weighed: bool  # it states a weight of its own


def read_tree(
    head: Section, code: str, title_id: str, title_en: str, defaults: Defaults, aggregation: Aggregation
) -> Node:
    """The root with all below it; what is wrong is told to the head's notices."""
    root = _draft(head, code, (title_id, title_en), aggregation, "")
    drafts: dict[str, _Draft] = {}
    leaves: list[_Leaf] = []
    usual = Aggregation()
    _dimensions(head, "", drafts, leaves, defaults, usual)
    _indicators(head, "", leaves, defaults)
    codes = [draft.node.code for draft in drafts.values()]
    _by_code([*drafts.values(), *leaves], drafts)
    for place, leaf in enumerate(leaves):
        if leaf.indicator.code in codes or leaf.indicator.code in [x.indicator.code for x in leaves[:place]]:
            leaf.part.tell(Code.CODE_TWICE, "code", value=leaf.indicator.code)
    every: list[_Draft | _Leaf] = [*drafts.values(), *leaves]
    for item in every:
        if item.parent and item.parent not in drafts:
            item.part.tell(Code.PARENT_UNKNOWN, "dimension", value=item.parent, expected=", ".join(codes))
    if not leaves:
        head.tell(Code.KEY_MISSING, "indicator", expected="[[indicator]]")
    return _grown(root, "", drafts, leaves, ())


def _by_code(items: Sequence[_Draft | _Leaf], drafts: Mapping[str, _Draft]) -> None:
    """A parent may be named by its code or its name, in any spelling."""
    known: dict[str, str] = {}
    for code, draft in drafts.items():
        for told in (draft.node.name_id, draft.node.name_en, code):
            known[plain(told)] = code
    for item in items:
        if item.parent not in drafts:
            item.parent = known.get(plain(item.parent), item.parent)


def _dimensions(
    part: Section,
    parent: str,
    drafts: dict[str, _Draft],
    leaves: list[_Leaf],
    defaults: Defaults,
    usual: Aggregation,
) -> None:
    for inner in part.rows("dimension"):
        code = inner.needed("code", '"health"') or inner.where  # told already; it must not pass for the root
        names = inner.names("name", code)
        above = parent
        if isinstance(inner.raw("dimension"), str):
            above = inner.text("dimension")
        draft = _draft(inner, code, names, read_aggregation(inner, usual), above)
        if code in drafts:
            inner.tell(Code.CODE_TWICE, "code", value=code)
        drafts[code] = draft
        own = read_defaults(inner, defaults)
        _dimensions(inner, code, drafts, leaves, own, usual)
        _indicators(inner, code, leaves, own)
        inner.done()


def _draft(part: Section, code: str, names: tuple[str, str], aggregation: Aggregation, parent: str) -> _Draft:
    weighting, judgements, given, matrix = _weights(part)
    why = part.names("reason")
    node = Node(
        code=code,
        name_id=names[0],
        name_en=names[1],
        weight=(part.number("weight", 1.0, least=0) or 0.0) if part.where else 1.0,
        children=(),
        aggregation=aggregation,
        weighting=weighting,
        judgements=judgements,
        minimum_coverage=part.number("minimum_coverage", 0.0, least=0, most=1) or 0.0,
        why_id=why[0],
        why_en=why[1],
    )
    return _Draft(part, node, parent, given, matrix)


def _indicators(part: Section, parent: str, leaves: list[_Leaf], defaults: Defaults) -> None:
    for inner in part.rows("indicators"):
        above = inner.text("dimension", parent) if not parent or inner.has("dimension") else parent
        found = read_indicator(inner, defaults)
        leaves.append(_Leaf(inner, found, above.rsplit(".", 1)[-1], "weight" in inner.stated))


def read_aggregation(part: Section, default: Aggregation) -> Aggregation:
    """`aggregation = "geometric"`, a power as a number, or a table with method, power, inverted, on."""
    if not part.has("aggregation"):
        return default
    value = part.raw("aggregation")
    power = as_number(value)
    if power is not None:
        part.take("aggregation")
        return Aggregation(mean=Mean.POWER, power=power)
    if not isinstance(value, Mapping):
        mean = part.choice("aggregation", Mean, Mean.ARITHMETIC)
        if mean is Mean.POWER:
            part.tell(
                Code.KEY_MISSING, "aggregation", value="power", expected='{ method = "power", power = 0.5 }'
            )
        return Aggregation(mean=mean)
    inner = part.table("aggregation")
    exponent = inner.number("power")
    on = inner.numbers("on", 2)
    found = Aggregation(
        mean=inner.choice("method", Mean, Mean.POWER if exponent is not None else Mean.ARITHMETIC),
        power=1.0 if exponent is None else exponent,
        inverted=inner.flag("inverted"),
        on=(on[0], on[1]) if on else None,
    )
    inner.done()
    if found.mean is Mean.POWER and exponent is None:
        inner.tell(Code.KEY_MISSING, "power", expected="power = 0.5")
    if found.on and found.on[0] >= found.on[1]:
        inner.tell(Code.CONTRADICTION, "on", value=list(found.on), expected="[1, 10]")
    return found


def _weights(part: Section) -> tuple[Weighting, Judgements, Mapping[str, float] | None, Any]:
    value = part.raw("weights")
    part.has("weights")
    if value is None:
        return Weighting.GIVEN, Judgements(), None, None
    if not isinstance(value, Mapping):
        return part.choice("weights", Weighting, Weighting.GIVEN), Judgements(), None, None
    if not {"method", "judgements", "judgments", "matrix", "pairs"} & {str(key).lower() for key in value}:
        part.take("weights")
        given = {str(code): as_number(number) for code, number in value.items()}
        if any(number is None or number < 0 for number in given.values()):
            part.tell(Code.KIND_WRONG, "weights", value=value, expected="{ health = 1, income = 2 }")
        return Weighting.GIVEN, Judgements(), {code: number or 0.0 for code, number in given.items()}, None
    inner = part.table("weights", {"judgments": "judgements", "pairs": "judgements"})
    weighting = inner.choice("method", Weighting, Weighting.AHP)
    pairs, matrix, order = inner.take("judgements"), inner.take("matrix"), inner.take("order")
    for key in ("judgements", "matrix", "order"):
        inner.has(key)
    judgements = Judgements(
        pairs=_pairs(inner, pairs),
        by_mean=inner.text("vector", "eigenvector").startswith("geo"),
        refuse_above=inner.number("refuse_above", above=0),
    )
    inner.done()
    if weighting is Weighting.AHP and pairs is None and matrix is None:
        inner.tell(Code.KEY_MISSING, "judgements", expected='[["a", "b", 3]]')
    return weighting, judgements, None, (matrix, order)


def _pairs(inner: Section, pairs: Any) -> tuple[tuple[str, str, float], ...]:
    if pairs is None:
        return ()
    found = []
    for row in pairs if isinstance(pairs, list) else [pairs]:
        ratio = as_ratio(row[2]) if isinstance(row, list) and len(row) == 3 else None
        if ratio is None:
            inner.tell(Code.JUDGEMENTS_WRONG, "judgements", value=row, expected='["a", "b", 3]')
            continue
        found.append((str(row[0]), str(row[1]), ratio))
    return tuple(found)


def _grown(
    draft: _Draft, code: str, drafts: Mapping[str, _Draft], leaves: Sequence[_Leaf], above: tuple[str, ...]
) -> Node:
    """The draft with its children; a circle of parents is never reached from the root."""
    below = [item for item in drafts.values() if item.parent == code and item.node.code not in (*above, code)]
    own = [leaf for leaf in leaves if leaf.parent == code]
    children: list[Node | Indicator] = [
        _grown(item, item.node.code, drafts, leaves, (*above, code)) for item in below
    ]
    children += [leaf.indicator for leaf in own]
    stated = ["weight" in item.part.stated for item in below] + [leaf.weighed for leaf in own]
    children = _weighed(draft, children, stated)
    if not children and code:
        draft.part.tell(Code.NOTHING_BELOW, "code", value=code)
    if not code:
        _no_circle(drafts, leaves)
    judgements = draft.node.judgements
    if draft.node.weighting is Weighting.AHP:
        judgements = replace(judgements, pairs=_judged(draft, [child.code for child in children]))
    return replace(draft.node, children=tuple(children), judgements=judgements)


def _no_circle(drafts: Mapping[str, _Draft], leaves: Sequence[_Leaf]) -> None:
    for draft in drafts.values():
        seen, at = set(), draft.node.code
        while at in drafts and at not in seen:
            seen.add(at)
            at = drafts[at].parent
        if at:
            draft.part.tell(Code.CIRCLE, "dimension", value=draft.node.code)


def _weighed(draft: _Draft, children: list[Node | Indicator], stated: list[bool]) -> list[Node | Indicator]:
    """Children with the weights that their parent or they themselves give: all of them, or none."""
    if draft.given is not None:
        for code in draft.given:
            if code not in [child.code for child in children]:
                draft.part.tell(
                    Code.PARENT_UNKNOWN,
                    "weights",
                    value=code,
                    expected=", ".join(child.code for child in children),
                )
        lacking = [child.code for child in children if child.code not in draft.given]
        children = [replace(child, weight=draft.given.get(child.code, 0.0)) for child in children]
        if lacking or any(stated):
            draft.part.tell(
                Code.CONTRADICTION, "weights", value=", ".join(lacking), expected="every child, once"
            )
    elif draft.node.weighting is not Weighting.GIVEN:
        if any(stated):
            draft.part.tell(
                Code.CONTRADICTION, "weights", value=draft.node.weighting, expected='weights = "given"'
            )
    elif any(stated) and not all(stated):
        lacking = [child.code for child, told in zip(children, stated, strict=True) if not told]
        draft.part.tell(Code.KEY_MISSING, "weight", value=", ".join(lacking), expected="weight = 1")
    if children and sum(child.weight for child in children) <= 0:
        draft.part.tell(Code.NUMBER_OUT, "weights", value=0, expected="> 0")
    return children


def _judged(draft: _Draft, codes: Sequence[str]) -> tuple[tuple[str, str, float], ...]:
    """Every pair of children judged exactly once, from pairs or from a matrix."""
    matrix, order = draft.matrix if draft.matrix else (None, None)
    pairs = list(draft.node.judgements.pairs)
    named = [str(code) for code in order] if isinstance(order, list) else list(codes)
    if matrix is not None:
        pairs = _from_matrix(draft, matrix, named)
    for one, other, _ in pairs:
        for code in {one, other} - set(codes):
            draft.part.tell(Code.PARENT_UNKNOWN, "weights", value=code, expected=", ".join(codes))
    told = [frozenset((one, other)) for one, other, _ in pairs]
    for place, one in enumerate(codes):
        for other in codes[place + 1 :]:
            count = told.count(frozenset((one, other)))
            if count != 1:
                draft.part.tell(
                    Code.JUDGEMENTS_WRONG, "weights", value=f"{one}, {other}: {count}", expected="1"
                )
    return tuple(pairs)


def _from_matrix(draft: _Draft, matrix: Any, codes: Sequence[str]) -> list[tuple[str, str, float]]:
    rows = matrix if isinstance(matrix, list) else []
    ratios = [[as_ratio(cell) for cell in row] if isinstance(row, list) else [] for row in rows]
    if len(ratios) != len(codes) or any(len(row) != len(codes) or None in row for row in ratios):
        draft.part.tell(
            Code.JUDGEMENTS_WRONG, "weights", value="matrix", expected=f"{len(codes)} x {len(codes)}"
        )
        return []
    pairs = []
    for i, one in enumerate(codes):
        for j in range(i, len(codes)):
            there, back = ratios[i][j] or 0.0, ratios[j][i] or 0.0
            if abs(there * back - 1) > 0.02:
                draft.part.tell(
                    Code.JUDGEMENTS_WRONG,
                    "weights",
                    value=f"{one}, {codes[j]}: {there:g}, {back:g}",
                    expected="a, 1/a",
                )
            if i != j:
                pairs.append((one, codes[j], there))
    return pairs
