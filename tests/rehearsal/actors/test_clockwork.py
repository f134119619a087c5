"""People sleep, wait for gates and wake in an order that depends on nothing but what they do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kawal.rehearsal.actors.clockwork import Clock, Gate, Person

BEGIN = datetime(2029, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_people_wake_in_the_order_of_time_and_then_of_falling_asleep() -> None:
    clock, woke = Clock(BEGIN), []

    def sleeper(name: str, hours: int) -> Person:
        yield BEGIN + hours * HOUR
        woke.append((name, clock.now))

    for name, hours in [("late", 3), ("first", 1), ("second", 1)]:
        clock.start(sleeper(name, hours))
    times = list(clock.run())
    assert woke == [("first", BEGIN + HOUR), ("second", BEGIN + HOUR), ("late", BEGIN + 3 * HOUR)]
    assert times == sorted(times)


def test_a_gate_holds_until_somebody_opens_it_and_never_again() -> None:
    clock, gate, passed = Clock(BEGIN), Gate(), []

    def waiter(name: str) -> Person:
        yield gate
        passed.append((name, clock.now))
        yield gate
        passed.append((name, clock.now))

    def opener() -> Person:
        yield BEGIN + HOUR
        clock.open(gate)

    clock.start(waiter("anna"))
    clock.start(opener())
    list(clock.run())
    clock.start(waiter("late"))
    list(clock.run())
    assert passed == [("anna", BEGIN + HOUR)] * 2 + [("late", BEGIN + HOUR)] * 2


def test_a_time_that_has_passed_is_now() -> None:
    clock, seen = Clock(BEGIN), []

    def hasty() -> Person:
        yield BEGIN - HOUR
        seen.append(clock.now)

    clock.start(hasty())
    list(clock.run())
    assert seen == [BEGIN]
