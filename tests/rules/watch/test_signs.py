import random

from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.watch.facts import Progress
from kawal.rules.watch.signs import signs
from tests.rules.watch.test_mismatch import finding
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

TRIPS = [boat(code=f"16.07-to_pps-{number}") for number in range(1, 5)]


@given(st.randoms(use_true_random=False), st.integers(0, 12))
def test_the_order_in_which_anything_was_told_makes_no_difference(chance: random.Random, hours: int):
    told = [departed(), *(at_village(number, "arrived", MORNING + 2 * HOUR) for number in range(3))]
    trips, findings = list(TRIPS), [finding("short", box=box) for box in range(1, 6)]
    now = MORNING + hours * HOUR
    before = signs([watched(trips, {"16.07-to_pps-1": underway(*told)})], findings, now=now, limits=LIMITS)
    for some in (told, trips, findings):
        chance.shuffle(some)
    after = signs([watched(trips, {"16.07-to_pps-1": underway(*told)})], findings, now=now, limits=LIMITS)
    assert before == after


@given(st.integers(0, 60), st.lists(st.sampled_from(["short", "seal_broken", "offer_unknown", "fork"])))
def test_one_cause_is_one_sign(hours: int, kinds: list[str]):
    findings = [finding(kind, box=1 + number % 5) for number, kind in enumerate(kinds)]
    short = {VILLAGES[0]: ("1607032001099",)}
    plan = watched(TRIPS, {TRIPS[0].code: underway(departed())}, unreceived=short)
    causes = [sign.cause for sign in signs([plan], findings, now=MORNING + hours * HOUR, limits=LIMITS)]
    assert len(causes) == len(set(causes))


def test_a_silent_late_trip_is_two_causes():
    """They ask for two different things: a way to still be in time, and somebody to go and look."""
    plan = watched(TRIPS[:1], {TRIPS[0].code: Progress(milestones=(departed(),))})
    found = signs([plan], [], now=MORNING + 9 * HOUR, limits=LIMITS)
    assert [sign.cause for sign in found] == ["delay:16.07-to_pps-1", "silent:16.07-to_pps-1"]
