import asyncio
import dataclasses
import threading
from collections.abc import Sequence

import pytest
from django.db.utils import OperationalError

from kawal.door import intake, writing
from kawal.rules.custody.told import Verified
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec
from kawal.rules.signing.hashes import leaf_hash

from .conftest import Log, ask, opened, post, signed


def test_events_that_wait_are_written_together(log: Log) -> None:
    log.gate.clear()

    async def many() -> None:
        asks = [asyncio.create_task(ask(door, "POST", "/door/v1/events", signed(n))) for n in range(50)]
        await asyncio.sleep(0.3)
        log.gate.set()
        answers = await asyncio.gather(*asks)
        assert {answer.status for answer in answers if answer} == {200}

    with opened(log) as door:
        asyncio.run(many())
    assert len(log.told) == 50
    assert len(log.batches) < 10


def test_when_too_many_wait_the_next_is_told_to_come_back(log: Log) -> None:
    log.gate.clear()
    body = codec.encode([b"?"] * 500)  # also what will be refused has to wait

    async def many() -> list[int]:
        first = asyncio.create_task(ask(door, "POST", "/door/v1/events", signed(0)))
        await asyncio.sleep(0.2)  # the writer is at it, and stands still
        asks = [asyncio.create_task(ask(door, "POST", "/door/v1/events", body)) for _ in range(9)]
        await asyncio.sleep(0.2)
        late = await ask(door, "POST", "/door/v1/events", body)
        assert late is not None
        assert (late.headers["retry-after"], late.told["refused"]) == ("1", "busy")
        log.gate.set()
        answers = await asyncio.gather(first, *asks)
        return [answer.status for answer in answers if answer]

    with opened(log) as door:
        statuses = asyncio.run(many())
        assert post(door, signed(1)).status == 200
    assert statuses == [200, *[400] * 7, 503, 503]
    assert intake.WAITING_MAX == 4000


def test_one_poisoned_event_does_not_keep_out_the_others(log: Log) -> None:
    def fails(batch: Sequence[Verified]) -> None:
        if any(one.event.seq == 3 for one in batch):
            raise ZeroDivisionError("a bug of the desk")

    log.fails = fails
    with opened(log) as door:
        answer = post(door, codec.encode([signed(n) for n in range(6)]))
        assert post(door, signed(7)).status == 200
    assert answer.status == 503
    assert answer.headers["retry-after"] == "1"
    assert [one.get("refused") for one in answer.told["receipts"]] == [
        None,
        None,
        None,
        "not_recorded",
        None,
        None,
    ]
    assert [one.event.seq for one in log.told] == [0, 1, 2, 4, 5, 7]


def test_a_database_that_is_locked_for_a_while_is_waited_for(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "PAUSE_S", 0.01)
    tries: list[int] = []

    def fails(batch: Sequence[Verified]) -> None:
        tries.append(len(batch))
        if len(tries) < writing.TRIES:
            raise OperationalError("database is locked")

    log.fails = fails
    with opened(log) as door:
        assert post(door, codec.encode([signed(0), signed(1)])).status == 200
    assert tries == [2, 2, 2]


def test_a_database_that_stays_locked_is_an_answer_with_a_time_to_come_back(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "PAUSE_S", 0.01)
    locked = threading.Event()
    locked.set()

    def fails(batch: Sequence[Verified]) -> None:
        if locked.is_set():
            raise OperationalError("database is locked")

    log.fails = fails
    with opened(log) as door:
        answer = post(door, signed(0))
        assert (answer.status, answer.told["receipts"]) == (503, [{"refused": "busy"}])
        locked.clear()
        assert post(door, signed(0)).status == 200


def test_a_database_that_goes_away_while_events_are_tried_one_by_one_leaves_the_rest_for_later(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "PAUSE_S", 0.01)

    def fails(batch: Sequence[Verified]) -> None:
        if len(batch) > 1:
            raise ZeroDivisionError("a bug of the desk")
        if batch[0].event.seq >= 2:
            raise OperationalError("the connection was lost")

    log.fails = fails
    with opened(log) as door:
        answer = post(door, codec.encode([signed(n) for n in range(4)]))
    assert [one.get("refused") for one in answer.told["receipts"]] == [None, None, "busy", "busy"]


def test_an_answer_that_takes_too_long_is_given_up_but_the_event_is_written(log: Log) -> None:
    log.gate.clear()
    with opened(log, answer_s=0.1) as door:
        answer = post(door, signed(0))
        assert (answer.status, answer.told["refused"]) == (503, "busy")
    assert [one.id for one in log.told] == [leaf_hash(signed(0))]


def test_what_was_taken_before_the_end_is_written_and_answered(log: Log) -> None:
    log.gate.clear()
    answers: list[int] = []
    taken = intake.Intake(log.desk())
    taken.start()
    for n in range(20):
        taken.put([signed(n)], lambda told, size: answers.append(size))
    log.gate.set()
    taken.stop()
    assert (len(log.told), len(answers)) == (20, 20)


def test_a_registry_that_cannot_be_read_refuses_nobody_for_good(log: Log) -> None:
    desk = log.desk()
    away = threading.Event()
    away.set()

    def device_keys(kids: object) -> object:
        if away.is_set():
            raise OperationalError("away")
        return desk.device_keys(kids)  # type: ignore[arg-type]

    taken = intake.Intake(
        dataclasses.replace(desk, device_keys=device_keys)  # type: ignore[arg-type]
    )
    answers: list[object] = []
    taken.start()
    taken.put([signed(0)], lambda told, size: answers.append(told[0]))
    taken.stop()
    assert isinstance(answers[0], Refused)
    assert answers[0].code == "busy"
