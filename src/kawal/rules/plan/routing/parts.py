"""A flat problem as the parts of it that share no vehicle: roads and water are two problems, not one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kawal.rules.plan.routing.flat import Day, Flat


@dataclass(frozen=True, slots=True)
class Part:
    flat: Flat
    calls: tuple[int, ...]  # of each of its calls, the number in the whole
    ranks: tuple[int, ...]

    def whole(self, days: Iterable[Day]) -> list[Day]:
        """Days of this part, in the numbers of the whole."""
        return [
            Day(self.ranks[day.rank], tuple(tuple(self.calls[call] for call in run) for run in day.runs))
            for day in days
        ]

    def of(self, days: Iterable[Day]) -> list[Day]:
        """Those days of the whole that are of this part, in its own numbers."""
        call_of = {call: number for number, call in enumerate(self.calls)}
        rank_of = {rank: number for number, rank in enumerate(self.ranks)}
        return [
            Day(rank_of[day.rank], tuple(tuple(call_of[call] for call in run) for run in day.runs))
            for day in days
            if day.rank in rank_of
        ]


def parted(flat: Flat) -> list[Part]:
    """The parts in the order of their first calls. Vehicles that reach no call are left out.

    A whole in which no vehicle reaches some call stays whole.
    """
    reaching = [
        {rank for rank, found in enumerate(flat.ranks) if found.count and flat.reaches(found.profile, call)}
        for call in range(len(flat.calls))
    ]
    if not all(reaching):
        return [part_of(flat, range(len(flat.calls)), range(len(flat.ranks)))]
    groups: list[set[int]] = []
    for ranks in {frozenset(found): None for found in reaching}:
        apart = [group for group in groups if not group & ranks]
        groups = [*apart, set(ranks).union(*(group for group in groups if group & ranks))]
    found = [
        (tuple(call for call, ranks in enumerate(reaching) if ranks & group), tuple(sorted(group)))
        for group in groups
    ]
    return [part_of(flat, calls, ranks) for calls, ranks in sorted(found)]


def part_of(flat: Flat, calls: Sequence[int], ranks: Sequence[int]) -> Part:
    """The problem of these calls and ranks alone: the same tables."""
    return Part(
        replace(
            flat,
            calls=tuple(flat.calls[call] for call in calls),
            ranks=tuple(flat.ranks[rank] for rank in ranks),
        ),
        tuple(calls),
        tuple(ranks),
    )
