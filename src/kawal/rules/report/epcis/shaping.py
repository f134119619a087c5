"""The shape of one EPCIS event: what every event has, and what EPCIS has no field for, under `kawal:`."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kawal.rules.custody.event import Line
from kawal.rules.custody.told import Told
from kawal.rules.places.codes import zone_of
from kawal.rules.report.epcis.document import Event, instant
from kawal.rules.report.epcis.naming import Naming

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What an event does not hold itself, and what its reader may have of it."""

    naming: Naming
    area: str  # where the event belongs: its time zone
    posts: Mapping[bytes, str] = field(default_factory=dict)  # by kid; a device without one names itself
    giver: bytes | None = None  # kid of who signed the OFFER that an ACCEPT takes
    signed: bytes | None = None  # COSE_Sign1, where the reader may have it
    contents: bool = True  # whether the reader may know what was counted
    doubt: str = ""  # why the event does not count by itself, where it does not


def objects(told: Told, around: Around, part: str, lines: Sequence[Line], **how: Any) -> Event:
    """ObjectEvent OBSERVE of the parcels of these lines, and of the trip."""
    seen = [around.naming.parcel(line.parcel) for line in lines]
    if told.event.trip:
        seen.append(around.naming.trip(told.event.trip))
    return _event(told, around, "ObjectEvent", part, lines, epcList=seen, action="OBSERVE", **how)


def links(told: Told, around: Around, kind: str, line: Line, **how: Any) -> Event:
    """AggregationEvent or AssociationEvent of one parcel and what is in it or on it."""
    parent = around.naming.parcel(line.parcel)
    return _event(told, around, kind, part_of(line), [line], parentID=parent, **how)


def part_of(line: Line) -> str:
    return f"{line.parcel:015d}"


def place(told: Told, around: Around) -> dict[str, Any]:
    """Where the objects are from now on."""
    return {"bizLocation": {"id": around.naming.site(told.event.site)}} if told.event.site else {}


def paper(around: Around, kind: str, id: bytes) -> dict[str, str]:
    """A despatch advice is the OFFER, a receiving advice the ACCEPT."""
    return {"type": kind, "bizTransaction": around.naming.handover(id)}


def parties(around: Around, giver: bytes | None, receiver: bytes | None) -> dict[str, Any]:
    """Posts hold custody, not phones."""
    told: dict[str, Any] = {}
    if giver:
        told["sourceList"] = [{"type": "possessing_party", "source": _party(around, giver)}]
    if receiver:
        told["destinationList"] = [{"type": "possessing_party", "destination": _party(around, receiver)}]
    return told


def _party(around: Around, kid: bytes) -> str:
    post = around.posts.get(kid)
    return around.naming.post(post) if post else around.naming.device(kid)


def _event(told: Told, around: Around, kind: str, part: str, lines: Iterable[Line], /, **how: Any) -> Event:
    event, zone = told.event, zone_of(around.area)
    there = _at(event.happened_ms).astimezone(zone).isoformat(timespec="milliseconds")
    shaped: Event = {
        "type": kind,
        "eventID": around.naming.event(told.id, part),
        "eventTime": there,
        "eventTimeZoneOffset": there[-6:],
        "recordTime": instant(told.received_at),
        **how,
    }
    if spot := _spot(told, around):
        shaped["readPoint"] = {"id": spot}
    return {**shaped, **{f"kawal:{name}": value for name, value in _own(told, around, lines).items()}}


def _spot(told: Told, around: Around) -> str:
    """CBV 2.0, section 8.3: a place by its identifier, or a geo URI (RFC 5870) where it has none."""
    if told.event.site:
        return around.naming.site(told.event.site)
    return _geo(told.event.position) if told.event.position else ""


def _geo(position: tuple[int, int, int]) -> str:
    lat_e7, lon_e7, accuracy_m = position
    return f"geo:{_degrees(lat_e7)},{_degrees(lon_e7)};u={accuracy_m}"


def _degrees(e7: int) -> str:
    """Exactly what the phone told: `-2.9761`, no exponent, no digits that nobody measured."""
    whole, rest = divmod(abs(e7), 10_000_000)
    digits = f"{rest:07d}".rstrip("0")
    return ("-" if e7 < 0 else "") + (f"{whole}.{digits}" if digits else str(whole))


def _at(unix_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=unix_ms)


def _own(told: Told, around: Around, lines: Iterable[Line]) -> dict[str, Any]:
    """The members of the vocabulary (docs/epcis.md). `cose` is base64: the bytes that were signed."""
    event = told.event
    seals = [
        {"kawal:parcel": around.naming.parcel(line.parcel), "kawal:seals": list(line.seals)}
        for line in lines
        if line.seals
    ]
    values = {
        "act": event.act.name,
        "leafHash": told.id.hex(),
        "logIndex": told.index,
        "device": around.naming.device(told.kid),
        "post": around.naming.post(around.posts[told.kid]) if told.kid in around.posts else None,
        "second": around.naming.device(event.second) if event.second else None,
        "recordedTime": instant(_at(event.recorded_ms)),
        "trip": around.naming.trip(event.trip) if event.trip else None,
        "position": _geo(event.position) if event.position else None,
        "kind": event.kind,
        "officers": event.officers,
        "sealsRead": seals or None,
        "answers": [ref.hex() for ref in event.refs] or None,
        "photoSha256": event.photo.hex() if event.photo else None,
        "doubt": around.doubt or None,
        "cose": base64.b64encode(around.signed).decode() if around.signed is not None else None,
    }
    return {name: value for name, value in values.items() if value is not None}
