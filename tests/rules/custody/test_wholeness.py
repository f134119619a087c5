"""Is the box whole, and was it told in time: rules C3, C6, C7, C8, C10 and C11."""

from __future__ import annotations

from typing import Any

import pytest

from kawal.rules.custody.event import Act, Mismatch
from kawal.rules.custody.facts import Expected
from kawal.rules.custody.stages import Stage
from kawal.rules.custody.standing import standing
from tests.rules.custody.stories import (
    BALLOTS,
    BOX,
    BUNDLE,
    GDG,
    NEW_SEALS,
    PPK,
    SEALS,
    STATION,
    Cast,
    Story,
    facts,
    kinds,
    line,
    stands,
)

HOUR_MS = 3_600_000


def test_c3_other_seals_than_those_put_on_are_a_finding(cast: Cast) -> None:
    cast.pack()
    offer = cast.story.offered(cast.packer, cast.driver, GDG, cast.lines())
    cast.story.accepted(cast.driver, offer, GDG, [line(BOX, (*SEALS[:5], 777))])
    found = stands(cast).findings
    assert [(one.rule, one.kind) for one in found] == [("C3", "seals_differ")]
    assert found[0].facts["on"] == list(SEALS)
    assert stands(cast).holder == cast.driver.kid


def test_c3_a_missing_seal_is_a_finding_and_the_order_of_numbers_is_not(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.packer, cast.driver, GDG, [line(BOX, reversed(SEALS))])
    assert kinds(cast) == []
    cast.driver.tells(Act.SEAL_CHECK, site=PPK, manifest=(line(BOX, ()),))
    assert kinds(cast) == ["C3 seals_differ"]


def test_c3_the_receiver_may_say_that_a_seal_is_broken(cast: Cast) -> None:
    cast.pack()
    offer = cast.story.offered(cast.packer, cast.driver, GDG, cast.lines())
    seen = [line(BOX, SEALS[:5])]
    cast.story.accepted(cast.driver, offer, GDG, seen, exceptions=((BOX, Mismatch.SEAL_BROKEN),))
    assert kinds(cast) == ["C3 seal_broken"]


def test_c3_the_first_seals_are_those_assigned_to_this_box() -> None:
    cast = Cast(Story(), first={BOX: NEW_SEALS})
    cast.pack()
    assert kinds(cast) == ["C3 seals_not_assigned"]


def test_c3_a_box_without_seals_is_not_given_away(cast: Cast) -> None:
    cast.story.packed(cast.packer, [line(BOX, (), BALLOTS)])
    cast.story.handed(cast.packer, cast.driver, GDG, [line(BOX, ())])
    assert kinds(cast) == ["C3 not_sealed"]


def test_c3_seals_changed_in_a_gap_of_the_holders_chain_may_still_be_explained(cast: Cast) -> None:
    """The PPS has a network and shows what KPPS offered; KPPS has none and has not told the sealing."""
    cast.pack()
    cast.out()
    cast.vote()
    untold = cast.story.events[-2:]
    cast.back()
    for event in untold:
        cast.story.events.remove(event)
    assert kinds(cast) == ["C5 sealing_untold"]
    # Once the chain is known to be whole, the seals were changed in silence.
    assert set(kinds(cast, is_whole=lambda stretch: True)) == {"C3 seals_differ"}
    cast.story.events.append(untold[1])
    assert kinds(cast) == ["C5 sealing_untold"]
    assert kinds(cast, is_whole=lambda stretch: True) == ["C7 sealed_unopened"]
    cast.story.events.append(untold[0])
    assert kinds(cast) == []


def test_c3_what_came_back_from_a_dead_phone_is_judged_when_the_phone_tells(cast: Cast) -> None:
    """KPPS tells nothing: for the record the PPS still holds the box, with seals it cannot know."""
    cast.pack()
    cast.out()
    cast.vote()
    cast.back()
    kpps = cast.kpps[STATION].kid
    untold = [event for event in cast.story.events if event.kid == kpps]
    cast.story.events = [event for event in cast.story.events if event.kid != kpps]
    assert kinds(cast, is_whole=lambda stretch: True) == ["C2 offer_unknown", "C5 sealing_untold"]
    assert stands(cast).holder == cast.packer.kid
    cast.story.events += untold
    assert kinds(cast) == []


def test_c3_what_others_see_is_compared_where_their_reference_puts_it(cast: Cast) -> None:
    cast.pack()
    cast.out()
    before = cast.story.events[-1]
    cast.vote()
    check = {"site": STATION, "manifest": (line(BOX, SEALS),)}
    cast.escort.tells(Act.SEAL_CHECK, refs=(before.id,), **check)
    assert kinds(cast) == []
    cast.escort.tells(Act.SEAL_CHECK, refs=(cast.story.events[-2].id,), **check)
    assert kinds(cast) == ["C3 seals_differ"]


def test_c3_what_nothing_places_is_compared_with_all_seals_ever_put_on(cast: Cast) -> None:
    cast.pack()
    cast.escort.tells(Act.SEAL_CHECK, site=PPK, manifest=(line(BOX, SEALS),))
    assert kinds(cast) == []
    cast.escort.tells(Act.SEAL_CHECK, site=PPK, manifest=(line(BOX, NEW_SEALS),))
    assert kinds(cast) == ["C3 seals_differ"]


