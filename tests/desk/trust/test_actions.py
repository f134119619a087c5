"""Enrolled, renewed, revoked: each a statement in the log, which anybody adds up alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kawal.desk.ledger import keys as log_keys
from kawal.desk.ledger import reads as log
from kawal.desk.people import devices
from kawal.desk.people.devices import NewDevice
from kawal.desk.trust import actions, issuing, reads
from kawal.home import home
from kawal.rules.refusals import Refused
from kawal.rules.trust.register import Register
from kawal.rules.trust.statements import Reason
from tests.rules.trust.makers import kid, public

NOW = datetime(2029, 2, 1, 3, 0, tzinfo=UTC)
HEAD = b"h" * 32
SMALL_ORDER = bytes([1]) + bytes(31)


def day(number: float) -> datetime:
    return NOW + timedelta(days=number)


def phone(name: str, post: str = "kpu/16.07", role: str = "custodian") -> NewDevice:
    return NewDevice(public(name), post, role, label=name)


def register() -> Register:
    """What an outsider makes of the log."""
    made = Register(log_keys.verifier_key().name)
    for entry in log.entries(0, log.size()):
        made.tell(entry.index, entry.signed)
    return made


def test_the_hub_s_tables_say_what_an_outsider_makes_of_the_log() -> None:
    actions.enrol([phone("a"), phone("b"), phone("c", "polri/16.07.03", "escort")], now=NOW)
    actions.renew(kid("a"), head=HEAD, now=day(10))
    actions.revoke(kid("b"), reason=Reason.STOLEN, now=day(11), reported_at=day(10.5))
    assert actions.tell_time(now=day(14.1)) == 2  # b's, though revoked, and c's
    actions.renew(kid("c"), head=None, now=day(15))
    actions.revoke(kid("b"), reason=Reason.STOLEN, last=HEAD, now=day(16))
    actions.replace_issuer("kpu", now=day(17))
    actions.enrol([phone("d")], now=day(18))
    assert actions.tell_time(now=day(40)) == 3
    outsider = register()
    for before in range(log.size() + 1):
        seen = Register(log_keys.verifier_key().name)
        for entry in log.entries(0, before):
            seen.tell(entry.index, entry.signed)
        kids = [device.kid for device in seen.devices()]
        assert {one: seen.trust(one) for one in kids} == reads.trust_of(kids, before)
        assert set(seen.doubted()) == reads.doubted(before)
    found = devices.device_keys([device.kid for device in outsider.devices()])
    assert {one: (row.public_key, row.post, row.role) for one, row in found.items()} == {
        one.kid: (one.public_key, one.post, one.role.name.lower()) for one in outsider.devices()
    }
    known = [(row.kid, row.agency, row.ended_index) for row in reads.issuers()]
    assert known == [(one.kid, one.agency, one.ended_at) for one in outsider.issuers()]
    assert all(one.endorsed for one in outsider.issuers())


def test_enrolled_again_nothing_is_said_again() -> None:
    assert actions.enrol([phone("a")] * 2, now=NOW) == 1
    size = log.size()
    assert size == 2  # the issuer, and the certificate
    assert actions.enrol([phone("a")], now=day(1)) == 0
    assert log.size() == size


def test_a_device_of_the_registry_gets_its_certificate() -> None:
    devices.enrol([phone("a")], now=NOW)
    assert actions.enrol([phone("a")], now=NOW) == 1
    found = devices.device_key(kid("a"))
    assert found is not None and found.valid_to == day(14)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([phone("a"), NewDevice(SMALL_ORDER, "kpu/16.07", "custodian")], "bad_key"),
        ([phone("a"), NewDevice(b"\xff" * 32, "kpu/16.07", "custodian")], "bad_key"),
        ([phone("a"), phone("b", "kpu/99.99")], "unknown_post"),
        ([phone("a"), phone("b", role="spy")], "unknown_role"),
        ([phone("a"), phone("a", "kpu/16.07.03")], "device_taken"),
    ],
)
def test_all_or_none_are_enrolled(rows: list[NewDevice], code: str) -> None:
    with pytest.raises(Refused, match=code):
        actions.enrol(rows, now=NOW)
    assert log.size() == 0 and reads.issuers() == [] and devices.device_key(kid("a")) is None


def test_an_issuer_s_key_cannot_be_enrolled() -> None:
    issuer = actions.announce("kpu", now=NOW)
    (row,) = reads.issuers()
    assert row.kid == issuer.kid
    with pytest.raises(Refused, match="key_taken"):
        actions.enrol([NewDevice(row.public_key, "kpu/16.07", "custodian")], now=NOW)


def test_who_is_not_there_cannot_be_revoked_or_renewed_and_the_revoked_stay_so() -> None:
    with pytest.raises(Refused, match="unknown_device"):
        actions.revoke(kid("a"), reason=Reason.LOST, now=NOW)
    with pytest.raises(Refused, match="unknown_device"):
        actions.renew(kid("a"), head=None, now=NOW)
    actions.enrol([phone("a")], now=NOW)
    actions.revoke(kid("a"), reason=Reason.LOST, now=day(1))
    with pytest.raises(Refused, match="revoked_device"):
        actions.renew(kid("a"), head=None, now=day(2))
    actions.revoke(kid("a"), reason=Reason.LOST, now=day(3))
    found = devices.device_key(kid("a"))
    assert found is not None and found.revoked_at == day(1)


def test_time_is_told_only_when_something_ended() -> None:
    assert actions.tell_time(now=NOW) == 0
    actions.enrol([phone("a")], now=NOW)
    size = log.size()
    assert actions.tell_time(now=day(13.9)) == 0
    assert log.size() == size
    assert actions.tell_time(now=day(14.1)) == 1
    assert actions.tell_time(now=day(14.2)) == 0
    assert log.size() == size + 1


def test_a_compromised_issuer_ends_at_once_and_endorses_nobody() -> None:
    actions.enrol([phone("a")], now=NOW)
    before = actions.announce("kpu", now=NOW)
    after = actions.replace_issuer("kpu", now=day(1), reason=Reason.COMPROMISED)
    assert issuing.current("kpu") == after != before
    actions.enrol([phone("b")], now=day(2))
    outsider = register()
    assert [(one.endorsed, one.ended_at is None) for one in outsider.issuers()] == [
        (True, False),
        (False, True),
    ]
    assert outsider.trust(kid("a")).why_not(log.size()) is None  # what it certified before stands


def test_an_overlap_is_ended_and_the_last_issuer_is_not() -> None:
    before = actions.announce("kpu", now=NOW)
    with pytest.raises(Refused, match="last_issuer"):
        actions.end_issuer(before.kid, reason=Reason.REPLACED, now=NOW)
    actions.replace_issuer("kpu", now=day(1))
    actions.end_issuer(before.kid, reason=Reason.REPLACED, now=day(8))
    with pytest.raises(Refused, match="no_issuer"):
        actions.end_issuer(before.kid, reason=Reason.REPLACED, now=day(9))
    assert [one.ended_at is None for one in register().issuers()] == [False, True]


def test_without_its_key_the_hub_does_not_make_another_in_silence() -> None:
    actions.announce("kpu", now=NOW)
    (home() / "keys" / issuing.key_file("kpu", 1)).unlink()
    with pytest.raises(Refused, match="issuer_elsewhere"):
        actions.enrol([phone("a")], now=NOW)


def test_thousands_are_enrolled_at_one_stroke() -> None:
    rows = [phone(f"phone {n}") for n in range(2000)]
    assert actions.enrol(rows, now=NOW) == 2000
    assert log.size() == 2001
    assert len(register().devices()) == 2000
