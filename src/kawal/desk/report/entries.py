"""One entry of the log, decoded for a person: what a device said, and where it stands in the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kawal.desk.custody import reads as custody
from kawal.desk.custody import tellings, underway
from kawal.desk.ledger import reads as ledger
from kawal.desk.people.access import Deed, Officer, can_do, can_see
from kawal.desk.people.devices import device_keys
from kawal.rules.custody.event import Line
from kawal.rules.custody.told import Told
from kawal.rules.ledger import succession, tiles
from kawal.rules.needs.parcels import is_parcel, station_of
from kawal.rules.refusals import Refused
from kawal.rules.trust import statements


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    told: Told
    area: str  # where the event belongs
    posts: Mapping[str, str]  # kid -> post, of every device that the event names
    indexes: Mapping[bytes, int]  # of the events that it names
    lines: list[Line]  # of the manifest, as far as the officer may see their stations
    lines_elsewhere: int
    findings: list[custody.FindingFacts]
    sees_contents: bool  # counts are not for the police, and neither are bytes that hold them
    signed: bytes
    bundle_path: str  # below the hub's address
    log_size: int
    checkpoint: ledger.StoredCheckpoint | None

    @property
    def has_counts(self) -> bool:
        return any(line.count is not None for line in self.told.event.manifest)

    @property
    def is_covered(self) -> bool:
        """A signed checkpoint already covers it: it can be taken away no more without being noticed."""
        return self.checkpoint is not None and self.checkpoint.size > self.told.index


def is_statement(index: int) -> bool:
    """Whether an issuer said it, about a key. Refuses `no_such_entry`."""
    return statements.is_statement(ledger.entry(index).signed)


def is_succession(index: int) -> bool:
    """Whether it is what the log says of itself: whose place it takes. Refuses `no_such_entry`."""
    return succession.is_succession(ledger.entry(index).signed)


def entry_page(index: int, *, officer: Officer) -> EntryPage:
    """Refuses `no_such_entry`, and `not_your_area` for what concerns nobody in the officer's area."""
    stored = ledger.entry(index)
    told = tellings.read(stored)
    event = told.event
    area = underway.area_of(event)
    seen = [line for line in event.manifest if _sees(officer, line.parcel)]
    if not can_see(officer, area) and not seen:
        raise Refused("not_your_area", area=area, post=officer.post_name)
    size = ledger.size()
    number, width = index // tiles.WIDTH, min(tiles.WIDTH, size - index // tiles.WIDTH * tiles.WIDTH)
    kids = {kid for kid in (told.kid, event.to, event.second) if kid}
    named = {one for one in (event.prev, event.offer, *event.refs) if one}
    return EntryPage(
        told=told,
        area=area,
        posts={kid.hex(): device.post for kid, device in device_keys(kids).items()},
        indexes=ledger.index_of(named),
        lines=seen,
        lines_elsewhere=len(event.manifest) - len(seen),
        findings=_seen_findings(told, area, officer),
        sees_contents=can_do(officer, Deed.SEE_CONTENTS),
        signed=stored.signed,
        bundle_path=tiles.bundle_path(number, width),
        log_size=size,
        checkpoint=ledger.latest_checkpoint(),
    )


def _sees(officer: Officer, parcel: int) -> bool:
    return is_parcel(parcel) and can_see(officer, station_of(parcel))


def _seen_findings(told: Told, area: str, officer: Officer) -> list[custody.FindingFacts]:
    parcels: Iterable[int] = (line.parcel for line in told.event.manifest)
    found = custody.findings_of_entry(told.index, list(parcels), area)
    return [one for one in found if can_see(officer, one.station_code or one.area_code)]
