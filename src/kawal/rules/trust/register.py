"""Whose key signed, and from where to where in the log it counts: the statements of issuers added up.

    register = Register(log)            the log's origin; `pinned` where issuer keys are known beforehand
    register.tell(index, signed)        each statement of the log, in its order; refuses what does not count
    register.device(kid)                key, post and role of a device
    register.trust(kid)                 KeyTrust: which of its events count by themselves

Nothing here asks a clock. A certificate has *ended* where, in the log, an issuer of its agency has said a
time (any statement's `at_s`) that is not before its end: so everybody who reads the log draws the same
line, and a phone that was offline for days cannot win or lose by the hour of its own clock.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from kawal.rules.refusals import Refused
from kawal.rules.signing import cose, keys
from kawal.rules.signing.cose import Envelope
from kawal.rules.trust import statements
from kawal.rules.trust.statements import Certificate, Issuer, IssuerEnd, Revocation, Role, Statement


class Why(StrEnum):
    """Why an event does not count by itself."""

    UNCERTIFIED = "uncertified"  # it stands in the log before any certificate of its key, or there is none
    REVOKED = "revoked"
    ENDED = "ended"  # the certificate had ended and was not renewed
    FORKED = "forked"  # the device had signed two events with one number, or with one before them


class Lapse(NamedTuple):
    """Log indexes in which no certificate was in force: from, up to the renewal (None: to this day)."""

    start: int
    stop: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTrust:
    """What the log says about one device's key."""

    counts_from: int | None  # log index of its first certificate; None: never certified
    revoked_from: int | None = None
    lapses: tuple[Lapse, ...] = ()
    vouched: frozenset[bytes] = frozenset()  # events up to which its issuer vouches for its chain

    def why_not(self, index: int) -> Why | None:
        """Why an event at this log index does not count by itself; None: it does."""
        if self.counts_from is None or index < self.counts_from:
            return Why.UNCERTIFIED
        if self.revoked_from is not None and index > self.revoked_from:
            return Why.REVOKED
        if any(start < index and (stop is None or index < stop) for start, stop in self.lapses):
            return Why.ENDED
        return None


