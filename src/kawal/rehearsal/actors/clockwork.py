"""Simulated time: people as generators that say until when, or for what, they wait.

    def walk(clock):
        yield clock.now + timedelta(minutes=20)   # a time: go on then
        yield boat_is_there                       # a gate: go on when it opens

Whoever wakes at the same moment wakes in the order in which they went to sleep, so a run depends on
nothing but what the people do.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterator
from datetime import datetime


class Gate:
    """Something awaited. It opens once and stays open."""

    __slots__ = ("is_open", "waiting")

    def __init__(self) -> None:
        self.is_open = False
        self.waiting: list[Person] = []


Person = Generator[datetime | Gate, None, None]


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self._asleep: list[tuple[datetime, int, Person]] = []
        self._count = 0

    def start(self, person: Person) -> None:
        self._sleep(person, self.now)

    def open(self, gate: Gate) -> None:
        gate.is_open = True
        for person in gate.waiting:
            self._sleep(person, self.now)
        gate.waiting.clear()

    def run(self) -> Iterator[datetime]:
        """Wakes one person after the other and tells when; ends when nobody sleeps any more."""
        while self._asleep:
            self.now, _, person = heapq.heappop(self._asleep)
            self._go_on(person)
            yield self.now

    def _go_on(self, person: Person) -> None:
        for awaited in person:
            if isinstance(awaited, datetime):
                if awaited > self.now:
                    self._sleep(person, awaited)
                    return
            elif not awaited.is_open:
                awaited.waiting.append(person)
                return

    def _sleep(self, person: Person, until: datetime) -> None:
        heapq.heappush(self._asleep, (until, self._count, person))
        self._count += 1
