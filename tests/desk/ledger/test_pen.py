"""One pen, many processes: what another process does is played by rows, and by forgetting what was ours."""

import threading
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import transaction

from kawal.desk.ledger import actions, pen, reads
from kawal.desk.ledger.models import Head
from kawal.rules.refusals import Refused

from .conftest import NOW, Grow, Tamper, entries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _another_process_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("KAWAL_HOME", str(tmp_path))  # a hub remembers in its home what it signed
    with patch.object(pen, "_mine", pen._Mine()):
        yield


def asleep() -> pen._Mine:
    """This process falls asleep; what it knew of the pen. `wake` lets it go on."""
    knew, pen._mine = pen._mine, pen._Mine()
    return knew


def wake(knew: pen._Mine) -> None:
    pen._mine = knew


def append(start: int, count: int = 1) -> list[int]:
    with transaction.atomic():
        return actions.append(entries(count, start), received_at=NOW)


def test_where_nobody_holds_the_pen_a_command_may_write(enrolled: None) -> None:
    assert append(0) == [0]
    assert not pen.held()
    assert pen.writer_name() == ""


def test_the_holder_writes_and_others_are_told_who_it_is(enrolled: None) -> None:
    assert pen.take("hub one", "home one")
    assert append(0, 3) == [0, 1, 2]
    first = asleep()
    assert not pen.take("hub two", "home two")
    with pytest.raises(Refused, match="not_the_writer") as refused:
        append(3)
    assert refused.value.facts["writer"] == "hub one"
    assert refused.value.facts["since"]
    with pytest.raises(Refused, match="not_the_writer"):
        actions.publish_checkpoint(now=NOW)
    assert (reads.size(), reads.latest_checkpoint()) == (3, None)
    wake(first)
    assert append(3) == [3]
    assert actions.publish_checkpoint(now=NOW).size == 4


def test_a_holder_that_slept_through_its_replacement_neither_adds_nor_signs(enrolled: None) -> None:
    pen.take("hub one", "home one")
    append(0)
    first = asleep()
    seen = Head.objects.get()
    assert pen.take("hub two", "home two", seen)
    second = asleep()
    wake(first)
    with pytest.raises(Refused, match="not_the_writer"):
        append(1)
    assert not pen.held()  # it has noticed
    with pytest.raises(Refused, match="not_the_writer"):
        actions.publish_checkpoint(now=NOW)
    wake(second)
    assert append(1) == [1]
    assert actions.publish_checkpoint(now=NOW).size == 2


def test_an_epoch_alone_fences_the_last_step_of_an_append(enrolled: None) -> None:
    """The lock was passed, then the pen went over: the compare-and-set is what protects."""
    pen.take("hub one", "home one")
    assert pen.lock() == 0
    Head.objects.update(epoch=99, holder="hub two")
    with pytest.raises(Refused, match="not_the_writer"):
        pen.grow(0, 1)


def test_a_holder_that_moved_since_it_was_looked_at_keeps_the_pen(enrolled: None) -> None:
    pen.take("hub one", "home one")
    seen = Head.objects.get()
    append(0)
    asleep()
    assert not pen.take("hub two", "home two", seen)


def test_a_home_takes_up_its_own_pen_at_once_and_a_released_one_is_anybodys(enrolled: None) -> None:
    pen.take("hub one", "home one")
    asleep()
    assert pen.take("hub one, started again", "home one")
    pen.release()
    asleep()
    assert pen.take("hub two", "home two")
    assert Head.objects.get().epoch == 3


def test_a_hub_with_another_key_never_writes_the_log(enrolled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    pen.take("hub one", "home one")
    pen.release()
    monkeypatch.setenv("KAWAL_LOG_ORIGIN", "other.example/log")
    with pytest.raises(Refused, match="other_log"):
        pen.take("hub two", "home two")


def test_a_barred_log_is_neither_added_to_nor_signed(enrolled: None) -> None:
    pen.take("hub one", "home one")
    append(0)
    Head.objects.update(barred={"refused": "log_shrunk", "size": 1, "signed_size": 7})
    for act in (lambda: append(1), lambda: actions.publish_checkpoint(now=NOW)):
        with pytest.raises(Refused, match="log_shrunk") as refused:
            act()
        assert refused.value.facts == {"size": 1, "signed_size": 7}
    assert not pen.held()


def test_entries_taken_away_since_the_last_append_are_missed(grow: Grow, tamper: Tamper) -> None:
    grow(3)
    append(3)
    tamper('DELETE FROM ledger_entry WHERE "index" = 3')
    with pytest.raises(Refused, match="log_shrunk"):
        append(4)


def test_a_keeper_waits_for_silence_before_it_takes_over(enrolled: None) -> None:
    pen.take("hub one", "home one")
    first = asleep()
    now = 1000.0
    with patch.object(pen.time, "monotonic", lambda: now):
        keeper = pen.Keeper("hub two", "home two")
        keeper.look()
        now += pen.LEASE_S - 1
        Head.objects.update(beat=7)  # the first still lives
        keeper.look()
        now += pen.LEASE_S - 1
        keeper.look()
        assert not pen.held()
        with pytest.raises(Refused, match="not_the_writer"):
            pen.check()
        now += 1
        keeper.look()
        assert pen.held()
        pen.check()
        second = asleep()
        wake(first)
        now += pen.BEAT_S
        keeper._beat()  # the first looks after its pen, and finds it gone
        assert not pen.held()
        wake(second)


def test_a_doubt_is_looked_into_with_the_next_beat(enrolled: None) -> None:
    now, bar = 1000.0, {"refused": "log_shrunk", "size": 0, "signed_size": 9, "source": "bawaslu"}
    judgements = [None, bar]
    with patch.object(pen.time, "monotonic", lambda: now):
        keeper = pen.Keeper("hub one", "home one", lambda before: judgements.pop(0))
        keeper.look()
        now += pen.BEAT_S
        keeper.look()
        assert pen.held()
        pen.doubt()
        now += pen.BEAT_S
        keeper.look()
    assert not pen.held()
    assert Head.objects.get().barred == bar


def test_a_keeper_lets_go_at_the_end(enrolled: None) -> None:
    keeper = pen.Keeper("hub one", "home one")
    keeper.look()
    assert pen.held()
    stop = threading.Event()
    stop.set()
    with patch.object(pen.connection, "close"):  # the test's own
        keeper.run(stop)
    assert not pen.held()
    assert Head.objects.get().holder == ""
