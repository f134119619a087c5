"""Who holds the box, step by step: rules C1, C2, C4, C5 and C12, and the honest way."""

from __future__ import annotations

from datetime import timedelta

from kawal.rules.custody.event import Act
from kawal.rules.custody.facts import Expected
from kawal.rules.custody.stages import Stage, between
from kawal.rules.custody.standing import in_order, standing
from tests.rules.custody.stories import (
    BALLOTS,
    BOX,
    BUNDLE,
    EXPECTED,
    GDG,
    PPK,
    PPS,
    STATION,
    Cast,
    Story,
    facts,
    kinds,
    line,
    stands,
)


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
    by_gateway = {
        Stage.AT_GATEWAY,
        Stage.ON_THE_WAY_FROM_GATEWAY,
        Stage.AT_LANDING,
        Stage.ON_THE_WAY_FROM_LANDING,
    }
    assert seen == [one for one in between(Stage.PACKED, Stage.AT_STATION) if one not in by_gateway]


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


def test_c5_a_device_that_once_gave_what_it_never_had_is_not_taken_for_the_holder(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.rider, cast.packer, GDG, cast.lines())
    cast.story.offered(cast.packer, cast.rider, GDG, cast.lines())
    assert (stands(cast).holder, stands(cast).offered) == (cast.packer.kid, True)
    assert kinds(cast) == ["C2 accepted_twice", "C5 never_received"]


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


def test_c12_a_return_whose_offer_is_not_told_yet_is_no_dispute_either(cast: Cast) -> None:
    cast.pack()
    cast.out()
    cast.vote()
    cast.story.handed(cast.kpps[STATION], cast.pps, PPS, cast.lines())
    offer = cast.story.events[-2]
    cast.story.handed(cast.pps, cast.rider, PPS, cast.lines())
    cast.story.events.remove(offer)
    assert kinds(cast, is_whole=lambda stretch: True) == ["C2 offer_unknown", "C5 given_again"]
    cast.story.events.append(offer)
    assert kinds(cast) == []


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
