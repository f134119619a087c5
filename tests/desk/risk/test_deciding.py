"""Decisions on classes: raised by one, lowered by two, ended in time, kept with their history for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kawal.desk.risk import actions, deciding, reads
from kawal.desk.risk.models import RiskChange, RiskOverride
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass

from ..needs.places_of import VILLAGES, regency

NOW = datetime(2024, 2, 1, 8, 0, tzinfo=UTC)
ENDS = NOW + timedelta(days=3)
NEAR, MIDDLE, FAR = VILLAGES
pytestmark = pytest.mark.django_db


@pytest.fixture
def computed() -> dict[str, RiskClass]:
    regency()
    actions.compute("16.07", now=NOW)
    return reads.classes("16.07", now=NOW)


def decide(area: str, klass: RiskClass, *, hours: int = 0, by: str = "piket") -> deciding.Decided:
    return deciding.decide(
        area, klass, " Ancaman pembakaran ", ENDS, by, now=NOW + timedelta(hours=hours), post="polri/16.07"
    )


def test_what_is_raised_counts_at_once_for_the_area_and_all_below_until_the_time_is_up(
    computed: dict[str, RiskClass],
) -> None:
    made = decide("16.07.03", RiskClass.SPECIAL)
    assert not made.waits
    assert reads.classes("16.07", now=NOW) == {
        **computed,
        NEAR: RiskClass.SPECIAL,
        MIDDLE: RiskClass.SPECIAL,
    }
    found = reads.assessment(NEAR, now=NOW)
    assert (found.klass, found.computed) == (RiskClass.SPECIAL, computed[NEAR])
    assert found.override is not None
    assert (found.override.area_code, found.override.reason) == ("16.07.03", "Ancaman pembakaran")
    assert reads.classes("16.07", now=ENDS) == computed


def test_what_is_lowered_waits_for_a_second_person(computed: dict[str, RiskClass]) -> None:
    decide(NEAR, RiskClass.SPECIAL)
    made = decide(NEAR, RiskClass.LOW, hours=1)
    later = NOW + timedelta(hours=2)
    assert made.waits
    assert reads.classes("16.07", now=later)[NEAR] == RiskClass.SPECIAL
    assert [one.id for one in reads.waiting("16.07", now=later)] == [made.id]
    deciding.confirm(made.id, by="kapolres", post="polri/16.07", now=later)
    assert reads.classes("16.07", now=later)[NEAR] == RiskClass.LOW
    assert reads.waiting("16.07", now=later) == []
    assert RiskOverride.objects.count() == 2


def test_who_proposed_it_cannot_confirm_it_and_nothing_changes(computed: dict[str, RiskClass]) -> None:
    decide(NEAR, RiskClass.SPECIAL)
    made = decide(NEAR, RiskClass.LOW, hours=1)
    with pytest.raises(Refused) as refused:
        deciding.confirm(made.id, by="piket", post="polri/16.07", now=NOW + timedelta(hours=2))
    assert refused.value.code == "same_person"
    assert RiskOverride.objects.get(pk=made.id).confirmed_at is None


def test_a_declined_decision_holds_no_longer_and_is_kept(computed: dict[str, RiskClass]) -> None:
    decide(NEAR, RiskClass.SPECIAL)
    made = decide(NEAR, RiskClass.LOW, hours=1)
    later = NOW + timedelta(hours=2)
    with pytest.raises(Refused) as refused:
        deciding.decline(made.id, by="kapolda", post="polri/16", reason=" ", now=later)
    assert refused.value.code == "reason_required"
    deciding.decline(made.id, by="kapolda", post="polri/16", reason="Masih banjir", now=later)
    assert reads.classes("16.07", now=later)[NEAR] == RiskClass.SPECIAL
    with pytest.raises(Refused) as refused:
        deciding.confirm(made.id, by="kapolres", post="polri/16.07", now=later)
    assert refused.value.code == "not_waiting"
    kept = RiskOverride.objects.get(pk=made.id)
    assert (kept.declined_by, kept.declined_reason) == ("kapolda", "Masih banjir")


def test_every_change_of_class_is_kept_with_its_time_and_cause(computed: dict[str, RiskClass]) -> None:
    assert not RiskChange.objects.exists()  # scored for the first time is not a change
    made = decide("16.07.03", RiskClass.SPECIAL)
    changes = RiskChange.objects.filter(area_code=NEAR)
    assert [(one.klass_before, one.klass, one.cause, one.at) for one in changes] == [
        (computed[NEAR], RiskClass.SPECIAL, "decided", NOW)
    ]
    actions.compute("16.07", now=NOW + timedelta(hours=1))  # nothing else moved
    assert RiskChange.objects.filter(area_code=NEAR).count() == 1
    deciding.decide(NEAR, RiskClass.LOW, "Aman", ENDS, "piket", now=NOW + timedelta(hours=2))
    deciding.confirm(made.id + 1, by="kapolres", post="polri/16.07", now=NOW + timedelta(hours=3))
    assert [one.klass for one in changes.order_by("at")] == [RiskClass.SPECIAL, RiskClass.LOW]


@pytest.mark.parametrize(
    ("reason", "by", "hours", "code"),
    [
        ("  ", "Kapolres", 1, "reason_required"),
        ("x" * 1001, "Kapolres", 1, "reason_too_long"),
        ("Banjir", "", 1, "by_required"),
        ("Banjir", "Kapolres", None, "until_required"),
        ("Banjir", "Kapolres", 0, "until_is_past"),
    ],
)
def test_a_decision_without_reason_name_or_end_is_refused(
    reason: str, by: str, hours: int | None, code: str
) -> None:
    regency()
    until = None if hours is None else NOW + timedelta(hours=hours)
    with pytest.raises(Refused) as refused:
        deciding.decide("16.07", RiskClass.HIGH, reason, until, by, now=NOW)
    assert refused.value.code == code
    assert not RiskOverride.objects.exists()


def test_a_decision_that_nobody_made_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        deciding.confirm(99, by="kapolres", post="polri/16.07", now=NOW)
    assert refused.value.code == "unknown_decision"
