from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from kawal.rules.places.codes import WIB
from kawal.rules.plan.calendar import Shift
from kawal.rules.plan.facts import Access, Leg, Mode, Terrain
from kawal.rules.plan.fleet import Vehicle
from kawal.rules.plan.journey.travel import Point
from kawal.rules.plan.problem import Load
from kawal.rules.plan.routing.jobs import Job, Network, Terms, hours, split
from kawal.rules.plan.routing.route import Routed, route
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.small import fleet, settings

FLEET = fleet()
LIMIT = {RiskClass.LOW: 60, RiskClass.VULNERABLE: 40, RiskClass.HIGH: 6, RiskClass.SPECIAL: 4}


def _job(
    node: int, *, risk: RiskClass = RiskClass.LOW, access: Access = Access.ROAD, ready_s: int = 0
) -> Job:
    return Job(
        site=f"S{node}",
        node=node,
        stations=tuple(f"{node:02d}{number}" for number in range(6)),
        parcels_count=36,
        weight_kg=360,
        risk=risk,
        access=access,
        service_s=360,
        ready_s=ready_s,
    )


def _terms(kms: Sequence[float], *, collect: bool = False) -> Terms:
    points = [Point(lat=-3, lon=104 + km / 111, terrain=Terrain.RURAL) for km in (0, *kms)]
    return Terms(network=Network("D", points, 900), load_s=1_200, collect=collect, loss_limit=LIMIT, zone=WIB)


def _vehicles(mode: Mode, count: int) -> list[Vehicle]:
    return [Vehicle(name=f"{mode}-{number}", kind=FLEET.kinds[mode]) for number in range(count)]


def _route(
    jobs: Sequence[Job], vehicles: Sequence[Vehicle], terms: Terms, *, leg: Leg = Leg.TO_PPS
) -> Routed:
    shifts = settings().calendar.shifts[leg]
    return route(jobs, vehicles=vehicles, shifts=shifts, terms=terms, seed=3, iterations=30)


def test_every_job_is_carried_once_by_runs_that_do_not_overlap() -> None:
    jobs = [_job(node) for node in range(1, 13)]
    found = _route(jobs, _vehicles(Mode.PICKUP, 2), _terms(range(5, 17)))
    assert not found.unserved
    assert sorted(job.node for run in found.runs for job in run.jobs) == list(range(1, 13))
    for name in {run.vehicle.name for run in found.runs}:
        own = sorted((run.start_s, run.free_s) for run in found.runs if run.vehicle.name == name)
        assert all(first[1] <= second[0] for first, second in pairwise(own))


def test_the_same_seed_gives_the_same_runs() -> None:
    jobs = [_job(node) for node in range(1, 11)]
    fleet_ = _vehicles(Mode.TRUCK, 2)
    assert _route(jobs, fleet_, _terms(range(3, 33, 3))) == _route(jobs, fleet_, _terms(range(3, 33, 3)))


def test_the_solver_is_never_dearer_than_no_solver() -> None:
    jobs = [_job(node) for node in range(1, 11)]
    terms = _terms([3, 40, 5, 38, 9, 33, 12, 31, 16, 25])
    shifts = settings().calendar.shifts[Leg.TO_PPS]
    costs = [
        sum(
            run.distance_m
            for run in route(
                jobs, vehicles=_vehicles(Mode.TRUCK, 1), shifts=shifts, terms=terms, seed=1, iterations=count
            ).runs
        )
        for count in (1, 200)
    ]
    assert costs[1] <= costs[0]


def test_the_worst_class_goes_first_and_alone() -> None:
    jobs = [_job(1), _job(2, risk=RiskClass.HIGH), _job(3), _job(4, risk=RiskClass.HIGH)]
    found = _route(jobs, _vehicles(Mode.TRUCK, 1), _terms([5, 6, 7, 8]))
    assert all(len({job.risk for job in run.jobs}) == 1 for run in found.runs)
    by_time = sorted(found.runs, key=lambda run: run.depart_s)
    assert [run.jobs[0].risk for run in by_time][:2] == [RiskClass.HIGH, RiskClass.HIGH]
    assert all(len(run.jobs) == 1 for run in by_time[:2]), "six stations are the limit of HIGH"


