"""Escorts of a synthetic province to a proven gap: `python -m bench.rostering [SHARE ...]` for the whole.

17 regencies, 250 Polsek of 8 to 23 officers, 3,000 convoys over 7 days of three shifts; 2, 4 or 8 officers
each, one to four shifts to begin in, every seventh over two shifts. `AMPLE`: all Polsek have their officers,
Polres and Polda enough. Else Polsek have a share of theirs, there is hardly any reserve, and most convoys
fall on two days: below 0.7 some must go short. The gap is that of the numbered roster, judged.
`--seed` makes another province of the same shape, `--shape` one of another (`SHAPES`).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy.optimize import linprog

from bench import Row
from kawal.rules.places.codes import level_of, parent_of
from kawal.rules.plan.facts import Mode
from kawal.rules.plan.roster.check import check_roster
from kawal.rules.plan.roster.facts import Duty, Post, Problem, Roster
from kawal.rules.plan.roster.helps import area_of, problem_of
from kawal.rules.plan.roster.model import regencies
from kawal.rules.plan.roster.naming import name
from kawal.rules.plan.roster.solve import roster
from kawal.rules.plan.roster.whatif import least_short, with_strength
from kawal.rules.risk.classes import RiskClass

DAYS, SHIFTS = 7, 21
NEEDS = ((2, 0.6), (4, 0.3), (8, 0.1))
RISK = {2: RiskClass.LOW, 4: RiskClass.HIGH, 8: RiskClass.SPECIAL}
DEGREES_PER_KM = 1 / 111.2
SEED = 1


@dataclass(frozen=True, slots=True)
class Supply:
    share: float  # of a Polsek's 8 to 23 officers
    polres: tuple[int, int]
    polda: int
    peak: float  # how much likelier a convoy falls on the fifth or sixth day


@dataclass(frozen=True, slots=True)
class Shape:
    regencies: int = 17
    polsek: int = 250
    convoys: int = 3_000
    officers: tuple[int, int] = (8, 23)  # of a Polsek
    uneven: bool = False  # most Polsek near the least, few near the most
    needs: tuple[tuple[int, float], ...] = NEEDS
    walks: float = 0.0  # share of convoys that walk for two days
    peak_days: tuple[int, ...] = (4, 5)


SHAPES = {
    "usual": Shape(),
    "few": Shape(regencies=5, polsek=200),
    "one": Shape(regencies=1, polsek=40, convoys=700),
    "small": Shape(regencies=4, polsek=60, convoys=700),
    "uneven": Shape(officers=(3, 60), uneven=True),
    "peak": Shape(peak_days=(5,)),
    "special": Shape(needs=((8, 1.0),)),
    "walks": Shape(walks=0.4),
}

AMPLE = Supply(1.0, (40, 80), 300, 1.0)
SHARES = (0.9, 0.75, 0.6)


def tight(share: float) -> Supply:
    return Supply(share, (5, 10), 40, 4.0)


def province(supply: Supply, shape: Shape = SHAPES["usual"], *, seed: int = SEED) -> Problem:
    chance = np.random.default_rng(seed)
    count = shape.regencies
    sizes = chance.multinomial(shape.polsek - 6 * count, [1 / count] * count) + 6
    shares = chance.multinomial(shape.convoys, sizes / sizes.sum())
    posts = [Post(code="polri/16", officers_count=supply.polda, lat=-3.0, lon=104.0)]
    duties: list[Duty] = []
    for number in range(count):
        regency = f"16.{number + 1:02d}"
        middle = np.array([-3.0, 104.0]) + chance.uniform(-1.2, 1.2, 2)
        points = middle + chance.uniform(-40, 40, (sizes[number], 2)) * DEGREES_PER_KM
        posts.append(_post(f"polri/{regency}", int(chance.integers(*supply.polres)), middle))
        for place, point in enumerate(points, start=1):
            officers = max(1, round(_strength(shape, chance) * supply.share))
            posts.append(_post(f"polri/{regency}.{place:02d}", officers, point))
        duties += [_convoy(regency, n, points, supply, shape, chance) for n in range(shares[number])]
    return problem_of(duties, posts, date(2024, 2, 8), UTC)


def _post(code: str, officers: int, point: np.ndarray) -> Post:
    return Post(code=code, officers_count=officers, lat=float(point[0]), lon=float(point[1]))


def _strength(shape: Shape, chance: np.random.Generator) -> int:
    least, most = shape.officers
    return (
        least + round((most - least) * chance.random() ** 3)
        if shape.uneven
        else int(chance.integers(least, most + 1))
    )


def _convoy(
    regency: str, number: int, points: np.ndarray, supply: Supply, shape: Shape, chance: np.random.Generator
) -> Duty:
    home = int(chance.integers(len(points)))
    need = int(chance.choice([need for need, _ in shape.needs], p=[share for _, share in shape.needs]))
    span = 2 if chance.random() < 0.15 else 1
    if shape.walks and chance.random() < shape.walks:
        span = 4
    days = np.ones(DAYS)
    days[list(shape.peak_days)] = supply.peak * (2 / len(shape.peak_days)) ** 2
    first = 3 * int(chance.choice(DAYS, p=days / days.sum())) + int(chance.choice(3, p=[0.5, 0.4, 0.1]))
    first = min(first, SHIFTS - span)
    slots = int(chance.integers(1, 5))
    return Duty(
        code=f"{regency}-{number:04d}",
        post=f"polri/{regency}.{home + 1:02d}",
        regency=regency,
        need=need,
        span=span,
        starts=tuple(range(first, min(first + slots, SHIFTS - span + 1))),
        lat=float(points[home][0]),
        lon=float(points[home][1]),
        risk=RISK[need],
        mode=Mode.TRUCK,
        trips=(f"{regency}-{number:04d}",),
        begins_at=datetime(2024, 2, 8, tzinfo=UTC),
        ends_at=datetime(2024, 2, 8, tzinfo=UTC),
    )


def measure() -> list[Row]:
    rows = []
    bare, _ = _spent(_bare)
    beside = "a dense linear problem of 300 rows"
    for kind, supply in (("ample", AMPLE), ("tight", tight(0.6))):
        problem = province(supply, SHAPES["small"])
        spent, found = _spent(partial(_rostered, problem))
        how = (
            f"700 convoys, 60 Polsek; gap {found.gap:.2%}, {found.short_count} officers short; CPU, one core"
        )
        rows.append(Row(f"escorts_{kind}", spent, "s", beside, spent / bare, how))
    one, whole = what_if(province(tight(0.6)))
    how = f"a Polsek has three less in a province of 3,000 convoys; all of it asked: {whole:.2f} s; CPU"
    rows.append(Row("escorts_what_if", one, "s", beside, one / bare, how))
    return rows


def what_if(problem: Problem) -> tuple[float, float]:
    """CPU-seconds of one question about a Polsek, and of asking the whole province."""
    post = next(post.code for post in problem.posts if level_of(area_of(post.code)) == "district")
    quotas = dict.fromkeys(regencies(problem), 2)
    only = {parent_of(area_of(post))}
    one, _ = _spent(lambda: least_short(with_strength(problem, {post: -3}), {}, quotas, only))
    whole, _ = _spent(lambda: least_short(problem, {}, quotas))
    return one, whole


def _named(problem: Problem, found: Roster) -> Roster:
    """As it is kept: numbered and judged."""
    told, named = name(problem, found)
    if faults := check_roster(problem, told, named):
        raise RuntimeError(faults[0])
    return told


def _rostered(problem: Problem) -> Roster:
    return _named(problem, roster(problem))


def _bare() -> Any:
    chance = np.random.default_rng(SEED)
    return linprog(
        -chance.random(300), A_ub=chance.random((300, 300)), b_ub=np.full(300, 10.0), method="highs-ds"
    )


def _spent(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def _timed(work: Callable[[Any], Any], task: Any) -> tuple[Any, float]:
    began = time.process_time()
    return work(task), time.process_time() - began


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("shares", nargs="*", type=float, default=[1.0, *SHARES], help="1: ample")
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--shape", choices=SHAPES, default="usual")
    given = asked.parse_args()
    for share in given.shares:
        _tell(share, province(AMPLE if share >= 1 else tight(share), SHAPES[given.shape], seed=given.seed))


def _tell(share: float, problem: Problem) -> None:
    cpu: list[float] = []

    def each(work: Callable[[Any], Any], tasks: list[Any], /) -> Iterable[Any]:
        for part, seconds in Parallel(n_jobs=2)(delayed(_timed)(work, task) for task in tasks):
            cpu.append(seconds)
            yield part

    began, own = time.perf_counter(), time.process_time()
    found = _named(problem, roster(problem, each))
    wall, own = time.perf_counter() - began, time.process_time() - own
    needed = sum(duty.need for duty in problem.duties)
    one, whole = what_if(problem)
    print(
        f"{share:.0%}: {len(problem.duties)} convoys, {needed} officers needed, {found.short_count} short; "
        f"cost {found.cost_rp / 1e6:,.1f} M, bound {found.bound_rp / 1e6:,.1f} M, gap {found.gap:.3%}; "
        f"{wall:.1f} s on two cores, {sum(cpu) + own:.1f} CPU-s ({own:.1f} before and after); "
        f"what if: {one:.2f} CPU-s, the whole province {whole:.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
