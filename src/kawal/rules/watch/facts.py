"""What the watch looks at, and what it answers: a sign. Times are aware and in UTC.

Two times are kept apart. `at` is when something happened (by the phone, but never later than the
hub heard of it): it tells where the trip is. `heard_at` is when the hub heard: it tells silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, Final

from kawal.rules.plan.facts import Trip
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import WatchLimits
from kawal.rules.watch.course import Point


class Kind(StrEnum):
    """What an alert is about, in words.py's order of telling."""

    LATE = "late"
    PREDICTED_LATE = "predicted_late"
    STOPPED = "stopped"
    OFF_CORRIDOR = "off_corridor"
    SEAL_MISMATCH = "seal_mismatch"
    COUNT_MISMATCH = "count_mismatch"
    CUSTODY_GAP = "custody_gap"
    DISPUTED = "disputed"


class Severity(IntEnum):
    NOTICE = 1
    WARNING = 2
    URGENT = 3


# Kinds that may be a crime: from the first step the regency's police and Bawaslu are told too,
# since the joint enforcement centre (Gakkumdu, UU 7/2017 article 486) sits at the regency and above.
TAMPERING: Final = frozenset({Kind.SEAL_MISMATCH, Kind.DISPUTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When something becomes a sign. The times are chosen for trips of hours; what a class allows is told
    by the table of the plan's own area, else by this one (rules.risk.patterns)."""

    departure_tolerance: timedelta = timedelta(minutes=15)  # loading runs over; nobody is called for it
    slack_min: timedelta = timedelta(hours=1)  # not departed, and less than this left: somebody is called
    by_class: Mapping[RiskClass, WatchLimits]  # silence, stop and corridor, by the trip's class
    astray_for: timedelta = timedelta(minutes=10)  # so long beyond the corridor, at ASTRAY_POINTS at least
    pace_max: float = 3.0  # a trip is never expected to need more than this times its planned time
    pace_from: timedelta = timedelta(minutes=10)  # planned travel before a pace says anything
    urgent_within: timedelta = timedelta(hours=12)  # before the deadline every sign weighs one more
    explained_within: timedelta = timedelta(minutes=30)  # for the phone that has not uploaded its side yet
    gone_for: timedelta = timedelta(minutes=10)  # a sign stays away this long before its alert closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    site: str
    kind: str  # offered, departed, arrived, accepted
    at: datetime
    heard_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    lat: float
    lon: float
    at: datetime
    heard_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Everything told about one trip so far, in no particular order."""

    milestones: tuple[Milestone, ...] = ()
    position: Position | None = None
    course: tuple[Point, ...] = ()  # the believed positions of the last hours, oldest first


NO_PROGRESS: Final = Progress()


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedPlan:
    """A plan of record with those of its trips that should be underway and are not finished."""

    area: str
    deadline_at: datetime
    trips: tuple[Trip, ...]
    progress: Mapping[str, Progress]  # trip code -> what was told
    by_class: Mapping[RiskClass, WatchLimits] = field(default_factory=dict)  # by the table of its area
    signal: Mapping[str, float] = field(default_factory=dict)  # area -> share of stations with a signal
    stages: Mapping[str, int] = field(default_factory=dict)  # station -> rules.custody.stages.Stage
    # Stations begun but not received after the deadline, by village. Empty before the deadline.
    unreceived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def allowed(plan: WatchedPlan, trip: Trip, limits: Limits) -> WatchLimits:
    """What the class of the trip allows in the area of its plan."""
    return plan.by_class.get(trip.risk) or limits.by_class[trip.risk]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFinding:
    """A finding of custody that nothing has explained yet."""

    key: str
    kind: str  # one of rules.custody.findings.KINDS
    area: str
    found_at: datetime
    parcel: int | None = None
    station: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Something that somebody must act on. One cause is one alert, however many boxes it concerns.

    `facts` holds plain values only (they are stored as JSON); `facts["count"]` is how many stations,
    parcels or findings the cause concerns.
    """

    kind: Kind
    cause: str
    severity: Severity
    area: str
    station: str = ""
    trip: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