def test_c6_ballots_are_counted_by_a_second_person(cast: Cast) -> None:
    cast.pack(count=BALLOTS - 1)
    assert kinds(cast) == ["C6 count_differs"]
    cast.story.packed(cast.packer, [line(BOX, (), BALLOTS)], second=cast.packer.kid)
    assert kinds(cast) == ["C6 no_second_person"]
    cast.pack()
    assert kinds(cast) == []


def test_c7_a_box_is_opened_at_its_own_station(cast: Cast) -> None:
    cast.pack()
    cast.packer.tells(Act.OPENED, site=GDG, manifest=tuple(cast.lines()))
    assert kinds(cast) == ["C7 opened_elsewhere"]


def test_c7_new_seals_without_an_opening_are_a_finding(cast: Cast) -> None:
    cast.pack()
    cast.seal(cast.packer, GDG, STATION, {BOX: NEW_SEALS})
    assert kinds(cast) == ["C7 sealed_unopened"]


@pytest.mark.parametrize(
    ("why", "kind", "moves"),
    [
        (Mismatch.DAMAGED, "C8 damaged", True),
        (Mismatch.WRONG_PLACE, "C8 wrong_place", True),
        (Mismatch.SHORT, "C8 short", False),
    ],
)
def test_c8_a_difference_is_told_on_the_accept(cast: Cast, why: Mismatch, kind: str, moves: bool) -> None:
    cast.pack()
    offer = cast.story.offered(cast.packer, cast.driver, GDG, cast.lines())
    seen = cast.lines() if moves else []
    cast.story.accepted(cast.driver, offer, GDG, seen, exceptions=((BOX, why),))
    assert kinds(cast) == [kind]
    assert stands(cast).holder == (cast.driver if moves else cast.packer).kid


def test_c8_silence_about_an_offered_parcel_is_a_finding_too(cast: Cast) -> None:
    cast.pack()
    offer = cast.story.offered(cast.packer, cast.driver, GDG, cast.lines())
    cast.story.accepted(cast.driver, offer, GDG, [])
    assert kinds(cast) == ["C8 silent_short"]
    assert (stands(cast).holder, stands(cast).offered) == (cast.packer.kid, False)


@pytest.mark.parametrize(("why", "kind"), [((), "C8 silent_over"), (((BOX, Mismatch.OVER),), "C8 over")])
def test_c8_what_was_not_offered_is_not_handed_over(cast: Cast, why: Any, kind: str) -> None:
    cast.pack()
    offer = cast.story.offered(cast.packer, cast.driver, GDG, [line(BUNDLE, ())])
    cast.story.accepted(cast.driver, offer, GDG, cast.lines(), exceptions=why)
    assert kinds(cast) == [kind]
    assert stands(cast).holder == cast.packer.kid


def test_c8_a_parcel_that_nobody_needs_is_a_finding(cast: Cast) -> None:
    cast.pack()
    found = standing(facts(cast.story.events), Expected(station=STATION, known=False)).findings
    assert [one.kind for one in found] == ["unknown_parcel"]


def test_c10_at_the_village_is_not_received(cast: Cast) -> None:
    cast.pack()
    cast.out()
    receipt = cast.story.events.pop()
    assert (stands(cast).stage, stands(cast).received_ms) == (Stage.AT_PPS, None)
    cast.story.events.append(receipt)
    assert stands(cast).received_ms == receipt.event.happened_ms


def test_c10_another_station_is_off_its_way(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.packer, cast.pps, "1607032001002", cast.lines())
    now = stands(cast)
    assert (now.stage, now.received_ms, now.site) == (Stage.SEALED, None, "1607032001002")
    assert kinds(cast) == ["C10 off_its_way"]


def test_c10_a_jetty_of_the_regency_is_on_the_way_and_another_regencys_is_not(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.packer, cast.pps, "DMG-16.07.09-1", cast.lines())
    now = stands(cast)
    assert (now.stage, now.received_ms, now.site) == (Stage.AT_GATEWAY, None, "DMG-16.07.09-1")
    assert kinds(cast) == []
    cast.story.handed(cast.pps, cast.ppk, "DMG-16.08.01-1", cast.lines())
    assert kinds(cast) == ["C10 off_its_way"]


def test_c11_back_filled_ahead_and_late_entries_are_seen(cast: Cast) -> None:
    cast.pack()
    now_ms = round(cast.story.now.timestamp() * 1000)
    check: dict[str, Any] = {"site": GDG, "manifest": tuple(cast.lines())}
    cast.packer.tells(Act.SEAL_CHECK, happened_ms=now_ms, recorded_ms=now_ms + 11 * 60_000, **check)
    assert kinds(cast) == ["C11 back_filled"]
    cast.packer.tells(Act.SEAL_CHECK, happened_ms=now_ms + HOUR_MS, recorded_ms=now_ms, **check)
    assert kinds(cast) == ["C11 back_filled", "C11 clock_ahead"]
    cast.packer.tells(Act.SEAL_CHECK, happened_ms=now_ms, recorded_ms=now_ms + 25 * HOUR_MS, **check)
    assert kinds(cast) == ["C11 back_filled", "C11 back_filled", "C11 clock_ahead", "C11 told_late"]
