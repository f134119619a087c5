"""One example per rule, on the way of one ballot box."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kawal.rules.custody.event import Act, Mismatch
from kawal.rules.custody.facts import Expected
from kawal.rules.custody.stages import Stage
from kawal.rules.custody.standing import Standing, in_order, standing
from tests.rules.custody.stories import (
    BALLOTS,
    BOX,
    BUNDLE,
    EXPECTED,
    GDG,
    NEW_SEALS,
    PPK,
    PPS,
    SEALS,
    STATION,
    Cast,
    Story,
    facts,
    line,
)

HOUR_MS = 3_600_000


@pytest.fixture
def cast() -> Cast:
    return Cast(Story())


def stands(cast: Cast, **knowing: Any) -> Standing:
    return standing(facts(cast.story.events), EXPECTED, **knowing)


def kinds(cast: Cast, **knowing: Any) -> list[str]:
    return [f"{one.rule} {one.kind}" for one in stands(cast, **knowing).findings]


def test_an_honest_story_out_and_back_ends_at_home_without_a_finding(cast: Cast) -> None:
    stages = []
    for step in (cast.pack, cast.out, cast.vote, cast.back):
        step()
        now = stands(cast)
        stages.append((now.stage, now.holder, now.site))
        assert now.findings == ()
    kpps = cast.kpps[STATION].kid
    assert stages == [
        (Stage.SEALED, cast.packer.kid, GDG),
        (Stage.AT_STATION, kpps, STATION),
        (Stage.RESEALED, kpps, STATION),
        (Stage.BACK_HOME, cast.packer.kid, GDG),
    ]


def test_every_hand_over_on_the_way_moves_the_stage(cast: Cast) -> None:
    cast.pack()
    cast.out()
    seen = []
    for count in range(1, len(cast.story.events) + 1):
        now = standing(facts(cast.story.events[:count]) or facts(cast.story.events[:1]), EXPECTED)
        if not seen or seen[-1] != now.stage:
            seen.append(now.stage)
    assert seen == [Stage(number) for number in range(1, 8)]


def test_a_bundle_has_no_seals_and_is_ready_when_packed() -> None:
    cast = Cast(Story(), [BOX, BUNDLE])
    expected = Expected(station=STATION, is_box=False)
    cast.pack()
    assert standing(facts(cast.story.events, BUNDLE), expected).stage is Stage.SEALED
    cast.out()
    cast.vote()
    cast.back()
    now = standing(facts(cast.story.events, BUNDLE), expected)
    assert (now.stage, now.findings) == (Stage.BACK_HOME, ())


def test_a_parcel_may_be_sent_back_before_it_was_received(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.packer, cast.driver, GDG, cast.lines())
    cast.story.handed(cast.driver, cast.packer, GDG, cast.lines())
    now = stands(cast)
    assert (now.stage, now.site, now.findings) == (Stage.SEALED, GDG, ())


def test_c1_an_event_told_twice_is_one_event(cast: Cast) -> None:
    cast.pack()
    told = facts(cast.story.events)
    assert standing(told + told, EXPECTED) == standing(told, EXPECTED)


def test_c2_an_offer_alone_leaves_the_parcel_with_the_giver(cast: Cast) -> None:
    cast.pack()
    offer = cast.story.offered(cast.packer, cast.driver, GDG, cast.lines())
    assert (stands(cast).holder, stands(cast).offered) == (cast.packer.kid, True)
    cast.story.accepted(cast.driver, offer, GDG, cast.lines())
    assert (stands(cast).holder, stands(cast).offered) == (cast.driver.kid, False)


def test_c2_an_accept_by_a_device_that_was_not_named_moves_nothing(cast: Cast) -> None:
    cast.pack()
    offer = cast.story.offered(cast.packer, cast.driver, GDG, cast.lines())
    cast.story.accepted(cast.rider, offer, GDG, cast.lines())
    assert stands(cast).holder == cast.packer.kid
    assert kinds(cast) == ["C2 not_named"]


def test_c2_an_accept_waits_for_its_offer_and_is_then_explained(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.packer, cast.driver, GDG, cast.lines())
    whole = list(cast.story.events)
    cast.story.events.remove(whole[-2])
    assert stands(cast).holder == cast.packer.kid
    assert kinds(cast) == ["C2 offer_unknown"]
    cast.story.events.append(whole[-2])
    assert (stands(cast).holder, kinds(cast)) == (cast.driver.kid, [])


def test_c2_only_the_holder_offers_and_opens(cast: Cast) -> None:
    cast.pack()
    cast.story.offered(cast.rider, cast.ppk, PPK, cast.lines())
    cast.pps.tells(Act.OPENED, site=STATION, manifest=tuple(cast.lines()))
    assert kinds(cast) == ["C2 not_holder", "C2 not_holder"]
    assert stands(cast).stage is Stage.SEALED


def test_c2_one_who_gave_it_away_is_no_longer_the_holder(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.packer, cast.driver, GDG, cast.lines())
    cast.story.offered(cast.packer, cast.rider, GDG, cast.lines())
    assert kinds(cast) == ["C2 not_holder"]


def test_c2_nobody_offers_to_himself(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.packer, cast.packer, GDG, cast.lines())
    assert stands(cast).holder == cast.packer.kid
    assert kinds(cast) == ["C2 not_named", "C2 to_oneself"]


def test_c2_accepting_twice_changes_nothing_but_is_seen(cast: Cast) -> None:
    cast.pack()
    offer = cast.story.offered(cast.packer, cast.driver, GDG, cast.lines())
    cast.story.accepted(cast.driver, offer, GDG, cast.lines())
    cast.story.accepted(cast.driver, offer, GDG, cast.lines())
    assert (stands(cast).holder, stands(cast).disputed) == (cast.driver.kid, False)
    assert kinds(cast) == ["C2 accepted_twice"]


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


def test_c4_clocks_decide_nothing(cast: Cast) -> None:
    """The driver's phone is a year behind: the order of custody is the same."""
    cast.pack()
    offer = cast.story.offered(cast.packer, cast.driver, GDG, cast.lines())
    year_ago = round((cast.story.now - timedelta(days=365)).timestamp() * 1000)
    accept = {"site": GDG, "offer": offer.id, "manifest": tuple(cast.lines())}
    cast.driver.tells(Act.ACCEPT, happened_ms=year_ago, recorded_ms=year_ago, **accept)
    cast.story.handed(cast.driver, cast.ppk, PPK, cast.lines())
    assert (stands(cast).holder, stands(cast).stage) == (cast.ppk.kid, Stage.AT_PPK)


