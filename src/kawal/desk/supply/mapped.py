"""The log in the language of suppliers: its entries as EPCIS events, a page of the log at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from kawal.desk.custody import doubting, tellings
from kawal.desk.custody.underway import area_of
from kawal.desk.ledger import keys
from kawal.desk.ledger import reads as ledger
from kawal.desk.people.devices import device_keys
from kawal.rules.custody.event import Act
from kawal.rules.custody.told import Told
from kawal.rules.needs.parcels import is_parcel, station_of
from kawal.rules.places.codes import covers, village_of
from kawal.rules.report.epcis.document import Event
from kawal.rules.report.epcis.mapping import events_of
from kawal.rules.report.epcis.naming import Naming
from kawal.rules.report.epcis.shaping import Around
from kawal.rules.trust.statements import is_statement

_PAGE: Final = 500  # entries


def naming() -> Naming:
    return Naming(keys.verifier_key().name)


def events(
    area: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    progressed: Callable[[int], object] = lambda entries: None,
) -> Iterator[Event]:
    """What belongs to an area or names a parcel of it, in the order of the log; `since` (included) and
    `until` (not included) by when the hub received it. Nothing is kept in memory but one page."""
    stored = ledger.entries(0, ledger.size())
    while page := list(islice(stored, _PAGE)):
        wanted = [
            entry
            for entry in page
            if (since is None or entry.received_at >= since) and (until is None or entry.received_at < until)
        ]
        yield from mapped(wanted, area)
        progressed(len(page))


def mapped(entries: Sequence[ledger.StoredEntry], area: str, *, contents: bool = True) -> Iterator[Event]:
    """These entries; what issuers said about keys is no event of a supply chain. Without `contents` neither
    counts nor the bytes that hold them are told."""
    found = [(entry.signed, tellings.read(entry)) for entry in entries if not is_statement(entry.signed)]
    seen = [(signed, told) for signed, told in found if concerns(told, area)]
    givers = _givers(told for _, told in seen)
    kids = {kid for _, told in seen for kid in (told.kid, told.event.to) if kid} | set(givers.values())
    posts = {kid: device.post for kid, device in device_keys(kids).items()}
    doubts = doubting.uncounted([told.id for _, told in seen])
    names = naming()
    for signed, told in seen:
        around = Around(
            naming=names,
            area=area_of(told.event),
            posts=posts,
            giver=givers.get(told.event.offer or b""),
            signed=signed if contents or not _counts(told) else None,
            contents=contents,
            doubt=doubts.get(told.id, ""),
        )
        yield from events_of(told, around)


def concerns(told: Told, area: str) -> bool:
    """A truck's list is wanted by every village that one of its parcels is for."""
    if covers(area, area_of(told.event)):
        return True
    parcels = [line.parcel for line in told.event.manifest] + [one for one, _ in told.event.exceptions]
    return any(covers(area, village_of(station_of(parcel))) for parcel in parcels if is_parcel(parcel))


def _counts(told: Told) -> bool:
    return any(line.count is not None for line in told.event.manifest)


def _givers(told: Iterable[Told]) -> dict[bytes, bytes]:
    """Who signed the OFFERs that these ACCEPTs take, by the OFFER."""
    offers = {one.event.offer for one in told if one.event.offer}
    taken = tellings.from_log(ledger.index_of(offers).values()).values()
    return {one.id: one.kid for one in taken if one.event.act is Act.OFFER}
