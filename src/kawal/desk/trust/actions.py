"""What is said about keys: each a statement in the log and a row in the tables, in one transaction.

enrol, renew, revoke       certificates and their end
announce, replace_issuer   the issuer keys themselves
tell_time                  certificates that ended by now have ended, for everybody who reads the log
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kawal.desk.ledger import actions as ledger
from kawal.desk.ledger import pen
from kawal.desk.ledger import reads as log
from kawal.desk.people import devices
from kawal.desk.people.devices import NewDevice
from kawal.desk.trust import issuing, keeping, models, reads
from kawal.desk.trust.issuing import IssuerKey
from kawal.rules.refusals import Refused
from kawal.rules.signing.hashes import leaf_hash
from kawal.rules.trust.statements import (
    Certificate,
    IssuerEnd,
    Reason,
    Revocation,
    Role,
    Time,
    is_statement,
)

VALID_DAYS = 14


def announce(agency: str, *, now: datetime) -> IssuerKey:
    """The agency's issuer key, announced in the log where it is new. Refuses `unknown_agency`."""
    with transaction.atomic():
        pen.lock()
        key = issuing.current(agency)
        if key is None:
            key = issuing.issuer_key(agency, reads.issuers_count(agency) + 1)
            _say([issuing.announcement(agency, key, None, at_s=_seconds(now))], now=now)
    return key


def replace_issuer(agency: str, *, now: datetime, reason: Reason | None = None) -> IssuerKey:
    """A new issuer key. Without a reason both issue side by side and the old one endorses the new; with
    one, such as COMPROMISED, the old one ends at once and endorses nothing: tell the new key to everybody
    who pinned the old one. Refuses `unknown_agency`, `no_issuer`.
    """
    with transaction.atomic():
        pen.lock()
        before = issuing.current(agency)
        if before is None:
            raise Refused("no_issuer", agency=agency)
        key = issuing.issuer_key(agency, reads.issuers_count(agency) + 1)
        endorser = before if reason is None else None
        said = [issuing.announcement(agency, key, endorser, at_s=_seconds(now))]
        if reason is not None:
            said.append(key.signs(IssuerEnd(at_s=_seconds(now), kid=before.kid, reason=reason)))
        _say(said, now=now)
    return key


def end_issuer(kid: bytes, *, reason: Reason, now: datetime) -> None:
    """The overlap is over. Refuses `no_issuer`, and `last_issuer` where the agency has no other."""
    with transaction.atomic():
        pen.lock()
        row = next((row for row in reads.issuers() if row.kid == kid and row.ended_index is None), None)
        if row is None:
            raise Refused("no_issuer", kid=kid.hex())
        key = issuing.current(row.agency)
        if key is None or key.kid == kid:
            raise Refused("last_issuer", agency=row.agency)
        _say([key.signs(IssuerEnd(at_s=_seconds(now), kid=kid, reason=reason))], now=now)


def enrol(rows: Sequence[NewDevice], *, now: datetime, succeeds: bytes | None = None) -> int:
    """Certify devices for 14 days, all or none, and answer how many were new.

    The same device again changes nothing; one that was enrolled without certificate gets one. Refuses what
    `devices.checked` refuses, and `key_taken` where the key is an issuer's.
    """
    with transaction.atomic():
        pen.lock()
        fresh = devices.checked(rows)
        if {row.kid for row in reads.issuers()} & fresh.keys():
            raise Refused("key_taken")
        made = []
        for agency in sorted({row.agency for row in fresh.values()}):
            of_agency = [row for row in fresh.values() if row.agency == agency]
            made += _certificates(announce(agency, now=now), of_agency, now, succeeds)
        _say(made, now=now)
        devices.name(fresh.values())
    return len(fresh)


def _certificates(
    issuer: IssuerKey, rows: Sequence[NewDevice], now: datetime, succeeds: bytes | None
) -> list[bytes]:
    at_s, serial = _seconds(now), reads.last_serial(issuer.kid)
    return [
        issuer.signs(
            Certificate(
                at_s=at_s, public_key=row.public_key, post=row.post, role=Role[row.role.upper()],
                valid_to_s=at_s + VALID_DAYS * 86_400, serial=serial + number, succeeds=succeeds,
            )
        )
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip


def renew(kid: bytes, *, head: bytes | None, now: datetime) -> None:
    """Another 14 days from now. `head`: the device's newest event, as it was shown to the issuer, which
    vouches for the chain up to it. Refuses `unknown_device`, `revoked_device`."""
    with transaction.atomic():
        pen.lock()
        known = devices.device_key(kid)
        if known is None:
            raise Refused("unknown_device", kid=kid.hex())
        if known.revoked_at is not None:
            raise Refused("revoked_device", kid=kid.hex())
        issuer, at_s = announce(known.post.partition("/")[0], now=now), _seconds(now)
        again = Certificate(
            at_s=at_s, public_key=known.public_key, post=known.post, role=Role[known.role.upper()],
            valid_to_s=at_s + VALID_DAYS * 86_400, serial=reads.last_serial(issuer.kid) + 1, head=head,
        )  # fmt: skip
        _say([issuer.signs(again)], now=now)


def revoke(
    kid: bytes,
    *,
    reason: Reason,
    now: datetime,
    last: bytes | None = None,
    reported_at: datetime | None = None,
) -> None:
    """From here on the key counts no more. `last`: the last event that its owner vouches for; it may be
    told later, by revoking again. Refuses `unknown_device`."""
    with transaction.atomic():
        pen.lock()
        known = devices.device_key(kid)
        if known is None:
            raise Refused("unknown_device", kid=kid.hex())
        issuer = announce(known.post.partition("/")[0], now=now)
        told = Revocation(
            at_s=_seconds(now), kid=kid, reason=reason, last=last,
            reported_s=None if reported_at is None else _seconds(reported_at),
        )  # fmt: skip
        _say([issuer.signs(told)], now=now)


def tell_time(*, now: datetime) -> int:
    """Says the time for every agency some of whose certificates have ended since it was last told; answers
    how many devices that concerns. Nothing is said where nothing ended."""
    if not _ended(now):  # almost always: nobody waits for this look
        return 0
    with transaction.atomic():
        pen.lock()
        ended = _ended(now)
        for agency in ended:
            key = issuing.current(agency)
            if key is not None:
                _say([key.signs(Time(at_s=_seconds(now)))], now=now)
    return sum(ended.values())


def _ended(now: datetime) -> dict[str, int]:
    """Agency -> devices whose certificates have ended since its issuers last said a time."""
    until = keeping.time_of(_seconds(now))
    found = {
        agency: len(devices.ending(agency, after=keeping.time_of(max(said_s, 0)), until=until))
        for agency, said_s in reads.clocks().items()
    }
    return {agency: count for agency, count in found.items() if count}


def rebuild() -> None:
    """Empty the tables and fill them from the log, inside the caller's transaction."""
    for table in (models.Issuer, models.Certificate, models.Lapse, models.Revocation):
        table._default_manager.all().delete()
    entries = log.entries(0, log.size())
    keeping.keep((entry.index, entry.signed) for entry in entries if is_statement(entry.signed))


def _say(said: Sequence[bytes], *, now: datetime) -> None:
    entries = [(leaf_hash(signed), signed) for signed in said]
    indexes = ledger.append(entries, received_at=now)
    keeping.keep(zip(indexes, said, strict=True))


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
