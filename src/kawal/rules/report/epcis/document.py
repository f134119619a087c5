"""What stands around events in a document, and how a document is written piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from kawal.rules.report.epcis.naming import Naming

CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
VERSION: Final = "2.0"  # of EPCIS and of the CBV

Event = dict[str, Any]


def context(naming: Naming) -> list[Any]:
    return [CONTEXT, {"kawal": naming.vocabulary}]


def instant(at: datetime) -> str:
    """`2029-02-13T11:00:00.000Z`: milliseconds are what phones tell."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def document(events: Iterable[Event], naming: Naming, *, created: datetime) -> Iterator[str]:
    """An EPCISDocument in pieces that need not fit the memory together; one event is one line."""
    head = {
        "@context": context(naming),
        "type": "EPCISDocument",
        "schemaVersion": VERSION,
        "creationDate": instant(created),
    }
    yield text(head)[:-1] + ',"epcisBody":{"eventList":['
    comma = "\n"
    for event in events:
        yield comma + text(event)
        comma = ",\n"
    yield "\n]}}\n"


def text(told: Mapping[str, Any]) -> str:
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)
