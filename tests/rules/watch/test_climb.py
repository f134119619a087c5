from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.refusals import Refused
from kawal.rules.watch.climb import Act, acknowledge, climb, close, look, opened
from kawal.rules.watch.facts import Kind, Severity, Sign
from kawal.rules.watch.ladder import ladder_for
from tests.rules.watch.world import MORNING

POLSEK, POLRES, POLDA, MABES = "polri/16.07.03", "polri/16.07", "polri/16", "polri/id"
LADDER = ladder_for("16.07.03", Kind.PREDICTED_LATE, Severity.WARNING)
WAIT = timedelta(seconds=LADDER[0].wait_s)
GONE_FOR = timedelta(minutes=10)


def sign(kind=Kind.PREDICTED_LATE, severity=Severity.WARNING, count=5):
    return Sign(kind=kind, cause="delay:t", severity=severity, area="16.07.03", facts={"count": count})


def alert(**changes):
    return replace(opened(sign(), LADDER, now=MORNING), **changes)


def seen(one, what, now):
    return look(one, what, now=now, gone_for=GONE_FOR)


def test_it_opens_at_the_first_step_and_climbs_one_by_one_to_the_top():
    one, now = alert(), MORNING
    for step in (1, 2, 3):
        assert seen(one, sign(), now + WAIT - timedelta(seconds=1))[0].step == step - 1
        now += WAIT
        one, acts = seen(one, sign(), now)
        assert (one.step, acts) == (step, [Act.CLIMBED])
    assert one.climb_at is None and seen(one, sign(), now + timedelta(days=1)) == (one, [])


def test_after_a_long_silence_of_the_watch_it_climbs_one_step_and_gives_that_post_its_time():
    one, _ = seen(alert(), sign(), MORNING + timedelta(days=1))
    assert one.step == 1 and one.climb_at == MORNING + timedelta(days=1) + WAIT


def test_an_answer_of_the_addressed_post_stops_the_clock_for_a_while():
    one, act = acknowledge(alert(), post=POLSEK, now=MORNING)
    assert act is Act.ACKNOWLEDGED and climb(one, now=MORNING + 2 * WAIT - timedelta(seconds=1)) is None
    higher = climb(one, now=MORNING + 2 * WAIT)
    assert higher is not None and higher.step == 1 and higher.acknowledged_at is None


def test_a_post_above_may_answer_and_one_below_or_told_is_only_noted():
    standing = alert(step=1)
    assert acknowledge(standing, post=POLDA, now=MORNING)[1] is Act.ACKNOWLEDGED
    for post in (POLSEK, "kpu/16.07", "bawaslu/16.07"):
        assert acknowledge(standing, post=post, now=MORNING) == (standing, Act.SEEN)
    with pytest.raises(Refused, match="not_your_ladder"):
        acknowledge(standing, post="polri/16.08", now=MORNING)


def test_the_same_answer_again_does_not_prolong_the_first():
    one, _ = acknowledge(alert(), post=POLSEK, now=MORNING)
    assert acknowledge(one, post=POLSEK, now=MORNING + WAIT) == (one, Act.SEEN)


def test_worse_than_what_was_answered_asks_again():
    answered, _ = acknowledge(alert(), post=POLSEK, now=MORNING)
    late, acts = seen(answered, sign(Kind.LATE, Severity.URGENT), MORNING + WAIT)
    assert acts == [Act.WORSENED] and late.acknowledged_at is None and late.step == 0
    assert late.climb_at == MORNING + 2 * WAIT


def test_getting_worse_does_not_give_more_time_to_a_post_that_has_not_answered():
    late, _ = seen(alert(), sign(Kind.LATE), MORNING + WAIT / 2)
    assert late.climb_at == MORNING + WAIT


def test_while_open_it_never_gets_milder():
    late, _ = seen(alert(kind=Kind.LATE, severity=Severity.URGENT), sign(), MORNING)
    assert (late.kind, late.severity) == (Kind.LATE, Severity.URGENT)


