from datetime import timedelta

from kawal.rules.risk.classes import RiskClass
from kawal.rules.watch.facts import Kind, Position, Severity
from kawal.rules.watch.silence import silences
from tests.rules.watch.world import HOUR, LIMITS, MORNING, at_village, boat, departed, told, underway, watched

CODE = "16.07-to_pps-1"
SECOND = timedelta(seconds=1)


def found(progress, now, **changes):
    return silences(watched([boat(**changes)], {CODE: progress}), now=now, limits=LIMITS)


def test_no_word_for_the_time_of_the_class_after_the_expected_arrival_is_a_gap():
    awaited = MORNING + HOUR
    assert found(underway(departed()), awaited + 2 * HOUR) == []
    (sign,) = found(underway(departed()), awaited + 2 * HOUR + SECOND)
    assert (sign.kind, sign.severity, sign.trip) == (Kind.CUSTODY_GAP, Severity.WARNING, CODE)
    assert sign.facts["stations_count"] == 15 and sign.facts["heard_at"] == MORNING.isoformat()


def test_a_vulnerable_trip_is_asked_after_sooner():
    (sign,) = found(underway(departed()), MORNING + 2 * HOUR + SECOND, risk=RiskClass.SPECIAL)
    assert sign.severity is Severity.URGENT


def test_any_word_breaks_the_silence_however_old_what_it_tells():
    now = MORNING + 4 * HOUR
    uploaded = told("PPK-16.07.03", "offered", MORNING, now - HOUR)
    assert found(underway(departed(), uploaded), now) == []
    position = Position(lat=-2.5, lon=105.0, at=MORNING, heard_at=now - HOUR)
    assert found(underway(departed(), position=position), now) == []


def test_a_trip_that_has_not_left_or_is_delivered_is_not_silent():
    assert found(underway(), MORNING + 9 * HOUR) == []
    everywhere = [at_village(number, "accepted", MORNING + HOUR) for number in range(3)]
    assert found(underway(departed(), *everywhere), MORNING + 9 * HOUR) == []


def test_arrived_and_nobody_takes_it_over_is_a_gap_too():
    arrived = underway(departed(), at_village(0, "arrived", MORNING + HOUR))
    (sign,) = found(arrived, MORNING + 4 * HOUR)
    assert f"PPS-{'16.07.03.2001'}" in sign.facts["sites"]
