"""The flat problem of real regencies: our search beside PyVRP by itself, at equal seconds of the processor.

    python -m bench.routing --seconds 10                20 regencies never used to tune the search
    python -m bench.routing --seconds 10 --tuned        those that were looked at while it was written
    python -m bench.routing --seconds 10 --drawn 7      20 others, by a lot of this seed
    python -m bench.routing --seconds 10 --four         four regencies, beside every solver that is installed

Time is what the process spends on a core (so others on the machine change nothing), from the problem as a
value to the answer. PyVRP alone has the same tables, money in units of Rp 10, and at most 11 reloads a
vehicle. Every answer is judged by `kawal.rules.plan.routing.flat.judged`, which knows no solver.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench import Row, others, regencies
from bench.nearest import nearest
from bench.regencies import Regency
from kawal.rules.plan.routing.flat import Day, Flat, Judged, judged
from kawal.rules.plan.routing.search import cheapest
from kawal.rules.plan.routing.solver import Asked

STARTED_AT = time.perf_counter()
RUNS_MOST = 12
KEPT = Path("build/routing-four.json")  # the days of Kawal's answers: `bench.maps` draws them
SEED = 1
FOUR = ("16.07", "32.01", "13.09", "95.03")
TUNED = (
    *FOUR, "52.71", "14.05", "62.07", "73.24", "36.71", "12.17", "51.05", "33.16", "73.13", "72.04", "13.10",
)  # fmt: skip
FRESH = (
    "11.13", "52.08", "35.79", "32.73", "12.74", "65.71", "16.08", "12.71", "11.73", "33.15", "73.73",
    "95.05", "74.05", "35.13", "16.05", "61.05", "73.14", "81.04", "71.02", "33.03",
)  # fmt: skip


class Clock:
    """A budget of seconds on a core."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.began = seconds, time.process_time()

    def spent(self) -> float:
        return (time.process_time() - self.began) / self.seconds

    def left_s(self) -> float:
        """By the clock: others on the machine slow it as much as they slowed this process so far."""
        slow = max(1.0, (time.perf_counter() - STARTED_AT) / time.process_time())
        return max(0.0, 1 - self.spent()) * self.seconds * slow


@dataclass(frozen=True, slots=True)
class Answer:
    days: Sequence[Day]
    judged: Judged
    cpu_s: float
    unserved: int

    @property
    def late_min(self) -> int:
        """Minutes after closing, of the worst stop or vehicle."""
        late = (wrong.over for wrong in self.judged.wrong if wrong.code in ("late", "home_late"))
        return max(late, default=0) // 60

    @property
    def holds(self) -> bool:
        return not self.judged.wrong


def ours(flat: Flat, seconds: float) -> Sequence[Day]:
    return cheapest(flat, Clock(seconds), SEED, runs_most=RUNS_MOST).days


def alone(flat: Flat, seconds: float) -> Sequence[Day]:
    clock = Clock(seconds)
    return Asked(flat, RUNS_MOST).improve(lambda _: clock.spent() >= 1, SEED).days


def answered(solve: Callable[[], Sequence[Day]], flat: Flat) -> Answer:
    began = time.process_time()
    days = solve()
    spent = time.process_time() - began
    found = judged(flat, days)
    return Answer(days, found, spent, sum(wrong.code == "missing" for wrong in found.wrong))


def _apart(solve: Callable[[], Sequence[Day]], flat: Flat, seconds: float) -> Answer:
    days, spent = others.apart(solve, seconds)
    found = judged(flat, days)
    return Answer(days, found, spent, sum(wrong.code == "missing" for wrong in found.wrong))


def measure() -> list[Row]:
    """For `make bench`: a few regencies and seconds."""
    seconds = 3.0
    found = compared(_some(FRESH[:4], made=4), seconds)
    plain, best = sum(pair[0] for pair in found), sum(pair[1] for pair in found)
    how = f"{len(found)} regencies, {seconds:.0f} CPU-seconds each; docs/routing.md has the long run"
    beside = "PyVRP alone, same data and seconds"
    return [Row("cost of the flat problem", best / 1e6, "million Rp", beside, best / plain, how)]


def compared(some: Sequence[Regency], seconds: float) -> list[tuple[int, int]]:
    """Prints a line for each; answers the costs of those that both served whole."""
    pairs = []
    for regency in some:
        flat = regency.flat
        plain = answered(lambda flat=flat: alone(flat, seconds), flat)  # type: ignore[misc]
        best = answered(lambda flat=flat: ours(flat, seconds), flat)  # type: ignore[misc]
        both = plain.holds and best.holds
        if both:
            pairs.append((plain.judged.rp, best.judged.rp))
        told = f"{100 * (best.judged.rp / plain.judged.rp - 1):+6.2f} %" if both else "      -"
        print(
            f"{regency.code:<8} {len(flat.calls):>5} stops {_told(plain)} {_told(best)} {told}",
            file=sys.stderr, flush=True,
        )  # fmt: skip
    return pairs


