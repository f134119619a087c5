"""A signed event: what a phone tells about parcels, in the payload format KWE-1.

The payload is a deterministic CBOR map with unsigned integer keys 0 to 23, no floats, no tags.
`of(payload)` reads it strictly and refuses what it does not know: an event is refused for what it
*is* (format, signature, unknown device), never for what it *says* (docs/custody.md).

    key  name         value
    0    act          Act
    1    seq          0, 1, 2 ... per device, without a gap
    2    prev         leaf hash of the device's event before (32 bytes), null for its first
    3    refs         leaf hashes of events of others that this one answers or builds on
    4    happened_ms  when it happened, by the phone, Unix milliseconds
    5    recorded_ms  when the phone recorded it; later than happened_ms where written down afterwards
    6    site         code of the place, where there is one
    7    manifest     [[parcel, [seal ...], count or null] ...] sorted by parcel: what was seen, by
                      whoever signs; count = ballots counted in, at PACKED only
    8    to           kid (8 bytes) of the receiving device, OFFER only
    9    offer        leaf hash of the OFFER that is taken, ACCEPT only
    10   exceptions   [[parcel, Mismatch] ...] sorted: what the receiver did not find as offered
    11   trip         trip code
    12   second       kid of the second person, who counted too (PACKED)
    13   position     [lat e7, lon e7, accuracy_m]
    14   kind         incident kind, attestation phase (text code)
    15   officers     officers aboard, ATTEST only
    16   nonce        8 bytes of the receiver, OFFER only
    17   photo        SHA-256 of a photo
No event holds a name, a phone number or free text: a log cannot forget.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

from kawal.rules.refusals import Refused
from kawal.rules.signing import codec


class Act(IntEnum):
    PACKED = 1  # contents put in, counted by two
    SEALED = 2  # the manifest's seals were put on
    OFFER = 3  # the giver counts and offers
    ACCEPT = 4  # the receiver counts and takes: custody passes
    ATTEST = 5  # the escort says who is aboard and whether seals hold
    DEPARTED = 6  # a trip leaves a site
    ARRIVED = 7  # a trip arrives at a site
    SEAL_CHECK = 8  # somebody who need not hold the parcel reads its seals
    OPENED = 9  # opened at its station on voting day, or under a written unsealing
    INCIDENT = 10
    POSITION = 11


class Mismatch(IntEnum):
    """Why a parcel is an exception on an ACCEPT."""

    SHORT = 1  # offered, not there
    OVER = 2  # there, not offered
    DAMAGED = 3
    SEAL_BROKEN = 4
    WRONG_PLACE = 5


INCIDENT_KINDS = (
    "accident", "breakdown", "flood", "rough_water", "road_blocked", "attack", "theft", "rumour",
    "damage", "obstruction", "storage_hazard", "other",
)  # fmt: skip
ATTEST_PHASES = ("start", "on_the_way", "end", "not_aboard")

MANIFEST_MAX = 600  # parcels in one event: the biggest truck, with room; more is another event
SEALS_MAX = 16
REFS_MAX = 64


class Line(NamedTuple):
    """One parcel as the signer saw it. A tuple: the door makes a hundred thousand of them a second."""

    parcel: int
    seals: tuple[int, ...] = ()
    count: int | None = None  # type: ignore[assignment]  # nobody misses the method of tuples


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    act: Act
    seq: int
    prev: bytes | None
    refs: tuple[bytes, ...] = ()
    happened_ms: int
    recorded_ms: int
    site: str | None = None
    manifest: tuple[Line, ...] = ()
    to: bytes | None = None
    offer: bytes | None = None
    exceptions: tuple[tuple[int, Mismatch], ...] = ()
    trip: str | None = None
    second: bytes | None = None
    position: tuple[int, int, int] | None = None
    kind: str | None = None
    officers: int | None = None
    nonce: bytes | None = None
    photo: bytes | None = None


def payload(event: Event) -> bytes:
    """The bytes that are signed."""
    values = (
        int(event.act), event.seq, event.prev, list(event.refs) or None, event.happened_ms,
        event.recorded_ms, event.site,
        [[line.parcel, list(line.seals), line.count] for line in event.manifest] or None,
        event.to, event.offer, [[parcel, int(why)] for parcel, why in event.exceptions] or None,
        event.trip, event.second, list(event.position) if event.position else None, event.kind,
        event.officers, event.nonce, event.photo,
    )  # fmt: skip
    # An absent value has no key, but `prev` is always told: null says "this is my first".
    return codec.encode({key: value for key, value in enumerate(values) if value is not None or key == 2})


def of(data: bytes) -> Event:
    """Refuses `bad_event` with the field, besides what `codec.decode` refuses."""
    told = codec.decode(data)
    if not isinstance(told, dict) or not all(type(key) is int and 0 <= key <= 17 for key in told):
        raise Refused("bad_event", field="keys")
    if 2 not in told:
        raise Refused("bad_event", field="prev")
    event = Event(
        act=_choice(told, 0, Act, "act"),
        seq=_uint(told, 1, "seq", 2**32),
        prev=_bytes(told, 2, "prev", 32),
        refs=tuple(_hash(ref) for ref in _list(told, 3, "refs", REFS_MAX)),
        happened_ms=_uint(told, 4, "happened_ms", 2**43),
        recorded_ms=_uint(told, 5, "recorded_ms", 2**43),
        site=_text(told, 6, "site", 20),
        manifest=_manifest(told),
        to=_bytes(told, 8, "to", 8),
        offer=_bytes(told, 9, "offer", 32),
        exceptions=tuple(_exception(pair) for pair in _list(told, 10, "exceptions", MANIFEST_MAX)),
        trip=_text(told, 11, "trip", 40),
        second=_bytes(told, 12, "second", 8),
        position=_position(told.get(13)),
        kind=_text(told, 14, "kind", 30),
        officers=_optional_uint(told, 15, "officers", 1000),
        nonce=_bytes(told, 16, "nonce", 8),
        photo=_bytes(told, 17, "photo", 32),
    )
    _check_whole(event)
    return event


NEEDS: dict[Act, tuple[str, ...]] = {
    Act.PACKED: ("manifest", "site", "second"),
    Act.SEALED: ("manifest", "site"),
    Act.OFFER: ("manifest", "site", "to"),
    Act.ACCEPT: ("site", "offer"),  # the manifest may be empty: everything was missing
    Act.ATTEST: ("trip", "kind"),
    Act.DEPARTED: ("trip", "site"),
    Act.ARRIVED: ("trip", "site"),
    Act.SEAL_CHECK: ("manifest", "site"),
    Act.OPENED: ("manifest", "site"),
    Act.INCIDENT: ("kind",),
    Act.POSITION: ("position",),
}


def _check_whole(event: Event) -> None:
    for name in NEEDS[event.act]:
        if not getattr(event, name):
            raise Refused("bad_event", field=name)
    parcels = [line.parcel for line in event.manifest]
    if parcels != sorted(set(parcels)):
        raise Refused("bad_event", field="manifest")
    if list(event.exceptions) != sorted(set(event.exceptions)):
        raise Refused("bad_event", field="exceptions")
    if (event.seq == 0) != (event.prev is None):
        raise Refused("bad_event", field="prev")
    if event.act is Act.INCIDENT and event.kind not in INCIDENT_KINDS:
        raise Refused("bad_event", field="kind")
    if event.act is Act.ATTEST and event.kind not in ATTEST_PHASES:
        raise Refused("bad_event", field="kind")


def _uint(told: dict[int, Any], key: int, field: str, limit: int) -> int:
    value = told.get(key)
    if type(value) is not int or not 0 <= value < limit:
        raise Refused("bad_event", field=field)
    return value


def _optional_uint(told: dict[int, Any], key: int, field: str, limit: int) -> int | None:
    return _uint(told, key, field, limit) if key in told else None


def _bytes(told: dict[int, Any], key: int, field: str, length: int) -> bytes | None:
    value = told.get(key)
    if value is None:
        if key in told and key != 2:
            raise Refused("bad_event", field=field)
        return None
    if not isinstance(value, bytes) or len(value) != length:
        raise Refused("bad_event", field=field)
    return value


def _text(told: dict[int, Any], key: int, field: str, length_max: int) -> str | None:
    if key not in told:
        return None
    value = told[key]
    if not isinstance(value, str) or not 1 <= len(value) <= length_max or not value.isascii():
        raise Refused("bad_event", field=field)
    return value


def _list(told: dict[int, Any], key: int, field: str, length_max: int) -> list[Any]:
    if key not in told:
        return []
    value = told[key]
    if not isinstance(value, list) or not 1 <= len(value) <= length_max:
        raise Refused("bad_event", field=field)
    return value


def _choice(told: dict[int, Any], key: int, kind: type[Act], field: str) -> Act:
    try:
        return kind(_uint(told, key, field, 256))
    except ValueError:
        raise Refused("bad_event", field=field) from None


def _hash(value: Any) -> bytes:
    if not isinstance(value, bytes) or len(value) != 32:
        raise Refused("bad_event", field="refs")
    return value


def _manifest(told: dict[int, Any]) -> tuple[Line, ...]:
    """Looked through by loops of C: the door reads thousands of these a second."""
    lines = _list(told, 7, "manifest", MANIFEST_MAX)
    if not lines:
        return ()
    if any(type(line) is not list or len(line) != 3 or type(line[1]) is not list for line in lines):
        raise Refused("bad_event", field="manifest")
    numbers = [n for parcel, seals, count in lines for n in (parcel, 0 if count is None else count, *seals)]
    if set(map(type, numbers)) != {int} or min(numbers) < 0 or max(numbers) >= 2**53:
        raise Refused("bad_event", field="manifest")
    if any(len(line[1]) > SEALS_MAX for line in lines):
        raise Refused("bad_event", field="manifest")
    return tuple([Line(parcel, tuple(seals), count) for parcel, seals, count in lines])


def _exception(value: Any) -> tuple[int, Mismatch]:
    try:
        if type(value) is not list:  # a map or a byte string of two would unpack as well
            raise ValueError
        parcel, why = value
        if type(parcel) is not int or not 0 <= parcel < 2**53 or type(why) is not int:
            raise ValueError
        return parcel, Mismatch(why)
    except (TypeError, ValueError):
        raise Refused("bad_event", field="exceptions") from None


def _position(value: Any) -> tuple[int, int, int] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 3 or not all(type(part) is int for part in value):
        raise Refused("bad_event", field="position")
    lat_e7, lon_e7, accuracy_m = value
    if abs(lat_e7) > 900_000_000 or abs(lon_e7) > 1_800_000_000 or not 0 <= accuracy_m < 1_000_000:
        raise Refused("bad_event", field="position")
    return lat_e7, lon_e7, accuracy_m
