from datetime import timedelta

from kawal.rules.plan.facts import Leg
from kawal.rules.watch.expect import Mark, departed_at, distance_m, expected_arrivals, going_of, heard_at
from kawal.rules.watch.facts import Position
from tests.rules.watch.world import (
    HOUR,
    LIMITS,
    MORNING,
    at_village,
    boat,
    consignment,
    departed,
    told,
    underway,
)

BOAT = boat()
FIRST, SECOND, THIRD = (one.code for one in BOAT.consignments)


def expected(progress, now, trip=BOAT):
    return expected_arrivals(trip, progress, trip.consignments, now=now, limits=LIMITS)


def test_a_degree_of_the_equator_is_111_kilometres():
    assert round(distance_m(0.0, 100.0, 0.0, 101.0)) == 111_195


def test_before_departure_the_trip_is_expected_to_leave_now_and_to_travel_as_planned():
    late = expected(underway(), MORNING + HOUR)
    assert late[FIRST] == MORNING + 2 * HOUR and late[THIRD] == MORNING + 4 * HOUR
    assert expected(underway(), MORNING - HOUR)[FIRST] == MORNING + HOUR


def test_a_trip_that_left_late_arrives_as_much_later():
    half_hour = timedelta(minutes=30)
    found = expected(underway(departed(MORNING + half_hour)), MORNING + half_hour)
    assert found[SECOND] == MORNING + 2 * HOUR + half_hour


def test_what_is_left_takes_as_many_times_longer_as_the_way_so_far():
    slow = underway(departed(), at_village(0, "arrived", MORNING + 2 * HOUR))
    assert expected(slow, MORNING + 2 * HOUR)[SECOND] == MORNING + 4 * HOUR


def test_a_fast_start_promises_nothing_and_a_slow_one_has_a_limit():
    fast = underway(departed(), at_village(0, "arrived", MORNING + HOUR / 2))
    assert expected(fast, MORNING + HOUR / 2)[SECOND] == MORNING + 1.5 * HOUR
    stuck = underway(departed(), at_village(0, "arrived", MORNING + 9 * HOUR))
    assert expected(stuck, MORNING + 9 * HOUR)[SECOND] == MORNING + 9 * HOUR + 3 * HOUR


def test_a_position_between_two_stops_tells_how_far_the_trip_is():
    halfway = Position(lat=-2.5, lon=105.05, at=MORNING + HOUR, heard_at=MORNING + HOUR)
    found = expected(underway(departed(), position=halfway), MORNING + HOUR)
    assert abs(found[FIRST] - (MORNING + 2 * HOUR)) < timedelta(seconds=5)


def test_a_position_older_than_the_last_milestone_says_nothing():
    old = Position(lat=-2.5, lon=105.0, at=MORNING, heard_at=MORNING + 2 * HOUR)
    here = at_village(0, "arrived", MORNING + HOUR)
    assert expected(underway(departed(), here, position=old), MORNING + HOUR)[SECOND] == MORNING + 2 * HOUR


def test_what_should_have_come_by_now_comes_now_at_the_earliest_and_pushes_the_rest_back():
    found = expected(underway(departed()), MORNING + 1.5 * HOUR)
    assert found[FIRST] == MORNING + 1.5 * HOUR and found[SECOND] == MORNING + 2.5 * HOUR


def test_a_consignment_at_a_stop_already_passed_is_expected_now():
    now = MORNING + 2 * HOUR
    assert expected(underway(departed(), at_village(1, "arrived", now)), now)[FIRST] == now


def test_the_courier_loading_is_not_a_departure_but_a_word_from_farther_along_is():
    loading = told("PPK-16.07.03", "accepted", MORNING)
    assert departed_at(BOAT, underway(loading)) is None
    arrived = at_village(0, "arrived", MORNING + HOUR)
    assert departed_at(BOAT, underway(loading, arrived)) == MORNING + HOUR


def test_a_wrong_clock_does_not_put_the_trip_back_to_where_it_was():
    """The phone at the second village is two days behind; it still says that the trip was there."""
    progress = underway(departed(), at_village(1, "arrived", MORNING - 48 * HOUR))
    assert expected(progress, MORNING + 2 * HOUR)[FIRST] == MORNING + 2 * HOUR


def test_on_the_way_home_the_end_of_the_trip_is_the_delivery():
    home = MORNING + 6 * HOUR
    back = boat(
        code="16.07-back_ppk-1",
        leg=Leg.BACK_PPK,
        consignments=(consignment("16.07-back_ppk-1", 1, "PPK-16.07.03", home, home + HOUR),),
    )
    (code,) = (one.code for one in back.consignments)
    collected = underway(departed(), at_village(2, "accepted", MORNING + 4 * HOUR))
    assert expected(collected, MORNING + 4 * HOUR, back)[code] == MORNING + 8 * HOUR
    came_home = underway(departed(), told("PPK-16.07.03", "arrived", home))
    assert going_of(back, came_home, limits=LIMITS).mark == Mark(home, home, 4)


def test_heard_of_is_when_the_hub_heard_and_not_when_it_happened():
    late_upload = told("PPK-16.07.03", "departed", MORNING, MORNING + 5 * HOUR)
    assert heard_at(underway(late_upload)) == MORNING + 5 * HOUR
    assert heard_at(underway()) is None


def test_a_trip_that_has_not_departed_goes_nowhere_and_one_that_has_goes_on_at_its_pace():
    assert going_of(BOAT, underway(), limits=LIMITS) is None
    assert going_of(BOAT, underway(departed()), limits=LIMITS).at(MORNING + HOUR) == MORNING + HOUR
    slow = going_of(BOAT, underway(departed(), at_village(0, "arrived", MORNING + 2 * HOUR)), limits=LIMITS)
    assert slow.at(MORNING + 2 * HOUR) == MORNING + 4 * HOUR
    assert slow.at(MORNING) == MORNING + 2 * HOUR
