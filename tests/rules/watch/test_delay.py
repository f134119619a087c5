from datetime import timedelta

import pytest

from kawal.rules.custody.stages import Stage
from kawal.rules.plan.facts import Leg
from kawal.rules.risk.classes import RiskClass
from kawal.rules.watch.delay import delays
from kawal.rules.watch.facts import Kind, Severity
from kawal.rules.watch.told import LISTED_MAX
from tests.rules.watch.world import (
    DEADLINE,
    HOUR,
    LIMITS,
    MORNING,
    VILLAGES,
    at_village,
    boat,
    consignment,
    departed,
    stations,
    underway,
    watched,
)

CODE = "16.07-to_pps-1"


def found(plan, now):
    return delays(plan, now=now, limits=LIMITS)


def only(plan, now):
    (sign,) = found(plan, now)
    return sign


def test_a_trip_on_time_gives_no_sign():
    assert found(watched([boat()]), MORNING + timedelta(minutes=10)) == []
    assert found(watched([boat()], {CODE: underway(departed())}), MORNING + HOUR / 2) == []


def test_a_trip_that_has_not_left_is_predicted_late_when_little_slack_is_left():
    assert found(watched([boat()]), MORNING + HOUR) == []
    sign = only(watched([boat()]), MORNING + timedelta(minutes=61))
    assert (sign.kind, sign.severity, sign.facts["why"]) == (Kind.PREDICTED_LATE, Severity.NOTICE, "waiting")
    assert sign.facts["stations_count"] == 15 and sign.facts["late_s"] == 0


def test_a_trip_that_has_not_left_by_its_latest_safe_departure_is_late():
    assert only(watched([boat()]), MORNING + 2 * HOUR).kind is Kind.PREDICTED_LATE
    sign = only(watched([boat()]), MORNING + 2 * HOUR + timedelta(minutes=12))
    assert (sign.kind, sign.severity, sign.facts["why"]) == (Kind.LATE, Severity.WARNING, "not_departed")
    assert sign.facts["late_s"] == 600 and sign.area == "16.07.03" and sign.trip == CODE


def test_a_slow_trip_is_predicted_late_before_it_is_late():
    """Twice the planned time to the first village: the third, due after six hours, is expected then."""
    slow = {CODE: underway(departed(), at_village(0, "accepted", MORNING + 2 * HOUR))}
    assert found(watched([boat()], slow), MORNING + 2 * HOUR) == []
    slower = {CODE: underway(departed(), at_village(0, "accepted", MORNING + 2.5 * HOUR))}
    sign = only(watched([boat()], slower), MORNING + 2.5 * HOUR)
    assert (sign.kind, sign.facts["why"]) == (Kind.PREDICTED_LATE, "underway")
    assert sign.facts["sites"] == [f"PPS-{VILLAGES[2]}"] and sign.facts["late_s"] == 5400
    assert sign.facts["expected_at"] == (MORNING + 7.5 * HOUR).isoformat()


def test_a_consignment_not_accepted_by_its_time_is_late_and_stops_being_so_when_it_is_accepted():
    now = MORNING + 4 * HOUR + timedelta(minutes=30)
    only_first_left = (
        at_village(1, "accepted", MORNING + 2 * HOUR),
        at_village(2, "accepted", MORNING + 3 * HOUR),
    )
    sign = only(watched([boat()], {CODE: underway(departed(), *only_first_left)}), now)
    assert (sign.kind, sign.facts["why"], sign.facts["stations_count"]) == (Kind.LATE, "not_accepted", 5)
    done = underway(departed(), *only_first_left, at_village(0, "accepted", now))
    assert found(watched([boat()], {CODE: done}), now) == []


def test_boxes_that_stand_where_they_belong_are_not_late_though_no_phone_named_the_trip():
    arrived = dict.fromkeys((s for village in VILLAGES for s in stations(village)), Stage.AT_PPS)
    assert found(watched([boat()], stages=arrived), MORNING + 9 * HOUR) == []