def test_c5_a_lost_accept_is_a_gap_that_the_two_offers_bridge(cast: Cast) -> None:
    cast.pack()
    cast.out()
    lost = next(one for one in cast.story.events if one.kid == cast.ppk.kid and one.event.act is Act.ACCEPT)
    cast.story.events.remove(lost)
    now = stands(cast)
    assert (now.stage, now.holder) == (Stage.AT_STATION, cast.kpps[STATION].kid)
    assert kinds(cast) == ["C5 accept_missing"]


def test_c5_one_who_never_received_it_gives_nothing(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.rider, cast.pps, PPS, cast.lines())
    assert (stands(cast).holder, stands(cast).stage) == (cast.packer.kid, Stage.SEALED)
    assert kinds(cast) == ["C5 never_received"]


def test_c5_a_story_that_nobody_began_has_a_holder_where_only_one_is_possible(cast: Cast) -> None:
    cast.pack()
    packing = list(cast.story.events)
    cast.out()
    for event in packing:
        cast.story.events.remove(event)
    assert stands(cast).holder == cast.kpps[STATION].kid
    assert "C5 origin_unknown" in kinds(cast)
    cast.story.handed(cast.story.phone("stranger"), cast.escort, PPK, cast.lines())
    assert stands(cast).holder is None
    assert "C5 holder_unknown" in kinds(cast)


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


def test_c12_two_receivers_out_of_one_holding_dispute_the_parcel(cast: Cast) -> None:
    cast.pack()
    first = cast.story.offered(cast.packer, cast.driver, GDG, cast.lines())
    second = cast.story.offered(cast.packer, cast.rider, GDG, cast.lines())
    cast.story.accepted(cast.driver, first, GDG, cast.lines())
    assert kinds(cast) == ["C2 not_holder"]  # offered again what was given away
    cast.story.accepted(cast.rider, second, GDG, cast.lines())
    now = stands(cast)
    assert (now.disputed, now.holder, now.stage) == (True, None, Stage.SEALED)
    assert kinds(cast) == ["C12 disputed"]


def test_c12_a_return_that_is_not_told_yet_is_a_gap_and_not_a_dispute(cast: Cast) -> None:
    """The PPS gives the box to KPPS and, after the vote, to a courier who has a network and it has not."""
    cast.pack()
    cast.out()
    cast.vote()
    cast.story.handed(cast.kpps[STATION], cast.pps, PPS, cast.lines())
    returned = cast.story.events[-2:]
    cast.story.handed(cast.pps, cast.rider, PPS, cast.lines())
    for event in returned:
        cast.story.events.remove(event)
    assert kinds(cast) == ["C5 given_again"]
    assert (stands(cast).holder, stands(cast).disputed) == (cast.kpps[STATION].kid, False)
    # Somebody who knows that the stretch is told whole knows that nothing came back.
    assert kinds(cast, is_whole=lambda stretch: True) == ["C12 disputed"]
    cast.story.events += returned
    assert (kinds(cast), stands(cast).holder) == ([], cast.rider.kid)


def test_c12_two_packings_by_two_devices_dispute_the_parcel(cast: Cast) -> None:
    cast.pack()
    cast.story.packed(cast.story.phone("other packer"), [line(BOX, (), BALLOTS)])
    assert (stands(cast).disputed, stands(cast).holder) == (True, None)
    assert kinds(cast) == ["C12 packed_twice"]


def test_c12_a_forked_chain_is_a_finding_that_carries_both_events(cast: Cast) -> None:
    cast.pack()
    twin = cast.packer.forked()
    one = cast.packer.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()))
    other = twin.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()))
    found = stands(cast).findings
    assert [(finding.kind, set(finding.ids)) for finding in found] == [("fork", {one.id, other.id})]


def test_the_page_shows_events_in_the_order_of_custody(cast: Cast) -> None:
    cast.pack()
    cast.out()
    told = facts(cast.story.events)
    assert [fact.log_index for fact in in_order(reversed(told))] == [fact.log_index for fact in told]
