"""Tasks side by side in real processes: what one of them does to its process is its own affair."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from joblib import Parallel, delayed

from kawal.desk.plan.wide.pools import Failed, Processes, answers


def _task(number: int) -> int:
    if number == 3:
        raise ValueError("three")
    if number == 5:
        os._exit(9)
    if number >= 60:
        time.sleep(number)
    return number * number


def _told(numbers: range, workers: int = 2) -> dict[int, int | Failed]:
    return dict(answers(Processes(workers), _task, ((number, number) for number in numbers)))


def test_every_task_has_its_answer_though_one_fails_and_one_kills_its_process() -> None:
    told = _told(range(8))
    assert {key: value for key, value in told.items() if key not in (3, 5)} == {
        number: number * number for number in range(8) if number not in (3, 5)
    }
    assert told[3] == Failed("ValueError", "three")
    broken = told[5]
    assert isinstance(broken, Failed) and broken.kind == "process_died"


def test_tasks_are_made_no_sooner_than_there_is_room_for_them() -> None:
    made: list[int] = []

    def tasks() -> Iterator[tuple[int, int]]:
        for number in (6, 7, 8, 9, 10, 11, 12):
            made.append(number)
            yield number, number

    found = answers(Processes(2), _task, tasks())
    next(found)
    assert len(made) <= 5, "four at hand, and one more for the one that is done"
    assert len(list(found)) == 6


def test_no_tasks_have_no_answers() -> None:
    assert _told(range(0)) == {}


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_processes_changes_no_answer(workers: int) -> None:
    assert _told(range(6, 12), workers) == _told(range(6, 12))


def test_districts_may_be_planned_side_by_side_in_the_same_process_afterwards() -> None:
    assert _told(range(6, 9)) == {6: 36, 7: 49, 8: 64}
    assert Parallel(n_jobs=2)(delayed(_task)(number) for number in (6, 7)) == [36, 49]
    assert _told(range(6, 9)) == {6: 36, 7: 49, 8: 64}
