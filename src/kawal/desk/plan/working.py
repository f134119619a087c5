"""Districts are planned side by side in other processes where it pays."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from joblib import Parallel, delayed

from kawal.rules.plan.chain import DistrictLegs, DistrictTask
from kawal.rules.plan.make import never
from kawal.rules.plan.regency_legs import Hurry

Progress = Callable[[int, int], None]  # districts done, of how many
PAYS_FROM_STATIONS = 600  # below, starting processes takes longer than planning


def each(
    workers: int, progress: Progress | None, hurry: Hurry = never
) -> Callable[..., Iterator[DistrictLegs]]:
    """A `map` for rules.plan.make: in this process or in `workers` others, telling progress."""

    def asked(tasks: list[DistrictTask]) -> Iterator[DistrictTask]:
        """Each as late as it is begun, so that who is in a hurry then is heard."""
        return (replace(task, settings=task.settings.hurried()) if hurry() else task for task in tasks)

    def run(
        plan: Callable[[DistrictTask], DistrictLegs], tasks: list[DistrictTask]
    ) -> Iterator[DistrictLegs]:
        stations = sum(len(village.loads) for task in tasks for village in task.district.villages)
        found: Iterable[DistrictLegs] = map(plan, asked(tasks))
        if workers > 1 and stations >= PAYS_FROM_STATIONS:
            parallel = Parallel(n_jobs=workers, return_as="generator_unordered")
            found = parallel(delayed(_undisturbed)(plan, task) for task in asked(tasks))
        for done, legs in enumerate(found, start=1):
            if progress:
                progress(done, len(tasks))
            yield legs

    return run


def _undisturbed(plan: Callable[[DistrictTask], DistrictLegs], task: DistrictTask) -> DistrictLegs:
    """Ctrl-C goes to all processes of a terminal; only the first one may act on it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return plan(task)
