from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.risk.classes import RiskClass
from kawal.rules.watch.facts import NO_PROGRESS, Kind, Severity
from kawal.rules.watch.signs import signs
from kawal.rules.watch.standing import standing, stops
from tests.rules.watch.world import (
    DEADLINE,
    HOUR,
    LIMITS,
    MORNING,
    VILLAGES,
    at_village,
    boat,
    on_its_way,
    spot,
    told,
    watched,
)

CODE = "16.07-to_pps-1"
MINUTE = timedelta(minutes=1)
STOP = timedelta(hours=1)
UNDERWAY = [spot(5, 1.5), spot(12, 3)]
AT_SEA = 5.0  # km east of where it starts: half way to the first village


def stands(until_min, *, from_min=20, every_min=10, east_km=AT_SEA, **told):
    return [
        spot(minute, east_km, 0.05 * (number % 2), **told)
        for number, minute in enumerate(range(from_min, until_min + 1, every_min))
    ]


def found(spots, *milestones, trip=None, stop=STOP):
    trip = trip or boat()
    return standing(trip, on_its_way(trip, spots, *milestones), stop=stop)


def test_a_boat_that_tells_and_does_not_move_for_longer_than_its_class_allows_is_stopped():
    assert found([*UNDERWAY, *stands(80)]) is None
    place = found([*UNDERWAY, *stands(90)])
    assert (place.since, place.until) == (MORNING + 20 * MINUTE, MORNING + 90 * MINUTE)


def test_the_sign_says_where_and_for_how_long_and_whose_boxes_are_aboard():
    trip = boat()
    plan = watched([trip], {CODE: on_its_way(trip, [*UNDERWAY, *stands(90)])})
    (sign,) = stops(plan, now=MORNING + 90 * MINUTE, limits=LIMITS)
    assert (sign.kind, sign.severity, sign.cause) == (Kind.STOPPED, Severity.WARNING, f"delay:{CODE}")
    assert sign.facts["stands_s"] == 70 * 60 and sign.facts["stations_count"] == 15
    assert (sign.facts["stands_lat"], sign.facts["stands_lon"]) == (-2.5, 105.045)
    late = stops(plan, now=DEADLINE - HOUR, limits=LIMITS)
    assert late[0].severity is Severity.URGENT


def test_a_worse_class_is_asked_after_sooner():
    trip = boat(risk=RiskClass.HIGH)
    plan = watched([trip], {CODE: on_its_way(trip, [*UNDERWAY, *stands(60)])})
    (sign,) = stops(plan, now=MORNING + HOUR, limits=LIMITS)
    assert sign.severity is Severity.URGENT


def test_no_words_are_not_a_stop():
    assert found([*UNDERWAY, spot(20, AT_SEA)]) is None
    assert found([]) is None


def test_handing_over_at_a_planned_stop_is_no_stop():
    near = 11.1  # km: the first village
    assert found([*UNDERWAY, *stands(120, east_km=near)]) is None
    far = [*UNDERWAY, *stands(120, east_km=near - 3)]
    assert found(far) is not None
    assert found(far, at_village(0, "arrived", MORNING + 18 * MINUTE)) is None  # its point is a guess
    left = at_village(0, "departed", MORNING + 19 * MINUTE)
    assert found(far, at_village(0, "arrived", MORNING + 18 * MINUTE), left) is not None


def test_what_says_that_it_left_and_stays_is_stopped_from_then_on():
    here = stands(80, from_min=0, east_km=0.2)
    place = found(here)
    assert place.since == MORNING and place.until == MORNING + 80 * MINUTE


def test_a_trip_that_has_not_left_or_has_delivered_is_not_stopped():
    trip, spots = boat(), [*UNDERWAY, *stands(200)]
    course = on_its_way(trip, spots).course
    assert standing(trip, NO_PROGRESS, stop=STOP) is None
    unsaid = type(NO_PROGRESS)(course=course)
    assert standing(trip, unsaid, stop=STOP) is None
    everywhere = [told(f"PPS-{village}", "accepted", MORNING + 15 * MINUTE) for village in VILLAGES]
    plan = watched([trip], {CODE: on_its_way(trip, spots, *everywhere)})
    assert stops(plan, now=MORNING + 200 * MINUTE, limits=LIMITS) == []


def test_a_milestone_told_since_says_that_it_moved_on():
    spots = [*UNDERWAY, *stands(90)]
    assert found(spots, at_village(0, "arrived", MORNING + 100 * MINUTE)) is None


def test_what_was_heard_hours_later_tells_what_was():
    old = [*UNDERWAY, *stands(90, late_min=120)]
    assert found(old) is None
    assert found([*old, *stands(120, from_min=100)]) is not None  # and it stands there still


def test_a_leap_of_the_receiver_neither_makes_nor_ends_a_stop():
    spots = [*UNDERWAY, *stands(100)]
    assert found([*spots, spot(107, 300)]) is not None
    assert found([*UNDERWAY, *stands(40), spot(47, 300), *stands(100, from_min=50)]) is not None


def test_a_vague_position_tells_that_it_moved_but_never_that_it_stands():
    assert found([*UNDERWAY, *stands(90, accuracy_m=2_000)]) is None
    assert found([*UNDERWAY, *stands(90), spot(95, AT_SEA + 1, accuracy_m=2_000)]) is not None
    assert found([*UNDERWAY, *stands(90), spot(95, AT_SEA + 4, accuracy_m=2_000)]) is None


@given(
    st.lists(st.tuples(st.floats(2, 20), st.floats(0.03, 0.6)), min_size=2, max_size=40),
    st.sampled_from([30, 45, 60]),
)
def test_what_moves_along_its_way_never_stands(steps, stop_min):
    """Steps of minutes and km a minute: from 2 km/h."""
    minute = east = 0.0
    spots = []
    for length, pace in steps:
        minute, east = minute + length, east + length * pace
        spots.append(spot(minute, east, accuracy_m=50))
    assert found(spots, stop=timedelta(minutes=stop_min)) is None


@given(
    st.lists(st.tuples(st.floats(1, 25), st.floats(-60, 60), st.floats(0, 300)), min_size=1, max_size=36),
    st.randoms(use_true_random=False),
)
def test_a_longer_stop_stays_a_stop_whatever_comes_late_or_mixed(more, chance):
    spots = [*UNDERWAY, *stands(90)]
    minute = 90.0
    for wait, north_m, late in more:
        minute += wait
        spots.append(spot(minute, AT_SEA, north_m / 1000, late_min=late))
        chance.shuffle(spots)
        assert found(spots) is not None


def test_a_stop_and_the_delay_that_it_makes_are_one_cause():
    trip = boat()
    spots = [*UNDERWAY, *stands(90)]
    plan = watched([trip], {CODE: on_its_way(trip, spots)})

    def seen(now):
        return [sign for sign in signs([plan], [], now=now, limits=LIMITS) if sign.cause == f"delay:{CODE}"]

    (early,) = seen(MORNING + 90 * MINUTE)
    (late,) = seen(MORNING + 7 * HOUR)
    assert early.kind is Kind.STOPPED and late.kind is Kind.LATE
    assert late.facts["stands_since"] == early.facts["stands_since"] and late.facts["why"] == "not_accepted"
