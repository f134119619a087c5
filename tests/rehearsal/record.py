"""What the hub would make of a rehearsal: every deed told in order of upload, every parcel's standing."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta

from kawal.rehearsal.actors import Deed
from kawal.rehearsal.orders import Orders, devices_of
from kawal.rules.custody import event as events
from kawal.rules.custody.chain import Link, check
from kawal.rules.custody.facts import Expected, Fact, facts_of
from kawal.rules.custody.findings import Finding
from kawal.rules.custody.standing import Standing, standing
from kawal.rules.custody.told import Told
from kawal.rules.signing import cose, hashes

HEARD_AFTER = timedelta(seconds=1)


def told(orders: Orders, deeds: Iterable[Deed]) -> list[Told]:
    """Verified and told once each, in the order of upload; a repeat changes nothing (C1)."""
    public_keys = {spec.kid: spec.public_key for spec in devices_of(orders)}
    known: dict[bytes, Told] = {}
    for deed in sorted(deeds, key=lambda deed: deed.upload_at):
        event_id = hashes.leaf_hash(deed.signed)
        if event_id in known:
            continue
        envelope = cose.opened(deed.signed)
        cose.check(envelope, public_keys[envelope.kid])
        event = events.of(envelope.payload)
        assert envelope.kid == deed.kid
        known[event_id] = Told(event_id, deed.kid, event, len(known), deed.upload_at + HEARD_AFTER)
    return list(known.values())


def standings(orders: Orders, every: list[Told], *, shuffle: int = 0) -> dict[int, Standing]:
    facts: dict[int, list[Fact]] = {}
    for one in every:
        for parcel, fact in facts_of(one).items():
            facts.setdefault(parcel, []).append(fact)
    if shuffle:
        for some in facts.values():
            random.Random(shuffle).shuffle(some)
    expected = {
        parcel.code: Expected(
            station=station,
            seals=parcel.seals,
            ballots_count=parcel.ballots_count if parcel.seals else None,
            is_box=bool(parcel.seals),
        )
        for station, parcels in orders.parcels.items()
        for parcel in parcels
    }
    return {parcel: standing(some, expected[parcel]) for parcel, some in facts.items()}


def chain_findings(every: list[Told]) -> list[Finding]:
    return check(Link(one.kid, one.event.seq, one.id, one.event.prev) for one in every)
