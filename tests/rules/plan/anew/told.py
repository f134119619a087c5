"""What was told of trips, and a plan that things happen to, for tests of planning anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from hypothesis import strategies as st

from kawal.rules.plan.anew.check_replan import Circumstances, check_replan
from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.disruption import Closed, Disruption, Held, ModeLost, Reached, Span, Withdrawn
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.anew.replan import Replanned, replan
from kawal.rules.plan.facts import Access, Leg, Trip
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.problem import Problem


def as_planned(trips: Sequence[Trip], until: datetime) -> dict[str, Happened]:
    """Everything went as planned until then, and was told."""
    return {
        trip.code: Happened(
            left_at=trip.depart_at,
            handed={part.to_site: part.arrive_at for part in trip.consignments if part.arrive_at <= until},
        )
        for trip in trips
        if trip.depart_at <= until
    }


def stations(trip: Trip) -> set[str]:
    return {station for part in trip.consignments for station in part.stations}


def of(trips: Sequence[Trip], leg: Leg, start: str) -> list[Trip]:
    return [trip for trip in trips if trip.leg is leg and trip.stops[0].site == start]


def touched(found: Replanned) -> list[Trip]:
    return [trip for trip in found.made.trips if trip.code in found.anew]


@dataclass(frozen=True)
class Case:
    """A plan made in peace."""

    problem: Problem
    settings: Settings

    @cached_property
    def made(self) -> PlanMade:
        return make_plan(self.problem, self.settings)

    def at(self, days: int, hour: int) -> datetime:
        """An hour (local) of a day counted from the vote; the deadline is H-1 18:00."""
        return self.settings.calendar.deadline_at + timedelta(days=days + 1, hours=hour - 18)

    def anew(
        self,
        *disruptions: Disruption,
        now: datetime | None = None,
        happened: Mapping[str, Happened] | None = None,
        before: PlanMade | None = None,
    ) -> Replanned:
        """A new version that holds by the checker; ten days before the deadline where nobody says when."""
        now, before = now or self.at(-11, 18), before or self.made
        world = Disrupted(self.problem, self.settings, before.trips, disruptions, happened)
        found = replan(world, before, now=now, happened=happened)
        told = Circumstances(before=before.trips, now=now, disruptions=disruptions, happened=happened or {})
        assert check_replan(self.problem, self.settings, found.made.trips, found.made.unserved, told) == []
        return found

    def codes(self, *disruptions: Disruption, happened: Mapping[str, Happened] | None = None) -> set[str]:
        """What the checker finds in the plan as it was, after this."""
        trips, now = self.made.trips, self.at(-11, 18)
        told = Circumstances(before=trips, now=now, disruptions=disruptions, happened=happened or {})
        return {found.code for found in check_replan(self.problem, self.settings, trips, (), told)}

    def whatever(
        self, areas: Sequence[str], sites: Sequence[str], last_day: int
    ) -> st.SearchStrategy[list[Disruption]]:
        """One to three things that happen, from a week before the vote to this day after it."""
        hours = st.tuples(st.integers(-6 * 24, last_day * 24), st.integers(1, 72))
        spans = hours.map(lambda told: Span(start=self.hour(told[0]), end=self.hour(sum(told))))
        vehicles = sorted({trip.vehicle for trip in self.made.trips})
        modes = sorted({trip.mode for trip in self.made.trips})
        anything: list[st.SearchStrategy[Any]] = [
            st.builds(Closed, area=st.sampled_from(areas), span=spans),
            st.builds(Held, site=st.sampled_from(sites), span=spans),
            st.builds(Withdrawn, vehicle=st.sampled_from(vehicles), span=spans),
            st.builds(ModeLost, area=st.sampled_from(areas), mode=st.sampled_from(modes), span=spans),
            st.builds(Reached, area=st.sampled_from(areas[1:]), access=st.sampled_from(list(Access))),
        ]
        return st.lists(st.one_of(anything), min_size=1, max_size=3)

    def hour(self, hours: int) -> datetime:
        """So many hours after the midnight with which the vote's day begins."""
        return self.at(hours // 24, hours % 24)

    def holds(self, disruptions: Sequence[Disruption], now: datetime) -> None:
        """The new version holds, tells what is new in it, and is the same when it is made again."""
        told = as_planned(self.made.trips, now)
        found = self.anew(*disruptions, now=now, happened=told)
        old = {trip.code: trip for trip in self.made.trips}
        for trip in found.made.trips:
            assert (trip.code in found.anew) != (old.get(trip.code) == trip)
        second = self.anew(*disruptions, now=now, happened=told, before=found.made)
        assert second.made.trips == found.made.trips, "planned anew again, nothing moves"
