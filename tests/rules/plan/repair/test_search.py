"""A plan repaired: never worse, never against the rules; what helps is tried and priced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as settings_
from hypothesis import strategies as st

from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.check import check
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.facts import FORWARD, Leg, Mode, Trip
from kawal.rules.plan.fleet import Listed
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import PlanMade, make_plan, redated
from kawal.rules.plan.repair.helps import HelpKind, helps
from kawal.rules.plan.repair.moving import begun
from kawal.rules.plan.repair.promise import Targets, judged, lived
from kawal.rules.plan.repair.search import Repaired, StepKind, repaired
from kawal.rules.plan.repair.standing import Standing, harms
from kawal.rules.plan.sure.delays import Law, law_of
from kawal.rules.plan.sure.reserves import bottlenecks, hold_points, reserves
from tests.rules.plan import small
from tests.rules.plan.sure.test_delays import TEXT
from tests.rules.plan.sure.test_simulation import harsh

PROBLEM = small.ordinary()
NOON = small.settings().calendar.deadline_at - timedelta(hours=6)  # of H-1


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


def received(trips: Sequence[Trip]) -> dict[str, datetime]:
    last = [trip for trip in trips if trip.leg is Leg.TO_STATION]
    return {one: part.arrive_at for trip in last for part in trip.consignments for one in part.stations}


def standing(trips: Sequence[Trip], law: Law, settings: Settings = SETTINGS, **more: Any) -> Standing:
    return Standing(world=Disrupted(PROBLEM, settings.hurried(), trips, (), calm=True), law=law, **more)


def no_fault(trips: Sequence[Trip]) -> list[Violation]:
    return []


def repair(trips: Sequence[Trip], law: Law, settings: Settings = SETTINGS, **more: Any) -> Repaired:
    return repaired(standing(trips, law, settings, **more), trips, Targets(), no_fault)


@pytest.fixture(scope="module")
def made() -> PlanMade:
    return make_plan(PROBLEM, SETTINGS)


@pytest.fixture(scope="module")
def found(made: PlanMade) -> Repaired:
    return repair(late_on_purpose(made.trips), rough())


def test_a_repair_makes_the_promise_better_out_of_sample(found: Repaired) -> None:
    assert found.changes
    assert found.after.regency > found.before.regency + 0.01
    assert sum(found.after.stations.values()) > sum(found.before.stations.values())


def test_a_repaired_plan_still_keeps_every_rule(made: PlanMade, found: Repaired) -> None:
    safe = redated(found.trips, PROBLEM, SETTINGS)
    assert check(PROBLEM, SETTINGS, safe.trips, made.unserved, safe.short) == []


def test_only_what_is_told_was_changed_and_only_to_earlier(made: PlanMade, found: Repaired) -> None:
    before = {trip.code: trip for trip in late_on_purpose(made.trips)}
    changed = {trip.code for trip in found.trips if trip != before[trip.code]}
    assert changed == {change.code for change in found.changes}
    assert changed == {code for step in found.steps for code in step.trips}
    for change in found.changes:
        assert change.before is not None and change.after is not None
        assert change.after.depart_at <= change.before.depart_at and change.before.leg in FORWARD


def test_the_same_plan_is_repaired_the_same_way(made: PlanMade, found: Repaired) -> None:
    again = repair(late_on_purpose(made.trips), rough())
    assert (again.changes, again.steps) == (found.changes, found.steps)


def test_to_repair_again_changes_nothing(found: Repaired) -> None:
    again = repair(found.trips, rough())
    assert again.changes == () and again.steps == ()


def test_no_station_is_promised_less_than_it_was_beyond_the_error(found: Repaired) -> None:
    for code, share in found.before.stations.items():
        error = found.before.outcome.error(share) + found.after.outcome.error(found.after.stations[code])
        assert found.after.stations[code] >= share - 2 * error


def test_no_station_receives_later_than_it_was_told(made: PlanMade, found: Repaired) -> None:
    told, now = (received(trips) for trips in (late_on_purpose(made.trips), found.trips))
    assert told.keys() == now.keys()
    assert all(at <= told[station] for station, at in now.items())


def test_where_nothing_is_late_nothing_is_touched(made: PlanMade) -> None:
    calm = law_of(TEXT)
    still = replace(
        calm, absent_share=0.0,
        modes={
            mode: replace(one, closed_share=0.0, breakdowns_per_hour=0.0, spread=0.01)
            for mode, one in calm.modes.items()
        },
    )  # fmt: skip
    kept = repair(made.trips, still)
    assert kept.changes == () and kept.after.regency == 1.0
    assert helps(standing(made.trips, still), made.trips, Targets()).helps == ()


def test_classes_together_are_no_surer_than_their_stations_and_surer_than_the_regency(made: PlanMade) -> None:
    promise = judged(made.trips, PROBLEM.regency, SETTINGS, harsh())
    assert set(promise.classes) == {village.risk for village in PROBLEM.villages()}
    assert all(share >= promise.regency for share in promise.classes.values())
    assert min(promise.classes.values()) <= min(promise.stations.values())


def test_each_help_adds_to_those_before_it_and_has_its_price(made: PlanMade, found: Repaired) -> None:
    helped = helps(standing(found.trips, rough()), found.trips, Targets())
    told = helped.helps
    assert told and helped.after is not None
    assert all(help_.rp > 0 and help_.vehicles_count > 0 and help_.trips for help_ in told)
    assert helped.after.regency > found.after.regency
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


WATER = "16.07.02.2001"


def with_boats(*modes: Mode) -> Settings:
    """One boat of each of these modes in the village on the water, and no other."""
    fleet = small.fleet()
    listed = tuple(Listed(area=WATER, name=f"Sinar {mode}", kind=fleet.kinds[mode]) for mode in modes)
    return small.settings(by=replace(fleet, listed=listed), delays=rough())


def stormy() -> Law:
    """Longboats lie still on one day in five."""
    law = rough()
    boats = replace(law.modes[Mode.LONGBOAT], closed_share=0.2)
    return replace(law, modes={**law.modes, Mode.LONGBOAT: boats})


@pytest.fixture(scope="module")
def by_longboat() -> PlanMade:
    return make_plan(PROBLEM, with_boats(Mode.LONGBOAT))


def test_trips_go_by_another_mode_that_stands_there_where_that_is_surer(by_longboat: PlanMade) -> None:
    both = with_boats(Mode.LONGBOAT, Mode.SPEEDBOAT)
    found = repair(by_longboat.trips, stormy(), both)
    steps = [step for step in found.steps if step.way.kind is StepKind.MODE]
    assert [step.way.to_mode for step in steps] == [Mode.SPEEDBOAT]
    by_speedboat = [trip for trip in found.trips if trip.mode is Mode.SPEEDBOAT and trip.area == WATER]
    carried = {station for trip in by_speedboat for part in trip.consignments for station in part.stations}
    assert carried and all(found.after.stations[one] > found.before.stations[one] + 0.02 for one in carried)
    safe = redated(found.trips, PROBLEM, both)
    assert check(PROBLEM, both, safe.trips, by_longboat.unserved, safe.short) == []
    told, now = received(by_longboat.trips), received(found.trips)
    assert all(now[station] <= told[station] for station in carried)


def test_where_no_other_mode_stands_it_is_told_as_help_with_its_price(by_longboat: PlanMade) -> None:
    """So late that nothing can go a day earlier, which would be cheaper."""
    alone = with_boats(Mode.LONGBOAT)
    begins = min(t.stops[0].arrive_at for t in by_longboat.trips if t.leg is Leg.TO_STATION)
    now = begins - timedelta(hours=1)
    found = repair(by_longboat.trips, stormy(), alone, now=now)
    assert not any(step.way.kind is StepKind.MODE for step in found.steps)
    told = helps(standing(found.trips, stormy(), alone, now=now), found.trips, Targets()).helps
    assert not any(help_.kind is HelpKind.DAY_EARLIER for help_ in told)
    hired = [help_ for help_ in told if help_.kind is HelpKind.OTHER_MODE]
    assert hired and hired[0].mode is Mode.SPEEDBOAT
    assert hired[0].rp >= hired[0].vehicles_count * alone.fleet.kinds[Mode.SPEEDBOAT].rp_per_day


def absent_minded() -> Law:
    """Two escorts of five come hours late, nothing else goes wrong."""
    law = law_of(TEXT)
    calm = {
        mode: replace(one, closed_share=0.0, breakdowns_per_hour=0.0, spread=0.01)
        for mode, one in law.modes.items()
    }
    return replace(law, modes=calm, absent_share=0.4, wait_s=4 * 3_600.0)


def test_a_second_team_stands_by_where_escorts_come_late(made: PlanMade) -> None:
    found = repair(late_on_purpose(made.trips), absent_minded())
    teams = [step for step in found.steps if step.way.kind is StepKind.SECOND_TEAM]
    assert teams and all(step.rp > 0 and step.officers_count > 0 for step in teams)
    guarded = [trip for trip in found.trips if trip.escort.reserve_post]
    assert {code for step in teams for code in step.trips} == {trip.code for trip in guarded}
    assert all(trip.escort.teams_count == 2 for trip in guarded)
    safe = redated(found.trips, PROBLEM, SETTINGS)
    assert check(PROBLEM, SETTINGS, safe.trips, made.unserved, safe.short) == []


def test_without_officers_to_spare_no_second_team_stands_by(made: PlanMade) -> None:
    posts = {trip.escort.post for trip in made.trips}
    world = Disrupted(
        PROBLEM, SETTINGS.hurried(), made.trips, (), strengths=dict.fromkeys(posts, 1), calm=True
    )
    trips = late_on_purpose(made.trips)
    found = repaired(Standing(world=world, law=absent_minded()), trips, Targets(), no_fault)
    assert not any(trip.escort.reserve_post for trip in found.trips)


def test_a_second_team_never_makes_any_promise_worse(made: PlanMade) -> None:
    before = lived(made.trips, PROBLEM.regency, SETTINGS, absent_minded())
    stood_by = [
        replace(trip, escort=replace(trip.escort, reserve_post=trip.escort.post))
        if trip.escort.officers_count
        else trip
        for trip in made.trips
    ]
    after = lived(stood_by, PROBLEM.regency, SETTINGS, absent_minded())
    assert all(after.stations[code] >= share for code, share in before.stations.items())
    assert sum(after.stations.values()) > sum(before.stations.values())


def test_what_has_left_and_what_has_begun_stays_as_it_is(made: PlanMade) -> None:
    trips = late_on_purpose(made.trips)
    now = min(trip.depart_at for trip in trips if trip.leg is Leg.TO_STATION) + timedelta(hours=1)
    left = [trip for trip in trips if trip.depart_at < now]
    happened = {trip.code: Happened(left_at=trip.depart_at) for trip in left[::2]}
    found = repair(trips, rough(), now=now, happened=happened)
    assert found.changes
    after = {trip.code: trip for trip in found.trips}
    assert all(after[trip.code] == trip for trip in trips if trip.stops[0].arrive_at < now)
    assert all(change.after.stops[0].arrive_at >= now for change in found.changes if change.after)


def test_what_the_checker_finds_fault_with_is_not_done_and_told(made: PlanMade) -> None:
    trips = late_on_purpose(made.trips)
    fault = Violation("outside_hours", trips[0].code)
    found = repaired(standing(trips, rough()), trips, Targets(), lambda trips: [fault])
    assert found.changes == () and found.steps == ()
    assert found.rejected and all(one.violation == fault for one in found.rejected)


def test_a_class_may_have_a_target_of_its_own(made: PlanMade) -> None:
    promise = judged(made.trips, PROBLEM.regency, SETTINGS, harsh())
    worst = max(promise.risks.values())
    mild = Targets(station=0.5, regency=0.5)
    strict = replace(mild, classes={worst: 0.9999})
    assert promise.below(mild) == []
    below = promise.below(strict)
    assert below and {promise.risks[code] for code in below} == {worst}
    assert not promise.holds(strict) and strict.of(worst) == 0.9999 and mild.of(worst) == 0.5


def test_a_repair_towards_a_class_serves_that_class(made: PlanMade) -> None:
    trips = late_on_purpose(made.trips)
    risks = {village.risk for village in PROBLEM.villages()}
    low = Targets(station=0.5, regency=0.5)
    assert repaired(standing(trips, rough()), trips, low, no_fault).changes == ()
    wanted = replace(low, classes={min(risks): 0.99})
    found = repaired(standing(trips, rough()), trips, wanted, no_fault)
    own = [code for code, risk in found.after.risks.items() if risk is min(risks)]
    assert found.changes
    assert sum(found.after.stations[code] for code in own) > sum(found.before.stations[code] for code in own)


def test_harm_is_what_any_station_loses(made: PlanMade) -> None:
    before = lived(made.trips, PROBLEM.regency, SETTINGS, harsh())
    worse = replace(before, stations={**before.stations, min(before.stations): 0.0})
    assert harms(before, worse) and not harms(before, before) and not harms(worse, before)


@settings_(max_examples=4, deadline=None)
@given(late_h=st.lists(st.integers(0, 4), min_size=6, max_size=6))
def test_however_late_trips_are_planned_a_repair_harms_nobody_and_is_done_once(late_h: list[int]) -> None:
    trips = [
        begun(trip, trip.stops[0].arrive_at + timedelta(hours=late_h[number % 6]), trip.vehicle)
        if trip.leg is Leg.TO_STATION and trip.depart_at >= NOON
        else trip
        for number, trip in enumerate(make_plan(PROBLEM, SETTINGS).trips)
    ]
    found = repair(trips, rough())
    assert repair(found.trips, rough()).changes == ()
    told, now = received(trips), received(found.trips)
    assert all(now[station] <= at for station, at in told.items())
    for code, share in found.before.stations.items():
        assert found.after.stations[code] >= share - 4 * found.before.outcome.error(share)
    assert {one for trip in found.trips for part in trip.consignments for one in part.stations} == {
        one for trip in trips for part in trip.consignments for one in part.stations
    }
