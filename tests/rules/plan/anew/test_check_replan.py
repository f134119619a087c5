"""A new version broken by hand is caught, each break by its own rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from kawal.rules.plan.anew.check_replan import Circumstances, check_replan
from kawal.rules.plan.anew.disruption import (
    ALWAYS,
    Closed,
    Disruption,
    Fewer,
    Held,
    ModeLost,
    More,
    Raised,
    Span,
    Withdrawn,
)
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.facts import Leg, Trip
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.small import ordinary, ordinary_plan, settings

PROBLEM = ordinary()
SETTINGS = settings()
TRIPS = ordinary_plan().trips
EARLY = SETTINGS.calendar.deadline_at - timedelta(days=10)
HOUR = timedelta(hours=1)


def codes(
    *disruptions: Disruption,
    trips: Sequence[Trip] = TRIPS,
    now: datetime = EARLY,
    happened: Mapping[str, Happened] | None = None,
) -> set[str]:
    told = Circumstances(before=TRIPS, now=now, disruptions=disruptions, happened=happened or {})
    return {found.code for found in check_replan(PROBLEM, SETTINGS, trips, (), told)}


def first(leg: Leg) -> Trip:
    return next(trip for trip in TRIPS if trip.leg is leg)


def changed(trip: Trip, **changes: object) -> list[Trip]:
    return [replace(one, **changes) if one is trip else one for one in TRIPS]  # type: ignore[arg-type]


def during(trip: Trip) -> Span:
    return Span(start=trip.depart_at, end=trip.back_at)


def test_the_plan_itself_breaks_nothing() -> None:
    assert codes() == set()
    now = SETTINGS.calendar.opening_at
    told = {trip.code: Happened(left_at=trip.depart_at) for trip in TRIPS if trip.depart_at < now}
    assert codes(now=now, happened=told) == set()


def test_what_stays_though_the_world_changed_is_caught() -> None:
    trip = first(Leg.TO_PPS)
    assert codes(Closed(area=trip.area, span=during(trip))) == {"through_what_is_shut"}
    assert codes(Held(site=trip.stops[1].site, span=during(trip))) == {"through_what_is_shut"}
    assert codes(Withdrawn(vehicle=trip.vehicle, span=during(trip))) == {"on_what_is_away"}
    assert codes(ModeLost(area=trip.area, mode=trip.mode, span=during(trip))) == {"on_what_is_away"}
    assert "on_what_is_away" in codes(Fewer(area="16.07", mode=TRIPS[0].mode, count=99, span=ALWAYS))
    assert "class_not_raised" in codes(Raised(area="16.07.01.2001", risk=RiskClass.SPECIAL))


def test_what_has_left_already_is_not_blamed_for_it() -> None:
    trip = first(Leg.TO_PPK)
    told = {trip.code: Happened(left_at=trip.depart_at)}
    shut = Closed(area="16.07.02", span=during(trip))
    assert codes(shut, now=trip.depart_at + HOUR) != set()
    assert codes(shut, now=trip.depart_at + HOUR, happened=told) == set()


def test_history_that_moved_is_caught() -> None:
    trip = first(Leg.TO_PPK)
    told = {trip.code: Happened(left_at=trip.depart_at)}
    now = trip.depart_at + HOUR
    later = changed(trip, latest_departure_at=trip.latest_departure_at + HOUR)
    assert "history_changed" in codes(trips=later, now=now, happened=told)
    gone = [one for one in TRIPS if one is not trip]
    assert "history_changed" in codes(trips=gone, now=now, happened=told)
    assert (
        "history_changed"
        in codes(
            Withdrawn(vehicle=trip.vehicle, span=ALWAYS),
            trips=changed(trip, consignments=()),
            now=now,
            happened={trip.code: Happened(handed={trip.consignments[0].to_site: now})},
        )
        or len(trip.consignments) == 0
    )


def test_a_code_that_means_something_else_is_caught() -> None:
    one, other = [trip for trip in TRIPS if trip.leg is Leg.TO_STATION][:2]
    swapped = [
        replace(trip, code=other.code if trip is one else one.code if trip is other else trip.code)
        for trip in TRIPS
    ]
    assert "code_reused" in codes(trips=swapped)


def test_a_new_trip_in_the_past_is_caught() -> None:
    trip = first(Leg.TO_STATION)
    late = changed(trip, latest_departure_at=trip.latest_departure_at - timedelta(minutes=1))
    assert "begins_in_the_past" in codes(trips=late, now=trip.depart_at)
    assert "begins_in_the_past" not in codes(trips=late, now=trip.stops[0].arrive_at)


def test_goods_that_come_later_than_planned_cannot_be_sent_on_before() -> None:
    trip = first(Leg.TO_PPS)
    late = {trip.code: Happened(left_at=trip.depart_at + timedelta(days=2))}
    assert codes(happened=late) == {"not_there_yet"}
    told = {trip.code: Happened(handed={trip.consignments[0].to_site: trip.back_at + timedelta(days=2)})}
    assert codes(happened=told) == {"not_there_yet"}


def test_vehicles_that_nobody_promised_are_caught() -> None:
    trip = first(Leg.TO_PPK)
    helped = changed(trip, vehicle="truck-16.07-77")
    assert "vehicle_unknown" in codes(trips=helped)
    assert "vehicle_unknown" not in codes(
        More(area="16.07", mode=trip.mode, count=1, span=ALWAYS), trips=helped
    )
    assert "vehicle_unknown" in codes(More(area="16.08", mode=trip.mode, count=1, span=ALWAYS), trips=helped)


def test_a_new_trip_is_judged_by_all_rules_of_a_plan() -> None:
    trip = first(Leg.TO_PPK)
    assert "unguarded" in codes(trips=changed(trip, escort=replace(trip.escort, officers_count=0)))
    assert "not_once_per_leg" in codes(trips=[one for one in TRIPS if one is not trip])
