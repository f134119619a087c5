"""What happens moves an indicator and fades; pure of order, of clock, and bounded by the goalposts."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.custody.event import INCIDENT_KINDS
from kawal.rules.refusals import Refused
from kawal.rules.risk.living import (
    Influence,
    Net,
    living_of,
    moved,
    nets_of,
    next_look,
    over_at,
    strength_at,
)

AT = datetime(2024, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
VILLAGE = "16.07.03.2001"


def data() -> dict[str, Any]:
    text = (files("kawal.rules.risk") / "living-2024.toml").read_text("utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def influence(key: str = "a", *, strength: float = 0.8, area: str = "16.07", **more: Any) -> Influence:
    told = {
        "key": key, "kind": "incident.flood", "area_code": area, "indicator": "disaster",
        "strength": strength, "begins_at": AT, "ends_at": AT + 24 * HOUR, "half_life": 36 * HOUR,
    }  # fmt: skip
    return Influence(**(told | more))


influences = st.lists(
    st.builds(
        influence,
        st.text("abcdef", min_size=1, max_size=4),
        strength=st.floats(-1, 1).filter(lambda s: abs(s) > 0.02),
        begins_at=st.integers(-48, 48).map(lambda h: AT + h * HOUR),
        area=st.sampled_from(["", "16.07", "16.07.03", "16.08"]),
    ),
    unique_by=lambda one: one.key,
    max_size=6,
)
hours = st.floats(-100, 1000)


def test_it_holds_until_its_end_and_then_halves_with_every_half_life() -> None:
    one = influence()
    assert strength_at(one, AT - HOUR) == 0
    assert strength_at(one, AT) == strength_at(one, AT + 24 * HOUR) == 0.8
    assert strength_at(one, AT + 60 * HOUR) == pytest.approx(0.4)
    assert strength_at(one, AT + 96 * HOUR) == pytest.approx(0.2)


def test_it_is_over_in_the_end_and_says_when() -> None:
    one = influence()
    over = over_at(one)
    assert over is not None
    assert strength_at(one, over - HOUR) > 0
    assert strength_at(one, over + HOUR) == 0
    assert over_at(influence(ends_at=None)) is None
    assert strength_at(influence(ends_at=None), AT + 5000 * HOUR) == 0.8


def test_what_is_taken_back_leaves_nothing() -> None:
    one = influence(ended_at=AT + 2 * HOUR)
    assert (strength_at(one, AT + HOUR), strength_at(one, AT + 2 * HOUR)) == (0.8, 0)


@given(influences, hours)
def test_the_order_in_which_things_are_told_changes_nothing(made: list[Influence], hour: float) -> None:
    now = AT + hour * HOUR
    assert nets_of(VILLAGE, made, now) == nets_of(VILLAGE, reversed(made), now)


@given(influences, hours)
def test_together_they_never_pass_the_goalposts(made: list[Influence], hour: float) -> None:
    for net in nets_of(VILLAGE, made, AT + hour * HOUR).values():
        assert 0 <= net.worse <= 1 and 0 <= net.better <= 1
        assert 0 <= moved(0.3, net, safe=0, worst=1) <= 1
        assert 0 <= moved(0.3, net, safe=1, worst=0) <= 1


@given(influences, st.floats(0.03, 1), hours, st.floats(0, 1))
def test_one_more_bad_thing_never_makes_it_better(
    made: list[Influence], strength: float, hour: float, value: float
) -> None:
    now, more = AT + hour * HOUR, influence("zzzzz", strength=strength)

    def at(told: list[Influence]) -> float:
        return moved(value, nets_of(VILLAGE, told, now).get("disaster", Net()), safe=0, worst=1)

    assert at([*made, more]) >= at(made) - 1e-12


def test_an_influence_holds_for_its_area_and_all_below_and_not_beside() -> None:
    one = influence(area="16.07.03")
    assert nets_of(VILLAGE, [one], AT)["disaster"].worse == 0.8
    assert nets_of("16.07.03", [one], AT)
    assert nets_of("16.07", [one], AT) == nets_of("16.07.04.2001", [one], AT) == {}


@pytest.mark.parametrize(
    ("value", "net", "safe", "worst", "after"),
    [
        (0.2, Net(worse=0.5), 0, 1, 0.6),
        (0.2, Net(better=0.5), 0, 1, 0.1),
        (0.9, Net(worse=0.5), 1, 0, 0.45),  # a signal falls
        (math.nan, Net(worse=0.5), 0, 1, 0.5),
        (200.0, Net(worse=0.5), 0, 150, 200.0),  # beyond the worst: not pulled back to it
        (-5.0, Net(better=0.5), 0, 150, -5.0),
    ],
)
def test_a_value_moves_by_its_share_of_the_way(
    value: float, net: Net, safe: float, worst: float, after: float
) -> None:
    assert moved(value, net, safe=safe, worst=worst) == pytest.approx(after)


def test_the_next_look_is_at_the_next_beginning_or_end_or_while_something_fades_in_a_while() -> None:
    every = 3 * HOUR
    assert next_look([influence()], AT - HOUR, every) == AT
    assert next_look([influence()], AT, every) == AT + 24 * HOUR
    assert next_look([influence()], AT + 30 * HOUR, every) == AT + 33 * HOUR
    assert next_look([influence()], AT + 5000 * HOUR, every) is None
    assert next_look([influence(ends_at=None)], AT + HOUR, every) is None


def test_the_shipped_table_knows_every_incident_of_custody_but_the_other() -> None:
    kinds = living_of(data()).kinds
    told = {code.partition(".")[2] for code in kinds if code.startswith("incident.")}
    assert told == set(INCIDENT_KINDS) - {"other"}
    assert all(kind.why_id and kind.why_en for kind in kinds.values())


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        (lambda file: file["kind"][0].update(strength=2), "kind[1].strength", "must_be_share_of_way"),
        (lambda file: file["kind"][0].update(strength=0), "kind[1].strength", "must_be_share_of_way"),
        (lambda file: file["kind"][1].update(half_life_h=0), "kind[2].half_life_h", "must_be_positive"),
        (lambda file: file["kind"][1].update(lasts_h=-1), "kind[2].lasts_h", "must_not_be_negative"),
        (lambda file: file["kind"][1].pop("why"), "kind[2].why", "is_missing"),
        (lambda file: file["kind"].append(dict(file["kind"][0])), "kind", "must_be_unique"),
        (lambda file: file.update(every_h=0), "every_h", "must_be_positive"),
    ],
)
def test_a_wrong_table_is_refused_with_key_and_mend(
    change: Callable[[dict[str, Any]], None], key: str, problem: str
) -> None:
    changed = data()
    change(changed)
    with pytest.raises(Refused) as refused:
        living_of(changed)
    assert (refused.value.facts["key"], refused.value.facts["problem"]) == (key, problem)
