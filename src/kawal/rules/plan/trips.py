"""From dated runs to trips with stops, consignments and escort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kawal.rules.plan.due import Dated
from kawal.rules.plan.escort import escort_of
from kawal.rules.plan.facts import Consignment, Leg, Stop, Trip
from kawal.rules.plan.leg import DatedLeg
from kawal.rules.plan.routing.jobs import DEPOT, moment
from kawal.rules.risk.patterns import Patterns


@dataclass(frozen=True, slots=True)
class _Visit:
    """Jobs at one site on one trip, handed over together."""

    site: str
    node: int
    arrive_s: int
    depart_s: int
    due_s: int
    stations: tuple[str, ...]
    parcels_count: int


def trips_of(
    regency: str, legs: Iterable[DatedLeg], patterns: Patterns, above: Mapping[Leg, int] | None = None
) -> list[Trip]:
    """All trips in the order of the legs and of departure, numbered within their leg `above` these."""
    found = list(legs)
    trips: list[Trip] = []
    for leg in Leg:
        items = [
            (dated_leg, item) for dated_leg in found if dated_leg.routed.leg is leg for item in dated_leg.runs
        ]
        items.sort(key=lambda pair: (pair[1].run.depart_s, pair[1].run.vehicle.name))
        first = (above or {}).get(leg, 0) + 1
        width = max(3, len(str(first + len(items) - 1)))
        for number, (dated_leg, item) in enumerate(items, start=first):
            code = f"{regency}-{leg.value}-{number:0{width}d}"
            trips.append(trip_of(code, dated_leg, item, patterns))
    return trips


def trip_of(code: str, dated_leg: DatedLeg, item: Dated, patterns: Patterns) -> Trip:
    run, routed = item.run, dated_leg.routed
    visits = _visits(item, routed.terms.network.stop_s)
    risk = max(job.risk for job in run.jobs)
    return Trip(
        code=code,
        leg=routed.leg,
        area=routed.area,
        vehicle=run.vehicle.name,
        mode=run.vehicle.kind.mode,
        risk=risk,
        depart_at=moment(run.depart_s),
        back_at=moment(run.back_s),
        latest_departure_at=moment(item.latest_s),
        distance_m=run.distance_m,
        parcels_count=sum(job.parcels_count for job in run.jobs),
        escort=escort_of(
            routed.leg,
            routed.area,
            run.vehicle.kind,
            risk,
            sum(len(job.stations) for job in run.jobs),
            patterns,
            over_night=bool(run.halts),
        ),
        stops=_stops(item, visits, dated_leg),
        consignments=tuple(
            _consignment(f"{code}/{number}", visit, item, dated_leg)
            for number, visit in enumerate(visits, start=1)
        ),
    )


def _visits(item: Dated, stop_s: int) -> list[_Visit]:
    """Jobs one after the other at the same site are one visit."""
    visits: list[_Visit] = []
    for job, arrive_s, due_s in zip(item.run.jobs, item.run.arrive_s, item.due_s, strict=True):
        last = visits[-1] if visits else None
        if last is not None and last.node == job.node:
            visits[-1] = replace(
                last,
                depart_s=last.depart_s + job.service_s,
                due_s=min(last.due_s, due_s),
                stations=(*last.stations, *job.stations),
                parcels_count=last.parcels_count + job.parcels_count,
            )
            continue
        visits.append(
            _Visit(
                site=job.site,
                node=job.node,
                arrive_s=arrive_s,
                depart_s=arrive_s + job.service_s + stop_s,
                due_s=due_s,
                stations=job.stations,
                parcels_count=job.parcels_count,
            )
        )
    return visits


def _stops(item: Dated, visits: Sequence[_Visit], dated_leg: DatedLeg) -> tuple[Stop, ...]:
    run, network = item.run, dated_leg.routed.terms.network

    def stop(site: str, node: int, arrive_s: int, depart_s: int) -> Stop:
        point = network.points[node]
        return Stop(
            site=site, lat=point.lat, lon=point.lon, arrive_at=moment(arrive_s), depart_at=moment(depart_s)
        )

    halts = [
        Stop(
            site=halt.site, lat=halt.lat, lon=halt.lon,
            arrive_at=moment(halt.from_s), depart_at=moment(halt.until_s),
        )
        for halt in run.halts
    ]  # fmt: skip
    between = [*(stop(visit.site, visit.node, visit.arrive_s, visit.depart_s) for visit in visits), *halts]
    return (
        stop(network.site, DEPOT, run.start_s, run.depart_s),
        *sorted(between, key=lambda stop: (stop.arrive_at, stop.depart_at)),
        stop(network.site, DEPOT, run.back_s, run.free_s),
    )


def _consignment(code: str, visit: _Visit, item: Dated, dated_leg: DatedLeg) -> Consignment:
    terms = dated_leg.routed.terms
    out_and_in = terms.network.site, visit.site
    from_site, to_site = reversed(out_and_in) if terms.collect else out_and_in
    return Consignment(
        code=code,
        from_site=from_site,
        to_site=to_site,
        stations=visit.stations,
        parcels_count=visit.parcels_count,
        arrive_at=moment(item.run.back_s if terms.collect else visit.arrive_s),
        due_at=moment(visit.due_s),
    )
