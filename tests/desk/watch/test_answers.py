"""Acknowledge and close: who may, what it stops, and that repeats are harmless."""

from datetime import timedelta

import pytest

from kawal.desk.watch.actions import acknowledge, close, sweep
from kawal.desk.watch.models import Alert, AlertAct
from kawal.rules.refusals import Refused
from tests.desk.watch.tables import put_plan, tell
from tests.rules.watch.world import HOUR, MORNING, VILLAGES, boat

pytestmark = pytest.mark.django_db

LATE = MORNING + 3 * HOUR
MINUTE = timedelta(minutes=1)
POLSEK = "polri/16.07.03"


@pytest.fixture
def alert():
    put_plan([boat()])
    sweep(now=LATE)
    return Alert.objects.get()


def answer(alert, post=POLSEK, now=LATE, **told):
    return acknowledge(alert.pk, officer_post=post, by="piket", now=now, **told)


def end(alert, post=POLSEK, reason="A second boat has left.", now=LATE):
    close(alert.pk, officer_post=post, by="piket", now=now, reason=reason)


def test_an_answer_is_kept_with_its_note_and_stops_the_climb_for_a_while(alert):
    assert answer(alert, note="Boat found, fuel is coming.")
    act = AlertAct.objects.last()
    assert (act.act, act.post, act.by, act.note) == (
        "acknowledged", POLSEK, "piket", "Boat found, fuel is coming.",
    )  # fmt: skip
    assert sweep(now=LATE + 29 * MINUTE).climbed == 0
    assert sweep(now=LATE + 30 * MINUTE).climbed == 1


def test_the_same_answer_again_changes_nothing(alert):
    assert answer(alert) and answer(alert, now=LATE + 10 * MINUTE)
    assert AlertAct.objects.filter(act="acknowledged").count() == 1
    assert Alert.objects.get().climb_at == LATE + 30 * MINUTE


def test_a_post_that_is_told_is_noted_once_and_the_alert_still_climbs(alert):
    assert not answer(alert, post="kpu/16.07.03")
    assert not answer(alert, post="kpu/16.07.03")
    assert AlertAct.objects.filter(act="seen").count() == 1
    assert sweep(now=LATE + 15 * MINUTE).climbed == 1


def test_after_it_climbed_a_post_may_answer_anew(alert):
    answer(alert)
    sweep(now=LATE + 30 * MINUTE)
    assert answer(alert, post="polri/16.07", now=LATE + 31 * MINUTE)
    assert answer(alert, post=POLSEK, now=LATE + 32 * MINUTE)
    assert list(AlertAct.objects.values_list("act", flat=True)) == [
        "opened", "acknowledged", "climbed", "acknowledged", "seen",
    ]  # fmt: skip


def test_strangers_unknown_alerts_and_long_notes_are_refused(alert):
    for told, code in [
        ({"post": "polri/16.08"}, "not_your_ladder"),
        ({"note": "x" * 201}, "note_too_long"),
    ]:
        with pytest.raises(Refused) as refused:
            answer(alert, **told)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        acknowledge(alert.pk + 1, officer_post=POLSEK, by="piket", now=LATE)
    assert refused.value.code == "unknown_alert"
    assert AlertAct.objects.count() == 1


def test_closing_needs_a_reason_and_ends_the_alert(alert):
    with pytest.raises(Refused, match="reason_missing"):
        end(alert, reason=" ")
    with pytest.raises(Refused, match="not_your_ladder"):
        end(alert, post="kpu/16.07.03")
    end(alert)
    closed = Alert.objects.get()
    assert (closed.closed_at, closed.closed_by, closed.close_reason) == (
        LATE,
        POLSEK,
        "A second boat has left.",
    )
    for again in (end, answer):
        with pytest.raises(Refused, match="already_closed"):
            again(alert)


def test_what_was_closed_with_a_reason_stays_closed_until_it_gets_worse(alert):
    tell("16.07-to_pps-1", "PPK-16.07.03", "departed", LATE)
    tell("16.07-to_pps-1", f"PPS-{VILLAGES[0]}", "accepted", LATE)
    now = LATE + 2 * HOUR
    assert sweep(now=now).opened == 0
    end(alert, now=now)
    assert sweep(now=now + MINUTE).opened == 0
    Alert.objects.update(severity=1)
    assert sweep(now=now + 2 * MINUTE).opened == 1
    again = Alert.objects.get()
    assert again.closed_at is None and again.close_reason == "" and again.step == 0
    assert list(AlertAct.objects.values_list("act", flat=True)) == ["opened", "closed", "reopened"]
