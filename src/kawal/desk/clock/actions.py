"""Begins, moves and ends the clock of an exercise. A real distribution calls none of these."""

from __future__ import annotations

from datetime import datetime
from math import isfinite

from django.db import transaction

from kawal.desk.clock import reads
from kawal.desk.clock.models import Exercise
from kawal.rules.refusals import Refused


def begin(*, name: str, seed: int, sim_at: datetime, speed: float, token: str) -> None:
    """From now on the desk's time is that of the exercise. `token`: whoever has it may move the clock.

    Refuses `exercise_runs`, `bad_speed`.
    """
    _check_speed(speed)
    with transaction.atomic():
        if Exercise.objects.exists():
            raise Refused("exercise_runs")
        Exercise.objects.create(
            name=name, seed=seed, sim_at=sim_at, real_at=reads.real_now(), speed=speed, token=token
        )


def move(to: datetime, speed: float) -> None:
    """The exercise's time is `to`, and runs `speed` times as fast from there; 0 stands still.

    Refuses `no_exercise`, `bad_speed`, and `clock_backwards`: what was told at a time stays told then.
    """
    _check_speed(speed)
    with transaction.atomic():
        running = Exercise.objects.select_for_update().first()
        if running is None:
            raise Refused("no_exercise")
        now = reads.now()
        if to < now:
            raise Refused("clock_backwards", now=now.isoformat(), to=to.isoformat())
        Exercise.objects.filter(pk=running.pk).update(sim_at=to, real_at=reads.real_now(), speed=speed)


def end() -> None:
    """Back to the real time; harmless where no exercise runs."""
    Exercise.objects.all().delete()


def _check_speed(speed: float) -> None:
    if not isfinite(speed) or speed < 0:
        raise Refused("bad_speed", speed=speed)
