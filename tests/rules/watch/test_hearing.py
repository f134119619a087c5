"""A boat of three villages, an hour apart; home after six hours."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.watch.hearing import share_at, unheard
from kawal.rules.watch.silence import silences
from tests.rules.watch.world import (
    HOUR,
    LIMITS,
    MORNING,
    VILLAGES,
    at_village,
    boat,
    departed,
    underway,
    watched,
)

CODE = "16.07-to_pps-1"
BOAT = boat()
ALL = {"16.07": 1.0}
NONE = {"16.07": 0.0}
LEFT = underway(departed())
SHARES = st.dictionaries(
    st.sampled_from(["16.07", "16.07.03", *VILLAGES]), st.sampled_from([0.0, 0.4, 0.6, 0.9, 1.0])
)
HOURS = st.floats(0, 24)


def counted(signal, now, progress=LEFT, heard=MORNING):
    found = unheard(BOAT, progress, BOAT.consignments, signal, heard=heard, now=now, limits=LIMITS)
    return found.counted if found else timedelta()


def signs(signal, now, progress=LEFT):
    return silences(watched([BOAT], {CODE: progress}, signal=signal), now=now, limits=LIMITS)


def _six_times_later(stop):
    arrive_at, depart_at = (MORNING + 6 * (at - MORNING) for at in (stop.arrive_at, stop.depart_at))
    return replace(stop, arrive_at=arrive_at, depart_at=depart_at)


def test_where_there_is_a_signal_silence_is_told_before_the_expected_arrival():
    slow = boat(stops=tuple(_six_times_later(stop) for stop in BOAT.stops))
    now = MORNING + 2 * HOUR + timedelta(seconds=1)  # the first village is six hours away
    assert silences(watched([slow], {CODE: LEFT}, signal=ALL), now=now, limits=LIMITS)
    assert not silences(watched([slow], {CODE: LEFT}, signal=NONE), now=now, limits=LIMITS)
    assert not silences(watched([slow], {CODE: LEFT}), now=now, limits=LIMITS)


def test_in_a_gap_nothing_is_awaited_until_the_trip_should_be_out_of_it():
    """No village has a signal, the district's town has: it should be heard when it is home again."""
    gap = dict.fromkeys(VILLAGES, 0.1) | {"16.07.03": 1.0}
    assert signs(gap, MORNING + 8 * HOUR) == []
    (sign,) = signs(gap, MORNING + 8 * HOUR + timedelta(seconds=1))
    assert sign.facts["awaited_at"] == (MORNING + 6 * HOUR).isoformat()


def test_no_gap_excuses_for_ever():
    assert counted(NONE, MORNING + 6 * HOUR) == timedelta()
    assert counted(NONE, MORNING + 9 * HOUR) == 3 * HOUR


def test_only_the_time_where_it_could_be_heard_counts():
    """Signal at the start and the first village; the second and third have none."""
    some = {"16.07.03": 1.0, VILLAGES[1]: 0.0, VILLAGES[2]: 0.0}
    on_time = underway(
        departed(), at_village(0, "accepted", MORNING + HOUR), at_village(0, "departed", MORNING + HOUR)
    )
    left = BOAT.consignments[1:]
    found = unheard(BOAT, on_time, left, some, heard=MORNING + HOUR, now=MORNING + 3 * HOUR, limits=LIMITS)
    assert found is None


def test_the_word_that_was_due_at_a_hand_over_stays_due_in_the_gap_behind_it():
    some = {VILLAGES[0]: 1.0, VILLAGES[1]: 0.0, VILLAGES[2]: 0.0}
    assert counted(some, MORNING + 4 * HOUR) == 3 * HOUR


def test_where_nothing_is_known_of_signal_a_word_is_due_at_the_first_hand_over():
    assert counted({}, MORNING + HOUR) == timedelta()
    assert counted({}, MORNING + 4 * HOUR) == 3 * HOUR


def test_the_signal_of_a_site_is_that_of_its_area_or_of_the_next_one_above():
    told = {"16": 0.5, "16.07.03": 0.7, VILLAGES[0]: 0.1}
    assert share_at(f"PPS-{VILLAGES[0]}", told) == 0.1
    assert share_at("1607032002001", told) == share_at("PPK-16.07.03", told) == 0.7
    assert share_at("DMG-16.07.03-1", told) == 0.7
    assert share_at("GDG-16.07", told) == 0.5
    assert share_at("GDG-99.01", told) is None and share_at("somewhere", told) is None


@given(HOURS, HOURS)
def test_with_signal_everywhere_all_time_since_the_last_word_counts(heard, more):
    heard_at = MORNING + heard * HOUR
    assert counted(ALL, heard_at + more * HOUR, heard=heard_at) == pytest.approx(
        more * HOUR, abs=timedelta(seconds=1)
    )


@given(SHARES, HOURS, HOURS, HOURS)
def test_it_never_counts_more_than_has_passed_nor_less_as_time_goes_on(signal, heard, first, then):
    heard_at = MORNING + heard * HOUR
    now = heard_at + first * HOUR
    before = counted(signal, now, heard=heard_at)
    after = counted(signal, now + then * HOUR, heard=heard_at)
    second = timedelta(seconds=1)
    assert before <= now - heard_at + second
    assert before - second <= after <= before + then * HOUR + second


@given(
    SHARES,
    st.sampled_from(VILLAGES),
    st.sampled_from([0.0, 0.6, 0.9]),
    st.sampled_from([0.0, 0.6, 0.9]),
    HOURS,
)
def test_more_signal_never_makes_it_quieter(signal, village, less, more, hours):
    less, more = sorted((less, more))
    now = MORNING + hours * HOUR
    worse, better = signal | {village: less}, signal | {village: more}
    assert counted(worse, now) <= counted(better, now)
