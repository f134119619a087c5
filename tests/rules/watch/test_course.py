from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.custody.track import Spot, track_of
from kawal.rules.watch.course import course
from tests.rules.watch.world import MORNING, boat, spot

ALONG = [spot(10 * n, 3 * n) for n in range(8)]  # 18 km/h


def believed(spots):
    return [point.at for point in course(boat(), track_of(spots))]


def test_positions_along_the_way_are_all_believed():
    assert len(believed(ALONG)) == len(ALONG)


def test_a_single_leap_is_not_believed_wherever_it_stands():
    for n in range(len(ALONG)):
        leaps = [*ALONG[:n], spot(10 * n, 3 * n + 400), *ALONG[n + 1 :]]
        assert believed(leaps) == believed([*ALONG[:n], *ALONG[n + 1 :]])


def test_a_receiver_that_knows_nothing_says_zero():
    zeros = [Spot(one.at_ms + 300_000, one.heard_ms + 300_000, 0, 0, 5) for one in ALONG]
    assert believed([*ALONG, *zeros]) == believed(ALONG)


def test_two_that_agree_are_believed_and_so_is_the_only_one():
    assert len(believed([*ALONG, spot(75, 300), spot(85, 303)])) == len(ALONG) + 2
    assert believed([spot(0, 400)]) == [MORNING]


@given(
    st.lists(st.tuples(st.floats(0, 600), st.floats(-100, 100)), max_size=30),
    st.randoms(use_true_random=False),
)
def test_the_order_in_which_positions_came_makes_no_difference(told, chance):
    spots = [spot(minute, east) for minute, east in told]
    mixed = [*spots, *spots[:3]]
    chance.shuffle(mixed)
    assert course(boat(), track_of(mixed)) == course(boat(), track_of(spots))
