from datetime import UTC, datetime, timedelta

import pytest

from kawal.desk.clock import reads
from kawal.desk.clock.actions import begin, end, move
from kawal.rules.refusals import Refused

pytestmark = pytest.mark.django_db

START = datetime(2024, 2, 8, 22, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def start(speed=0.0):
    begin(name="16.07", seed=7, sim_at=START, speed=speed, token="t")


def test_the_desk_takes_the_time_of_the_exercise_until_it_ends():
    before = reads.real_now()
    start()
    assert reads.now() == START
    with pytest.raises(Refused, match="exercise_runs"):
        start()
    end()
    end()
    assert reads.now() >= before


def test_a_standing_clock_stands_and_a_running_one_runs():
    start()
    move(START + HOUR, 0.0)
    assert reads.now() == START + HOUR
    move(START + 2 * HOUR, 1_000_000.0)
    assert reads.now() > START + 2 * HOUR


def test_the_clock_does_not_go_back_and_what_is_refused_moves_nothing():
    start()
    move(START, 0.0)
    with pytest.raises(Refused, match="clock_backwards"):
        move(START - timedelta(microseconds=1), 0.0)
    for speed in (-1.0, float("nan"), float("inf")):
        with pytest.raises(Refused, match="bad_speed"):
            move(START + HOUR, speed)
    assert reads.now() == START


def test_without_an_exercise_there_is_nothing_to_move_and_no_speed_is_below_zero():
    with pytest.raises(Refused, match="no_exercise"):
        move(START, 0.0)
    with pytest.raises(Refused, match="bad_speed"):
        start(speed=-1.0)
    assert reads.exercise() is None
