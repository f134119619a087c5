"""What the watch makes of the positions of a rehearsal: what stands and what strays, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from kawal.rehearsal.actors import play
from kawal.rehearsal.mishaps import Kind, Mishap, choose
from kawal.rehearsal.orders import Orders
from kawal.rules.custody.event import Act
from kawal.rules.custody.told import Told
from kawal.rules.custody.track import Spot, track_of
from kawal.rules.watch.astray import astray
from kawal.rules.watch.course import course
from kawal.rules.watch.facts import Milestone, Progress
from kawal.rules.watch.standing import standing
from tests.rehearsal import record, small
from tests.rules.watch.world import LIMITS

_KINDS = {Act.OFFER: "offered", Act.DEPARTED: "departed", Act.ARRIVED: "arrived", Act.ACCEPT: "accepted"}


def _watched(orders: Orders, mishaps: Iterable[Mishap]) -> tuple[set[str], set[str]]:
    """Trips that ever stand for an hour, and that ever stray by 3 km, by a look after each of their words."""
    words: dict[str, list[Told]] = defaultdict(list)
    for one in record.told(orders, play(orders, list(mishaps))):
        if one.event.trip:
            words[one.event.trip].append(one)
    stand, stray = set(), set()
    for trip in orders.trips:
        spots: list[Spot] = []
        milestones: list[Milestone] = []
        for told in words[trip.code]:
            at = datetime.fromtimestamp(told.event.happened_ms / 1000, UTC)
            if told.event.position:
                heard_ms = round(told.received_at.timestamp() * 1000)
                spots.append(Spot(told.event.happened_ms, heard_ms, *told.event.position))
            elif told.event.act in _KINDS and told.event.site:
                milestones.append(
                    Milestone(
                        site=told.event.site, kind=_KINDS[told.event.act], at=at, heard_at=told.received_at
                    )
                )
            progress = Progress(milestones=tuple(milestones), course=course(trip, track_of(spots)))
            if standing(trip, progress, stop=timedelta(hours=1)):
                stand.add(trip.code)
            if astray(trip, progress, corridor_m=3_000, limits=LIMITS):
                stray.add(trip.code)
    return stand, stray


@pytest.mark.parametrize("seed", [1, 4])
def test_a_calm_exercise_has_nobody_who_stands_or_strays(seed: int) -> None:
    assert _watched(small.orders(seed), ()) == (set(), set())


@pytest.mark.parametrize("seed", [3, 4])
def test_what_is_held_up_stands_and_what_makes_a_detour_strays(seed: int) -> None:
    orders = small.orders(seed)
    mishaps = choose(orders)
    boats = {one.trip for one in mishaps if one.kind is Kind.LATE_BOAT}
    detours = {one.trip for one in mishaps if one.kind is Kind.DETOUR}
    assert boats and detours
    assert _watched(orders, mishaps) == (boats, detours)
