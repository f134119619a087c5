"""A whole log in memory: an issuer, certificates, a distribution, a signed head."""

from __future__ import annotations

from dataclasses import dataclass, field

from kawal.rules.ledger import checkpoint, tiles
from kawal.rules.ledger.policy import NONE, Log, Policy
from kawal.rules.refusals import Refused
from kawal.rules.signing import note
from kawal.rules.signing.hashes import leaf_hash
from kawal.rules.signing.keys import SigningKey, key_from_seed, public_bytes
from kawal.rules.trust import statements
from kawal.rules.trust.statements import Certificate, Issuer, Reason, Revocation, Role
from kawal.verify.replay import Found, Stood
from kawal.verify.source import Log as Read
from kawal.verify.verifying import Asked, Outcome, verify
from tests.rules.custody.stories import START, Cast, Phone, Story

from .served import Resources, resources

ORIGIN = "kawal.example/log"
LOG_KEY, ISSUER = key_from_seed(b"l" * 32), key_from_seed(b"i" * 32)
NOW_S = round(START.timestamp())
POLICY = Policy(NONE, (Log(note.VerifierKey(ORIGIN, public_bytes(LOG_KEY))),))


def announced(key: SigningKey = ISSUER, agency: str = "kpu") -> bytes:
    said = Issuer(at_s=NOW_S, agency=agency, public_key=public_bytes(key), log=ORIGIN)
    return statements.sign(said, key)


def certificate(phone: Phone, serial: int = 1) -> bytes:
    said = Certificate(at_s=NOW_S, public_key=phone.public_key, post="kpu/16.07", role=Role.CUSTODIAN,
                       valid_to_s=NOW_S + statements.VALID_S_MAX, serial=serial)  # fmt: skip
    return statements.sign(said, ISSUER)


def revocation(phone: Phone, last: bytes | None = None) -> bytes:
    return statements.sign(Revocation(at_s=NOW_S, kid=phone.kid, reason=Reason.STOLEN, last=last), ISSUER)


def cast() -> Cast:
    return Cast(Story())


def phones(cast: Cast) -> list[Phone]:
    return [cast.packer, cast.driver, cast.ppk, cast.rider, cast.pps, cast.escort, *cast.kpps.values()]


def certified(cast: Cast) -> list[bytes]:
    return [announced(), *(certificate(phone, serial) for serial, phone in enumerate(phones(cast), 1))]


def told(cast: Cast) -> list[bytes]:
    """What was told since the last time, as signed bytes."""
    signed = [one.signed for one in cast.story.events]
    cast.story.events.clear()
    return signed


def head(entries: list[bytes], key: SigningKey = LOG_KEY) -> str:
    grown = tiles.grow({}, 0, [leaf_hash(entry) for entry in entries])
    root = tiles.root_of(len(entries), lambda *place: grown[place])
    return note.sign(checkpoint.text(checkpoint.Head(ORIGIN, len(entries), root)), ORIGIN, key)


def served(entries: list[bytes]) -> Resources:
    return resources(entries, head(entries).encode())


@dataclass
class Memory:
    """A place that hands out what it holds."""

    found: Resources
    ahead: int = 1

    def read(self, path: str, bytes_max: int) -> bytes:
        if path not in self.found:
            raise Refused("source_missing", path=path)
        return self.found[path]


@dataclass
class Heard:
    outcome: Outcome
    stood: list[Stood] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    @property
    def caught(self) -> tuple[str, int]:
        first = self.outcome.broken[0]
        return first.code, first.index

    @property
    def kinds(self) -> list[str]:
        return sorted(one.finding.kind for one in self.found)


def verified(found: list[bytes] | Resources, **asked: object) -> Heard:
    place = Memory(served(found) if isinstance(found, list) else found)
    heard = Heard(Outcome())
    heard.outcome = verify(
        Read(place), None,
        Asked(**{"policy": POLICY, "now_s": NOW_S, "stood": heard.stood.append,
                 "noted": heard.found.append, **asked}),
    )  # fmt: skip
    return heard