def _told(answer: Answer) -> str:
    rp = f"{answer.judged.rp / 1e6:>9.3f}" if answer.holds else "   breaks"
    return f"{rp} M in {answer.cpu_s:4.1f} s ({'/'.join(map(str, answer.judged.vehicles))})"


def _some(codes: Sequence[str], made: int) -> list[Regency]:
    if regencies.available():
        return list(regencies.real(codes))
    print("  the shared data are not beside the checkout: regencies are made up", file=sys.stderr)
    return list(regencies.made(made, SEED))


def _four(codes: Sequence[str], seconds: float) -> None:
    """All have the same seconds; once with vehicles in plenty, once with those alone that Kawal sends."""
    print("| regency | solver | cost, million Rp | vehicles | not served | CPU s | late, min |")
    print("|---|---|---|---|---|---|---|")
    kept = json.loads(KEPT.read_text()) if KEPT.is_file() else {}
    for regency in _some(codes, made=4):
        flat = regency.flat
        best = answered(lambda flat=flat: ours(flat, seconds), flat)  # type: ignore[misc]
        kept[regency.code] = [asdict(day) for day in best.days]
        fewer = replace(
            flat,
            ranks=tuple(
                replace(rank, count=count)
                for rank, count in zip(flat.ranks, best.judged.vehicles, strict=True)
            ),
        )
        by_hand = answered(lambda flat=flat: nearest(flat), flat)  # type: ignore[misc]
        began = time.perf_counter()
        plain = answered(lambda flat=flat: alone(flat, seconds), flat)  # type: ignore[misc]
        # VROOM and OR-Tools stop by the clock: where others are on the machine too, they get longer.
        clock_s = time.perf_counter() - began
        hand_late = answered(lambda fewer=fewer: nearest(fewer, all_go=True), fewer)  # type: ignore[misc]
        plain_late = answered(lambda fewer=fewer: alone(fewer, seconds), fewer)  # type: ignore[misc]
        rows = [
            ("nearest neighbour", by_hand, _lateness(hand_late)),
            ("PyVRP alone", plain, _lateness(plain_late)),
        ]
        scarce = others.solvers(fewer, clock_s)
        for name, solve in others.solvers(flat, clock_s).items():
            late = _lateness(_apart(scarce[name], fewer, seconds))
            rows.append((name, _apart(solve, flat, seconds), late))
        for name, found, late in [*rows, ("**Kawal**", best, _lateness(best))]:
            used = "/".join(map(str, found.judged.vehicles))
            print(
                f"| {regency.code} ({len(flat.calls)} stops) | {name} | "
                + (
                    f"{found.judged.rp / 1e6:.2f} | {used} | {found.unserved} "
                    if found.days
                    else "no answer | | "
                )
                + f"| {found.cpu_s:.0f} | {late} |",
                flush=True,
            )
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(kept))
    for name, why in others.missing().items():
        print(f"{name}: {why}", file=sys.stderr)


def _lateness(answer: Answer) -> str:
    """Minutes, and what else is wrong where a solver found nothing that holds."""
    if not answer.days:
        return "no answer"
    told = Counter(wrong.code for wrong in answer.judged.wrong if wrong.code not in ("late", "home_late"))
    return ", ".join([str(answer.late_min), *(f"{count} {code}" for code, count in sorted(told.items()))])


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m bench.routing")
    words.add_argument("--seconds", type=float, default=10.0)
    words.add_argument("--tuned", action="store_true")
    words.add_argument("--four", action="store_true")
    words.add_argument("--drawn", type=int, metavar="SEED")
    words.add_argument("--regencies", help="codes, by commas")
    asked = words.parse_args()
    if asked.four:
        _four(asked.regencies.split(",") if asked.regencies else FOUR, asked.seconds)
        return
    codes = asked.regencies.split(",") if asked.regencies else TUNED if asked.tuned else FRESH
    if asked.drawn is not None:
        codes = regencies.drawn(20, asked.drawn, (*FRESH, *TUNED))
    pairs = compared(_some(codes, made=20), asked.seconds)
    plain, best = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    worst = max(best / plain for plain, best in pairs)
    if len(pairs) < len(codes):
        print(f"{len(codes) - len(pairs)} regencies left out: somebody's answer breaks a rule there")
    print(
        f"{len(pairs)} regencies at {asked.seconds:.0f} CPU-seconds, against PyVRP alone: "
        f"total cost {100 * (best / plain - 1):+.2f} %, worst {100 * (worst - 1):+.2f} %"
    )


if __name__ == "__main__":
    main()
