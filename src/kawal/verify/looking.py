"""One look at a bundle of entries: format, signature, and what they say, made ready for the replay.

`look` is a function of its arguments alone, so that it runs in as many processes as there are; what
needs more than the bundle (the tree, a device's chain, the other side of a hand-over) comes after.
"""

from __future__ import annotations

import marshal
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from kawal.rules.custody import event as events
from kawal.rules.custody.doubts import names_of
from kawal.rules.custody.event import Act
from kawal.rules.custody.facts import Fact, absent, facts_of, parcels_of
from kawal.rules.custody.findings import Finding
from kawal.rules.custody.late import late
from kawal.rules.custody.told import Told
from kawal.rules.needs.parcels import is_readable
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose
from kawal.rules.signing.cose import Typ
from kawal.rules.signing.hashes import leaf_hash

# kid, number, id, id before, index; OFFER or ACCEPT: id, whom or what it names, parcels, its absent fact
LinkRow = tuple[bytes, int, bytes, bytes | None, int]
OfferRow = tuple[bytes, bytes, bytes, bytes]  # id, kid of the receiver, parcels, fact
FoundRow = tuple[str, int, bytes]  # what it is about, index, finding
AcceptRow = tuple[bytes, bytes, bytes, bytes]  # id of the OFFER, kid of the signer, parcels, fact


@dataclass(slots=True)
class Looked:
    leaf_hashes: list[bytes]
    wrong: tuple[str, int, dict[str, object]] | None = None  # of Broken: the first in this bundle
    unknown: list[int] = field(default_factory=list)  # entries whose device has no key up to here
    acts: Counter[str] = field(default_factory=Counter)
    links: list[LinkRow] = field(default_factory=list)
    names: list[tuple[bytes, int]] = field(default_factory=list)  # event that is named, index of who names it
    facts: list[tuple[int, bytes]] = field(default_factory=list)  # parcel, what is told of it
    offers: list[OfferRow] = field(default_factory=list)
    accepts: list[AcceptRow] = field(default_factory=list)
    found: list[FoundRow] = field(default_factory=list)  # about single events


def look(
    start: int, entries: Sequence[bytes], known: Mapping[bytes, bytes], received_ms: Sequence[int] | None
) -> Looked:
    """Entries from index `start` on; `known` are public keys by kid. Where nobody tells when they were
    received, their lateness is not judged."""
    seen = Looked([leaf_hash(entry) for entry in entries])
    for place, entry in enumerate(entries):
        index = start + place
        typ = cose.typ_of(entry)
        if typ is Typ.STATEMENT or (typ is Typ.SUCCESSION and index == 0):
            continue  # read in its order, by the keyring
        try:
            envelope = cose.opened(entry)
            told = events.of(envelope.payload)
        except Refused as refused:
            seen.wrong = ("entry_unreadable", index, {"refused": refused.code, **_plain(refused.facts)})
            break
        public_key = known.get(envelope.kid)
        if public_key is None:
            seen.unknown.append(index)
        elif not cose.holds(envelope.signature, envelope.to_be_signed, public_key):
            seen.wrong = ("signature_bad", index, {"kid": envelope.kid.hex()})
            break
        came_ms = received_ms[place] if received_ms else max(told.happened_ms, told.recorded_ms)
        came = datetime.fromtimestamp(came_ms / 1000, UTC)
        _note(seen, Told(seen.leaf_hashes[place], envelope.kid, told, index, came))
        if received_ms:
            times = (told.happened_ms, told.recorded_ms, came_ms)
            seen.found += [_found(one, index) for one in late(seen.leaf_hashes[place], *times)]
    return seen


def fact_in(row: bytes) -> Fact:
    return Fact._make(marshal.loads(row))  # noqa: S302 - bytes of our own, in a file that nobody else sees


def parcels_in(row: bytes) -> set[int]:
    return set(marshal.loads(row))  # noqa: S302 - the same


def finding_in(row: bytes) -> Finding:
    return Finding(*marshal.loads(row))  # noqa: S302 - the same


def _found(one: Finding, index: int, parcel: int | None = None) -> FoundRow:
    """A code that was made up is one finding, however often it was told."""
    return one.key(parcel), index, marshal.dumps((one.kind, one.about, one.ids, dict(one.facts)))


def _row(fact: Fact) -> bytes:
    return marshal.dumps(tuple(fact))


# The same parcels are told of again and again, and a check digit costs more than a look into a table.
_is_readable = lru_cache(maxsize=100_000)(is_readable)


def _note(seen: Looked, told: Told) -> None:
    event = told.event
    seen.acts[event.act.name] += 1
    seen.links.append((told.kid, event.seq, told.id, event.prev, told.index))
    seen.names += [(named, told.index) for named in names_of(event)]
    for parcel, fact in facts_of(told).items():
        if _is_readable(parcel):
            seen.facts.append((parcel, _row(fact)))
        else:
            seen.found.append(_found(Finding("bad_code", facts={"code": parcel}), told.index, parcel))
    if event.act is Act.OFFER and event.to is not None:
        seen.offers.append((told.id, event.to, *_side(told)))
    elif event.act is Act.ACCEPT and event.offer is not None:
        seen.accepts.append((event.offer, told.kid, *_side(told)))


def _side(told: Told) -> tuple[bytes, bytes]:
    return marshal.dumps(sorted(parcels_of(told.event))), _row(absent(told))


def _plain(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value if isinstance(value, int | str) else str(value) for name, value in facts.items()}
