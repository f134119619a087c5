"""The log in the language of suppliers: its entries as EPCIS events, a page of the log at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final

from kawal.desk.custody import doubting, tellings
from kawal.desk.custody.underway import area_of
from kawal.desk.ledger import keys
from kawal.desk.ledger import reads as ledger
from kawal.desk.people.access import Deed, Officer, can_do, can_see
from kawal.desk.people.devices import device_keys
from kawal.rules.custody.event import Act
from kawal.rules.custody.event import Event as Spoken
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


def mapped(entries: Sequence[ledger.StoredEntry], area: str) -> Iterator[Event]:
    """These entries; what issuers said about keys is no event of a supply chain."""
    found = [(entry.signed, tellings.read(entry)) for entry in entries if not is_statement(entry.signed)]
    seen = [(signed, told) for signed, told in found if concerns(told, area)]
    for _, some in _grouped(seen, contents=True):
        yield from some


def _grouped(
    seen: Sequence[tuple[bytes | None, Told]], *, contents: bool
) -> Iterator[tuple[int, list[Event]]]:
    """By the index of the entry."""
    givers = _givers([told for _, told in seen])
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
            signed=signed,
            contents=contents,
            doubt=doubts.get(told.id, ""),
        )
        yield told.index, events_of(told, around)


def seen_by(entries: Sequence[ledger.StoredEntry], officer: Officer) -> Iterator[tuple[int, list[Event]]]:
    """As an officer may see them, by the index of the entry: parcels of the own area, and all of what
    happened in it; counts by role."""
    contents = can_do(officer, Deed.SEE_CONTENTS)
    seen: list[tuple[bytes | None, Told]] = []
    for entry in entries:
        if is_statement(entry.signed):
            continue
        told = tellings.read(entry)
        own = _own_part(told.event, officer)
        if own is not None:
            whole = own == told.event and (contents or not _counts(told))
            seen.append((entry.signed if whole else None, replace(told, event=own)))
    return _grouped(seen, contents=contents)


def _own_part(event: Spoken, officer: Officer) -> Spoken | None:
    """With the parcels that the officer sees; None where nothing of it is the officer's."""

    def sees(parcel: int) -> bool:
        return is_parcel(parcel) and can_see(officer, station_of(parcel))

    manifest = tuple(line for line in event.manifest if sees(line.parcel))
    exceptions = tuple(pair for pair in event.exceptions if sees(pair[0]))
    if not manifest and not exceptions and not can_see(officer, area_of(event)):
        return None
    return replace(event, manifest=manifest, exceptions=exceptions)


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
