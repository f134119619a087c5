"""What one event says about one parcel, short enough to keep with the parcel.

facts_of(told)          parcel -> Fact, for every parcel the event names
absent(told)            the Fact for a parcel that the other side of the hand-over named
silences(...)           which parcels get such a Fact, from the two sides of a hand-over
parcels_of(event)       the parcels that an event names
expected(parcel, ...)   what needs says of it
encoded(facts)          bytes; joined bytes are the joined list (CBOR sequence, RFC 8742)
decoded(data)           the facts again
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import cbor2

from kawal.rules.custody.event import Act, Event, Line
from kawal.rules.custody.told import Told
from kawal.rules.needs.parcels import kind_of, station_of
from kawal.rules.places.codes import is_station
from kawal.rules.places.facts import KIND_OF_PREFIX, SiteKind


class Fact(NamedTuple):
    """Sorting facts sorts them by device and by the device's own chain."""

    kid: bytes
    seq: int
    id: bytes  # leaf hash of the event
    act: int
    log_index: int
    site: str | None
    seals: tuple[int, ...]  # sorted
    counted: int | None
    other: bytes | None  # kid of the other person: receiver of an OFFER, second counter at PACKED
    offer: bytes | None  # the OFFER that an ACCEPT takes
    present: bool  # the signer's manifest has the parcel
    exceptions: tuple[int, ...]  # Mismatches that an ACCEPT tells about it, sorted
    happened_ms: int
    recorded_ms: int
    received_ms: int
    refs: tuple[bytes, ...]  # only where the place in the story may depend on them


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What needs says of the parcel. `known` is false where no station needs such a parcel."""

    station: str
    seals: tuple[int, ...] = ()  # numbers assigned to it, sorted
    ballots_count: int | None = None  # None: nothing in it is counted
    is_box: bool = True
    known: bool = True


def site_kind(site: str | None) -> SiteKind | None:
    if site is None:
        return None
    return SiteKind.STATION if is_station(site) else KIND_OF_PREFIX.get(site[:3])


def facts_of(told: Told) -> dict[int, Fact]:
    exceptions: dict[int, tuple[int, ...]] = {}
    for parcel, why in told.event.exceptions:
        exceptions[parcel] = (*exceptions.get(parcel, ()), int(why))
    lines = {line.parcel: line for line in told.event.manifest}
    return {
        parcel: _fact(told, lines.get(parcel), exceptions.get(parcel, ()))
        for parcel in sorted({*lines, *exceptions})
    }


def absent(told: Told) -> Fact:
    return _fact(told, None, ())


def parcels_of(event: Event) -> set[int]:
    return {line.parcel for line in event.manifest} | {parcel for parcel, _ in event.exceptions}


def silences(offered: set[int], taken: set[int], *, offer: Fact, accept: Fact) -> Iterator[tuple[int, Fact]]:
    """An OFFER and the ACCEPT that takes it are both told to every parcel that one of them names: only so
    can be seen what was offered and not taken, or taken and not offered (C8). `offer` and `accept` are
    the `absent` facts of the two."""
    yield from ((parcel, offer) for parcel in sorted(taken - offered))
    yield from ((parcel, accept) for parcel in sorted(offered - taken))


def expected(
    parcel: int, *, seals: tuple[int, ...] = (), ballots_count: int | None = None, known: bool = True
) -> Expected:
    """With the defaults nothing is demanded of it: so judges who was not told what is needed."""
    is_box = kind_of(parcel) != "bundle"
    return Expected(
        station=station_of(parcel),
        seals=seals,
        ballots_count=ballots_count if is_box else None,
        is_box=is_box,
        known=known,
    )


def _fact(told: Told, line: Line | None, exceptions: tuple[int, ...]) -> Fact:
    event = told.event
    # A holder's own chain gives the order; refs place only what others saw.
    refs = event.refs if event.act in _SEEN_BY_OTHERS else ()
    return Fact(
        told.kid,
        event.seq,
        told.id,
        int(event.act),
        told.index,
        event.site,
        tuple(sorted(line.seals)) if line else (),
        line.count if line else None,
        event.second if event.act is Act.PACKED else event.to,
        event.offer,
        line is not None,
        exceptions,
        event.happened_ms,
        event.recorded_ms,
        round(told.received_at.timestamp() * 1000),
        refs,
    )


_SEEN_BY_OTHERS: Final = frozenset({Act.ATTEST, Act.SEAL_CHECK, Act.DEPARTED, Act.ARRIVED, Act.INCIDENT})
_TUPLES: Final = [Fact._fields.index(name) for name in ("seals", "exceptions", "refs")]


def encoded(facts: Iterable[Fact]) -> bytes:
    return b"".join(cbor2.dumps(list(fact)) for fact in facts)


def decoded(data: bytes) -> list[Fact]:
    # A sequence becomes one array of indefinite length, which the decoder reads in one call.
    rows = cbor2.loads(b"\x9f" + data + b"\xff")
    for row in rows:
        for place in _TUPLES:
            row[place] = tuple(row[place])
    return [Fact._make(row) for row in rows]
