"""The present plan as where a new one begins: what held yesterday and still holds is not thrown away.

Its runs are taken over vehicle by vehicle where the vehicle is still there and the boxes are still to be
moved together; what no longer fits is planned as if it were new. So a small change of the problem makes a
small change of the plan, and the solver begins where it ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from kawal.rules.plan.facts import Leg, Trip
from kawal.rules.plan.routing.jobs import Job, Run, Terms, fits
from kawal.rules.plan.routing.schedule import Book


@dataclass(frozen=True, slots=True)
class Earlier:
    """A run of the present plan: the stations it moves, site by site in order."""

    vehicle: str
    depart_s: int
    sites: tuple[tuple[str, tuple[str, ...]], ...]  # site and stations


@dataclass(frozen=True, slots=True)
class Present:
    """The runs of a plan by leg and area."""

    runs: Mapping[tuple[Leg, str], tuple[Earlier, ...]] = field(default_factory=dict)

    def of(self, leg: Leg, area: str) -> tuple[Earlier, ...]:
        return self.runs.get((leg, area), ())

    def sha256(self) -> str:
        told = sorted((leg.value, area, str(runs)) for (leg, area), runs in self.runs.items())
        return sha256(str(told).encode()).hexdigest()

    def within(self, area: str) -> Present:
        """What concerns an area and all below."""
        below = f"{area}."
        return Present(
            {key: runs for key, runs in self.runs.items() if key[1] == area or key[1].startswith(below)}
        )


NOTHING: Final = Present()


def present(trips: Iterable[Trip]) -> Present:
    runs: dict[tuple[Leg, str], list[Earlier]] = {}
    for trip in trips:
        home = trip.stops[0].site
        sites = tuple(
            (part.to_site if part.from_site == home else part.from_site, part.stations)
            for part in trip.consignments
        )
        earlier = Earlier(trip.vehicle, int(trip.depart_at.timestamp()), sites)
        runs.setdefault((trip.leg, trip.area), []).append(earlier)
    return Present(
        {
            key: tuple(sorted(found, key=lambda run: (run.depart_s, run.vehicle)))
            for key, found in runs.items()
        }
    )


def resumed(
    earlier: Sequence[Earlier], jobs: Sequence[Job], book: Book, window: tuple[int, int], terms: Terms
) -> tuple[list[Run], list[Job]]:
    """The earlier runs that left in the window and still hold, put in the book, and the jobs left over."""
    vehicles = {vehicle.name: vehicle for vehicle in book.vehicles}
    job_of = {station: job for job in jobs for station in job.stations}
    taken: set[int] = set()
    runs = []
    for one in earlier:
        vehicle = vehicles.get(one.vehicle)
        if vehicle is None or not window[0] <= one.depart_s < window[1]:
            continue
        found = [job for job in _jobs(one, job_of) if id(job) not in taken]
        if not found or not fits(vehicle.kind, found, terms.loss_limit):
            continue
        run = book.run(vehicle, found)
        if book.allows(run):
            book.take(run)
            runs.append(run)
            taken.update(map(id, found))
    return runs, [job for job in jobs if id(job) not in taken]


def _jobs(one: Earlier, job_of: Mapping[str, Job]) -> list[Job]:
    """The jobs that lie wholly in the run, in its order."""
    found: dict[int, Job] = {}
    for site, stations in one.sites:
        there = set(stations)
        for station in stations:
            job = job_of.get(station)
            if job is not None and job.site == site and there.issuperset(job.stations):
                found.setdefault(id(job), job)
    return list(found.values())
