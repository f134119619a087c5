"""Announced shipments: what a supplier's events add up to, for whoever waits at the warehouse.

A shipment is what left together: events that say `shipping` or `departing` under the same paper (despatch
advice, else the first paper that is named; without any, each event for itself). What is in a parcel is known
where the supplier told its packing; received is what a later event of anybody says has come in, and what
the log already tells of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from kawal.rules.report.epcis import checking

LEAVING: Final = ("shipping", "departing")
COMING: Final = ("arriving", "receiving", "accepting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """An event as it was announced; `told` is its JSON."""

    supplier: str
    event_id: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    supplier: str
    paper: str  # identifier; empty where none was named
    event_id: str  # of the first event that tells of it
    left_at: datetime
    parcels: frozenset[str]
    received: frozenset[str]  # of the parcels
    received_whole: bool  # somebody told so of its paper, without naming parcels
    quantities: Mapping[tuple[str, str], Decimal]  # (class, unit) -> how many; a unit may be empty

    @property
    def is_received(self) -> bool:
        return self.received_whole or (bool(self.parcels) and self.received == self.parcels)


def shipments(events: Iterable[Announced], held: Collection[str] = ()) -> list[Shipment]:
    """The newest first. `held`: parcels that are in custody, whatever was announced of them."""
    known = list(events)
    packed = _packed(known)
    groups: dict[tuple[str, str], list[Announced]] = defaultdict(list)
    for one in known:
        if one.told.get("bizStep") in LEAVING:
            groups[one.supplier, _paper(one.told) or one.event_id].append(one)
    came = [one.told for one in known if one.told.get("bizStep") in COMING]
    found = [_shipment(group, packed, came, held) for group in groups.values()]
    return sorted(found, key=lambda one: (one.left_at, one.event_id), reverse=True)


def _shipment(
    group: list[Announced],
    packed: Mapping[str, list[Mapping[str, Any]]],
    came: list[Mapping[str, Any]],
    held: Collection[str],
) -> Shipment:
    first = min(group, key=lambda one: (_at(one.told), one.event_id))
    parcels = frozenset(name for one in group for name in things(one.told))
    left_at, paper = _at(first.told), _paper(first.told)
    quantities: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    # Told at shipping and again at departing, it is one and the same: the event that tells most counts.
    loose = max((list(_counted(one.told, "quantityList")) for one in group), key=len)
    inside = [pair for parcel in parcels for one in packed.get(parcel, ()) for pair in _inside(one)]
    for key, count in [*loose, *inside]:
        quantities[key] += count
    later = [told for told in came if _at(told) >= left_at]
    named = {name for told in later for name in things(told)} | set(held)
    whole = bool(paper) and any(paper in papers(told) and not things(told) for told in later)
    return Shipment(
        supplier=first.supplier,
        paper=paper,
        event_id=first.event_id,
        left_at=left_at,
        parcels=parcels,
        received=parcels & named,
        received_whole=whole,
        quantities=dict(sorted(quantities.items())),
    )


def _packed(events: Iterable[Announced]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in events:
        parent = one.told.get("parentID")
        if one.told.get("type") == "AggregationEvent" and one.told.get("action") == "ADD" and parent:
            found[parent].append(one.told)
    return found


def _inside(told: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Decimal]]:
    return _counted(told, "childQuantityList")


def _counted(told: Mapping[str, Any], member: str) -> Iterator[tuple[tuple[str, str], Decimal]]:
    for one in told.get(member, ()):
        if "quantity" in one:
            yield (one["epcClass"], one.get("uom", "")), Decimal(one["quantity"])


def things(told: Mapping[str, Any]) -> list[str]:
    """What an event is about: parcels by name; of a pallet the pallet."""
    parent = told.get("parentID")
    return [*told.get("epcList", ()), *([parent] if parent else [])]


def papers(told: Mapping[str, Any]) -> list[str]:
    """Despatch advices first."""
    named = sorted(told.get("bizTransactionList", ()), key=lambda one: one.get("type") != "desadv")
    return [str(one["bizTransaction"]) for one in named]


def _paper(told: Mapping[str, Any]) -> str:
    return next(iter(papers(told)), "")


def _at(told: Mapping[str, Any]) -> datetime:
    at = checking.time_of(told["eventTime"])
    assert at is not None  # it was taken in
    return at
