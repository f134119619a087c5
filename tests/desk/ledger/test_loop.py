"""The head of the log is signed soon after it grew, at the end, and whatever goes wrong in between."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from kawal.desk.ledger import actions, loop, policies, publishing, reads
from kawal.home import home
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys, note

from .conftest import KEYS, NOW, entries

committed = pytest.mark.usefixtures("committed")


class Script(threading.Event):
    """Between two rounds of the loop something happens; after the last it is told to stop."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        super().__init__()
        self.steps = list(steps)

    def wait(self, timeout: float | None = None) -> bool:
        if self.steps:
            self.steps.pop(0)()
        else:
            self.set()
        return super().wait(0)


def grow(count: int, start: int) -> None:
    with transaction.atomic():
        actions.append(entries(count, start), received_at=NOW)


def signed_sizes() -> list[int]:
    return [row.size for row in reads.checkpoints(1000)]


@committed
def test_a_log_is_signed_after_it_grew_and_once_more_at_the_end() -> None:
    loop.run(Script(lambda: grow(3, 0), lambda: None, lambda: grow(2, 3)))
    assert signed_sizes() == [3, 5]


@committed
def test_what_was_written_before_the_end_is_signed() -> None:
    stop = threading.Event()
    stop.set()
    grow(2, 0)
    loop.run(stop)
    assert signed_sizes() == [2]


@committed
def test_a_damaged_log_is_told_once_and_signed_no_more(caplog: pytest.LogCaptureFixture) -> None:
    def damage() -> None:
        grow(1, 5)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_tile SET hashes = %s", [bytes(6 * 32)])

    with caplog.at_level(logging.CRITICAL):
        loop.run(Script(lambda: grow(5, 0), damage, lambda: None, lambda: None))
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    assert signed_sizes() == [5]


@committed
def test_a_database_that_is_away_for_a_while_does_not_end_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def away() -> None:
        grow(4, 0)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_tile RENAME TO ledger_tile_away")

    def back() -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_tile_away RENAME TO ledger_tile")

    with caplog.at_level(logging.ERROR):
        loop.run(Script(away, back))
    assert "tried again" in caplog.text
    assert signed_sizes() == [4]


def test_how_long_a_head_waits_can_be_set(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert loop.waits_s() == 5.0
    monkeypatch.setenv("KAWAL_WITNESS_WAIT_S", "0.5")
    assert loop.waits_s() == 0.5
    for wrong in ("soon", "-1", "nan", "inf", "1e9"):
        monkeypatch.setenv("KAWAL_WITNESS_WAIT_S", wrong)
        with pytest.raises(Refused, match="bad_witness_wait"):
            loop.waits_s()


@committed
def test_a_head_that_a_killed_hub_left_waiting_goes_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    key = note.VerifierKey("w.example", keys.public_bytes(KEYS[0]), note.COSIGNATURE)
    policy = home() / policies.FILE
    policy.write_text(f"witness w {key}\nquorum w\n")
    monkeypatch.setenv("KAWAL_WITNESS_WAIT_S", "0")
    try:
        grow(3, 0)
        actions.publish_checkpoint(now=NOW)  # signed, and then the hub dies
        assert (publishing.waiting(), publishing.newest(published=True)) == (3, None)
        loop.run(Script(lambda: None))
    finally:
        policy.unlink()
    shown = publishing.newest(published=True)
    assert shown is not None
    assert (shown.size, shown.quorum) == (3, False)
    assert "went out without its quorum" in caplog.text
