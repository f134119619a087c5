from datetime import UTC, datetime, timedelta

import pytest

from kawal.desk.watch.climbing import rungs
from kawal.desk.watch.reads import ActRow
from kawal.rules.watch.facts import Kind, Severity
from kawal.rules.watch.ladder import ladder_for

NOON = datetime(2024, 2, 12, 5, tzinfo=UTC)
LADDER = ladder_for("16.07.03.2001", Kind.LATE, Severity.WARNING)


def act(kind: str, minutes: int, post: str = "polri/16.07.03") -> ActRow:
    return ActRow(at=NOON + timedelta(minutes=minutes), act=kind, post=post, by="piket", note="")


def test_an_alert_that_just_opened_stands_at_the_first_step() -> None:
    first, *others = rungs(LADDER, [act("opened", 0)], closed_at=None)
    assert first.is_here and first.reached_at == NOON and first.left_at is None
    assert first.waited(NOON + timedelta(minutes=4)) == timedelta(minutes=4)
    assert all(rung.reached_at is None and rung.waited(NOON) is None for rung in others)


def test_each_climb_leaves_one_step_for_the_next() -> None:
    told = rungs(LADDER, [act("opened", 0), act("climbed", 15), act("climbed", 30)], closed_at=None)
    assert [rung.is_here for rung in told] == [False, False, True, False]
    assert told[0].left_at == told[1].reached_at == NOON + timedelta(minutes=15)
    assert told[1].waited(NOON + timedelta(days=1)) == timedelta(minutes=15)


def test_an_answer_belongs_to_the_step_at_which_the_alert_stood() -> None:
    acts = [act("opened", 0), act("climbed", 15), act("seen", 16), act("acknowledged", 20, "polri/16.07")]
    first, second, *_ = rungs(LADDER, acts, closed_at=None)
    assert first.answers == ()
    assert [one.act for one in second.answers] == ["seen", "acknowledged"]
    assert second.acknowledged_at == NOON + timedelta(minutes=20)
    assert second.waited(NOON + timedelta(days=1)) == timedelta(minutes=5)


def test_a_post_that_has_only_seen_it_still_lets_it_wait() -> None:
    first, *_ = rungs(LADDER, [act("opened", 0), act("seen", 2)], closed_at=None)
    assert first.acknowledged_at is None
    assert first.waited(NOON + timedelta(minutes=9)) == timedelta(minutes=9)


def test_a_closed_alert_stands_nowhere() -> None:
    closed_at = NOON + timedelta(minutes=40)
    told = rungs(LADDER, [act("opened", 0), act("climbed", 15), act("closed", 40)], closed_at=closed_at)
    assert not any(rung.is_here for rung in told)
    assert told[1].left_at == closed_at


def test_what_worsened_stays_on_its_step() -> None:
    told = rungs(LADDER, [act("opened", 0), act("worsened", 5)], closed_at=None)
    assert told[0].is_here


def test_an_alert_that_opened_again_begins_its_ladder_anew() -> None:
    acts = [
        act("opened", 0),
        act("climbed", 15),
        act("acknowledged", 16),
        act("closed", 20),
        act("reopened", 90),
    ]
    first, second, *_ = rungs(LADDER, acts, closed_at=None)
    assert first.is_here and first.reached_at == NOON + timedelta(minutes=90)
    assert first.answers == () and second.reached_at is None


def test_acts_without_a_beginning_are_a_bug() -> None:
    with pytest.raises(ValueError):
        rungs(LADDER, [act("climbed", 15)], closed_at=None)
