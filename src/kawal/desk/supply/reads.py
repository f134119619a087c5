"""Captures, and answers to queries: what suppliers announced, then what the log tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final

from django.db.models import QuerySet

from kawal.desk.custody import mentions
from kawal.desk.ledger import reads as ledger
from kawal.desk.people.access import Deed, Officer, can_do, can_see
from kawal.desk.supply import mapped
from kawal.desk.supply.asking import Query
from kawal.desk.supply.models import Capture, Event
from kawal.rules.needs.parcels import station_of
from kawal.rules.refusals import Refused
from kawal.rules.report.epcis import document
from kawal.rules.report.epcis.answering import retold

SCAN_MAX: Final = 5_000  # entries of the log looked at for one page; then the page is told as far as it is
_SCAN: Final = 250
_COLUMNS: Final = {
    "eventType": "kind", "EQ_action": "action", "EQ_bizStep": "step", "EQ_disposition": "disposition",
    "EQ_readPoint": "read_point", "EQ_bizLocation": "location", "EQ_eventID": "event_id",
}  # fmt: skip
_PLACES: Final = {
    "MATCH_epc": ("epc", "child"), "MATCH_parentID": ("parent",), "MATCH_inputEPC": ("input",),
    "MATCH_outputEPC": ("output",), "MATCH_anyEPC": ("epc", "child", "parent", "input", "output"),
}  # fmt: skip
_TIMES: Final = {
    "GE_eventTime": "happened_at__gte", "LT_eventTime": "happened_at__lt",
    "GE_recordTime": "recorded_at__gte", "LT_recordTime": "recorded_at__lt",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: a supplier by its key, or an officer."""

    supplier: int | None = None
    officer: Officer | None = None

    @property
    def reads_announcements(self) -> bool:
        """What a printer delivers is what boxes hold: never the police's to know (people.access)."""
        if self.officer is None:
            return self.supplier is not None
        return can_do(self.officer, Deed.SEE_CONTENTS) and self.officer.station is None


@dataclass(frozen=True, slots=True)
class Answer:
    events: list[str]  # JSON texts
    token: str  # of the next page; empty on the last one


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    code: str
    created_at: datetime
    finished_at: datetime
    behaviour: str
    success: bool
    errors: list[dict[str, Any]]


def captures(reader: Reader, *, count: int, after: str = "") -> list[CaptureFacts]:
    """The newest first; `after`: the code of the last one of the page before."""
    rows = _captures(reader).order_by("-created_at", "code")
    last = rows.filter(code=after).first() if after else None
    if last is not None:
        later = rows.filter(created_at=last.created_at, code__gt=last.code)
        rows = rows.filter(created_at__lt=last.created_at) | later
    return [_capture(row) for row in rows[:count]]


def capture(reader: Reader, code: str) -> CaptureFacts:
    """Refuses `no_such_capture`, of others too: that it exists is theirs to know."""
    row = _captures(reader).filter(code=code).first()
    if row is None:
        raise Refused("no_such_capture", capture=code[:100])
    return _capture(row)


def answer(query: Query, reader: Reader) -> Answer:
    """A page. Refuses `bad_parameter` for a token that no page gave."""
    kind, position = _position(query.token)
    found: list[str] = []
    if kind == "a":
        if reader.reads_announcements:
            rows = list(_asked(query, reader).filter(pk__gt=position[0]).order_by("pk")[: query.per_page + 1])
            found = [_told(row) for row in rows[: query.per_page]]
            if len(rows) > query.per_page:
                return Answer(found, f"a{rows[query.per_page - 1].pk}")
        position = (0, 0)
    if reader.officer is None:
        return Answer(found, "")
    told, token = _of_log(query, reader.officer, position, query.per_page - len(found))
    return Answer(found + told, token)


def event(event_id: str, reader: Reader) -> list[str]:
    """Every event of this name: two suppliers may have chosen the same. Refuses `no_such_event`."""
    found = []
    if reader.reads_announcements:
        found = [_told(row) for row in _events(reader).filter(event_id=event_id).order_by("pk")]
    if reader.officer is not None:
        found += [document.text(one) for one in _own(event_id, reader.officer)]
    if not found:
        raise Refused("no_such_event", event=event_id[:100])
    return found


