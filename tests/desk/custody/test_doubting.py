"""Revoked, ended and copied phones at a hub: the tables follow, in any order and in any batches."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from kawal.desk.custody import actions, models, projecting, reads
from kawal.desk.custody.models import EventDoubt, Finding, Fork, Milestone, ParcelStory
from kawal.desk.custody.tellings import read
from kawal.desk.ledger import keys as log_keys
from kawal.desk.ledger import reads as log
from kawal.desk.people.devices import NewDevice
from kawal.desk.people.models import Post
from kawal.desk.trust import actions as trust
from kawal.desk.trust.models import Certificate, Revocation
from kawal.rules.custody.doubts import doubts, placed
from kawal.rules.custody.event import Act
from kawal.rules.custody.told import Verified
from kawal.rules.trust import statements
from kawal.rules.trust.register import Register
from kawal.rules.trust.statements import Reason
from tests.desk.custody.told import need, parcels, planned, record, stations
from tests.rules.custody.stories import GDG, PPK, START, Cast, Phone, Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """One station of a village; every phone is certified."""
    monkeypatch.setenv("KAWAL_HOME", str(tmp_path))
    codes = stations(1)
    seals = need(codes)
    planned(START + timedelta(days=3))
    Post.objects.create(code="kpu/16.07", agency="kpu", area_code="16.07", name="KPU")
    cast = Cast(Story(), parcels(codes[0]), first=seals)
    enrol(cast.packer, cast.driver, cast.ppk, cast.rider, cast.pps, cast.escort, *cast.kpps.values())
    return cast


def enrol(*phones: Phone) -> None:
    trust.enrol([NewDevice(phone.public_key, "kpu/16.07", "custodian") for phone in phones], now=START)
    actions.catch_up()


def revoke(phone: Phone, last: Verified | None = None) -> None:
    trust.revoke(phone.kid, reason=Reason.STOLEN, last=last and last.id, now=START + timedelta(hours=1))
    actions.catch_up()


def holders() -> set[str]:
    return {row.holder for row in ParcelStory.objects.all()}


def open_kinds() -> set[str]:
    return {row.kind for row in Finding.objects.filter(cleared_at=None)}


def outsiders_doubts() -> dict[bytes, tuple[str, bool]]:
    """What anybody makes of the whole log by the rules alone."""
    register, links = Register(log_keys.verifier_key().name), []
    for entry in log.entries(0, log.size()):
        if statements.is_statement(entry.signed):
            register.tell(entry.index, entry.signed)
        else:
            links.append(placed(read(entry)))
    return {one: (str(told.why), told.counts) for one, told in doubts(links, register.trust).items()}


def check() -> None:
    assert actions.check() == []
    stored = EventDoubt.objects.values_list("event_id", "why", "counts")
    assert {bytes(one): (why, counts) for one, why, counts in stored} == outsiders_doubts()


def test_a_revoked_phone_s_events_are_kept_and_move_nothing(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.packer, cast.driver, GDG, cast.lines())
    record(cast.story.events)
    revoke(cast.driver)
    assert open_kinds() == set() and holders() == {cast.driver.kid.hex()}
    cast.story.events.clear()
    cast.story.handed(cast.driver, cast.ppk, PPK, cast.lines())
    cast.driver.tells(Act.DEPARTED, trip="16.07-to_ppk-1", site=GDG)
    receipts = record(cast.story.events)
    assert [one.repeated for one in receipts] == [False] * 3
    assert holders() == {cast.driver.kid.hex()}
    assert open_kinds() == {"untrusted", "offer_untrusted"}
    assert not Milestone.objects.filter(kind="departed").exists()
    check()
    story = reads.parcel_story(cast.parcels[0])
    assert {one.kind for one in story.findings} == {"untrusted", "offer_untrusted"}
    assert len(story.steps) == 6


def test_what_the_owner_vouches_for_later_counts_then(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.packer, cast.driver, GDG, cast.lines())
    record(cast.story.events)
    revoke(cast.driver)
    cast.story.events.clear()
    cast.story.handed(cast.driver, cast.ppk, PPK, cast.lines())
    record(cast.story.events)
    assert holders() == {cast.driver.kid.hex()}
    revoke(cast.driver, cast.story.events[0])
    assert holders() == {cast.ppk.kid.hex()}
    assert open_kinds() == {"late_pre_revocation"}
    check()


def test_an_accept_that_names_a_certificate_is_an_accept_of_nothing(cast: Cast) -> None:
    cast.pack()
    entry = log.entry(1)
    assert statements.is_statement(entry.signed)
    cast.driver.tells(Act.ACCEPT, site=GDG, offer=entry.leaf_hash, manifest=tuple(cast.lines()))
    record(cast.story.events)
    assert not models.Unfolded.objects.exists()
    assert open_kinds() == {"offer_unknown"}
    check()


def test_a_gap_that_is_filled_brings_back_what_was_in_time(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.packer, cast.driver, GDG, cast.lines())
    cast.story.handed(cast.driver, cast.ppk, PPK, cast.lines())
    *before, taken, offer, accept = cast.story.events
    record([*before, accept])  # the PPK's phone was online first
    revoke(cast.driver)
    record([taken])
    assert open_kinds() >= {"untrusted", "offer_unknown"}  # nothing tells yet that it was made before
    record([offer])
    assert holders() == {cast.ppk.kid.hex()}
    assert open_kinds() == {"late_pre_revocation"}
    check()


def test_a_fork_found_later_takes_back_what_nobody_confirmed(cast: Cast) -> None:
    cast.pack()
    twin = cast.packer.forked()
    cast.story.handed(cast.packer, cast.driver, GDG, cast.lines())
    cast.driver.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()))
    record(cast.story.events)
    assert open_kinds() == set()
    cast.story.events.clear()
    twin.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()))
    record(cast.story.events)
    assert Fork.objects.get().kid == cast.packer.kid.hex()
    assert open_kinds() == {"fork", "untrusted"}  # the copy's; the OFFER was accepted, so it counts
    assert holders() == {cast.driver.kid.hex()}
    cast.story.events.clear()
    early = Phone(cast.story, "packer")
    early.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()))  # from its very first event on
    record(cast.story.events)
    assert {row.stage for row in ParcelStory.objects.all()} != set()
    assert "origin_unknown" in open_kinds()  # who packed it was never confirmed
    check()


def test_two_events_after_one_event_are_a_fork_at_the_hub_too(cast: Cast) -> None:
    cast.pack()
    twin = cast.packer.forked()
    twin.seq += 5
    twin.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()))
    record(cast.story.events)
    assert open_kinds() == set()
    cast.story.events.clear()
    cast.packer.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()))
    record(cast.story.events)
    assert open_kinds() == {"fork", "untrusted"}
    check()


def test_an_ended_phone_waits_for_a_word_and_its_renewal_gives_it(cast: Cast) -> None:
    cast.pack()
    record(cast.story.events)
    trust.tell_time(now=START + timedelta(days=14, minutes=1))
    cast.story.events.clear()
    cast.packer.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()))
    record(cast.story.events)
    assert open_kinds() == {"untrusted"}
    trust.renew(cast.packer.kid, head=cast.story.events[0].id, now=START + timedelta(days=15))
    actions.catch_up()
    assert open_kinds() == {"late_after_end"}
    check()


def test_a_word_of_another_phone_confirms_what_an_ended_phone_signed(cast: Cast) -> None:
    cast.pack()
    record(cast.story.events)
    trust.tell_time(now=START + timedelta(days=14, minutes=1))
    fresh = cast.story.phone("fresh")
    trust.enrol([NewDevice(fresh.public_key, "kpu/16.07", "custodian")], now=START + timedelta(days=14))
    cast.story.events.clear()
    offer = cast.story.offered(cast.packer, fresh, GDG, cast.lines())
    record(cast.story.events)
    assert open_kinds() == {"untrusted"} and holders() == {cast.packer.kid.hex()}
    cast.story.events.clear()
    cast.story.accepted(fresh, offer, GDG, cast.lines())
    record(cast.story.events)
    assert open_kinds() == {"late_after_end"} and holders() == {fresh.kid.hex()}
    check()


def test_a_certificate_that_only_the_database_knows_is_a_difference_and_a_rebuild_mends_it(
    cast: Cast,
) -> None:
    revoke(cast.driver)
    Revocation.objects.update(reason=int(Reason.LEFT))
    Certificate.objects.filter(kid=cast.ppk.kid.hex()).delete()
    found = {(one.table, one.how) for one in actions.check()}
    assert found == {("Revocation", "changed"), ("Certificate", "missing")}
    actions.rebuild()
    assert actions.check() == []


@pytest.mark.parametrize("seed", range(3))
def test_any_order_and_any_batches_of_one_log_end_in_the_tables_of_the_rules(cast: Cast, seed: int) -> None:
    """Events in disorder, between them revocations, ends and renewals; then folded in other batches."""
    chance = random.Random(seed)
    cast.pack()
    twin = cast.packer.forked()
    cast.out()
    cast.vote()
    cast.back()
    twin.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()))
    events = list(cast.story.events)
    chance.shuffle(events)
    everybody = [cast.packer, cast.driver, cast.ppk, cast.rider, cast.pps]
    now = START
    for some in _cut(events, chance):
        record(some)
        now += timedelta(hours=1)
        whom, known = chance.choice(everybody), list(cast.story.events)
        what = chance.randrange(5)
        mine = [one.id for one in known if one.kid == whom.kid]
        if what == 0:
            trust.revoke(whom.kid, reason=Reason.LOST, last=chance.choice([None, *mine]), now=now)
        elif what == 1:
            now += timedelta(days=15)
            trust.tell_time(now=now)
        elif what == 2 and whom.kid not in _revoked():
            trust.renew(whom.kid, head=chance.choice([None, *mine]), now=now)
    actions.catch_up()
    check()
    for at_once in (1, 7):
        _folded_again(at_once)
        check()


def _folded_again(at_once: int) -> None:
    for table in actions._REBUILT:
        table._default_manager.all().delete()
    Finding.objects.all().delete()
    models.Projection.objects.update(up_to_index=0)
    while projecting.fold_next(at_once=at_once):
        pass


def _revoked() -> set[bytes]:
    return {bytes.fromhex(kid) for kid in Revocation.objects.values_list("kid", flat=True)}


def _cut(events: list[Verified], chance: random.Random) -> Iterable[list[Verified]]:
    left = list(events)
    while left:
        count = chance.randint(1, 12)
        yield left[:count]
        left = left[count:]
