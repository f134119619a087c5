"""Will it be there in time? Every station of an area in exactly one of four states.

    late      received after the deadline, begun and not received when it passed, or named by an open
              alert that says it is late
    risk      named by any other open alert, or the plan itself says that it may not be reached in time
    ontime    received in time; before the deadline also: on a plan of which nothing says otherwise
    unknown   no plan of record says how it gets there, or the deadline passed and nothing was ever told

The first that fits counts. A figure is never made up: without a plan a station is unknown, not ready.
What was received in time stays in time: a delay on the way home is another matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from kawal.rules.watch.facts import Kind


class Expectation(StrEnum):
    ONTIME = "ontime"
    RISK = "risk"
    LATE = "late"
    UNKNOWN = "unknown"


PLAN_DOUBTS: Final = "plan_doubts"  # beside the kinds of alerts: the plan's own reason for a risk
_OF_THE_WAY: Final = frozenset({Kind.LATE, Kind.PREDICTED_LATE, PLAN_DOUBTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of one station beside the alerts that name it."""

    begun: bool = False  # anything was told of its parcels
    received: bool = False  # all of them by its KPPS
    on_time: bool | None = None  # None: not received, or no plan says until when


NOTHING_TOLD: Final = Told()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The same of all stations of an area, as the roll-ups keep it."""

    total: int
    planned: int  # stations on a plan of record
    begun: int = 0
    received: int = 0
    received_on_time: int = 0
    received_late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Stations of an area; the four states add up to `total`."""

    total: int
    ontime: int
    risk: int
    late: int
    unknown: int

    @property
    def state(self) -> Expectation:
        """The state by which the area is coloured: its worst, where there is something to say."""
        if self.late:
            return Expectation.LATE
        if self.risk:
            return Expectation.RISK
        return Expectation.ONTIME if self.ontime else Expectation.UNKNOWN


def expectation(told: Told, *, planned: bool, past_deadline: bool, kinds: Iterable[str] = ()) -> Expectation:
    """Of one station: `kinds` are those of the open alerts that name it, and PLAN_DOUBTS."""
    if _is_late(told, planned=planned, past_deadline=past_deadline):
        return Expectation.LATE
    named = set(kinds) - _OF_THE_WAY if told.received else set(kinds)
    if named:
        return Expectation.LATE if Kind.LATE in named else Expectation.RISK
    if told.on_time:
        return Expectation.ONTIME
    return Expectation.ONTIME if planned and not past_deadline else Expectation.UNKNOWN


def outlook(
    counts: Counts, *, past_deadline: bool, named: Mapping[str, Expectation], told: Mapping[str, Told]
) -> Outlook:
    """Of an area, from its counts and its stations that an alert or the plan names.

    `named`: station -> its expectation(); `told`: what is known of those.
    """
    planned = counts.planned > 0
    late = counts.received_late + (counts.begun - counts.received if planned and past_deadline else 0)
    risk = named_ontime = 0
    for station, state in named.items():
        known = told.get(station, NOTHING_TOLD)
        if state is Expectation.LATE:  # unless it is counted above
            late += not _is_late(known, planned=planned, past_deadline=past_deadline)
        elif state is Expectation.RISK:
            risk += 1
            named_ontime += known.on_time is True
    late = min(late, counts.total)
    risk = min(risk, counts.total - late)
    rest = counts.total - late - risk
    if past_deadline:
        ontime = max(0, counts.received_on_time - named_ontime)
    else:
        ontime = max(0, min(counts.planned, counts.total) - late - risk)
    ontime = min(ontime, rest)
    return Outlook(total=counts.total, late=late, risk=risk, ontime=ontime, unknown=rest - ontime)


def together(parts: Iterable[Outlook]) -> Outlook:
    """Of an area from its parts: their deadlines may lie in different zones."""
    parts = list(parts)
    return Outlook(
        total=sum(part.total for part in parts),
        ontime=sum(part.ontime for part in parts),
        risk=sum(part.risk for part in parts),
        late=sum(part.late for part in parts),
        unknown=sum(part.unknown for part in parts),
    )


def kinds_by_station(
    alerts: Iterable[tuple[str, Mapping[str, Any]]], doubted: Iterable[str] = ()
) -> dict[str, set[str]]:
    """Station -> why it is named: from the open alerts' (kind, facts) and the plan's own doubts."""
    found: dict[str, set[str]] = {}
    for kind, facts in alerts:
        for station in facts.get("stations", ()):
            found.setdefault(station, set()).add(str(kind))
    for station in doubted:
        found.setdefault(station, set()).add(PLAN_DOUBTS)
    return found


def _is_late(told: Told, *, planned: bool, past_deadline: bool) -> bool:
    overdue = planned and past_deadline and told.begun and not told.received
    return told.on_time is False or overdue
