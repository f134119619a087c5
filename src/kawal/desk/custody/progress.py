"""Where stations and areas stand, kept with the parcels so that a page of any level costs the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from django.db.models import Count

from kawal.desk.custody.models import AreaProgress, Finding, StationProgress
from kawal.desk.custody.noting import Opened
from kawal.desk.custody.rows import Pending, chunks
from kawal.desk.plan import reads as plans
from kawal.rules.custody.stages import Stage
from kawal.rules.places.codes import NATION, lineage, parent_of, village_of

PLAN_KEPT_S = 5.0  # a plan of record changes a few times a day, and is asked for with every batch
NOBODYS_CHILD = "-"

Reached = tuple[int, datetime | None]  # a parcel's stage, and when it was received


@dataclass(slots=True)
class AreaChanges:
    """What a batch adds to the areas' counts."""

    stages: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    on_time: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    opened: Opened = field(default_factory=Opened)  # findings

    def count(self, village: str, stage: int, on_time: bool | None, step: int) -> None:
        for area in lineage(village):
            self.stages[area][str(stage)] += step
            if on_time is True:
                self.on_time[area] += step
            elif on_time is False:
                self.late[area] += step


def advance(
    needed: Mapping[str, Collection[int]],
    reached: Mapping[int, Reached],
    changes: AreaChanges,
    pending: Pending,
) -> None:
    """Station progress of these stations, by the parcels each of them needs.

    `reached` holds their parcels that were told about; one that was not is still only needed.
    """
    stored = {row.station_code: row for row in StationProgress.objects.filter(station_code__in=list(needed))}
    open_findings = dict(
        Finding.objects.filter(station_code__in=list(needed), cleared_at=None)
        .values_list("station_code")
        .annotate(count=Count("key"))
    )
    rows = []
    for station, parcels in needed.items():
        village = village_of(station)
        stage = min(reached[parcel][0] if parcel in reached else Stage.NEEDED for parcel in parcels)
        received = [reached[parcel][1] if parcel in reached else None for parcel in parcels]
        times = [at for at in received if at is not None]
        received_at = max(times) if len(times) == len(received) else None
        on_time = _on_time(village, received_at)
        findings = open_findings.get(station, 0) + changes.opened.stations[station]
        row = (station, village, int(stage), received_at, on_time, findings)
        before = stored.get(station)
        if before is None:
            changes.count(village, stage, on_time, 1)
        elif (before.stage, before.on_time) != (stage, on_time):
            changes.count(village, before.stage, before.on_time, -1)
            changes.count(village, stage, on_time, 1)
        if before is None or row[2:] != (
            before.stage, before.received_at, before.on_time, before.findings_count
        ):  # fmt: skip
            rows.append(row)
    pending.upsert(StationProgress, rows)


def apply(changes: AreaChanges, pending: Pending) -> None:
    findings = changes.opened.areas
    areas = {*changes.stages, *changes.on_time, *changes.late, *findings}
    stored: dict[str, AreaProgress] = {}
    for some in chunks(sorted(areas), 500):
        stored.update((row.area_code, row) for row in AreaProgress.objects.filter(area_code__in=some))
    rows = []
    for area in sorted(areas):
        row = stored.get(area) or AreaProgress(area_code=area)
        stages = Counter(row.stations_by_stage)
        stages.update(changes.stages[area])
        rows.append(
            (
                area,
                NOBODYS_CHILD if area == NATION else parent_of(area),
                {stage: count for stage, count in sorted(stages.items()) if count},
                row.received_on_time + changes.on_time[area],
                row.received_late + changes.late[area],
                row.findings_count + findings[area],
            )
        )
    pending.upsert(AreaProgress, rows)


def _on_time(village: str, received_at: datetime | None) -> bool | None:
    if received_at is None:
        return None
    deadline_at = _deadline_at(village[:5])
    return None if deadline_at is None else received_at <= deadline_at


_deadlines: dict[str, tuple[float, datetime | None]] = {}  # regency -> (good until, deadline)


def _deadline_at(regency: str) -> datetime | None:
    good_until, deadline_at = _deadlines.get(regency, (0.0, None))
    if monotonic() >= good_until:
        plan = plans.plan_of_record(regency)
        deadline_at = plan.deadline_at if plan else None
        _deadlines[regency] = (monotonic() + PLAN_KEPT_S, deadline_at)
    return deadline_at


def forget_plans() -> None:
    """Ask for the plans of record anew."""
    _deadlines.clear()
