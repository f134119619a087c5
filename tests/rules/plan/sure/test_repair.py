"""A plan repaired: never worse, never against the rules; what helps is tried and priced."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kawal.rules.plan.check import check
from kawal.rules.plan.facts import FORWARD, Leg, Mode, Trip
from kawal.rules.plan.helping import HelpKind, helps
from kawal.rules.plan.make import PlanMade, make_plan, redated
from kawal.rules.plan.sure.delays import Law, law_of
from kawal.rules.plan.sure.repair import Repaired, judged, lived, repaired
from kawal.rules.plan.sure.reserves import bottlenecks, hold_points, reserves
from tests.rules.plan import small
from tests.rules.plan.sure.test_delays import TEXT
from tests.rules.plan.sure.test_simulation import harsh

PROBLEM = small.ordinary()


def rough() -> Law:
    """Days close often enough that the day before is worth a lot."""
    law = law_of(TEXT)
    worse = {mode: replace(one, closed_share=0.05, spread=0.3) for mode, one in law.modes.items()}
    return replace(law, modes=worse)


SETTINGS = small.settings(delays=rough())


def late_on_purpose(trips: tuple[Trip, ...]) -> tuple[Trip, ...]:
    """Trips to stations that began before noon on H-1 begin late in the afternoon: somebody has slept."""
    by = timedelta(hours=3)

    def moved(trip: Trip) -> Trip:
        if trip.leg is not Leg.TO_STATION or trip.depart_at < SETTINGS.calendar.deadline_at - timedelta(
            hours=12
        ):
            return trip
        return replace(
            trip, depart_at=trip.depart_at + by, back_at=trip.back_at + by,
            stops=tuple(
                replace(stop, arrive_at=stop.arrive_at + by, depart_at=stop.depart_at + by)
                for stop in trip.stops
            ),
            consignments=tuple(replace(c, arrive_at=c.arrive_at + by) for c in trip.consignments),
        )  # fmt: skip

    return tuple(map(moved, trips))


@pytest.fixture(scope="module")
def made() -> PlanMade:
    return make_plan(PROBLEM, SETTINGS)


@pytest.fixture(scope="module")
def found(made: PlanMade) -> Repaired:
    return repaired(PROBLEM, SETTINGS, late_on_purpose(made.trips), law=rough(), target=0.99)


def test_a_repair_makes_the_promise_better_out_of_sample(found: Repaired) -> None:
    assert found.changes
    assert found.after.regency > found.before.regency + 0.01
    assert sum(found.after.stations.values()) > sum(found.before.stations.values())


def test_a_repaired_plan_still_keeps_every_rule(made: PlanMade, found: Repaired) -> None:
    trips = redated(found.trips, PROBLEM.regency, SETTINGS)
    assert check(PROBLEM, SETTINGS, trips, made.unserved) == []


def test_only_what_is_told_was_changed_and_only_to_earlier(made: PlanMade, found: Repaired) -> None:
    before = {trip.code: trip for trip in late_on_purpose(made.trips)}
    changed = {trip.code for trip in found.trips if trip != before[trip.code]}
    assert changed == {change.trip for change in found.changes}
    assert all(change.to_at < change.from_at for change in found.changes)
    assert all(before[change.trip].leg in FORWARD for change in found.changes)


def test_the_same_plan_is_repaired_the_same_way(made: PlanMade, found: Repaired) -> None:
    again = repaired(PROBLEM, SETTINGS, late_on_purpose(made.trips), law=rough(), target=0.99)
    assert again.changes == found.changes


def test_where_nothing_is_late_nothing_is_touched(made: PlanMade) -> None:
    calm = law_of(TEXT)
    still = replace(
        calm, absent_share=0.0,
        modes={
            mode: replace(one, closed_share=0.0, breakdowns_per_hour=0.0, spread=0.01)
            for mode, one in calm.modes.items()
        },
    )  # fmt: skip
    kept = repaired(PROBLEM, SETTINGS, made.trips, law=still, target=0.99)
    assert kept.changes == () and kept.after.regency == 1.0
    assert helps(made.trips, PROBLEM.regency, SETTINGS, law=still, target=0.99) == []


def test_classes_together_are_no_surer_than_their_stations_and_surer_than_the_regency(made: PlanMade) -> None:
    promise = judged(made.trips, PROBLEM.regency, SETTINGS, harsh())
    assert set(promise.classes) == {village.risk for village in PROBLEM.villages()}
    assert all(share >= promise.regency for share in promise.classes.values())
    assert min(promise.classes.values()) <= min(promise.stations.values())


def test_each_help_adds_to_those_before_it_and_has_its_price(made: PlanMade, found: Repaired) -> None:
    told = helps(found.trips, PROBLEM.regency, SETTINGS, law=rough(), target=0.99)
    assert told
    before = lived(found.trips, PROBLEM.regency, SETTINGS, rough()).regency
    for help_ in told:
        assert help_.regency >= before
        assert help_.rp > 0 and help_.vehicles_count > 0 and help_.trips
        before = help_.regency
    assert told[-1].regency > lived(found.trips, PROBLEM.regency, SETTINGS, rough()).regency
    assert any(help_.kind is HelpKind.DAY_EARLIER for help_ in told), "closed days ask for another day"


def test_reserves_are_the_vehicles_that_no_trip_out_uses(made: PlanMade) -> None:
    spare = {name for names in reserves(PROBLEM, SETTINGS.fleet, made.trips).values() for name in names}
    assert spare.isdisjoint(trip.vehicle for trip in made.trips if trip.leg in FORWARD)


def test_hold_points_are_where_parcels_lie_over_night(made: PlanMade) -> None:
    points = hold_points(made.trips, SETTINGS.calendar.zone)
    assert {point.site.split("-")[0] for point in points} <= {"PPK", "PPS"}
    assert all(point.from_at.date() < point.until_at.date() for point in points)
    assert sum(point.stations_count for point in points if point.site.startswith("PPK")) == 28


def test_lateness_is_added_up_by_link_vehicle_and_day(made: PlanMade) -> None:
    outcome = lived(made.trips, PROBLEM.regency, SETTINGS, harsh())
    found = bottlenecks(made.trips, outcome.blame, SETTINGS.calendar.zone)
    for rows in found.values():
        assert sum(row.stations for row in rows) == pytest.approx(sum(outcome.blame.values()))
        assert [row.stations for row in rows] == sorted((row.stations for row in rows), reverse=True)


def test_a_vehicle_more_never_makes_the_promise_worse(made: PlanMade) -> None:
    """Whoever waited for a vehicle no longer does; chances are the same, so this holds exactly."""
    before = lived(made.trips, PROBLEM.regency, SETTINGS, harsh())
    own = [trip for trip in made.trips if trip.mode is Mode.MOTORBIKE and trip.leg is Leg.TO_STATION]
    spared = [
        replace(trip, vehicle=f"{trip.vehicle}-extra-{number}") if trip in own else trip
        for number, trip in enumerate(made.trips)
    ]
    after = lived(spared, PROBLEM.regency, SETTINGS, harsh())
    assert all(after.stations[code] >= share for code, share in before.stations.items())


def test_an_officer_more_never_makes_the_promise_worse(made: PlanMade) -> None:
    before = lived(made.trips, PROBLEM.regency, SETTINGS, harsh())
    after = lived(made.trips, PROBLEM.regency, SETTINGS, replace(harsh(), absent_share=0.05))
    assert all(after.stations[code] >= share for code, share in before.stations.items())
