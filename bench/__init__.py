"""What Kawal is fast at, as ratios taken in one run: `python -m bench` (make bench).

Each module of MEASURES has `measure() -> list[Row]`. A figure by itself says more about the machine
than about the program, so each stands beside something that does the same bare work just then.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    value: float
    unit: str
    compared_with: str  # what the same work costs elsewhere, in words
    ratio: float  # value / that
    how: str


MEASURES = (
    "bench.intake",
    "bench.page",
    "bench.proof",
    "bench.verifying",
    "bench.simulation",
    "bench.promise",
    "bench.risk",
    "bench.nation",
    "bench.routing",
    "bench.literature",
    "bench.rostering",
    "bench.travel",
)
