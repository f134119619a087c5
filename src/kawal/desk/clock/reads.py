"""now(): the real time, or the time of the exercise that runs in this database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection

from kawal.desk.clock.models import Exercise


def real_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the one place where the desk reads the clock


def exercise() -> Exercise | None:
    return Exercise.objects.first()


def now() -> datetime:
    with connection.cursor() as cursor:  # asked at every batch of events, and there is hardly ever one
        cursor.execute("SELECT 1 FROM clock_exercise LIMIT 1")
        running = exercise() if cursor.fetchone() else None
    if running is None:
        return real_now()
    passed_s = (real_now() - running.real_at).total_seconds() * running.speed
    return running.sim_at + timedelta(seconds=passed_s)
