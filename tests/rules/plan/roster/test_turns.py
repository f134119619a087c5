"""What so many officers can do one after the other, against all that there is to try."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.plan.roster.turns import Network, Turn

TURNS = st.builds(
    lambda leaves, span, rest: Turn(
        leaves, leaves + span + rest, tuple(range(leaves // 3, (leaves + span - 1) // 3 + 1))
    ),
    st.integers(0, 30),
    st.integers(1, 9),
    st.integers(2, 4),
)
ASKED = st.dictionaries(TURNS, st.integers(1, 2), min_size=1, max_size=7)


def _day(first: int, days: int = 1) -> Turn:
    return Turn(3 * first, 3 * (first + days), tuple(range(first, first + days)))


def _can(turns: Sequence[Turn]) -> bool:
    """Written once more: rested before each turn, five days in any seven."""
    found = sorted(turns)
    days = [day for turn in found for day in turn.days]
    return all(one.back <= two.leaves for one, two in pairwise(found)) and all(
        sum(first <= day < first + 7 for day in days) <= 5 for first in range(-6, 40)
    )


def _most(wanted: dict[Turn, int], officers: int) -> int:
    """Seats that can be filled, by trying everything."""
    turns = sorted(wanted)
    lives = [some for size in range(1, len(turns) + 1) for some in combinations(turns, size) if _can(some)]

    @cache
    def best(left: tuple[int, ...], people: int) -> int:
        if not people:
            return 0
        found = 0
        for life in lives:
            if all(left[turns.index(turn)] for turn in life):
                rest = tuple(count - (turn in life) for turn, count in zip(turns, left, strict=True))
                found = max(found, len(life) + best(rest, people - 1))
        return found

    return best(tuple(wanted[turn] for turn in turns), officers)


@settings(max_examples=40, deadline=None)
@given(ASKED, st.integers(0, 3))
def test_as_many_seats_are_filled_as_can_be_and_by_people_who_can(
    wanted: dict[Turn, int], officers: int
) -> None:
    crew = Network(list(wanted)).crew(wanted, officers)
    taken = Counter(turn for turns in crew for turn in turns)
    assert len(crew) == officers and all(map(_can, crew))
    assert taken <= Counter(wanted)
    assert taken.total() == _most(wanted, officers)


@settings(max_examples=60, deadline=None)
@given(ASKED, st.integers(0, 3), st.lists(st.lists(st.integers(0, 6), max_size=5, unique=True), max_size=4))
def test_no_people_break_what_is_told_to_be_impossible(
    wanted: dict[Turn, int], officers: int, lives: list[list[int]]
) -> None:
    turns = sorted(wanted)
    cut = Network(turns).cut(wanted, officers)
    if cut is None:
        return
    assert sum(weight * wanted[turn] for turn, weight in cut.weights.items()) > cut.each * officers
    for life in lives:
        done = [turns[place] for place in life if place < len(turns)]
        if _can(done):
            assert sum(cut.weights.get(turn, 0.0) for turn in done) <= cut.each + 1e-9


def test_two_walks_of_two_days_leave_no_day_for_a_third() -> None:
    walks = {_day(0, 2): 2, _day(2, 2): 2, _day(4, 2): 1}
    cut = Network(list(walks)).cut(walks, 2)
    assert cut is not None  # ten days of duty for two officers with five each, and yet
    assert Network(list(walks)).cut(walks, 3) is None


def test_weeks_are_counted_wherever_they_begin() -> None:
    days = {_day(day): 1 for day in (0, 4, 5, 6, 7, 8, 9)}
    assert sum(map(len, Network(list(days)).crew(days, 1))) == 6
    rest = {_day(day): 1 for day in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)}
    assert sum(map(len, Network(list(rest)).crew(rest, 1))) == 10


def test_uneven_weeks_are_filled_where_they_fit_only_one_way() -> None:
    wanted = {_day(0, 2): 1, _day(2, 2): 1, _day(4): 1, _day(5): 2, _day(6): 2}
    assert sum(map(len, Network(list(wanted)).crew(wanted, 2))) == 7


def test_nobody_does_nothing() -> None:
    wanted = {_day(day): 1 for day in range(7)}
    assert Network(list(wanted)).crew(wanted, 0) == []
    assert Network([]).crew({}, 2) == [[], []]
    assert Network([]).cut({}, 0) is None
