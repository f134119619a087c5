"""Import given indicators, compute the risk of an area."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
from django.db import transaction

from kawal.desk.places import reads as places
from kawal.desk.risk import moving, noting, specfiles
from kawal.desk.risk.gathering import Gathered, gather, within
from kawal.desk.risk.models import (
    AreaIndicator,
    AreaRisk,
    IndicatorImport,
    RiskRun,
    SpecFile,
)
from kawal.desk.risk.notice_rows import notice_row
from kawal.desk.risk.score_rows import rolled_columns, village_columns
from kawal.rules.places.codes import NATION, covers, level_of, lineage, parent_of
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.indicators import Code, Given, Notice, read_given
from kawal.rules.risk.living import Net
from kawal.rules.risk.rescoring import rescored
from kawal.rules.risk.scoring import Rollup, Scores, rollup
from kawal.rules.risk.spec import RiskSpec

_BATCH: Final = 2000
_FILE_BYTES_MAX: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class Computed:
    area_code: str
    spec_name: str
    villages_count: int
    classes: dict[RiskClass, int]  # villages of each class, before overrides


@dataclass(frozen=True, slots=True)
class Imported:
    saved: bool  # a file with an error changes nothing
    values_count: int
    notices: list[Notice]


def compute(area: str, *, now: datetime, spec: str = specfiles.DEFAULT) -> Computed:
    """Scores every village with stations and rolls them up, to the area itself and all between.

    Refuses `unknown_area`, `area_too_small` (a regency is the smallest), `no_stations`,
    `unknown_rules`, `wrong_rules`.
    """
    if level_of(places.area(area).code) in ("district", "village"):
        raise Refused("area_too_small", area=area)
    file = specfiles.read(spec)
    rolled: dict[str, Rollup] = {}
    with transaction.atomic():
        SpecFile.objects.get_or_create(
            sha256=file.sha256, defaults={"name": file.spec.name, "text": file.text}
        )
        run = RiskRun.objects.create(
            area_code=area,
            spec_name=file.spec.name,
            spec_sha256=file.sha256,
            at=now,
            villages_count=0,
        )
        recount = noting.Recount(area, now=now)
        _forget(area)
        for regency in _regencies(area):
            _score_regency(regency, area, run, file.spec, rolled, recount)
        if not rolled:
            raise Refused("no_stations", area=area)
        above = (
            AreaRisk(area_code=code, run=run, **rolled_columns(sums, file.spec))
            for code, sums in sorted(rolled.items())
        )
        AreaRisk.objects.bulk_create(recount.noted(above), _BATCH)
        recount.save()
        run.villages_count = int(rolled[area].counts.sum())
        run.save()
    counts = {klass: int(rolled[area].counts[klass - 1]) for klass in RiskClass}
    return Computed(area, file.spec.name, run.villages_count, counts)


def import_indicators(
    path: Path, *, source: str, date: date, now: datetime, spec: str = specfiles.DEFAULT
) -> Imported:
    """Takes in a CSV file of given indicators; `date` is the data's own. An error changes nothing.

    What was said about the file is kept either way. Refuses `source_required`, `file_too_large`.
    """
    if not source.strip():
        raise Refused("source_required")
    if path.stat().st_size > _FILE_BYTES_MAX:
        raise Refused("file_too_large", file=path.name, bytes=_FILE_BYTES_MAX)
    data = path.read_bytes()
    given = _given(data, path.name, specfiles.read(spec).spec)
    saved = given.errors_count == 0
    with transaction.atomic():
        told = IndicatorImport.objects.create(
            file=path.name[-120:],
            sha256=sha256(data).hexdigest(),
            source=source.strip(),
            dated=date,
            at=now,
            saved=saved,
            values_count=len(given.values) if saved else 0,
            notices=[notice_row(notice) for notice in given.notices],
        )
        if saved:
            AreaIndicator.objects.bulk_create(
                [
                    AreaIndicator(area_code=area, indicator=indicator, value=value, told=told)
                    for (area, indicator), value in given.values.items()
                ],
                batch_size=_BATCH // 10,
                update_conflicts=True,
                update_fields=["value", "told"],
                unique_fields=["area_code", "index", "indicator"],
            )
    return Imported(saved, told.values_count, given.notices)


def _given(data: bytes, file: str, spec: RiskSpec) -> Given:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        unreadable = Notice(code=Code.UNREADABLE, file=file, value=error.reason, expected="UTF-8")
        return Given({}, [unreadable], Counter([Code.UNREADABLE]))
    known = {area.code for area in places.subtree(NATION)}
    return read_given(text, file, spec, known)


def _regencies(area: str) -> list[str]:
    if level_of(area) == "regency":
        return [area]
    return [regency.code for regency in places.areas_under(area, "regency")]


def _forget(area: str) -> None:
    """The newest assessment is the one that is shown; runs, specs and overrides stay."""
    AreaRisk.objects.filter(within(area)).delete()


def _score_regency(
    regency: str, top: str, run: RiskRun, spec: RiskSpec, rolled: dict[str, Rollup], recount: noting.Recount
) -> None:
    """Saves the regency's villages and adds them to every area above, up to `top`."""
    gathered = gather(regency, spec, now=run.at)
    if not gathered.codes:
        return
    nets = moving.nets_of(gathered.codes, moving.current(run.at, regency), run.at)
    scores = rescored(gathered.values, nets, spec)
    villages = recount.noted(_village_rows(gathered, scores, nets, run, spec))
    AreaRisk.objects.bulk_create(villages, _BATCH)
    districts: defaultdict[str, list[int]] = defaultdict(list)
    for row, code in enumerate(gathered.codes):
        districts[parent_of(code)].append(row)
    for district, rows in districts.items():
        sums = rollup(scores, np.array(rows), gathered.voters)
        for area in lineage(district):
            if covers(top, area):
                rolled[area] = rolled[area] + sums if area in rolled else sums


def _village_rows(
    gathered: Gathered, scores: Scores, nets: list[dict[str, Net]], run: RiskRun, spec: RiskSpec
) -> Iterator[AreaRisk]:
    names = [indicator.code for indicator in spec.indicators]
    for row, code in enumerate(gathered.codes):
        known = [None if np.isnan(value) else round(float(value), 4) for value in gathered.values[row]]
        yield AreaRisk(
            area_code=code,
            run=run,
            indicators=dict(zip(names, known, strict=True)),
            voters=gathered.voters[row],
            moved=moving.moved_row(nets[row]),
            **village_columns(scores, row, spec),
        )
