from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.custody.track import EVERY_MS, KEPT_MAX, Spot, decoded, encoded, track_of
from kawal.rules.risk.patterns import STOP_MAX_S

NOW_MS = 1_700_000_000_000
SPOTS = st.lists(
    st.builds(
        Spot,
        st.integers(NOW_MS, NOW_MS + 80 * EVERY_MS),
        st.integers(NOW_MS, NOW_MS + 90 * EVERY_MS),
        st.integers(-900_000_000, 900_000_000),
        st.integers(-1_800_000_000, 1_800_000_000),
        st.integers(0, 999_999),
    ),
    max_size=120,
)


@given(SPOTS, st.randoms(use_true_random=False), st.integers(0, 120))
def test_any_order_any_batches_and_any_repeats_give_the_same_track(spots, chance, cut):
    whole = track_of(spots)
    mixed = [*spots, *spots[:5]]
    chance.shuffle(mixed)
    assert track_of([*track_of(mixed[:cut]), *mixed[cut:]]) == whole
    assert decoded(encoded(whole)) == whole


@given(SPOTS)
def test_a_track_is_small_in_order_and_holds_the_newest_word(spots):
    track = track_of(spots)
    assert len(track) <= KEPT_MAX and list(track) == sorted(track)
    if spots:
        assert max(spots).at_ms - track[-1].at_ms < EVERY_MS
        fresh = [one for one in spots if one.is_fresh]
        assert not fresh or max(fresh) in track or max(fresh).at_ms < track[0].at_ms


def test_of_a_phone_that_tells_every_second_four_hours_are_kept():
    track = track_of(Spot(NOW_MS + 1000 * n, NOW_MS + 1000 * n, 1, 1, 5) for n in range(30_000))
    assert len(track) == KEPT_MAX
    kept_ms = track[-1].at_ms - track[0].at_ms
    assert kept_ms >= (KEPT_MAX - 2) * EVERY_MS
    assert kept_ms > STOP_MAX_S * 1000, "the longest stop that a table may allow is seen"
