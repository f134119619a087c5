"""Stolen, ended and copied phones: what they signed before stands, what cannot be placed moves nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.custody.doubts import Doubt, doubts, fork_seq, placed
from kawal.rules.custody.event import Act
from kawal.rules.custody.facts import Fact, absent, facts_of
from kawal.rules.custody.standing import Standing, in_order, standing
from kawal.rules.custody.told import Told, Verified
from kawal.rules.trust.register import KeyTrust, Lapse, Why
from tests.rules.custody.stories import BOX, EXPECTED, GDG, PPK, Phone, Story, line, told
from tests.rules.custody.test_any_order import in_bytes, stories_of_phones

LIVE = KeyTrust(counts_from=-1)
SEEN = (line(BOX),)


def trust_of(trusts: Mapping[bytes, KeyTrust]):
    return lambda kid: trusts.get(kid, LIVE)


def judged(story: Story, trusts: Mapping[bytes, KeyTrust], events: Sequence[Verified] | None = None):
    """Doubts about events told in this order, one entry each."""
    return doubts(map(placed, told(events or story.events)), trust_of(trusts))


def revoked(at: int, *vouched: Verified) -> KeyTrust:
    """Revoked at a place in the log: the events before have smaller places."""
    return KeyTrust(counts_from=-1, revoked_from=at, vouched=frozenset(one.id for one in vouched))


def facts_in(events: Sequence[Told]) -> list[Fact]:
    named = {one.id: facts_of(one) for one in events}
    return [named[one.id].get(BOX) or absent(one) for one in events]


def stands(events: Sequence[Verified], trusts: Mapping[bytes, KeyTrust]) -> Standing:
    there = told(events)
    found = doubts(map(placed, there), trust_of(trusts))
    return standing(facts_in(there), EXPECTED, doubts=found)


def kinds(stand: Standing) -> set[str]:
    return {finding.kind for finding in stand.findings}


def packed(story: Story) -> tuple[Phone, Phone]:
    packer, driver = story.phone("packer"), story.phone("driver")
    packer.tells(Act.PACKED, site=GDG, second=driver.kid, manifest=(line(BOX, (), 255),))
    packer.tells(Act.SEALED, site=GDG, manifest=SEEN)
    return packer, driver


# Revoked: the three classes.


def test_what_was_in_the_log_before_the_revocation_stands() -> None:
    story = Story()
    packer, driver = packed(story)
    story.handed(packer, driver, GDG, SEEN)
    before = stands(story.events, {})
    after = stands(story.events, {packer.kid: revoked(99), driver.kid: revoked(99)})
    assert in_bytes(before) == in_bytes(after)
    assert after.holder == driver.kid


def test_what_the_owner_vouches_for_counts_with_all_it_is_chained_to_and_is_flagged() -> None:
    story = Story()
    packer, driver = packed(story)
    accept = story.handed(packer, driver, GDG, SEEN)
    theft = driver.tells(Act.OPENED, site=PPK, manifest=SEEN)
    # PACKED, SEALED and OFFER are there before; ACCEPT and OPENED of the driver come after (3, 4).
    found = judged(story, {driver.kid: revoked(2, accept)})
    assert found == {accept.id: Doubt(Why.REVOKED, True), theft.id: Doubt(Why.REVOKED, False)}
    stand = stands(story.events, {driver.kid: revoked(2, accept)})
    assert stand.holder == driver.kid
    assert kinds(stand) == {"late_pre_revocation", "untrusted"}


def test_what_another_device_named_in_time_was_made_before_with_all_it_is_chained_to() -> None:
    story = Story()
    packer, driver = packed(story)
    ppk = story.phone("ppk")
    story.handed(packer, driver, GDG, SEEN)
    offer = story.offered(driver, ppk, PPK, SEEN)
    accept = story.accepted(ppk, offer, PPK, SEEN)
    theft = driver.tells(Act.SEAL_CHECK, site=PPK, manifest=SEEN)
    first, sealed, given, taken = story.events[:4]
    # The PPK's phone was online before the driver's phone was reported; the driver's own events came late.
    order = [first, sealed, given, accept, taken, offer, theft]
    stand = stands(order, {driver.kid: revoked(4)})
    assert stand.holder == ppk.kid
    assert kinds(stand) == {"late_pre_revocation", "untrusted"}


def test_named_after_the_revocation_nothing_is_proven() -> None:
    story = Story()
    packer, driver = packed(story)
    ppk = story.phone("ppk")
    story.handed(packer, driver, GDG, SEEN)
    offer = story.offered(driver, ppk, PPK, SEEN)
    story.accepted(ppk, offer, PPK, SEEN)
    stand = stands(story.events, {driver.kid: revoked(3)})  # the thief offers, the PPK takes
    assert stand.holder == driver.kid  # the last who is proven to hold it
    assert {"untrusted", "offer_untrusted"} <= kinds(stand)


def test_a_gap_before_an_event_that_was_there_in_time_may_be_filled_later() -> None:
    story = Story()
    packer, _ = packed(story)
    first, sealed = story.events
    late = judged(story, {packer.kid: revoked(0)}, [sealed, first])
    assert late == {first.id: Doubt(Why.REVOKED, True)}


def test_a_thief_who_signs_for_a_second_stolen_phone_vouches_for_nobody() -> None:
    story = Story()
    packer, driver = packed(story)
    accept = story.handed(packer, driver, GDG, SEEN)
    packer.tells(Act.SEAL_CHECK, site=GDG, manifest=SEEN, refs=(accept.id,))
    found = judged(story, {packer.kid: revoked(3), driver.kid: revoked(2)})
    assert not found[accept.id].counts


def test_a_clock_set_back_helps_nobody() -> None:
    story = Story()
    packer, _ = packed(story)
    story.now -= timedelta(days=30)
    forged = packer.tells(Act.SEAL_CHECK, site=GDG, manifest=SEEN)
    assert not judged(story, {packer.kid: revoked(1)})[forged.id].counts


def test_a_parcel_of_which_only_a_revoked_phone_tells_stands_where_it_stood() -> None:
    story = Story()
    packer, _ = packed(story)
    stand = stands(story.events, {packer.kid: revoked(-1)})
    assert (stand.stage, stand.holder, stand.disputed) == (0, None, False)
    assert kinds(stand) == {"untrusted"}
    assert len(stand.findings) == 2


# Ended.


def test_after_its_certificate_ended_a_phone_needs_somebody_who_names_what_it_signs() -> None:
    story = Story()
    packer, driver = packed(story)
    offer = story.offered(packer, driver, GDG, SEEN)
    ended = KeyTrust(counts_from=-1, lapses=(Lapse(0, None),))
    assert not judged(story, {packer.kid: ended})[offer.id].counts
    story.accepted(driver, offer, GDG, SEEN)
    assert all(doubt.counts for doubt in judged(story, {packer.kid: ended}).values())
    assert stands(story.events, {packer.kid: ended}).holder == driver.kid
    assert kinds(stands(story.events, {packer.kid: ended})) == {"late_after_end"}


def test_a_renewal_vouches_for_what_the_issuer_saw() -> None:
    story = Story()
    packer, _ = packed(story)
    head = story.events[-1]
    beyond = packer.tells(Act.SEAL_CHECK, site=GDG, manifest=SEEN)
    renewed = KeyTrust(counts_from=-1, lapses=(Lapse(-1, 3),), vouched=frozenset([head.id]))
    found = judged(story, {packer.kid: renewed}, story.events)
    assert beyond.id in found and found[beyond.id].why is Why.ENDED  # it came before the renewal as well
    assert [found[one.id].counts for one in (*story.events[:2], beyond)] == [True, True, False]


def test_what_came_before_any_certificate_never_counts() -> None:
    story = Story()
    packer, driver = packed(story)
    story.handed(packer, driver, GDG, SEEN)
    found = judged(story, {packer.kid: KeyTrust(counts_from=None)})
    assert set(found.values()) == {Doubt(Why.UNCERTIFIED, False)}


# Forked.


def test_from_the_earliest_fork_only_what_another_device_names_counts() -> None:
    story = Story()
    packer, driver = packed(story)
    twin = packer.forked()
    offer = story.offered(packer, driver, GDG, SEEN)
    story.accepted(driver, offer, GDG, SEEN)
    opened = twin.tells(Act.OPENED, site=GDG, manifest=SEEN)
    found = judged(story, {})
    assert found == {offer.id: Doubt(Why.FORKED, True), opened.id: Doubt(Why.FORKED, False)}
    stand = stands(story.events, {})
    assert stand.holder == driver.kid
    assert kinds(stand) == {"fork", "untrusted"}


def test_two_forked_devices_cannot_vouch_for_each_other() -> None:
    story = Story()
    packer, driver = packed(story)
    packer.forked().tells(Act.SEAL_CHECK, site=GDG, manifest=SEEN)
    offer = story.offered(packer, driver, GDG, SEEN)
    driver.forked().tells(Act.SEAL_CHECK, site=GDG, manifest=SEEN)
    accept = story.accepted(driver, offer, GDG, SEEN)
    found = judged(story, {})
    assert not found[offer.id].counts and not found[accept.id].counts


def test_two_events_after_one_are_a_fork_whatever_their_numbers() -> None:
    story = Story()
    packer, _ = packed(story)
    twin = packer.forked()
    twin.seq += 3
    packer.tells(Act.SEAL_CHECK, site=GDG, manifest=SEEN)
    assert fork_seq(map(placed, told(story.events))) is None
    twin.tells(Act.SEAL_CHECK, site=GDG, manifest=SEEN)
    assert fork_seq(map(placed, told(story.events))) == 2


def test_a_fork_and_a_revocation_are_both_to_be_answered() -> None:
    story = Story()
    packer, driver = packed(story)
    twin = packer.forked()
    accept = story.handed(packer, driver, GDG, SEEN)
    twin.tells(Act.SEAL_CHECK, site=GDG, manifest=SEEN)
    offer = story.events[2]
    late = [*story.events[:2], accept, *story.events[4:], offer]
    assert judged(story, {packer.kid: revoked(3)}, late)[offer.id].counts
    assert not judged(story, {packer.kid: revoked(1)}, late)[offer.id].counts


# Whatever happens.


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Told], dict[bytes, KeyTrust]]:
    """A log as it lies, and what it says about some of its keys."""
    events = draw(stories_of_phones())
    order = draw(st.permutations(events))
    kids = sorted({one.kid for one in events})
    places = st.integers(-1, len(events))
    trusts = {}
    for kid in draw(st.lists(st.sampled_from(kids), unique=True, max_size=3)):
        start, stop = sorted((draw(places), draw(places)))
        trusts[kid] = KeyTrust(
            counts_from=draw(st.sampled_from([-1, -1, -1, 2])),
            revoked_from=draw(st.none() | places),
            lapses=draw(st.sampled_from([(), (Lapse(start, stop),), (Lapse(start, None),)])),
            vouched=frozenset(one.id for one in draw(st.lists(st.sampled_from(events), max_size=2))),
        )
    return told(order), trusts


@settings(max_examples=100, deadline=None)
@given(logs(), st.data())
def test_the_same_log_told_in_any_order_with_any_repeats_is_judged_alike(
    log: tuple[list[Told], dict[bytes, KeyTrust]], data: st.DataObject
) -> None:
    events, trusts = log
    again = events + data.draw(st.lists(st.sampled_from(events), max_size=6))
    shuffled = data.draw(st.permutations(again))
    one = doubts(map(placed, events), trust_of(trusts))
    other = doubts(map(placed, shuffled), trust_of(trusts))
    assert one == other
    facts, in_disorder = facts_in(events), facts_in(shuffled)
    assert in_bytes(standing(facts, EXPECTED, doubts=one)) == in_bytes(
        standing(in_disorder, EXPECTED, doubts=other)
    )
    assert in_order(facts, doubts=one) == in_order(in_disorder, doubts=other)


@settings(max_examples=100, deadline=None)
@given(logs())
def test_only_events_of_devices_in_doubt_and_those_that_name_them_are_needed(
    log: tuple[list[Told], dict[bytes, KeyTrust]],
) -> None:
    events, trusts = log
    links = list(map(placed, events))
    found = doubts(links, trust_of(trusts))
    doubted = {link.kid for link in links if link.id in found}
    theirs = {link.id for link in links if link.kid in doubted}
    needed = [link for link in links if link.kid in doubted or theirs & set(link.names)]
    assert doubts(needed, trust_of(trusts)) == found


@settings(max_examples=60, deadline=None)
@given(logs())
def test_what_does_not_count_moves_nothing(log: tuple[list[Told], dict[bytes, KeyTrust]]) -> None:
    """The standing is that of the log without it, but for what is shown."""
    events, trusts = log
    found = doubts(map(placed, events), trust_of(trusts))
    counting = [one for one in events if one.id not in found or found[one.id].counts]
    with_all = standing(facts_in(events), EXPECTED, doubts=found)
    if counting:
        without = standing(facts_in(counting), EXPECTED)
        moved = replace(with_all, findings=(), told_ms=0)
        assert moved == replace(without, findings=(), told_ms=0)
    else:
        assert (with_all.stage, with_all.holder) == (0, None)


@settings(max_examples=60, deadline=None)
@given(logs())
def test_a_revocation_takes_nothing_back(log: tuple[list[Told], dict[bytes, KeyTrust]]) -> None:
    """Revoked now, nothing that the log holds loses its weight."""
    events, trusts = log
    before = doubts(map(placed, events), trust_of(trusts))
    everywhere = {
        one.kid: replace(trusts.get(one.kid, LIVE), revoked_from=_earliest(trusts.get(one.kid), len(events)))
        for one in events
    }
    assert doubts(map(placed, events), trust_of(everywhere)) == before


def _earliest(trust: KeyTrust | None, size: int) -> int:
    return size if trust is None or trust.revoked_from is None else trust.revoked_from
