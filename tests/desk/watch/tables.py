"""Writes a plan and what was told of it straight into the tables of plan and custody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from kawal.desk.custody.models import Finding, Milestone, StationProgress
from kawal.desk.places.models import Area
from kawal.desk.plan import models as plan
from kawal.desk.plan.saving import save_trips
from kawal.rules.custody.findings import KINDS
from kawal.rules.custody.stages import Stage
from kawal.rules.needs.parcels import parcel_code
from kawal.rules.places.codes import level_of, village_of
from kawal.rules.plan.facts import Trip
from tests.rules.watch.world import DEADLINE, VILLAGES

NAMES = {
    "16": "Sumatera Selatan",
    "16.07": "Banyuasin",
    "16.07.03": "Muara Sugihan",
    **{code: f"Desa {number}" for number, code in enumerate(VILLAGES, start=1)},
}


def put_areas() -> None:
    Area.objects.bulk_create(Area(code=code, level=level_of(code), name=name) for code, name in NAMES.items())


def put_plan(
    trips: Iterable[Trip], *, area: str = "16.07", deadline_at: datetime = DEADLINE, **changes: Any
) -> plan.Plan:
    given = {
        "version": 1,
        "of_record": True,
        "reason": "first",
        "made_at": deadline_at,
        "made_by": "test",
        "seed": 1,
        "problem_sha256": "",
        "voting_at": deadline_at + timedelta(hours=13),
        "fleet": "",
        "access": "",
        "summary": {},
    } | changes
    row = plan.Plan.objects.create(area_code=area, deadline_at=deadline_at, **given)
    save_trips(row, tuple(trips))
    return row


def tell(trip: str, site: str, kind: str, at: datetime) -> None:
    Milestone.objects.create(
        trip_code=trip, site_code=site, kind=kind, happened_at=at, received_at=at, entry_index=0
    )


def put_stage(station: str, stage: Stage) -> None:
    StationProgress.objects.create(station_code=station, village_code=village_of(station), stage=stage)


def find(kind: str, station: str, at: datetime, *, box: int = 1) -> Finding:
    parcel = parcel_code(station, box)
    return Finding.objects.create(
        key=f"{KINDS[kind]}.{kind}..{parcel:015d}",
        kind=kind,
        rule=KINDS[kind],
        parcel_code=parcel,
        station_code=station,
        area_code=village_of(station),
        entry_index=1,
        facts={},
        found_at=at,
        found_index=1,
    )
