"""What is planned anew is dated by living through it, and fits what stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from kawal.rules.plan.anew.check_promises import wrongly_told_anew
from kawal.rules.plan.anew.check_replan import Circumstances, check_replan
from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.disruption import Closed, Disruption, Span, Withdrawn
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.anew.replan import Replanned, replan
from kawal.rules.plan.at_risk import carried_out
from kawal.rules.plan.facts import FORWARD, Leg, Level, Trip
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.sure.delays import law_of
from tests.rules.plan.small import ordinary, settings
from tests.rules.plan.sure.test_delays import TEXT
from tests.rules.plan.sure.test_simulation import calm

PROBLEM = ordinary()
SETTINGS = settings(delays=law_of(TEXT))
MADE = make_plan(PROBLEM, SETTINGS)
DEADLINE = SETTINGS.calendar.deadline_at
DAY = timedelta(days=1)
EARLY = DEADLINE - 10 * DAY


def at(days: int, hour: int) -> datetime:
    return DEADLINE + timedelta(days=days + 1, hours=hour - 18)


FLOOD = Closed(area="16.07.02", span=Span(start=at(-3, 0), end=at(-2, 0)))
SHORT = Closed(area="16.07.02", span=Span(start=at(-4, 0), end=at(-1, 7)))


def anew(
    *disruptions: Disruption, now: datetime = EARLY, happened: Mapping[str, Happened] | None = None
) -> Replanned:
    world = Disrupted(PROBLEM, SETTINGS, MADE.trips, disruptions, happened)
    return replan(world, MADE, now=now, happened=happened)


def broken(
    found: Replanned,
    *disruptions: Disruption,
    trips: tuple[Trip, ...] | None = None,
    now: datetime = EARLY,
    happened: Mapping[str, Happened] | None = None,
    at_risk: set[str] | None = None,
) -> set[str]:
    told = Circumstances(
        before=MADE.trips,
        now=now,
        disruptions=disruptions,
        happened=happened or {},
        at_risk=found.made.at_risk if at_risk is None else at_risk,
    )
    judged = found.made.trips if trips is None else trips
    return {one.code for one in check_replan(PROBLEM, SETTINGS, judged, found.made.unserved, told)}


def fresh(found: Replanned) -> list[Trip]:
    return [trip for trip in found.made.trips if trip.code in found.anew and trip.leg in FORWARD]


def test_new_trips_are_dated_by_the_law_of_delays_and_keep_their_promise() -> None:
    found = anew(FLOOD)
    assert broken(found, FLOOD) == set()
    by_factors = replace(SETTINGS, delays=None)
    factors = replan(Disrupted(PROBLEM, by_factors, MADE.trips, [FLOOD]), MADE, now=EARLY)
    one, other = ({trip.code: trip.latest_departure_at for trip in fresh(two)} for two in (found, factors))
    assert one and one.keys() == other.keys() and one != other
    safe = [trip for trip in fresh(found) if trip.depart_at <= trip.latest_departure_at]
    assert safe, "they are not all told as at risk"


def test_what_stays_keeps_its_latest_departures_byte_for_byte() -> None:
    old = {trip.code: trip for trip in MADE.trips}
    found = anew(FLOOD)
    assert all(trip == old[trip.code] for trip in found.made.trips if trip.code not in found.anew)
    assert anew().made == MADE


def test_a_later_departure_than_is_safe_is_caught() -> None:
    found = anew(FLOOD)
    safe = [trip for trip in fresh(found) if trip.depart_at <= trip.latest_departure_at]
    late = {trip.code: replace(trip, latest_departure_at=trip.latest_departure_at + DAY) for trip in safe}
    trips = tuple(late.get(trip.code, trip) for trip in found.made.trips)
    aboard = {station for trip in safe for part in trip.consignments for station in part.stations}
    told = list(wrongly_told_anew(trips, set(found.anew), {}, SETTINGS, PROBLEM, found.made.at_risk))
    assert told and {one.where for one in told} <= aboard
    assert "promise_broken" in broken(found, FLOOD, trips=trips)


def test_with_hours_too_few_the_new_trips_are_told_as_at_risk_and_the_version_holds() -> None:
    found = anew(SHORT)
    assert broken(found, SHORT) == set()
    assert any(trip.leaves_too_late for trip in fresh(found))
    told = set(found.made.at_risk)
    assert told and told <= carried_out(fresh(found)), "nobody else falls short by it"
    assert broken(found, SHORT, at_risk=set()) == {"promise_broken"}


def test_who_is_told_as_at_risk_by_a_new_version_and_is_not_is_found() -> None:
    by = replace(SETTINGS, delays=calm())
    found = replan(Disrupted(PROBLEM, by, MADE.trips, [FLOOD]), MADE, now=EARLY)
    assert found.made.at_risk == ()
    for at_risk, rules in ((found.made.at_risk, []), (("1607022001001",), ["at_no_risk"])):
        told = Circumstances(before=MADE.trips, now=EARLY, disruptions=[FLOOD], at_risk=at_risk)
        assert [one.code for one in check_replan(PROBLEM, by, found.made.trips, (), told)] == rules


def test_who_no_new_trip_carries_stays_at_risk_or_not_as_before() -> None:
    before = replace(MADE, at_risk=("1607012001001", "1607022001001", "9999999999999"))
    world = Disrupted(PROBLEM, SETTINGS, MADE.trips, [FLOOD])
    found = replan(world, before, now=EARLY)
    assert "1607022001001" in carried_out(fresh(found)) and "1607012001001" not in carried_out(fresh(found))
    assert {*found.made.at_risk} - carried_out(fresh(found)) == {"1607012001001"}, "nor who is not carried"


@pytest.mark.parametrize("level", list(Level))
def test_what_left_late_is_lived_through_as_it_was_told(level: Level) -> None:
    by = replace(SETTINGS, level=level)
    made = make_plan(PROBLEM, by)
    late = next(trip for trip in made.trips if trip.leg is Leg.TO_PPK)
    told = {late.code: Happened(left_at=late.depart_at + timedelta(hours=26))}
    now = late.depart_at + timedelta(hours=26)
    truck = next(trip.vehicle for trip in made.trips if trip.leg is Leg.TO_PPS)
    broken_truck = Withdrawn(vehicle=truck, span=Span(start=now))
    world = Disrupted(PROBLEM, by, made.trips, [broken_truck], told)
    found = replan(world, made, now=now, happened=told)
    circumstances = Circumstances(before=made.trips, now=now, disruptions=[broken_truck], happened=told)
    assert check_replan(PROBLEM, by, found.made.trips, found.made.unserved, circumstances) == []
    again = replan(world, made, now=now, happened=told)
    assert again == found, "same inputs, same version"


@budget(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(-5 * 24, 0), st.integers(1, 60), st.integers(-6 * 24, -24), st.booleans())
def test_whenever_a_flood_comes_the_new_version_holds(start: int, hours: int, hour: int, left: bool) -> None:
    flood = Closed(
        area="16.07.02",
        span=Span(start=at(start // 24, start % 24), end=at((start + hours) // 24, (start + hours) % 24)),
    )
    now = at(hour // 24, hour % 24)
    told = {t.code: Happened(left_at=t.depart_at) for t in MADE.trips if left and t.depart_at <= now}
    found = anew(flood, now=now, happened=told)
    assert broken(found, flood, now=now, happened=told) == set()
