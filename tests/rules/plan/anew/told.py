"""What was told of trips, and a plan that things happen to, for tests of planning anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from kawal.rules.plan.anew.check_replan import Circumstances, check_replan
from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.disruption import Disruption
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.anew.replan import Replanned, replan
from kawal.rules.plan.facts import Leg, Trip
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
