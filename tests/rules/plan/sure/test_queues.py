"""A regency lived through event by event: the fast simulation again without queues, and what queues do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kawal.rules.plan.docks import Dock
from kawal.rules.plan.facts import Leg, Mode, Trip
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.sure.delays import Law
from kawal.rules.plan.sure.flow import flow_of
from kawal.rules.plan.sure.queues import BERTHS, Queued, crowded, docks_for, docks_of, with_queues
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan import small
from tests.rules.plan.sure.test_simulation import DEADLINE, SETTINGS, calm, harsh, lived

WORLDS = 60
DOCKS = docks_for(SETTINGS.fleet)


def on_water(risk: RiskClass = RiskClass.LOW) -> small.Problem:
    """Four villages of one district, all reached by boat."""
    villages = [
        small.village(f"16.07.01.{2000 + number}", 8, km=20 + number, access=small.Access.WATER, risk=risk)
        for number in range(1, 5)
    ]
    return small.regency(small.district("16.07.01", *villages, km=18))


@pytest.fixture(scope="module")
def made() -> PlanMade:
    return make_plan(on_water(), SETTINGS)


def queued(made: PlanMade, law: Law, *, berths: int, told: dict[str, int] | None = None) -> Queued:
    zone, docks = SETTINGS.calendar.zone, docks_for(SETTINGS.fleet, berths, told)
    flow = flow_of(made.trips, SETTINGS.fleet, zone)
    deadline_s = int((DEADLINE - flow.first_day).total_seconds())
    return with_queues(
        made.trips, flow, law, "16.07", zone, docks, deadline_s=deadline_s, seed=1, scenarios=WORLDS
    )  # fmt: skip


def test_without_queues_it_is_the_fast_simulation_scenario_by_scenario(made: PlanMade) -> None:
    flow = flow_of(made.trips, SETTINGS.fleet, SETTINGS.calendar.zone)
    outcome = lived(flow, harsh(), scenarios=WORLDS)
    found = queued(made, harsh(), berths=2)
    assert min(outcome.stations.values()) < 1, "too calm a law tells nothing"
    for code, share in outcome.stations.items():
        assert found.stations[code][0] == pytest.approx(share, abs=1 / WORLDS + 1e-9)
    assert found.regency[0] == pytest.approx(outcome.regency, abs=1 / WORLDS + 1e-9)


def test_a_dock_with_one_berth_lets_boats_wait_and_one_with_many_does_not(made: PlanMade) -> None:
    narrow, wide = queued(made, calm(), berths=1), queued(made, calm(), berths=99)
    assert narrow.docks and set(narrow.docks) <= docks_of(made.trips, DOCKS)
    assert wide.docks == {}
    told = queued(made, calm(), berths=99, told=dict.fromkeys(docks_of(made.trips, DOCKS), 1))
    assert told.docks == narrow.docks


def test_queues_take_from_the_promise_and_name_whom(made: PlanMade) -> None:
    found = queued(made, harsh(), berths=1)
    assert found.regency[1] <= found.regency[0]
    for code in found.changed():
        without, with_ = found.stations[code]
        assert with_ < without


def after_each_other(first: Trip, second: Trip) -> Trip:
    """The second trip begun when the first is home: one team guards both, on two boats."""
    by = first.stops[-1].depart_at - second.stops[0].arrive_at
    return replace(
        second, vehicle="speedboat-16.07.01-99", depart_at=second.depart_at + by, back_at=second.back_at + by,
        stops=tuple(
            replace(stop, arrive_at=stop.arrive_at + by, depart_at=stop.depart_at + by)
            for stop in second.stops
        ),
    )  # fmt: skip


def test_a_team_that_is_late_home_is_late_for_its_next_trip() -> None:
    made = make_plan(on_water(RiskClass.HIGH), SETTINGS)
    own = [trip for trip in made.trips if trip.leg is Leg.TO_PPS and trip.escort.officers_count]
    first, second = sorted(own, key=lambda trip: trip.depart_at)[:2]
    moved = [after_each_other(first, trip) if trip is second else trip for trip in made.trips]
    made = replace(made, trips=tuple(moved))
    assert queued(made, calm(), berths=99).escorts_s == 0
    assert queued(made, harsh(), berths=99).escorts_s > 0


def test_docks_are_where_boats_and_aircraft_are_handled(made: PlanMade) -> None:
    boats = [trip for trip in made.trips if trip.mode in (Mode.LONGBOAT, Mode.SPEEDBOAT)]
    assert docks_of(made.trips, DOCKS) <= {stop.site for trip in boats for stop in trip.stops}


def test_a_dock_is_crowded_where_the_plan_has_more_boats_than_berths(made: PlanMade) -> None:
    """Somebody is crowded out there even where nothing is ever late; where none is crowded, nobody waits."""
    narrow = crowded(made.trips, docks_for(SETTINGS.fleet, 1))
    assert narrow and set(narrow) <= docks_of(made.trips, DOCKS)
    assert set(narrow) & set(queued(made, calm(), berths=1).docks)
    most = max(narrow.values())
    assert (
        crowded(made.trips, docks_for(SETTINGS.fleet, most)) == {}
        and queued(made, calm(), berths=most).docks == {}
    )


def test_a_plan_that_keeps_to_its_docks_loses_next_to_nothing_by_queues(made: PlanMade) -> None:
    zone = SETTINGS.calendar.zone
    flow = flow_of(made.trips, SETTINGS.fleet, zone)
    deadline_s = int((DEADLINE - flow.first_day).total_seconds())
    assert crowded(made.trips, DOCKS) == {}
    calmly, harshly = (
        with_queues(
            made.trips, flow, law, "16.07", zone, DOCKS, deadline_s=deadline_s, seed=1, scenarios=WORLDS
        )
        for law in (calm(), harsh())
    )
    assert calmly.docks == {}, "as planned nobody waits"
    assert harshly.regency[0] < 1 and harshly.changed() == []


def test_docks_that_the_fleet_does_not_tell_of_have_so_many_berths_as_is_assumed() -> None:
    bare = replace(SETTINGS.fleet, docks=())
    assumed = docks_for(bare).at("PPK-16.07.01", Mode.PLANE)
    assert assumed is not None and assumed.at_once == BERTHS
    assert docks_for(bare).at("PPK-16.07.01", Mode.TRUCK) is None
    own = docks_for(replace(bare, docks=(Dock(at_once=7),)))
    for mode in (Mode.PLANE, Mode.TRUCK):
        told = own.at("PPK-16.07.01", mode)
        assert told is not None and told.at_once == 7
    site = docks_for(SETTINGS.fleet, None, {"PPK-16.07.01": 9}).at("PPK-16.07.01", Mode.PLANE)
    assert site is not None and site.at_once == 9