def test_what_is_far_goes_on_the_first_day_when_one_day_is_not_enough() -> None:
    jobs = [_job(1), _job(2)]
    found = _route(jobs, _vehicles(Mode.PICKUP, 1), _terms([80, 130]))
    days = {run.jobs[0].node: run.depart_s // 86_400 for run in found.runs}
    assert days[2] < days[1]


@pytest.mark.parametrize("collect", [False, True])
def test_nothing_leaves_or_is_fetched_before_it_is_ready(collect: bool) -> None:
    start_s = int(settings().calendar.shifts[Leg.TO_PPS][0].start.timestamp())
    jobs = [_job(node, ready_s=start_s + node * 3_600) for node in range(1, 6)]
    found = _route(jobs, _vehicles(Mode.PICKUP, 3), _terms([5, 6, 7, 8, 9], collect=collect))
    assert not found.unserved
    for run in found.runs:
        for job, arrive_s in zip(run.jobs, run.arrive_s, strict=True):
            assert (arrive_s if collect else run.start_s) >= job.ready_s


@pytest.mark.parametrize(
    ("job", "km", "reason"),
    [
        (_job(1, access=Access.WATER), 5, "no_vehicle_for_access"),
        (replace(_job(1), weight_kg=5_000), 5, "too_heavy"),
        (_job(1), 400, "too_far_for_one_day"),
        (_job(1, ready_s=2_000_000_000), 5, "ready_too_late"),
    ],
)
def test_what_cannot_be_carried_is_told_with_its_reason(job: Job, km: float, reason: str) -> None:
    found = _route([job], _vehicles(Mode.PICKUP, 2), _terms([km]))
    assert found.unserved == ((job, reason),)
    assert not found.runs and not found.short


def test_the_vehicles_said_to_be_missing_are_enough() -> None:
    jobs = [_job(node) for node in range(1, 16)]
    terms = _terms([60 + node for node in range(15)])
    found = _route(jobs, _vehicles(Mode.PICKUP, 1), terms)
    assert {reason for _, reason in found.unserved} == {"fleet_too_small"}
    assert len(found.runs) + len(found.unserved) == 15
    ((mode, more),) = found.short
    assert mode is Mode.PICKUP
    assert not _route(jobs, _vehicles(Mode.PICKUP, 1 + more), terms).unserved


def test_boats_stay_home_on_the_voting_night() -> None:
    night = Shift(
        start=settings().calendar.shifts[Leg.BACK_PPS][0].start,
        end=settings().calendar.shifts[Leg.BACK_PPS][0].end,
        night=True,
    )
    pickup = hours(night, FLEET.kinds[Mode.PICKUP], WIB)
    boat = hours(night, FLEET.kinds[Mode.SPEEDBOAT], WIB)
    assert pickup and boat and pickup[1] - pickup[0] == 7 * 3_600 and boat[1] - boat[0] == 2 * 3_600


def test_loads_are_split_so_that_the_smallest_vehicle_can_help() -> None:
    loads = [Load(station=str(number), parcels_count=6, weight_kg=60) for number in range(15)]
    kinds = [FLEET.kinds[Mode.TRUCK], FLEET.kinds[Mode.PICKUP]]
    assert [len(portion) for portion in split(loads, kinds, 60)] == [6, 6, 3]
    assert [len(portion) for portion in split(loads, kinds, 4)] == [4, 4, 4, 3]


def test_no_station_is_lost_in_splitting_even_if_nothing_carries_it() -> None:
    loads = [Load(station=str(number), parcels_count=6, weight_kg=9_000) for number in range(3)]
    portions = split(loads, [FLEET.kinds[Mode.TRUCK]], 60)
    assert [load for portion in portions for load in portion] == loads


def _own(name: str, *, quicker: float = 1.0, rp_per_km: int = 3_000) -> Vehicle:
    """A pickup that differs from its mode."""
    kind = FLEET.kinds[Mode.PICKUP]
    speeds = {terrain: quicker * speed for terrain, speed in kind.speed_kmh.items()}
    return Vehicle(name=name, kind=replace(kind, speed_kmh=speeds, quicker=quicker, rp_per_km=rp_per_km))


def test_of_two_pickups_the_quicker_one_is_there_sooner() -> None:
    terms = _terms([30])
    (slow,) = _route([_job(1)], [_own("slow")], terms).runs
    (quick,) = _route([_job(1)], [_own("quick", quicker=2.0)], terms).runs
    assert quick.arrive_s[0] - quick.depart_s == pytest.approx((slow.arrive_s[0] - slow.depart_s) / 2, abs=1)
    assert quick.distance_m == slow.distance_m
    (first,) = _route([_job(1)], [_own("slow"), _own("quick", quicker=2.0)], terms).runs
    assert first.vehicle.name == "quick", "where both are free at once"


def test_the_solver_knows_what_each_vehicle_costs_and_how_fast_it_is() -> None:
    jobs, terms = [_job(node) for node in range(1, 7)], _terms([8, 10, 12, 14, 16, 18])
    found = _route(jobs, [_own("a-dear", rp_per_km=90_000), _own("b-cheap")], terms)
    assert not found.unserved and {run.vehicle.name for run in found.runs} == {"b-cheap"}
    for run in _route(jobs, [_own("a-slow", quicker=0.5), _own("b-quick", quicker=1.5)], terms).runs:
        _, seconds = terms.network.tables(run.vehicle.kind)
        assert run.arrive_s[0] - run.depart_s == seconds[0][run.jobs[0].node]
