"""Blocks of scenarios side by side on all processors.

The compiled loops hold no lock of Python, so its plain threads do: to let numba make the threads takes it
three times as long to compile. Each block writes to places of its own, so their number changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from numba import config


def side_by_side(work: Callable[[int, int], None], blocks: int, threads: int = 0) -> None:
    """Calls `work(first, until)` until all blocks are done; `threads` 0: as many as numba would take."""
    threads = min(threads or config.NUMBA_NUM_THREADS, blocks)  # type: ignore[attr-defined]
    if threads < 2:
        work(0, blocks)
        return
    bounds = [blocks * part // (4 * threads) for part in range(4 * threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, bounds[:-1], bounds[1:]))
