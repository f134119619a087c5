"""What may be asked of events: the simple event query of EPCIS 2.0 (section 8.2.7) as far as it goes here.

Several values stand in one parameter, parted by `|`, and one of them must hold; all parameters must hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from kawal.rules.refusals import Refused
from kawal.rules.report.epcis import checking

PER_PAGE: Final = 30  # as in the standard's examples
PER_PAGE_MAX: Final = 1_000

_EQUALS: Final[Mapping[str, tuple[str, ...]]] = {
    "eventType": ("type",), "EQ_action": ("action",), "EQ_bizStep": ("bizStep",),
    "EQ_disposition": ("disposition",), "EQ_readPoint": ("readPoint", "id"),
    "EQ_bizLocation": ("bizLocation", "id"), "EQ_eventID": ("eventID",),
}  # fmt: skip
_MATCHES: Final[Mapping[str, tuple[str, ...]]] = {
    "MATCH_epc": ("epcList", "childEPCs"),
    "MATCH_parentID": ("parentID",),
    "MATCH_inputEPC": ("inputEPCList",),
    "MATCH_outputEPC": ("outputEPCList",),
    "MATCH_anyEPC": ("epcList", "childEPCs", "parentID", "inputEPCList", "outputEPCList"),
}
_TIMES: Final = ("GE_eventTime", "LT_eventTime", "GE_recordTime", "LT_recordTime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    equal: Mapping[str, frozenset[str]] = field(default_factory=dict)  # parameter -> values
    match: Mapping[str, frozenset[str]] = field(default_factory=dict)
    times: Mapping[str, datetime] = field(default_factory=dict)
    per_page: int = PER_PAGE
    token: str = ""  # where the page before ended

    def holds(self, event: Mapping[str, Any]) -> bool:
        """For an event of our own; those of others are asked for in the database."""
        return (
            all(_at(event, _EQUALS[name]) in values for name, values in self.equal.items())
            and all(not values.isdisjoint(_names(event, name)) for name, values in self.match.items())
            and all(_in_time(event, name, at) for name, at in self.times.items())
        )


def query(told: Iterable[tuple[str, str]]) -> Query:
    """Of the parameters of an address. Refuses `bad_parameter` with its name."""
    equal: dict[str, frozenset[str]] = {}
    match: dict[str, frozenset[str]] = {}
    times: dict[str, datetime] = {}
    per_page, token = PER_PAGE, ""
    for name, value in told:
        if name in equal or name in match or name in times:
            raise Refused("bad_parameter", name=name)
        if name in _EQUALS:
            equal[name] = frozenset(value.split("|"))
        elif name in _MATCHES:
            match[name] = frozenset(value.split("|"))
        elif name in _TIMES:
            times[name] = _time(name, value)
        elif name == "perPage":
            per_page = _count(value)
        elif name == "nextPageToken":
            token = value
        else:
            raise Refused("bad_parameter", name=name[:100])
    return Query(equal=equal, match=match, times=times, per_page=per_page, token=token)


def _time(name: str, value: str) -> datetime:
    at = checking.time_of(value.replace(" ", "+"))  # a plus sign that nobody encoded
    if at is None:
        raise Refused("bad_parameter", name=name)
    return at


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 6) or int(value) < 1:
        raise Refused("bad_parameter", name="perPage")
    return min(int(value), PER_PAGE_MAX)


def _at(event: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = event
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _names(event: Mapping[str, Any], parameter: str) -> set[str]:
    found: set[str] = set()
    for name in _MATCHES[parameter]:
        value = event.get(name, ())
        found.update([value] if isinstance(value, str) else value)
    return found


def _in_time(event: Mapping[str, Any], name: str, at: datetime) -> bool:
    told = checking.time_of(event[name.partition("_")[2]])
    assert told is not None  # our own events have both
    return told >= at if name.startswith("GE") else told < at
