"""Districts are planned side by side in other processes where it pays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from joblib import Parallel, delayed

from kawal.rules.plan.chain import DistrictLegs, DistrictTask

Progress = Callable[[int, int], None]  # districts done, of how many
PAYS_FROM_STATIONS = 600  # below, starting processes takes longer than planning


def each(workers: int, progress: Progress | None) -> Callable[..., Iterator[DistrictLegs]]:
    """A `map` for rules.plan.make: in this process or in `workers` others, telling progress."""

    def run(
        plan: Callable[[DistrictTask], DistrictLegs], tasks: list[DistrictTask]
    ) -> Iterator[DistrictLegs]:
        stations = sum(len(village.loads) for task in tasks for village in task.district.villages)
        found: Iterable[DistrictLegs] = map(plan, tasks)
        if workers > 1 and stations >= PAYS_FROM_STATIONS:
            parallel = Parallel(n_jobs=workers, return_as="generator_unordered")
            found = parallel(delayed(plan)(task) for task in tasks)
        for done, legs in enumerate(found, start=1):
            if progress:
                progress(done, len(tasks))
            yield legs

    return run
