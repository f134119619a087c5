"""A second check is by other hands than those that held the box, told once or often, in any order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.custody.event import Act
from kawal.rules.custody.second_checks import second_checks

acts = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(list(Act))), max_size=20)


def test_the_police_read_the_seals_and_the_courier_does_not_count() -> None:
    told = [
        ("gudang", Act.PACKED),
        ("gudang", Act.OFFER),
        ("ppk", Act.ACCEPT),
        ("ppk", Act.SEAL_CHECK),
        ("polsek", Act.SEAL_CHECK),
        ("polsek", Act.SEAL_CHECK),
        ("panwas", Act.SEAL_CHECK),
    ]
    assert second_checks(told) == 2
    assert second_checks([]) == 0


@given(acts, st.randoms())
def test_order_and_repeats_change_nothing(told: list[tuple[str, Act]], chance) -> None:  # type: ignore[no-untyped-def]
    mixed = [*told, *told[:3]]
    chance.shuffle(mixed)
    assert second_checks(mixed) == second_checks(told)
