"""Where regencies are planned side by side: processes of this machine (joblib's loky) or a Dask cluster.

Both are executors (PEP 3148). A task that fails is an answer, and so is one whose process dies: neither
takes the others with it.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from joblib.executor import get_memmapping_executor  # loky's processes, shared with joblib.Parallel

import kawal
from kawal.rules.refusals import Refused

Key = TypeVar("Key")
Task = TypeVar("Task")
Answer = TypeVar("Answer")

_AT_HAND = 2  # tasks for each process, so that none waits while the next is read from the tables
_IDLE_S = 60  # a process without work ends by itself: also when whoever started it was killed
_ANSWERS_WITHIN_S = 10
_LOOK_EVERY_S = 2
_WITHOUT_WORKERS_S = 20
_VALUES_BETWEEN_LOOKS = 70_000


@dataclass(frozen=True, slots=True)
class Failed:
    """A bug in the task, or the end of the process that did it."""

    kind: str  # name of the exception
    told: str


class Pool(Protocol):
    workers: int

    def executor(self) -> Executor:
        """A working one: a new one where the last broke. Refuses `cluster_lost`."""

    def died(self, error: BaseException | None) -> bool:
        """Whether the process ended that had the task: by this one, or by another that it had."""

    def check(self) -> None:
        """Asked now and then while nothing is answered. Refuses `cluster_lost`."""

    def stop(self) -> None:
        """At once, whatever is under way."""


class Processes:
    def __init__(self, workers: int) -> None:
        self.workers = workers

    def executor(self) -> Executor:
        found: Executor = get_memmapping_executor(self.workers, timeout=_IDLE_S)
        return found

    def died(self, error: BaseException | None) -> bool:
        return isinstance(error, BrokenExecutor)

    def check(self) -> None:
        """A process that ends by itself is heard of."""

    def stop(self) -> None:
        get_memmapping_executor(self.workers).shutdown(kill_workers=True)


class _Cluster:
    def __init__(self, client: Any, workers: int) -> None:
        self.workers = workers
        self._client = client
        self._executor: Executor = client.get_executor(pure=False)
        self._seen_s = time.monotonic()  # when it last had a worker

    def executor(self) -> Executor:
        if self._client.status == "closed":  # it has tried for a while to come back
            raise Refused("cluster_lost")
        return self._executor

    def died(self, error: BaseException | None) -> bool:
        """Dask blames all that a worker had when it died, begun or not, and gives each up after some."""
        from distributed import KilledWorker

        return isinstance(error, KilledWorker)

    def check(self) -> None:
        """Tasks of a cluster without workers wait for some to come, and for ever for those of a dead one."""
        if self._client.status == "running" and self._client.nthreads():
            self._seen_s = time.monotonic()
        elif time.monotonic() - self._seen_s > _WITHOUT_WORKERS_S:
            raise Refused("cluster_lost")

    def stop(self) -> None:
        self._executor.shutdown(wait=False)


@contextmanager
def cluster(address: str) -> Iterator[Pool]:
    """A Dask cluster by the address of its scheduler, such as `tcp://10.0.0.5:8786`.

    Refuses `dask_not_installed`, `dask_does_not_answer`, `dask_without_workers` and `dask_other_version`.
    """
    try:
        from distributed import Client
    except ImportError as missing:
        raise Refused("dask_not_installed") from missing
    try:
        client: Any = Client(address, timeout=_ANSWERS_WITHIN_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as silent:
        raise Refused("dask_does_not_answer", address=address) from silent
    with client:
        threads = client.nthreads()
        if not threads:
            raise Refused("dask_without_workers", address=address)
        _check_versions(client.run(_version, on_error="return"), address)
        yield _Cluster(client, sum(threads.values()))


def _version() -> str:
    return kawal.__version__


def _check_versions(told: dict[str, object], address: str) -> None:
    for worker, version in told.items():
        if version != kawal.__version__:
            raise Refused(
                "dask_other_version", address=address, worker=worker, version=str(version), own=_version()
            )


def answers(
    pool: Pool, work: Callable[[Task], Answer], tasks: Iterable[tuple[Key, Task]]
) -> Iterator[tuple[Key, Answer | Failed]]:
    """Answers as they come. Tasks are taken from the iterator no sooner than there is room for them.

    Refuses `cluster_lost` where a cluster goes away with the work.
    """
    waiting = iter(tasks)
    at_hand: dict[Future[Answer], tuple[Key, Task]] = {}
    suspects: list[tuple[Key, Task]] = []  # a process died that had them: each again, alone
    try:
        while True:
            if not suspects:
                suspects += _filled(pool, work, waiting, at_hand)
            if not at_hand and not suspects:
                return
            while suspects and not at_hand:
                key, task = suspects.pop(0)
                again: Answer | Failed = _answer(pool, _alone(pool, work, task))
                yield key, again
            for future in _finished(pool, at_hand):
                item = at_hand.pop(future)
                if pool.died(_error(future)):
                    suspects.append(item)
                else:
                    answer: Answer | Failed = _answer(pool, future)
                    yield item[0], answer
    finally:
        if at_hand:
            pool.stop()


def _finished(pool: Pool, futures: Collection[Future[Answer]]) -> set[Future[Answer]]:
    """Those that have ended by now; after a while none. Refuses `cluster_lost`."""
    finished, _ = wait(futures, timeout=_LOOK_EVERY_S, return_when=FIRST_COMPLETED)
    if futures and not finished:
        pool.check()
    return finished


def _filled(
    pool: Pool,
    work: Callable[[Task], Answer],
    waiting: Iterator[tuple[Key, Task]],
    at_hand: dict[Future[Answer], tuple[Key, Task]],
) -> list[tuple[Key, Task]]:
    """Hands out tasks while there is room; answers those that a broken pool would not take."""
    executor = pool.executor()
    while len(at_hand) < pool.workers * _AT_HAND:
        item = next(waiting, None)
        if item is None:
            return []
        try:
            at_hand[executor.submit(_patient, work, item[1])] = item
        except BrokenExecutor:
            return [item]
    return []


def _alone(pool: Pool, work: Callable[[Task], Answer], task: Task) -> Future[Answer]:
    future = pool.executor().submit(_patient, work, task)
    try:
        while not _finished(pool, [future]):
            pass
    except BaseException:
        pool.stop()
        raise
    return future


def _patient(work: Callable[[Task], Answer], task: Task) -> Answer:
    """Looks for garbage a hundred times less often than Python would: a plan is many values and no cycles."""
    gc.set_threshold(_VALUES_BETWEEN_LOOKS)
    return work(task)


def _error(future: Future[Answer]) -> BaseException | None:
    try:
        return future.exception()
    except CancelledError as lost:
        raise Refused("cluster_lost") from lost


def _answer(pool: Pool, future: Future[Answer]) -> Answer | Failed:
    error = _error(future)
    if error is None:
        return future.result()
    if pool.died(error):
        return Failed("process_died", str(error))
    return Failed(type(error).__name__, str(error))