def test_at_the_village_is_not_received_by_the_station():
    """C10: a trip to stations is not delivered by boxes that stand at the village."""
    to_stations = boat(leg=Leg.TO_STATION)
    at_pps = dict.fromkeys((s for village in VILLAGES for s in stations(village)), Stage.AT_PPS)
    assert only(watched([to_stations], stages=at_pps), MORNING + 9 * HOUR).kind is Kind.LATE


@pytest.mark.parametrize(
    ("risk", "before_deadline", "severity"),
    [
        (RiskClass.LOW, 24 * HOUR, Severity.WARNING),
        (RiskClass.HIGH, 24 * HOUR, Severity.URGENT),
        (RiskClass.LOW, 12 * HOUR, Severity.URGENT),
        (RiskClass.SPECIAL, -HOUR, Severity.URGENT),
    ],
)
def test_severity_rises_with_the_class_and_towards_the_deadline(risk, before_deadline, severity):
    now = MORNING + 3 * HOUR
    plan = watched([boat(risk=risk)], deadline_at=now + before_deadline)
    assert only(plan, now).severity is severity


def test_trips_that_wait_for_boxes_aboard_a_delayed_trip_are_told_in_its_sign():
    """A storm is one alert: the truck that has not left, and not each village boat that waits for it."""
    everything = tuple(s for village in VILLAGES for s in stations(village))
    truck = boat(
        code="16.07-to_ppk-1",
        leg=Leg.TO_PPK,
        area="16.07",
        consignments=(
            consignment("16.07-to_ppk-1", 1, "PPK-16.07.03", MORNING, MORNING + HOUR, stations=everything),
        ),
    )
    sign = only(watched([boat(), truck]), MORNING + 3 * HOUR)
    assert sign.trip == "16.07-to_ppk-1" and sign.area == "16.07"
    assert sign.facts["trips_waiting"] == [CODE] and sign.facts["stations_count"] == 15


def test_a_waiting_trip_whose_boxes_are_there_has_its_own_sign():
    truck = boat(
        code="16.07-to_ppk-1",
        leg=Leg.TO_PPK,
        consignments=(consignment("16.07-to_ppk-1", 1, "PPK-16.07.09", MORNING, MORNING + HOUR,
                                  stations=stations("16.07.09.2001")),),
    )  # fmt: skip
    assert [sign.trip for sign in found(watched([boat(), truck]), MORNING + 3 * HOUR)] == [
        "16.07-to_ppk-1",
        CODE,
    ]


def test_a_big_storm_names_the_first_and_counts_all():
    many = consignment(CODE, 1, f"PPS-{VILLAGES[0]}", MORNING, MORNING + HOUR, stations=stations(count=900))
    sign = only(watched([boat(consignments=(many,))]), MORNING + 3 * HOUR)
    assert len(sign.facts["stations"]) == LISTED_MAX and sign.facts["stations_count"] == 900


def test_stations_begun_but_not_received_are_one_sign_per_village_after_the_deadline_only():
    short = {VILLAGES[0]: stations(count=2), VILLAGES[1]: stations(VILLAGES[1], 1)}
    assert found(watched([], unreceived=short), DEADLINE) == []
    first, second = found(watched([], unreceived=short), DEADLINE + HOUR)
    assert (first.area, first.severity, first.facts["stations_count"]) == (VILLAGES[0], Severity.URGENT, 2)
    assert second.station == stations(VILLAGES[1], 1)[0] and first.station == ""


def test_a_station_that_a_late_trip_names_is_not_told_twice():
    plan = watched([boat()], unreceived={VILLAGES[0]: stations()})
    assert [sign.cause for sign in found(plan, DEADLINE + HOUR)] == [f"delay:{CODE}"]


def test_a_sign_does_not_change_from_one_look_to_the_next():
    """Expectations move with the clock; told in steps of five minutes they do not rewrite every alert."""
    now = MORNING + 3 * HOUR
    assert found(watched([boat()]), now) == found(watched([boat()]), now + timedelta(seconds=5))


def test_trips_of_one_leg_do_not_wait_for_each_other():
    """Boxes of one station on two boats of a leg: two vehicles are late, and somebody must act on both."""
    both = watched([boat(), boat(code="16.07-to_pps-2")])
    assert [sign.facts["trips_waiting"] for sign in found(both, MORNING + 3 * HOUR)] == [[], []]
