"""Will it be there in time? Every station of an area in exactly one of four states.

    late      received after the deadline, or named by an open alert that says it is late
    risk      named by any other open alert: predicted late, a seal or count that does not fit ...
    ontime    received in time, or on a plan of which nothing says otherwise
    unknown   no plan of record says how it gets there

The first that fits counts. A figure is never made up: without a plan a station is unknown, not ready.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kawal.rules.watch.facts import Kind


class Expectation(StrEnum):
    ONTIME = "ontime"
    RISK = "risk"
    LATE = "late"
    UNKNOWN = "unknown"


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


def expectation(*, planned: bool, received_late: bool, kinds: Iterable[str]) -> Expectation:
    """Of one station: `kinds` are those of the open alerts that name it."""
    named = set(kinds)
    if received_late or Kind.LATE in named:
        return Expectation.LATE
    if named:
        return Expectation.RISK
    return Expectation.ONTIME if planned else Expectation.UNKNOWN


def outlook(
    *, total: int, planned: bool, received_late: int, threatened: Mapping[str, Expectation]
) -> Outlook:
    """Of an area: `threatened` are its stations that an open alert names, none of them received late."""
    late = min(total, received_late + sum(one is Expectation.LATE for one in threatened.values()))
    risk = min(total - late, sum(one is Expectation.RISK for one in threatened.values()))
    rest = total - late - risk
    return Outlook(
        total=total, late=late, risk=risk, ontime=rest if planned else 0, unknown=0 if planned else rest
    )


def threatened(alerts: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Expectation]:
    """Station -> late or risk, from the open alerts' (kind, facts); late wins."""
    found: dict[str, Expectation] = {}
    for kind, facts in alerts:
        state = Expectation.LATE if kind == Kind.LATE else Expectation.RISK
        for station in facts.get("stations", ()):
            if found.get(station) is not Expectation.LATE:
                found[station] = state
    return found