def test_what_stands_may_be_late_and_then_is_and_never_goes_back_while_it_is_open():
    one = alert(kind=Kind.STOPPED)
    for kind, expected, acts in [
        (Kind.PREDICTED_LATE, Kind.PREDICTED_LATE, [Act.WORSENED]),
        (Kind.STOPPED, Kind.PREDICTED_LATE, []),
        (Kind.LATE, Kind.LATE, [Act.WORSENED]),
        (Kind.STOPPED, Kind.LATE, []),
    ]:
        one, done = seen(one, sign(kind), MORNING)
        assert (one.kind, done) == (expected, acts)
    closed = close(alert(kind=Kind.STOPPED), post=POLSEK, reason="Dijaga Polsek.", now=MORNING)
    assert seen(closed, sign(Kind.STOPPED), MORNING)[1] == []
    assert seen(closed, sign(Kind.PREDICTED_LATE), MORNING)[1] == [Act.REOPENED]


def test_a_sign_that_is_gone_stops_the_climb_and_closes_the_alert_when_it_stays_away():
    gone, acts = seen(alert(), None, MORNING + WAIT)
    assert acts == [] and gone.gone_at == MORNING + WAIT and gone.step == 0
    assert seen(gone, None, MORNING + WAIT + GONE_FOR - timedelta(seconds=1)) == (gone, [])
    closed, acts = seen(gone, None, MORNING + WAIT + GONE_FOR)
    assert acts == [Act.CLOSED] and closed.closed_by == "" and closed.climb_at is None


def test_a_sign_that_flickers_neither_closes_nor_opens_anything():
    one, now = alert(), MORNING
    for what in (None, sign(), None, sign()):
        now += timedelta(minutes=3)
        one, acts = seen(one, what, now)
        assert acts == []
    assert one.gone_at is None


def test_a_sign_that_comes_back_opens_the_alert_that_closed_by_itself():
    closed = alert(closed_at=MORNING, step=2)
    again, acts = seen(closed, sign(), MORNING + WAIT)
    assert acts == [Act.REOPENED] and again.step == 0 and again.closed_at is None


@pytest.mark.parametrize("worse", [sign(count=6), sign(severity=Severity.URGENT), sign(Kind.LATE)])
def test_what_a_person_closed_opens_again_only_when_more_is_wrong(worse):
    closed = close(alert(), post=POLSEK, reason="A second boat has left.", now=MORNING)
    assert seen(closed, sign(), MORNING + WAIT) == (closed, [])
    assert seen(closed, worse, MORNING + WAIT)[1] == [Act.REOPENED]


def test_closing_needs_a_reason_an_open_alert_and_the_addressed_post_or_one_above():
    with pytest.raises(Refused, match="reason_missing"):
        close(alert(), post=POLSEK, reason="  ", now=MORNING)
    with pytest.raises(Refused, match="not_your_ladder"):
        close(alert(step=1), post=POLSEK, reason="ok", now=MORNING)
    closed = close(alert(step=1), post=MABES, reason="ok", now=MORNING)
    assert closed.closed_by == MABES
    with pytest.raises(Refused, match="already_closed"):
        close(closed, post=MABES, reason="ok", now=MORNING)
    with pytest.raises(Refused, match="already_closed"):
        acknowledge(closed, post=POLRES, now=MORNING)


SIGNS = st.none() | st.builds(sign, st.sampled_from(Kind), st.sampled_from(Severity), st.integers(1, 9))
MOMENTS = st.lists(
    st.tuples(st.integers(0, 4000), SIGNS, st.none() | st.sampled_from([POLSEK, POLRES, MABES])), max_size=30
)


@given(MOMENTS)
def test_whatever_happens_it_never_skips_a_step_nor_goes_down_and_looking_twice_changes_nothing(moments):
    one, now = alert(), MORNING
    for later_s, what, post in moments:
        now += timedelta(seconds=later_s)
        before = one
        one, acts = seen(before, what, now)
        assert seen(one, what, now) == (one, [])
        if Act.REOPENED in acts:
            assert before.closed_at is not None and one.step == 0
        else:
            assert one.step - before.step == (1 if Act.CLIMBED in acts else 0)
        assert 0 <= one.step < len(LADDER)
        if post and one.closed_at is None:
            answered, act = acknowledge(one, post=post, now=now)
            assert answered.step == one.step
            if act is Act.ACKNOWLEDGED:
                assert climb(answered, now=now + WAIT) is None
            one = answered
