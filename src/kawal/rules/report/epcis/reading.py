"""Events of others, read strictly: a document is taken whole, or told what is wrong with which event.

The rules are those of the JSON schema of EPCIS 2.0 with format assertion (55 kB that are not ours to ship),
and two of the standard's text that the schema leaves out: which actions need a parent, and what the bare
words are. Members of others are kept whatever they hold.

Source: EPCIS 2.0, section 7.4; https://github.com/gs1/EPCIS, EPCIS-JSON-Schema.json, at 2b888be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kawal.rules.refusals import Refused
from kawal.rules.report.epcis import checking, jsontext
from kawal.rules.report.epcis.checking import Wrong, Wrongs
from kawal.rules.report.epcis.events import check_event
from kawal.rules.report.epcis.jsontext import Path, Span

EVENTS_MAX: Final = 2_000  # in one document
BYTES_MAX: Final = 2_000_000

_HOLDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "EPCISDocument": ("epcisBody", "eventList"),
    "EPCISQueryDocument": ("epcisBody", "queryResults", "resultsBody", "eventList"),
}
_VERSION: Final = "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadEvent:
    """`text` is the event exactly as it came."""

    text: str
    told: Mapping[str, Any]
    wrongs: tuple[Wrong, ...]

    @property
    def happened_at(self) -> datetime:
        at = checking.time_of(self.told["eventTime"])
        assert at is not None  # of an event in which nothing is wrong
        return at

    def fingerprint(self) -> str:
        """Of what it says; `recordTime` is the repository's to tell (EPCIS 2.0, section 7.4.1)."""
        return jsontext.fingerprint({key: self.told[key] for key in self.told if key != "recordTime"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    context: str  # JSON text
    header: str  # JSON text of epcisHeader, empty where there is none
    events: list[ReadEvent]

    @property
    def wrongs(self) -> list[Wrong]:
        return [wrong for event in self.events for wrong in event.wrongs]


def document(data: bytes) -> ReadDocument:
    """Refuses `too_large`, `bad_json`, `too_many_events`, and `bad_document` with the list of `Wrong`s where
    what stands around the events does not hold. What is wrong with events is told with each of them."""
    text, told = jsontext.parsed(data, bytes_max=BYTES_MAX)
    wrongs: Wrongs = []
    kind = told.get("type") if isinstance(told, dict) else None
    if not isinstance(kind, str) or kind not in _HOLDERS:
        words = ", ".join(_HOLDERS)
        raise _bad([Wrong("type", "must_be_one_of", {"words": words})])
    _check_around(told, wrongs)
    holder = _HOLDERS[kind]
    listed = [] if wrongs else _list_in(told, holder, wrongs)
    if wrongs:
        raise _bad(wrongs)
    if len(listed) > EVENTS_MAX:
        raise Refused("too_many_events", events=len(listed), events_max=EVENTS_MAX)
    at = jsontext.spans(text, len(holder) + 1)
    return ReadDocument(
        context=_text(text, at, ("@context",)),
        header=_text(text, at, ("epcisHeader",)),
        events=[_event(one, index, _text(text, at, (*holder, index))) for index, one in enumerate(listed)],
    )


def single(data: bytes) -> ReadDocument:
    """One event that carries its own context (POST /events). Refuses as `document` does."""
    text, told = jsontext.parsed(data, bytes_max=BYTES_MAX)
    if not isinstance(told, dict):
        raise _bad([Wrong("", "must_be_object")])
    if "@context" not in told:
        raise _bad([Wrong("@context", "missing")])
    at = jsontext.spans(text, 1)
    wrongs: Wrongs = []
    check_event(told, "", wrongs)
    read = ReadEvent(text=_text(text, at, ()), told=told, wrongs=tuple(wrongs))
    return ReadDocument(context=_text(text, at, ("@context",)), header="", events=[read])


def _event(told: Any, index: int, text: str) -> ReadEvent:
    wrongs: Wrongs = []
    check_event(told, f"eventList[{index}]", wrongs)
    return ReadEvent(text=text, told=told if isinstance(told, dict) else {}, wrongs=tuple(wrongs))


def _check_around(told: dict[str, Any], wrongs: Wrongs) -> None:
    _DOCUMENTS[told["type"]](told, "", wrongs)
    version = told.get("schemaVersion")
    if isinstance(version, str) and version.split(".")[0] != _VERSION:
        wrongs.append(Wrong("schemaVersion", "unknown_version"))


def _list_in(told: dict[str, Any], holder: Iterable[str], wrongs: Wrongs) -> list[Any]:
    found: Any = told
    for name in holder:
        if not isinstance(found, dict) or name not in found:
            wrongs.append(Wrong(".".join(holder), "missing"))
            return []
        found = found[name]
    if not isinstance(found, list):
        wrongs.append(Wrong(".".join(holder), "must_be_list"))
        return []
    return found


def _text(text: str, at: Mapping[Path, Span], path: Path) -> str:
    span = at.get(path)
    return "" if span is None else text[span.start : span.stop]


def _bad(wrongs: Wrongs) -> Refused:
    return Refused("bad_document", wrongs=wrongs)


_ANY, _URI = checking.anything, checking.uri
_ATTRIBUTE: Final = checking.members({"id": _URI, "attribute": _ANY}, needed=["id"], others=_ANY)
_ELEMENT: Final = checking.members(
    {"id": _URI, "attributes": checking.many(_ATTRIBUTE), "children": checking.many(_URI)},
    needed=["id"],
    others=_ANY,
)
_VOCABULARY: Final = checking.members(
    {"type": _URI, "vocabularyElementList": checking.many(_ELEMENT)}, needed=["type"], others=_ANY
)
_HEADER: Final = checking.members(
    {"epcisMasterData": checking.members({"vocabularyList": checking.many(_VOCABULARY)}, others=_ANY)}
)
_RESULTS: Final = checking.members(
    {
        "queryName": checking.text,
        "subscriptionID": checking.text,
        "resultsBody": checking.members({"eventList": _ANY, "vocabularyList": checking.many(_VOCABULARY)}),
    },
    needed=["queryName"],
)
_AROUND: Final = {
    "@context": checking.context, "id": checking.node, "type": checking.text, "schemaVersion": checking.text,
    "creationDate": checking.time, "epcisBody": _ANY,
}  # fmt: skip
_DOCUMENTS: Final[Mapping[str, checking.Check]] = {
    "EPCISDocument": checking.members(
        {**_AROUND, "instanceIdentifier": checking.text, "sender": checking.text, "receiver": checking.text,
         "epcisHeader": _HEADER},
        needed=["@context", "schemaVersion", "creationDate", "epcisBody"],
    ),
    "EPCISQueryDocument": checking.members(
        {**_AROUND, "epcisBody": checking.members({"queryResults": _RESULTS})},
        needed=["@context", "epcisBody"],
    ),
}  # fmt: skip
