"""Pure problems through `kawal plan solve`'s door, beside PyVRP alone, VROOM and OR-Tools.

    python -m bench.literature --seconds 30                        problems made like the literature's
    python -m bench.literature --seconds 30 --folder X --seeds 3   official ones: .vrp, .txt; .sol beside them

PyVRP alone reads the file itself and has the same seconds of the processor. Gaps are to the best known: of
official files the routes of the solution file beside them, of made ones the best that was found by anyone so
far (`bench/best-known.json`, which `--keep` writes). Costs of all are judged by `judging.judged`. A solution
file that is judged otherwise than it says, and a file that is refused, are told and passed over.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyvrp
import vrplib

from bench import Row, generated, pure
from kawal.desk.plan import solving
from kawal.rules.plan.routing import instances, judging, literature
from kawal.rules.refusals import Refused

KNOWN = Path(__file__).with_name("best-known.json")
MADE: dict[str, Callable[[], str]] = {
    "CVRP 100, few stops a route": lambda: generated.cvrp(100, 1, "E", "R", "L", 4),
    "CVRP 200, clusters": lambda: generated.cvrp(200, 2, "R", "C", "Q", 6),
    "CVRP 400": lambda: generated.cvrp(400, 3, "C", "RC", "S", 10),
    "CVRP 1,000, long routes": lambda: generated.cvrp(1_000, 4, "R", "RC", "S", 22),
    "VRPTW 100, short routes": lambda: generated.vrptw(100, 1, "R"),
    "VRPTW 100, long routes": lambda: generated.vrptw(100, 2, "RC", long=True),
    "VRPTW 400": lambda: generated.vrptw(400, 3, "RC"),
    "VRPTW 1,000": lambda: generated.vrptw(1_000, 4, "C", timed=0.5),
}


class Until(solving.Stop):
    """Stops after seconds of the processor instead of the clock: others on the machine change nothing."""

    def __call__(self, best_cost: int) -> bool:
        self._began = self._began or time.process_time()
        return time.process_time() - self._began >= self.seconds


@dataclass(frozen=True, slots=True)
class Problem:
    name: str
    text: str
    instance: dict[str, Any]
    rounding: str
    known: int | None  # the cost of the best known routes


def kawal(problem: Problem, seconds: float, seed: int) -> int | None:
    solved = solving.solve(problem.text, Until(seconds, lambda *_: None), seed=seed)
    return solved.cost if solved.feasible else None


def alone(problem: Problem, seconds: float, seed: int) -> int | None:
    """As its own documentation says: read, solve."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "instance.vrp"
        path.write_text(instances.plain(problem.text).text)  # it does not know Solomon's format
        data = pyvrp.read(path, problem.rounding)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pyvrp.solve(data, Until(seconds, lambda *_: None), seed=seed, collect_stats=False)
    return int(found.cost()) if found.is_feasible() else None


def measure() -> list[Row]:
    """For `make bench`: a small one of each kind and few seconds."""
    rows = []
    for name in ("CVRP 200, clusters", "VRPTW 100, short routes"):
        problem = _made(name)
        ours, theirs = kawal(problem, 4, 1), alone(problem, 4, 1)
        assert ours is not None
        assert theirs is not None
        for other, cost in _others(problem, 4).items():
            gap = "nothing that holds" if cost is None else f"{100 * (cost / theirs - 1):+.2f} % to PyVRP"
            print(f"  {name}: {other} {gap}", file=sys.stderr)
        gap = f"; {100 * (ours / problem.known - 1):.2f} % above the best known" if problem.known else ""
        rows.append(
            Row(f"{name}: cost", ours, "", "PyVRP alone, equal seconds", ours / theirs, f"4 CPU-seconds{gap}")
        )
    return rows


def _made(name: str) -> Problem:
    text = MADE[name]()
    known = json.loads(KNOWN.read_text()) if KNOWN.is_file() else {}
    return _problem(name, text, known.get(_title(text)))


def _title(text: str) -> str:
    return text.splitlines()[0].removeprefix("NAME : ")


def _problem(name: str, text: str, known: int | None) -> Problem:
    instance = literature.read(instances.plain(text).text)
    return Problem(name, text, instance, literature.rounding_of(instance), known)


