"""A supplier announces: one document is one transaction, and all of it or nothing unless asked otherwise."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kawal.desk.supply import words
from kawal.desk.supply.mapped import naming
from kawal.desk.supply.models import Capture, Event, Name, Supplier
from kawal.rules.report.epcis import checking
from kawal.rules.report.epcis.checking import WRONGS_MAX, Wrong
from kawal.rules.report.epcis.reading import ReadDocument, ReadEvent

BEHAVIOURS: Final = ("rollback", "proceed")
_AT_ONCE: Final = 500
_PLACES: Final[Mapping[str, str]] = {
    "epcList": "epc", "childEPCs": "child", "parentID": "parent", "inputEPCList": "input",
    "outputEPCList": "output",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Captured:
    code: str
    success: bool
    invalid: bool  # events were not what EPCIS demands; else what is wrong is that they were told before
    errors: list[dict[str, Any]]
    event_ids: list[str]  # taken in, or there already


@transaction.atomic
def capture(read: ReadDocument, supplier: int, *, behaviour: str, now: datetime) -> Captured:
    """`supplier`: who sends, as `tokens.holder` has it. What is wrong is kept with it, not raised."""
    Supplier.objects.select_for_update().get(pk=supplier)  # one document of a supplier after the other
    names = {index: _name_of(one, supplier) for index, one in enumerate(read.events) if not one.wrongs}
    there = _known(supplier, list(names.values()))
    known = dict(there)
    errors: list[dict[str, Any]] = []
    fresh: dict[str, ReadEvent] = {}
    for index, event in enumerate(read.events):
        found = [*event.wrongs]
        if not found:
            name, says = names[index], event.fingerprint()
            if known.setdefault(name, says) == says:
                fresh.setdefault(name, event)
            else:
                found.append(Wrong(f"eventList[{index}].eventID", "id_taken"))
        errors += [_problem(wrong, index, event) for wrong in found]
    stored = not errors or behaviour == "proceed"
    code = secrets.token_hex(16)
    made = Capture(
        code=code, supplier_id=supplier, created_at=now, finished_at=now, behaviour=behaviour,
        success=not errors, errors=errors[:WRONGS_MAX], events_count=0,
    )  # fmt: skip
    if stored:
        wanted = {name: event for name, event in fresh.items() if name not in there}
        made.context, made.header, made.events_count = read.context, read.header, len(wanted)
        made.save(force_insert=True)
        _store(wanted, made, now)
    else:
        made.save(force_insert=True)
    return Captured(code, not errors, bool(read.wrongs), made.errors, list(fresh) if stored else [])


def _name_of(event: ReadEvent, supplier: int) -> str:
    """An event without a name is named by what it says: told again, it is the same event."""
    told = event.told.get("eventID")
    return told if isinstance(told, str) else f"{naming().base}/announced/{supplier}/{event.fingerprint()}"


def _known(supplier: int, names: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for first in range(0, len(names), _AT_ONCE):
        some = names[first : first + _AT_ONCE]
        rows = Event.objects.filter(supplier_id=supplier, event_id__in=some)
        found.update(rows.values_list("event_id", "fingerprint"))
    return found


def _store(events: Mapping[str, ReadEvent], made: Capture, now: datetime) -> None:
    rows = [_row(name, event, made, now) for name, event in events.items()]
    stored = Event.objects.bulk_create(rows, batch_size=_AT_ONCE)
    names = [
        Name(event=row, place=place, name=name)
        for row, event in zip(stored, events.values(), strict=True)
        for place, name in sorted(set(_names(event.told)))
    ]
    Name.objects.bulk_create(names, batch_size=_AT_ONCE)


def _row(name: str, event: ReadEvent, made: Capture, now: datetime) -> Event:
    told = event.told

    def word(value: Any) -> str:
        """Of an event type of somebody's own nothing is known, not even that this is a word."""
        plain = isinstance(value, str) and value.isascii() and value.isprintable()
        return value if plain and len(value) <= checking.TEXT_MAX else ""

    def place(value: Any) -> str:
        return word(value.get("id")) if isinstance(value, dict) else ""

    return Event(
        supplier_id=made.supplier_id, capture=made, event_id=name, fingerprint=event.fingerprint(),
        text=event.text, kind=word(told["type"]), action=word(told.get("action"))[:10],
        step=word(told.get("bizStep")), disposition=word(told.get("disposition")),
        read_point=place(told.get("readPoint")), location=place(told.get("bizLocation")),
        happened_at=event.happened_at, recorded_at=now,
    )  # fmt: skip


def _names(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field, place in _PLACES.items():
        value = told.get(field)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and checking.is_uri(one):
                yield place, one
    papers = told.get("bizTransactionList")
    for paper in papers if isinstance(papers, list) else []:
        name = paper.get("bizTransaction") if isinstance(paper, dict) else None
        if isinstance(name, str) and checking.is_uri(name):
            yield "paper", name


def _problem(wrong: Wrong, index: int, event: ReadEvent) -> dict[str, Any]:
    told = event.told.get("eventID")
    return problem(
        "ValidationException", 400, words.wrong(wrong), code=wrong.code, event=index,
        eventID=told if checking.is_uri(told) else None, field=wrong.at,
    )  # fmt: skip


def problem(kind: str, status: int, detail: str, **more: Any) -> dict[str, Any]:
    """RFC 7807, with the exception types of EPCIS 2.0, section 8.2."""
    told = {key: value for key, value in more.items() if value is not None}
    return {"type": f"epcisException:{kind}", "title": kind, "status": status, "detail": detail, **told}
