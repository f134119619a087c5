"""Which parcels an event is about: facts for each of them, both sides of a hand-over brought together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kawal.desk.custody.links import Links
from kawal.desk.ledger import reads as ledger
from kawal.rules.custody import event as events
from kawal.rules.custody.event import Act
from kawal.rules.custody.facts import Fact, absent, facts_of, parcels_of, silences
from kawal.rules.custody.told import Told
from kawal.rules.signing import cose
from kawal.rules.signing.cose import Typ
from kawal.rules.trust.statements import Statement, is_statement, opened

_NOT_OF_DEVICES: Final = {Typ.STATEMENT, Typ.SUCCESSION}  # what issuers say, and what the log says of itself

Facts = dict[int, list[Fact]]  # parcel -> what these events say about it


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries of the log that follow each other: what devices told, and what issuers said."""

    told: list[Told]
    said: list[Statement]
    received_at: datetime  # the last of them
    log_size: int  # with the last of them


def batch(entries: Sequence[ledger.StoredEntry]) -> Batch:
    told = [read(entry) for entry in entries if cose.typ_of(entry.signed) not in _NOT_OF_DEVICES]
    said = [opened(entry.signed)[1] for entry in entries if is_statement(entry.signed)]
    return Batch(told, said, entries[-1].received_at, entries[-1].index + 1)


def tell(told: Sequence[Told], links: Links) -> Facts:
    """With what either side of a hand-over was silent about."""
    said: defaultdict[int, list[Fact]] = defaultdict(list)
    for one in told:
        for parcel, fact in facts_of(one).items():
            said[parcel].append(fact)
    for offer, accept in _sides(told, links):
        sides = parcels_of(offer.event), parcels_of(accept.event)
        for parcel, fact in silences(*sides, offer=absent(offer), accept=absent(accept)):
            said[parcel].append(fact)
    return said


def about(told: Sequence[Told]) -> list[int]:
    """Parcels whose story these events are in, also those about which one side of a hand-over was silent."""
    if not told:
        return []
    found = {parcel for one in told for parcel in parcels_of(one.event)}
    for sides in _sides(told, Links(told)):
        found.update(parcel for side in sides for parcel in parcels_of(side.event))
    return sorted(found)


def _sides(told: Sequence[Told], links: Links) -> Iterator[tuple[Told, Told]]:
    """Every OFFER with each ACCEPT of the device it names, where one of the two is told just now."""
    offers = {one.id: one for one in told if one.event.act is Act.OFFER}
    accepts = {one.index: one for one in told if one.event.act is Act.ACCEPT}
    wanted = {one.event.offer for one in accepts.values() if one.event.offer} - set(offers)
    earlier = links.accepts_of(offers)
    accepts |= from_log(set(earlier) - set(accepts))
    offers |= {one.id: one for one in from_log(ledger.index_of(wanted).values()).values()}
    for accept in accepts.values():
        offer = offers.get(accept.event.offer or b"")
        if offer is not None and offer.event.act is Act.OFFER and offer.event.to == accept.kid:
            yield offer, accept


def from_log(indexes: Collection[int]) -> dict[int, Told]:
    """Events by index; what issuers said is left out, though an event may name it."""
    stored = sorted(ledger.entries_at(indexes).items())
    return {index: read(entry) for index, entry in stored if cose.typ_of(entry.signed) not in _NOT_OF_DEVICES}


def read(stored: ledger.StoredEntry) -> Told:
    """An event of the log, as it was told."""
    envelope = cose.opened(stored.signed)
    return Told(stored.leaf_hash, envelope.kid, events.of(envelope.payload), stored.index, stored.received_at)
