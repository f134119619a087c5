"""Events of others told again: their text as it came, with what a repository adds to it.

The repository tells when it recorded an event, and the event's name where its sender gave none
(EPCIS 2.0, section 7.4.1). Documents of several senders are answered together, so each event carries
the context that it was sent with: a prefix means what its sender meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from kawal.rules.report.epcis import jsontext
from kawal.rules.report.epcis.document import CONTEXT, VERSION, context, instant
from kawal.rules.report.epcis.document import text as compact
from kawal.rules.report.epcis.naming import Naming


def retold(text: str, *, event_id: str, recorded_at: datetime, sent_context: str) -> str:
    """`sent_context`: JSON text of the document's context, empty where the event alone had one."""
    at = jsontext.spans(text, 1)
    added = {"recordTime": json.dumps(instant(recorded_at))}
    if ("eventID",) not in at:
        added["eventID"] = json.dumps(event_id)
    whole = _contexts(sent_context) + _contexts(_part(text, at.get(("@context",))))
    if [one for one in whole if one != CONTEXT]:
        added["@context"] = json.dumps(_once(whole))
    for name in sorted(added, key=lambda name: at[(name,)].start if (name,) in at else -1, reverse=True):
        if (name,) in at:  # from the back, so that the places before stay what they are
            span = at[(name,)]
            text = text[: span.start] + added.pop(name) + text[span.stop :]
    told = ",".join(f'"{name}":{value}' for name, value in added.items())
    return "{" + told + "," + text[1:] if told else text


def answer(events: Iterable[str], naming: Naming, *, created: datetime) -> Iterator[str]:
    """An EPCISQueryDocument of the simple event query; `events` are JSON texts."""
    head: dict[str, Any] = {
        "@context": context(naming),
        "type": "EPCISQueryDocument",
        "schemaVersion": VERSION,
        "creationDate": instant(created),
    }
    opened = ',"epcisBody":{"queryResults":{"queryName":"SimpleEventQuery","resultsBody":{"eventList":['
    yield compact(head)[:-1] + opened
    comma = "\n"
    for event in events:
        yield comma + event
        comma = ",\n"
    yield "\n]}}}}\n"


def _part(text: str, span: jsontext.Span | None) -> str:
    return text[span.start : span.stop] if span else ""


def _contexts(text: str) -> list[Any]:
    value = json.loads(text) if text else []
    return value if isinstance(value, list) else [value]


def _once(values: list[Any]) -> list[Any]:
    return [one for index, one in enumerate(values) if one not in values[:index]]