def _own(event_id: str, officer: Officer) -> list[document.Event]:
    start = f"{mapped.naming().base}/event/"
    id = event_id.removeprefix(start)[:64]
    if not event_id.startswith(start) or len(id) != 64 or set(id) - set("0123456789abcdef"):
        return []
    entries = [ledger.entry(index) for index in ledger.index_of([bytes.fromhex(id)]).values()]
    told = chain.from_iterable(events for _, events in mapped.seen_by(entries, officer))
    return [one for one in told if one["eventID"] == event_id]


def _of_log(query: Query, officer: Officer, position: tuple[int, int], count: int) -> tuple[list[str], str]:
    found: list[str] = []
    looked = 0
    entries = _entries(query, position[0], officer)
    while some := list(islice(entries, _SCAN)):
        if looked >= SCAN_MAX:
            return found, f"l{some[0].index}"
        looked += len(some)
        for index, events in mapped.seen_by(some, officer):
            skip = position[1] if index == position[0] else 0
            for part, one in enumerate(events[skip:], skip):
                if not query.holds(one):
                    continue
                if len(found) >= count:
                    return found, f"l{index}.{part}"
                found.append(document.text(one))
    return found, ""


def _entries(query: Query, start: int, officer: Officer) -> Iterator[ledger.StoredEntry]:
    """Those that may hold what is asked for: of a parcel its own story, else the log from a place on."""
    parcels = _parcels(query)
    if parcels is None:
        yield from ledger.entries(start, ledger.size())
        return
    indexes: set[int] = set()
    for parcel in parcels:
        if can_see(officer, station_of(parcel)):
            indexes.update(mentions.entries_about(parcel))
    wanted = sorted(index for index in indexes if index >= start)
    for first in range(0, len(wanted), _SCAN):
        stored = ledger.entries_at(wanted[first : first + _SCAN])
        yield from (stored[index] for index in sorted(stored))


def _parcels(query: Query) -> Sequence[int] | None:
    """None where a query names something else than our parcels."""
    naming = mapped.naming()
    for values in query.match.values():
        codes = [naming.parcel_in(value) for value in values]
        if None not in codes:
            return [code for code in codes if code is not None]
    return None


def _position(token: str) -> tuple[str, tuple[int, int]]:
    kind, (first, _, second) = token[:1] or "a", (token[1:] or "0").partition(".")
    numbers = first, second or "0"
    if kind not in "al" or not all(one.isascii() and one.isdigit() and len(one) < 19 for one in numbers):
        raise Refused("bad_parameter", name="nextPageToken")
    return kind, (int(first), int(second or 0))


def _captures(reader: Reader) -> QuerySet[Capture]:
    if reader.supplier is not None:
        return Capture.objects.filter(supplier_id=reader.supplier)
    return Capture.objects.all() if reader.reads_announcements else Capture.objects.none()


def _events(reader: Reader) -> QuerySet[Event]:
    rows = Event.objects.select_related("capture")
    return rows if reader.supplier is None else rows.filter(supplier_id=reader.supplier)


def _asked(query: Query, reader: Reader) -> QuerySet[Event]:
    rows = _events(reader)
    for name, values in query.equal.items():
        rows = rows.filter(**{f"{_COLUMNS[name]}__in": values})
    for name, values in query.match.items():
        named = Event.objects.filter(name__place__in=_PLACES[name], name__name__in=values)
        rows = rows.filter(pk__in=named.values("pk"))
    return rows.filter(**{_TIMES[name]: at for name, at in query.times.items()})


def _told(row: Event) -> str:
    return retold(
        row.text, event_id=row.event_id, recorded_at=row.recorded_at, sent_context=row.capture.context
    )


def _capture(row: Capture) -> CaptureFacts:
    return CaptureFacts(
        row.code, row.created_at, row.finished_at, row.behaviour, row.success, list(row.errors)
    )
