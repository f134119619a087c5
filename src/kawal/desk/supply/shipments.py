"""What is on its way from suppliers, as the logistics officer sees it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kawal.desk.custody import mentions
from kawal.desk.supply import mapped
from kawal.desk.supply.models import Event, Name
from kawal.rules.report.epcis.events import TYPES
from kawal.rules.report.epcis.shipments import COMING, LEAVING, Announced, Shipment, papers, shipments, things

LATEST: Final = 500  # events of leaving; who looks further back asks /epcis/events
_AT_ONCE: Final = 500
_KINDS_SHOWN: Final = 4


def latest() -> list[Shipment]:
    """Shipments that left last, with their packing and what was told of their coming."""
    leaving = [
        _announced(row)
        for row in _rows(Event.objects.filter(step__in=LEAVING).order_by("-happened_at", "-pk"))[:LATEST]
    ]
    names = {name for one in leaving for name in (*things(one.told), *papers(one.told))}
    around = _named(names, step__in=COMING) | _named(names, kind="AggregationEvent", action="ADD")
    return shipments([*leaving, *(_announced(row) for row in around)], _held(names))


def _held(names: Iterable[str]) -> set[str]:
    """Parcels of ours of which phones have told: whoever signs for one has it."""
    naming = mapped.naming()
    parcels = {code: name for name in names if (code := naming.parcel_in(name)) is not None}
    return {parcels[code] for code in mentions.told_of(parcels)}


def _named(names: Iterable[str], **asked: Any) -> set[Event]:
    found: set[Event] = set()
    wanted = sorted(names)
    for first in range(0, len(wanted), _AT_ONCE):
        some = Name.objects.filter(name__in=wanted[first : first + _AT_ONCE]).values("event")
        found.update(_rows(Event.objects.filter(pk__in=some, **asked)))
    return found


def _rows(rows: QuerySet[Event]) -> QuerySet[Event]:
    """Of the standard's types alone: what an own type holds is not known to be what it is called."""
    return rows.filter(kind__in=TYPES).select_related("supplier")


def _announced(row: Event) -> Announced:
    told = json.loads(row.text, parse_float=Decimal)
    return Announced(supplier=row.supplier.name, event_id=row.event_id, told=told)


def counts(found: Sequence[Shipment]) -> dict[str, int]:
    states = [_state(one) for one in found]
    return {
        "shipments_count": len(found),
        "received_count": states.count("ontime"),
        "partly_count": states.count("risk"),
        "underway_count": states.count("unknown"),
    }


def shown(found: Sequence[Shipment]) -> list[dict[str, Any]]:
    words = {"ontime": _("received"), "risk": _("partly received"), "unknown": _("on its way")}
    return [
        {
            "paper": _tail(one.paper or one.event_id),
            "name": one.paper or one.event_id,
            "supplier": one.supplier,
            "left_at": one.left_at,
            "parcels": len(one.parcels),
            "contents": _contents(one),
            "state": (state := _state(one)),
            "word": words[state],
            "received": len(one.parcels) if one.received_whole else len(one.received),
        }
        for one in found
    ]


def _state(one: Shipment) -> str:
    if one.is_received:
        return "ontime"
    return "risk" if one.received else "unknown"


def _contents(one: Shipment) -> str:
    """`2.500 ballot/dpr, 12 KGM ink`; of very mixed loads the largest kinds."""
    largest = sorted(one.quantities.items(), key=lambda item: -item[1])
    told = [
        f"{number_format(count.normalize(), use_l10n=True, force_grouping=True)}"
        f"{' ' + unit if unit else ''} {_tail(kind)}"
        for (kind, unit), count in largest[:_KINDS_SHOWN]
    ]
    if len(largest) > _KINDS_SHOWN:
        told.append(_("and %(n)s more kinds") % {"n": len(largest) - _KINDS_SHOWN})
    return ", ".join(told)


def _tail(name: str) -> str:
    """The part of an identifier that people use; of our own classes both of their words."""
    start = f"{mapped.naming().base}/class/"
    if name.startswith(start):
        return name.removeprefix(start)
    tail = name.rstrip("/").rsplit("/", 1)[-1]
    return tail.rsplit(":", 1)[-1] or name
