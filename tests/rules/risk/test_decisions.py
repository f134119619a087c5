"""Which class counts when people decided: raising by one, lowering by two, nearest and latest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.decisions import Decision, by_area, check_second, counted

LOW, VULNERABLE, HIGH, SPECIAL = RiskClass
START = datetime(2024, 2, 1, tzinfo=UTC)
NOW = START + timedelta(days=10)
VILLAGE = "16.07.03.2001"
AREAS = ["", "16", "16.07", "16.07.03", VILLAGE]
CLASSES = st.sampled_from(list(RiskClass))


def decision(
    area: str, klass: RiskClass, *, hour: int = 0, confirmed: int | None = None, **more: object
) -> Decision:
    told: dict[str, object] = {
        "id": hour, "area_code": area, "klass": klass, "reason": "Banjir", "by": "piket",
        "post": "polri/16.07", "at": START + timedelta(hours=hour), "until": NOW + timedelta(days=1),
        "lowers": True,
        "confirmed_by": "" if confirmed is None else "kapolres",
        "confirmed_at": None if confirmed is None else START + timedelta(hours=confirmed),
    }  # fmt: skip
    return Decision(**(told | more))  # type: ignore[arg-type]


def counts(computed: RiskClass, *decisions: Decision, now: datetime = NOW) -> RiskClass:
    return counted(VILLAGE, computed, by_area(decisions, now=now)).klass


decisions = st.builds(
    lambda area, klass, hour, confirmed: decision(area, klass, hour=hour, confirmed=confirmed),
    st.sampled_from(AREAS), CLASSES, st.integers(0, 100), st.none() | st.integers(101, 200),
)  # fmt: skip


@given(CLASSES, st.lists(decisions.filter(lambda one: not one.sets), max_size=6))
def test_one_person_alone_never_lowers_a_class(computed: RiskClass, made: list[Decision]) -> None:
    assert counts(computed, *made) >= computed


@given(CLASSES, st.lists(decisions, max_size=6))
def test_the_order_in_which_decisions_are_read_changes_nothing(
    computed: RiskClass, made: list[Decision]
) -> None:
    unique = list({one.id: one for one in made}.values())
    assert counts(computed, *unique) == counts(computed, *reversed(unique))


@given(st.lists(decisions, max_size=6), CLASSES, CLASSES)
def test_a_worse_computed_class_never_makes_a_better_one_count(
    made: list[Decision], one: RiskClass, other: RiskClass
) -> None:
    mild, bad = sorted((one, other))
    assert counts(mild, *made) <= counts(bad, *made)


def test_a_raise_does_not_hold_down_what_rises_further_by_itself() -> None:
    raised = decision("16.07", HIGH)
    assert counts(LOW, raised) == HIGH
    assert counts(SPECIAL, raised) == SPECIAL


def test_a_confirmed_decision_sets_the_class_and_the_nearest_counts() -> None:
    regency = decision("16.07", HIGH, confirmed=1)
    village = decision(VILLAGE, LOW, hour=2, confirmed=3)
    assert counts(SPECIAL, regency) == HIGH
    assert counts(SPECIAL, regency, village) == LOW


def test_what_is_raised_later_for_the_regency_holds_against_an_old_confirmation_of_a_village() -> None:
    village = decision(VILLAGE, LOW, confirmed=1)
    assert counts(HIGH, decision("16.07", SPECIAL, hour=5), village) == SPECIAL
    assert (
        counts(HIGH, decision("16.07", SPECIAL, hour=0), decision(VILLAGE, LOW, hour=2, confirmed=3)) == LOW
    )


def test_a_decision_ends_with_its_time_and_a_declined_one_at_once() -> None:
    ends = decision(VILLAGE, SPECIAL, until=NOW)
    assert counts(LOW, ends, now=NOW - timedelta(seconds=1)) == SPECIAL
    assert counts(LOW, ends, now=NOW) == LOW
    assert counts(LOW, decision(VILLAGE, SPECIAL, declined_at=START)) == LOW


@pytest.mark.parametrize(
    ("by", "post", "code"),
    [
        ("piket", "polri/16.07", "same_person"),
        ("kapolsek", "polri/16.07.03", "not_a_higher_post"),
        ("kapolres", "polri/16.08", "not_a_higher_post"),
        ("ketua", "kpu/16.07", "not_a_higher_post"),
        ("x", "", "not_a_higher_post"),
        ("kapolres", "polri/16.07", None),
        ("kapolda", "polri/16", None),
        ("kabaharkam", "polri/id", None),
    ],
)
def test_the_second_person_is_another_one_at_the_police_of_the_regency_or_higher(
    by: str, post: str, code: str | None
) -> None:
    waiting = decision("16.07.03", LOW)
    if code is None:
        check_second(waiting, by=by, post=post, now=NOW)
        return
    with pytest.raises(Refused) as refused:
        check_second(waiting, by=by, post=post, now=NOW)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "made",
    [
        decision(VILLAGE, HIGH, lowers=False),
        decision(VILLAGE, HIGH, confirmed=1),
        decision(VILLAGE, HIGH, declined_at=START),
        decision(VILLAGE, HIGH, until=NOW),
    ],
)
def test_what_does_not_wait_cannot_be_confirmed(made: Decision) -> None:
    with pytest.raises(Refused) as refused:
        check_second(made, by="kapolres", post="polri/16.07", now=NOW)
    assert refused.value.code == "not_waiting"
