"""Berths as they are taken: room is where fewer than so many are, moment by moment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.plan.docks import NO_DOCKS, Dock, Docks, Handling
from kawal.rules.plan.facts import Mode
from kawal.rules.plan.routing.berths import Berths
from kawal.rules.plan.windows import earliest

SITE = "PPK-16.07.01"
stretches = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=12)


def handling(begin_s: int, for_s: int, mode: Mode = Mode.SPEEDBOAT) -> Handling:
    return Handling(SITE, mode, begin_s, begin_s + for_s)


def there(taken: list[Handling], at_s: int) -> int:
    return sum(one.begin_s <= at_s < one.end_s for one in taken)


@given(told=stretches, count=st.integers(1, 3), begin_s=st.integers(0, 80), for_s=st.integers(1, 20))
def test_the_earliest_begin_with_room_is_the_first_at_which_no_moment_is_full(
    told: list[tuple[int, int]], count: int, begin_s: int, for_s: int
) -> None:
    taken = [handling(*one) for one in told]
    berths = Berths(Docks([Dock(at_once=count)]), taken)
    found = earliest(begin_s, berths.needs([handling(begin_s, for_s)]))
    free = (
        at
        for at in range(begin_s, 1_000)
        if all(there(taken, moment) < count for moment in range(at, at + for_s))
    )
    assert found == next(free)
    assert berths.have_room([handling(begin_s, for_s)]) is (found == begin_s)


@given(told=stretches, more=stretches)
def test_what_is_given_back_was_never_taken(told: list[tuple[int, int]], more: list[tuple[int, int]]) -> None:
    docks = Docks([Dock(at_once=2)])
    berths, asked = Berths(docks, [handling(*one) for one in told]), [handling(5, 10)]
    before = earliest(5, berths.needs(asked))
    other = berths.copy()
    other.take([handling(*one) for one in more])
    assert earliest(5, berths.needs(asked)) == before, "a copy takes for itself"
    other.give_back([handling(*one) for one in more])
    assert earliest(5, other.needs(asked)) == before


def test_modes_of_one_dock_share_it_and_others_do_not_wait() -> None:
    docks = Docks([Dock(at_once=1, modes=(Mode.SPEEDBOAT, Mode.LONGBOAT))])
    berths = Berths(docks, [handling(0, 10)])
    assert not berths.have_room([handling(5, 10, Mode.LONGBOAT)])
    assert berths.have_room([handling(5, 10, Mode.TRUCK)])
    assert Berths(NO_DOCKS, [handling(0, 10)]).have_room([handling(5, 10)])
