"""The projector's manners: it folds all there is, ends with its input, and gives way to an intake at work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import BinaryIO

import pytest

from kawal.desk.custody import projector

Pipe = tuple[BinaryIO, Callable[[bytes], object], Callable[[], object]]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """What it hears; how to wake it; how to end it."""
    heard, said = os.pipe()
    left = {said}

    def end() -> None:
        if left:
            os.close(left.pop())

    with os.fdopen(heard, "rb", buffering=0) as wakes:
        yield wakes, lambda words: os.write(said, words), end
        end()


@pytest.mark.django_db(transaction=True)
def test_it_folds_until_nothing_is_left(pipe: Pipe) -> None:
    left = [5, 4, 3, 0]
    assert projector._fold_all(lambda at_once: left.pop(0), pipe[0])
    assert left == []


@pytest.mark.django_db(transaction=True)
def test_it_ends_after_the_slice_at_which_its_input_ended(pipe: Pipe) -> None:
    wakes, _, end = pipe
    slices: list[int] = []

    def fold(at_once: int) -> int:
        slices.append(at_once)
        end()
        return 1

    assert not projector._fold_all(fold, wakes)
    assert len(slices) == 1


@pytest.mark.parametrize(("spent_s", "after"), [(0.1, 1_000), (0.5, 500), (1.5, 250)])
def test_slices_take_about_a_second(spent_s: float, after: int) -> None:
    assert projector._next_size(500, spent_s) == after


def test_no_slice_is_smaller_or_larger_than_it_may_be() -> None:
    least, most = projector.AT_ONCE
    assert (projector._next_size(least, 9.0), projector._next_size(most, 0.0)) == (least, most)


def test_it_gives_way_while_events_come_in_and_not_longer(pipe: Pipe) -> None:
    wakes, wake, end = pipe
    begun_s = time.monotonic()
    assert projector._gave_way(wakes, 60.0) is False  # nothing comes: the intake rests itself
    assert time.monotonic() - begun_s < 30
    wake(b"\n")
    assert projector._gave_way(wakes, 0.01) is True  # it came, and the time is over
    end()
    assert projector._gave_way(wakes, 60.0) is None