UNKNOWN = KeyTrust(counts_from=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    kid: bytes
    public_key: bytes
    post: str
    role: Role
    valid_to_s: int  # of the newest certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownIssuer:
    kid: bytes
    public_key: bytes
    agency: str
    index: int  # of its announcement
    endorsed: bool  # by the issuer before it, or it is the agency's first, or it was pinned
    ended_at: int | None  # log index


@dataclass(slots=True)
class _Kept:
    device: Device
    counts_from: int
    revoked_from: int | None = None
    lapses: list[Lapse] = field(default_factory=list)
    vouched: set[bytes] = field(default_factory=set)


class Register:
    """`pinned`: agency -> public keys of issuers that are known from elsewhere. Of an agency named there,
    other keys count only if a key that counts endorsed them."""

    def __init__(self, log: str, pinned: Mapping[str, Collection[bytes]] | None = None) -> None:
        self._logs = {log}
        self._pinned = {agency: frozenset(known) for agency, known in (pinned or {}).items()}
        self._issuers: dict[bytes, KnownIssuer] = {}
        self._devices: dict[bytes, _Kept] = {}
        self._clock_s: dict[str, int] = {}
        self._ends: dict[str, list[tuple[int, bytes]]] = {}  # agency -> heap of (valid_to_s, kid)
        self._index = -1

    def take_over(self, former: str) -> None:
        """This log began with the entries of another: what issuers announced there counts here."""
        self._logs.add(former)

    def tell(self, index: int, signed: bytes) -> Statement:
        """One statement, at its place in the log; places come in ascending order.

        Refuses what does not count: `bad_statement` and what `cose.opened` refuses, `bad_signature`,
        `unknown_issuer`, `issuer_ended`, `other_agency`, `other_log`, `not_pinned`, `bad_endorsement`,
        `key_taken`, `post_changed`, `unknown_device`, `revoked_device`. A refused statement changes nothing.
        """
        if index <= self._index:
            raise ValueError(f"entry {index} after entry {self._index}")
        envelope, told = statements.opened(signed)
        agency = self._announced(index, envelope, told) if isinstance(told, Issuer) else self._by(envelope)
        if isinstance(told, Certificate):
            self._certify(index, told, agency)
        elif isinstance(told, Revocation):
            self._revoke(index, told, agency)
        elif isinstance(told, IssuerEnd):
            self._end_issuer(index, told, agency)
        self._index = index
        self._advance(index, agency, told.at_s)
        return told

    def device(self, kid: bytes) -> Device | None:
        kept = self._devices.get(kid)
        return kept.device if kept else None

    def devices(self) -> list[Device]:
        return [kept.device for kept in self._devices.values()]

    def trust(self, kid: bytes) -> KeyTrust:
        kept = self._devices.get(kid)
        if kept is None:
            return UNKNOWN
        return KeyTrust(
            counts_from=kept.counts_from,
            revoked_from=kept.revoked_from,
            lapses=tuple(kept.lapses),
            vouched=frozenset(kept.vouched),
        )

    def doubted(self) -> list[bytes]:
        """Devices some of whose events may not count by themselves; the others need not be asked for."""
        return [kid for kid, kept in self._devices.items() if kept.revoked_from is not None or kept.lapses]

    def issuers(self) -> list[KnownIssuer]:
        """In the order in which they were announced."""
        return list(self._issuers.values())

    def _announced(self, index: int, envelope: Envelope, told: Issuer) -> str:
        kid = keys.kid_of(told.public_key)
        if envelope.kid != kid:
            raise Refused("bad_signature", kid=envelope.kid.hex())
        cose.check(envelope, told.public_key)
        if told.log not in self._logs:
            raise Refused("other_log", log=told.log)
        if kid in self._issuers or kid in self._devices:
            raise Refused("key_taken", kid=kid.hex())
        pinned = self._pinned.get(told.agency)
        vouched = pinned is not None and told.public_key in pinned
        if told.endorsed is not None and not vouched:
            before, signature = told.endorsed
            self._check_endorsement(told, before, signature)
            vouched = True
        if pinned is not None and not vouched:
            raise Refused("not_pinned", agency=told.agency, kid=kid.hex())
        first = all(one.agency != told.agency for one in self._issuers.values())
        self._issuers[kid] = KnownIssuer(
            kid=kid, public_key=told.public_key, agency=told.agency, index=index,
            endorsed=vouched or first, ended_at=None,
        )  # fmt: skip
        return told.agency

    def _check_endorsement(self, told: Issuer, before: bytes, signature: bytes) -> None:
        issuer = self._issuers.get(before)
        said = statements.endorsement(told.agency, told.public_key, told.log)
        if (
            issuer is None
            or issuer.ended_at is not None
            or issuer.agency != told.agency
            or not cose.holds(signature, said, issuer.public_key)
        ):
            raise Refused("bad_endorsement", kid=before.hex())

    def _by(self, envelope: Envelope) -> str:
        """The agency in whose name it is said."""
        issuer = self._issuers.get(envelope.kid)
        if issuer is None:
            raise Refused("unknown_issuer", kid=envelope.kid.hex())
        cose.check(envelope, issuer.public_key)
        if issuer.ended_at is not None:
            raise Refused("issuer_ended", kid=envelope.kid.hex())
        return issuer.agency

    def _certify(self, index: int, told: Certificate, agency: str) -> None:
        kid = told.kid
        if told.agency != agency:
            raise Refused("other_agency", agency=agency, post=told.post)
        kept = self._devices.get(kid)
        if kid in self._issuers or (kept and kept.device.public_key != told.public_key):
            raise Refused("key_taken", kid=kid.hex())
        if kept and (kept.device.post, kept.device.role) != (told.post, told.role):
            raise Refused("post_changed", kid=kid.hex(), post=kept.device.post)
        if kept and kept.revoked_from is not None:
            raise Refused("revoked_device", kid=kid.hex())
        valid_to_s = max(told.valid_to_s, kept.device.valid_to_s if kept else 0)
        device = Device(
            kid=kid, public_key=told.public_key, post=told.post, role=told.role, valid_to_s=valid_to_s
        )
        if kept is None:
            kept = self._devices[kid] = _Kept(device, index)
        kept.device = device
        if told.head:
            kept.vouched.add(told.head)
        if kept.lapses and kept.lapses[-1].stop is None:
            kept.lapses[-1] = Lapse(kept.lapses[-1].start, index)
        heapq.heappush(self._ends.setdefault(agency, []), (valid_to_s, kid))

    def _revoke(self, index: int, told: Revocation, agency: str) -> None:
        kept = self._devices.get(told.kid)
        if kept is None:
            raise Refused("unknown_device", kid=told.kid.hex())
        if kept.device.post.partition("/")[0] != agency:
            raise Refused("other_agency", agency=agency, post=kept.device.post)
        if kept.revoked_from is None:  # said again, only what its owner vouches for is added
            kept.revoked_from = index
        if told.last:
            kept.vouched.add(told.last)

    def _end_issuer(self, index: int, told: IssuerEnd, agency: str) -> None:
        issuer = self._issuers.get(told.kid)
        if issuer is None:
            raise Refused("unknown_issuer", kid=told.kid.hex())
        if issuer.agency != agency:
            raise Refused("other_agency", agency=agency, kid=told.kid.hex())
        if issuer.ended_at is None:
            self._issuers[told.kid] = KnownIssuer(
                kid=issuer.kid, public_key=issuer.public_key, agency=issuer.agency, index=issuer.index,
                endorsed=issuer.endorsed, ended_at=index,
            )  # fmt: skip

    def _advance(self, index: int, agency: str, at_s: int) -> None:
        """The agency's clock in this log only moves on; certificates that it passes have ended."""
        clock_s = self._clock_s[agency] = max(at_s, self._clock_s.get(agency, 0))
        ends = self._ends.get(agency, [])
        while ends and ends[0][0] <= clock_s:
            _, kid = heapq.heappop(ends)
            kept = self._devices[kid]
            lapsed = bool(kept.lapses) and kept.lapses[-1].stop is None
            if kept.device.valid_to_s <= clock_s and not lapsed:
                kept.lapses.append(Lapse(index, None))
