"""Facts are kept as bytes that grow at their end; a device's chain proves its own forks."""

from __future__ import annotations

from kawal.rules.custody.chain import Link, check
from kawal.rules.custody.event import Mismatch
from kawal.rules.custody.facts import absent, decoded, encoded, facts_of, site_kind
from kawal.rules.custody.findings import KINDS, SHARED, Finding
from kawal.rules.places.facts import SiteKind
from tests.rules.custody.stories import BOX, BUNDLE, GDG, PPK, Cast, Story, facts, line, told


def test_facts_are_read_as_they_were_written_and_joined_by_joining_bytes() -> None:
    cast = Cast(Story(), [BOX, BUNDLE])
    for step in (cast.pack, cast.out, cast.vote, cast.back):
        step()
    whole = facts(cast.story.events)
    assert decoded(encoded(whole)) == whole
    assert decoded(encoded(whole[:3]) + encoded(whole[3:])) == whole
    assert decoded(b"") == []


def test_an_event_is_a_fact_for_every_parcel_it_names_also_for_those_that_are_missing() -> None:
    cast = Cast(Story(), [BOX, BUNDLE])
    offer = cast.story.offered(cast.packer, cast.driver, GDG, [line(BOX), line(BUNDLE, ())])
    why = ((BUNDLE, Mismatch.SHORT), (BUNDLE, Mismatch.DAMAGED))
    cast.story.accepted(cast.driver, offer, GDG, [line(BOX)], exceptions=why)
    accept = facts_of(told(cast.story.events)[1])
    assert (accept[BOX].present, accept[BOX].exceptions) == (True, ())
    assert (accept[BUNDLE].present, accept[BUNDLE].exceptions) == (False, (1, 3))
    assert absent(told(cast.story.events)[1])._replace(exceptions=(1, 3)) == accept[BUNDLE]


def test_the_kind_of_a_site_is_read_from_its_code() -> None:
    sites = [GDG, PPK, "PPS-16.07.03.2001", "1607032001001", "HARBOUR", None]
    kinds = [SiteKind.WAREHOUSE, SiteKind.PPK, SiteKind.PPS, SiteKind.STATION, None, None]
    assert [site_kind(site) for site in sites] == kinds


def test_c4_an_event_that_follows_another_than_the_one_told_is_a_broken_link() -> None:
    one, two = Link(b"k", 0, b"a" * 32, None), Link(b"k", 1, b"b" * 32, b"a" * 32)
    stray = two._replace(prev=b"z" * 32)
    assert check([one, two]) == []
    assert check([stray]) == []  # nothing is known of what came before
    assert [finding.kind for finding in check([one, stray])] == ["link_broken"]


def test_c12_two_events_with_one_number_are_one_fork_however_often_told() -> None:
    one, other = Link(b"k", 0, b"a" * 32, None), Link(b"k", 0, b"b" * 32, None)
    after = Link(b"k", 1, b"c" * 32, b"b" * 32)
    (fork,) = check([one, other, other, after])
    assert (fork.kind, fork.ids) == ("fork", (one.id, other.id))


def test_what_is_about_an_event_is_one_finding_for_all_its_parcels() -> None:
    for kind in KINDS:
        keys = {Finding(kind, "x").key(parcel) for parcel in (BOX, BUNDLE)}
        assert len(keys) == (1 if kind in SHARED else 2)
