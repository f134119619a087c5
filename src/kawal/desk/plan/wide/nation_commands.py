"""kawal plan make of a province or the nation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace

import click
from tqdm import tqdm

from kawal.desk.clock.reads import now
from kawal.desk.plan.journey.travelling import Teller
from kawal.desk.plan.leaving import Left
from kawal.desk.plan.preparing import Asked
from kawal.desk.plan.wide import nation, runs, runs_words
from kawal.desk.plan.wide.pools import Pool, Processes, cluster
from kawal.rules.places.codes import NATION, is_area, level_of
from kawal.rules.plan.facts import Level
from kawal.rules.plan.leg import LIGHT
from kawal.rules.refusals import Refused


def is_many(area: str) -> bool:
    return area == "id" or (is_area(area) and level_of(area) in ("nation", "province"))


def asked(one: Asked, level: str | None) -> Asked:
    """Many regencies are planned down to the villages, unless told otherwise, with less effort for each."""
    return replace(one, level=Level(level) if level else Level.VILLAGE, effort=LIGHT)


def check_dask(area: str, dask: str | None) -> None:
    """Refuses `dask_needs_area_above`."""
    if dask is not None and not is_many(area):
        raise Refused("dask_needs_area_above", area=area)


def make(
    area: str,
    asked: Asked,
    reason: str,
    by: str,
    workers: int,
    dask: str | None,
    teller: Teller | None,
    *,
    replace: bool,
    as_json: bool,
    left: Left,
) -> None:
    """Ends with 1 where a regency was left without a plan."""
    code = NATION if area == "id" else area
    with _pool(workers, dask) as pool, tqdm(desc="plan", unit="regency", leave=False) as bar:

        def progress(done: int, total: int, regency: str) -> None:
            bar.total = total
            bar.set_postfix_str(regency)
            bar.update(done - bar.n)

        run = nation.make(
            code,
            asked,
            pool=pool,
            reason=reason,
            by=by,
            now=now,
            replace=replace,
            teller=teller,
            progress=progress,
            left=left,
        )
    found = runs.facts(run)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1, default=str))
    else:
        for line in runs_words.lines(found):
            click.echo(line)
    if found.summary and found.summary["without"]:
        raise SystemExit(1)


@contextmanager
def _pool(workers: int, dask: str | None) -> Iterator[Pool]:
    if dask is None:
        yield Processes(workers)
        return
    with cluster(dask) as pool:
        yield pool