def _official(folder: Path) -> Iterator[Problem]:
    for path in sorted({*folder.glob("*.vrp"), *folder.glob("*.txt"), *folder.glob("*.TXT")}):
        try:
            problem = _problem(path.stem, path.read_text(), None)
        except Refused as refused:
            print(f"{path.name}: {refused}", file=sys.stderr)
            continue
        solution = path.with_suffix(".sol")
        yield replace(problem, known=_known(problem, solution) if solution.is_file() else None)


def _known(problem: Problem, solution: Path) -> int | None:
    """The cost of a solution file's routes, in the unit of `judging.judged`; None where they do not hold."""
    told = vrplib.read_solution(solution)
    cost, wrong = judging.judged(problem.instance, told["routes"], problem.rounding)
    if wrong:
        print(f"{solution.name}: {wrong[0]}", file=sys.stderr)
        return None
    scale, published = literature.SCALE[problem.rounding], told.get("cost", cost)
    # Published with two decimals, or in thousandths as whole numbers.
    if min(abs(published - cost), abs(published * scale - cost)) > 0.006 * scale:
        print(f"{solution.name}: says {published}, judged {cost / scale:.10g}", file=sys.stderr)
    return cost


def _others(problem: Problem, seconds: float) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for name, solve in pure.solvers().items():
        routes = solve(problem.instance, problem.rounding, seconds)
        cost, wrong = judging.judged(problem.instance, routes, problem.rounding)
        found[name] = None if wrong else cost
    return found


def _compared(problem: Problem, seconds: float, seeds: Sequence[int]) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {
        "Kawal": [kawal(problem, seconds, seed) for seed in seeds],
    }
    began = time.perf_counter()
    found["PyVRP alone"] = [alone(problem, seconds, seed) for seed in seeds]
    # VROOM and OR-Tools stop by the clock: where others are on the machine too, they get longer.
    clock_s = (time.perf_counter() - began) / len(seeds)
    if literature.is_plain(problem.instance):
        found |= {name: [cost] for name, cost in _others(problem, clock_s).items()}
    return found


def _told(costs: Sequence[int | None], best: int) -> str:
    held = [cost for cost in costs if cost is not None]
    if len(held) < len(costs):
        return "-"
    return f"{100 * (sum(held) / len(held) / best - 1):.2f}"


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m bench.literature")
    words.add_argument("--seconds", type=float, default=10.0)
    words.add_argument("--seeds", type=int, default=1)
    words.add_argument("--folder", type=Path)
    words.add_argument("--keep", action="store_true", help="write what is better than the best known")
    words.add_argument("--only", default="", help="made ones whose name has this")
    asked = words.parse_args()
    made = (_made(name) for name in MADE if asked.only in name)
    problems = _official(asked.folder) if asked.folder else made
    names = ("Kawal", "PyVRP alone", *pure.solvers())
    print(f"| problem | best known | {' | '.join(f'{name}, %' for name in names)} |")
    print("|---|---|" + "---|" * len(names))
    best_known = json.loads(KNOWN.read_text()) if KNOWN.is_file() else {}
    sums = [0.0, 0.0]
    for problem in problems:
        found = _compared(problem, asked.seconds, range(1, asked.seeds + 1))
        held = [cost for costs in found.values() for cost in costs if cost is not None]
        best = min([*held, problem.known or 2**62])
        best_known[_title(problem.text)] = best
        gaps = [_told(found.get(name, [None]), best) for name in names]
        scale = literature.SCALE[problem.rounding]
        print(f"| {problem.name} | {best / scale:.10g} | {' | '.join(gaps)} |", flush=True)
        for place, name in enumerate(names[:2]):
            sums[place] += sum(cost or 0 for cost in found[name]) / best
    print(f"Kawal against PyVRP alone, all together: {100 * (sums[0] / sums[1] - 1):+.3f} %")
    if asked.keep and not asked.folder:
        KNOWN.write_text(json.dumps(best_known, indent=1, sort_keys=True) + "\n")
    for name, why in pure.missing().items():
        print(f"{name}: {why}", file=sys.stderr)


if __name__ == "__main__":
    main()
