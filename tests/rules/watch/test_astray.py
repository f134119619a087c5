from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.watch.astray import astray, wanderings
from kawal.rules.watch.facts import Kind, Severity
from tests.rules.watch.world import LIMITS, MORNING, at_village, boat, on_its_way, spot, watched

CODE = "16.07-to_pps-1"
MINUTE = timedelta(minutes=1)
TRIP = boat(distance_m=95_000)  # 66.7 km of line: a detour of 1.42
OFF = [spot(20 + 10 * n, 15, 20 + 0.1 * n) for n in range(3)]
BACK = [spot(60 + 10 * n, 15 + n, 1) for n in range(2)]


def found(spots, *milestones, trip=TRIP, corridor_m=3_000):
    return astray(trip, on_its_way(trip, spots, *milestones), corridor_m=corridor_m, limits=LIMITS)


def test_three_positions_beyond_the_corridor_are_off_it():
    assert found(OFF[:2]) is None
    off = found(OFF)
    assert off.since == MORNING + 20 * MINUTE and off.seen.at == MORNING + 40 * MINUTE
    assert 3_000 < off.seen.beside_m < 20_000


def test_the_sign_says_how_far_off_and_where():
    plan = watched([TRIP], {CODE: on_its_way(TRIP, OFF)})
    (sign,) = wanderings(plan, now=MORNING + 40 * MINUTE, limits=LIMITS)
    assert (sign.kind, sign.severity, sign.cause) == (Kind.OFF_CORRIDOR, Severity.WARNING, f"off:{CODE}")
    assert sign.facts["off_m"] % 100 == 0 and sign.facts["seen_lat"] == -2.318
    assert sign.facts["stations_count"] == 15


def test_a_wider_corridor_and_a_longer_way_allow_more():
    assert found(OFF, corridor_m=20_000) is None
    assert found(OFF, trip=boat(distance_m=250_000)) is None


def test_three_within_ten_minutes_are_one_word():
    assert found([spot(20 + 4 * n, 15, 20) for n in range(3)]) is None


def test_an_accuracy_as_wide_as_the_distance_says_nothing():
    assert found([spot(20 + 10 * n, 15, 20, accuracy_m=18_000) for n in range(4)]) is None


def test_one_wild_position_or_two_do_nothing():
    along = [spot(5 * n, 1.5 * n) for n in range(8)]
    assert found([*along, spot(41, 300)]) is None
    assert found([*along[:4], spot(20, 15, 60), spot(25, 15, 60), *along[6:]]) is None


def test_it_is_back_when_two_positions_in_a_row_lie_well_inside():
    assert found([*OFF, BACK[0]]) is not None
    assert found([*OFF, *BACK]) is None
    edge = found([*OFF, *BACK]) or found(OFF)
    assert edge is not None


def test_along_the_edge_it_neither_opens_nor_closes_at_every_word():
    rim_m = next(
        metres for metres in range(5_000, 30_000, 50)
        if found([spot(20 + 10 * n, 15, metres / 1000, accuracy_m=0) for n in range(3)])
    )  # fmt: skip
    just_inside = [spot(60 + 10 * n, 15, rim_m / 1000 - 0.2) for n in range(4)]
    assert found(just_inside) is None
    assert found([*OFF, *just_inside]) is not None


def test_a_milestone_told_since_at_a_planned_stop_ends_it():
    assert found(OFF, at_village(0, "arrived", MORNING + 50 * MINUTE)) is None


def test_a_committee_that_is_elsewhere_than_its_village_is_no_way_off():
    """Of a village only its middle is known; the boat says that it is there, 4 km away."""
    there = [spot(20 + 10 * n, 11.1, 4) for n in range(4)]
    direct = boat(distance_m=60_000)
    assert found(there, trip=direct, corridor_m=1_000) is not None
    arrived = at_village(0, "arrived", MORNING + 15 * MINUTE)
    assert found(there, arrived, trip=direct, corridor_m=1_000) is None


def test_silence_does_not_bring_it_back_and_a_word_hours_later_sends_nobody():
    plan = watched([TRIP], {CODE: on_its_way(TRIP, OFF)})
    assert wanderings(plan, now=MORNING + 600 * MINUTE, limits=LIMITS)
    assert found([spot(20 + 10 * n, 15, 20, late_min=180) for n in range(5)]) is None


def test_before_it_left_it_may_be_anywhere():
    assert found([spot(-90 + 10 * n, 15, 20) for n in range(5)]) is None


@given(
    st.lists(st.tuples(st.floats(3, 30), st.floats(0, 1)), min_size=1, max_size=40),
    st.floats(-900, 900),
    st.integers(0, 200),
)
def test_what_moves_along_its_way_is_never_off_it(steps, aside_m, accuracy_m):
    minute, done_km = 0.0, 0.0
    spots = []
    for length, km_a_minute in steps:
        minute, done_km = minute + length, min(33.3, done_km + length * km_a_minute)
        spots.append(spot(minute, done_km, aside_m / 1000, accuracy_m=accuracy_m))
    assert found(spots, trip=boat(distance_m=60_000), corridor_m=1_000) is None


@given(
    st.lists(st.tuples(st.floats(0, 240), st.floats(-40, 40)), max_size=30), st.randoms(use_true_random=False)
)
def test_the_order_in_which_positions_came_makes_no_difference(told, chance):
    spots = [spot(minute, 15, north) for minute, north in told]
    mixed = [*spots, *spots[:4]]
    chance.shuffle(mixed)
    assert found(mixed) == found(spots)
