"""A composite index of the nation: every village scored, classed and rolled up, beside bare sorting.

83,762 villages x 60 indicators by chance, and Kawal's own index on the real villages where the shared data
lie beside the checkout (scored from their own table, without a database). Last, how many replications of
the robustness check a second computes.
"""

from __future__ import annotations

import csv
import gzip
import sys
import time
import tomllib
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import numpy as np

from bench import Row
from kawal.rules.places.codes import lineage, parent_of
from kawal.rules.risk.composite.checks import Checks
from kawal.rules.risk.composite.compute import Result, compute
from kawal.rules.risk.composite.data import Table, table_of
from kawal.rules.risk.composite.framework import Index
from kawal.rules.risk.composite.reading import read_index
from kawal.rules.risk.composite.robustness import replicated
from kawal.rules.risk.measures import Point, Values, VillagePlace
from kawal.rules.risk.measures import measure as measured
from kawal.rules.risk.scoring import Rollup, rollup, scores_of
from kawal.rules.risk.spec import RiskSpec, spec_of

VILLAGES, INDICATORS, DIMENSIONS = 83_762, 60, 10
ROUNDS = 3
REPLICATIONS = 20
SEED = 2024
DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "indonesia"
FILES = [DATA / "areas.csv.gz", DATA / "stations.csv.gz"]


def measure() -> list[Row]:
    chance = np.random.default_rng(SEED)
    values = chance.gamma(2, 10, (VILLAGES, INDICATORS))
    values[chance.random(values.shape) < 0.1] = np.nan
    table = table_of(values, [str(row) for row in range(VILLAGES)])
    index = _sixty()
    spent = min(_seconds(lambda: compute(index, table)) for _ in range(ROUNDS))
    bare = min(_seconds(lambda: np.sort(values, axis=0)) for _ in range(ROUNDS))
    how = f"{VILLAGES:,} villages x {INDICATORS} indicators in {DIMENSIONS} dimensions, best of {ROUNDS}"
    rows = [
        Row(
            "score_and_class_of_the_nation", spent * 1000, "ms", "sorting the same numbers", spent / bare, how
        )
    ]
    if all(path.is_file() for path in FILES):
        rows += _real()
    else:
        print("  the shared data are not beside the checkout: no real villages", file=sys.stderr)
    return rows


def _real() -> list[Row]:
    spec = spec_of(tomllib.loads((files("kawal.rules.risk") / "route-custody-2024.toml").read_text("utf-8")))
    began = time.perf_counter()
    table = _villages(spec)
    read_s = time.perf_counter() - began
    began = time.perf_counter()
    result = compute(spec.index, table)
    areas = _rolled_up(result)
    spent = time.perf_counter() - began
    how = f"{len(table.ids):,} villages and {len(areas):,} areas above them, without crossings"
    rows = [
        Row(
            "score_the_real_nation",
            spent * 1000,
            "ms",
            "reading and measuring its places",
            spent / read_s,
            how,
        )
    ]
    checks = Checks(result)
    began = time.perf_counter()
    sure = replicated(checks, REPLICATIONS)
    each = (time.perf_counter() - began) / REPLICATIONS
    how = f"{REPLICATIONS} on one core; a village changes class in {sure.changes.mean():.1%} of them"
    rows.append(Row("replication_of_the_nation", each * 1000, "ms", "scoring it once", each / spent, how))
    return rows


def _sixty() -> Index:
    each = INDICATORS // DIMENSIONS
    dimensions = [
        {
            "code": f"d{d}",
            "indicator": [
                {"code": f"i{d}_{i}", "goalposts": [0.1, 60], "scale": "log" if i % 3 == 0 else "linear"}
                for i in range(each)
            ],
        }
        for d in range(DIMENSIONS)
    ]
    classes = {"thresholds": {"low": 0, "middle": 0.3, "high": 0.5}}
    return read_index({"name": "sixty", "dimension": dimensions, "classes": classes})


def _villages(spec: RiskSpec) -> Table:
    """Measured from places alone; the regency's label point stands for its warehouse, no borders."""
    areas: dict[str, dict[str, str]] = {}
    with gzip.open(FILES[0], "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            areas[row["code"]] = row
    counts: dict[str, tuple[int, int]] = {}
    with gzip.open(FILES[1], "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            counts[row["village"]] = int(row["stations"] or 0), int(row["voters"] or 0)
    voters: defaultdict[str, int] = defaultdict(int)
    regencies: defaultdict[str, list[str]] = defaultdict(list)
    for code, (stations, people) in counts.items():
        voters[parent_of(code)] += people
        if stations and code in areas:
            regencies[code[:5]].append(code)
    codes, parts = [], []
    for regency, inside in regencies.items():
        codes += inside
        parts.append(_measured(regency, inside, areas, counts, voters, spec))
    return table_of(
        np.concatenate(parts), codes, groups=codes, weights=[max(counts[code][1], 1) for code in codes]
    )


def _measured(
    regency: str,
    inside: list[str],
    areas: dict[str, dict[str, str]],
    counts: dict[str, tuple[int, int]],
    voters: dict[str, int],
    spec: RiskSpec,
) -> Values:
    places = []
    for code in inside:
        district = areas.get(parent_of(code))
        places.append(
            VillagePlace(
                code=code,
                point=_point(areas[code]),
                ppk=_point(district),
                area_km2=_number(areas[code]["area_km2"]),
                stations_count=counts[code][0],
                voters_count=counts[code][1],
                district_km2=_number(district["area_km2"]) if district else None,
                district_voters_count=voters[parent_of(code)],
            )
        )
    found = measured(
        places,
        warehouse=_point(areas.get(regency)),
        border=None,
        detour=spec.detour,
        border_slack_km=spec.border_slack_km,
    )
    missing = np.full(len(places), np.nan)
    return np.column_stack([found.get(item.code, missing) for item in spec.indicators])


def _rolled_up(result: Result) -> dict[str, Rollup]:
    scores = scores_of(result)
    districts: defaultdict[str, list[int]] = defaultdict(list)
    for row, code in enumerate(result.table.ids):
        districts[parent_of(code)].append(row)
    people = result.table.weights.astype(np.int64)
    rolled: dict[str, Rollup] = {}
    for district, rows in districts.items():
        sums = rollup(scores, np.array(rows), people)  # type: ignore[arg-type]
        for area in lineage(district):
            rolled[area] = rolled[area] + sums if area in rolled else sums
    return rolled


def _point(row: dict[str, str] | None) -> Point | None:
    lat, lon = (_number(row["inner_lat"]), _number(row["inner_lon"])) if row else (None, None)
    return None if lat is None or lon is None else (lat, lon)


def _number(text: str) -> float | None:
    return float(text) if text else None


def _seconds(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began
