"""Findings as rows: new ones are noted, those that no longer hold are cleared, none is deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from kawal.desk.custody.models import Finding as Row
from kawal.desk.custody.rows import Pending, chunks
from kawal.rules.custody.findings import Finding
from kawal.rules.places.codes import lineage

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A finding with where it belongs."""

    finding: Finding
    parcel: int | None
    station: str
    area: str
    entry_index: int

    @property
    def key(self) -> str:
        return self.finding.key(self.parcel)


@dataclass(slots=True)
class Opened:
    """How many more findings are open now, here and there."""

    areas: Counter[str] = field(default_factory=Counter)
    stations: Counter[str] = field(default_factory=Counter)

    def count(self, area: str, station: str, step: int) -> None:
        for above in lineage(area):
            self.areas[above] += step
        self.stations[station] += step


def note(
    found: Iterable[Noted],
    pending: Pending,
    opened: Opened,
    *,
    parcels: Collection[int] = (),
    keys: Collection[str] = (),
    at: datetime,
    log_size: int,
) -> None:
    """New ones are noted, those that no longer hold are cleared.

    `parcels` and `keys` say what was judged: an open finding about one of these that is not `found`
    again no longer holds.
    """
    holding: dict[str, Noted] = {}
    for one in found:
        holding.setdefault(one.key, one)
    stored = _stored({*holding, *keys}, parcels)
    rows = []
    for key, one in holding.items():
        row = stored.get(key)
        if row is None:
            rows.append(_row(one, at, log_size))
        elif row.cleared_at is not None or row.facts != one.finding.facts:
            rows.append(_row(one, row.found_at, log_size if row.cleared_at else row.found_index))
        if row is None or row.cleared_at is not None:
            opened.count(one.area, one.station, 1)
    for key, row in stored.items():
        if key not in holding and row.cleared_at is None:
            row.cleared_at = at
            rows.append(tuple(getattr(row, field.attname) for field in Row._meta.concrete_fields))
            opened.count(row.area_code, row.station_code, -1)
    pending.upsert(Row, rows)


def _stored(keys: Collection[str], parcels: Collection[int]) -> dict[str, Row]:
    stored: dict[str, Row] = {}
    for some in chunks(keys, _AT_ONCE):
        stored.update((row.key, row) for row in Row.objects.filter(key__in=some))
    for codes in chunks(parcels, _AT_ONCE):
        stored.update((row.key, row) for row in Row.objects.filter(parcel_code__in=codes, cleared_at=None))
    return stored


def _row(one: Noted, found_at: datetime, found_index: int) -> tuple[object, ...]:
    finding = one.finding
    return (
        one.key,
        finding.kind,
        finding.rule,
        one.parcel,
        one.station,
        one.area,
        one.entry_index,
        finding.facts,
        found_at,
        found_index,
        None,
    )
