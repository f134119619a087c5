"""Many regencies planned by one command, as a user gives it: time, memory of all its processes, outcomes.

`make bench` plans a province (Bangka Belitung). The whole: `python -m bench.nation id [WORKERS]`, which
imports 83,762 villages and 820,161 stations into a home of its own first (not counted). Memory is the
proportional set size (Pss) of the command and all its processes, summed twice a second from
/proc/*/smaps_rollup.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import Row

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "indonesia"
FILES = ("areas.csv.gz", "stations.csv.gz")
SAMPLE = "19"
EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Ran:
    wall_s: float
    cpu_s: float
    peak_mb: float
    told: str


def measure() -> list[Row]:
    if not all((DATA / name).is_file() for name in FILES):
        print("  the shared data are not beside the checkout: no real regencies", file=sys.stderr)
        return []
    imported, planned, again = whole(SAMPLE, 2)
    summary = json.loads(planned.told)["summary"]
    how = (
        f"{summary['plans_count']} regencies, {summary['stations_count']:,} stations, "
        f"{summary['trips_count']:,} trips, 2 processes, {planned.cpu_s:.0f} CPU-s, "
        f"{planned.peak_mb:.0f} MB at most"
    )
    return [
        Row("plan_of_a_province", planned.wall_s, "s", "importing it", planned.wall_s / imported.wall_s, how),
        Row(
            "the_same_command_again",
            again.wall_s,
            "s",
            "the first time",
            again.wall_s / planned.wall_s,
            "nothing is planned again",
        ),
    ]


def whole(area: str, workers: int) -> tuple[Ran, Ran, Ran]:
    """Imports an area (`id`: all), plans it, and gives the same command again."""
    with tempfile.TemporaryDirectory(prefix="kawal-nation-") as home:
        only = () if area == "id" else ("--area", area)
        imported = ran(Path(home), "places", "import", *only, *(str(DATA / name) for name in FILES))
        make = ("plan", "make", "--area", area, "--workers", str(workers), "--json")
        return imported, ran(Path(home), *make), ran(Path(home), *make)


def ran(home: Path, *arguments: str) -> Ran:
    """One command, to its end. One that says that a regency was left without a plan ends with 1."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    peak_kb = 0
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "kawal", *arguments],
            env={**os.environ, "KAWAL_HOME": str(home)},
            stdout=out,
        )
        while process.poll() is None:
            peak_kb = max(peak_kb, sum(map(_pss_kb, _family(process.pid))))
            time.sleep(EVERY_S)
        if process.returncode not in (0, 1):
            raise RuntimeError(f"kawal {' '.join(arguments)} ended with {process.returncode}")
        out.seek(0)
        told = out.read()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ran(time.perf_counter() - began, cpu_s, peak_kb / 1024, told)


def _family(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for one in found:
        try:
            for thread in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
        except OSError:  # it has just ended
            continue
    return found


def _pss_kb(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def _line(name: str, one: Ran) -> str:
    return f"{name:<10} {one.wall_s:8.1f} s wall {one.cpu_s:8.1f} CPU-s {one.peak_mb:8.0f} MB at most"


def main(area: str, workers: str = "2") -> None:
    imported, planned, again = whole(area, int(workers))
    for name, one in (("import", imported), ("plan", planned), ("again", again)):
        print(_line(name, one))
    summary: dict[str, Any] = json.loads(planned.told)["summary"]
    print(json.dumps({key: value for key, value in summary.items() if key != "provinces"}, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
