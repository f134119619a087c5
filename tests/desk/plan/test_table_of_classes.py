"""A changed table of classes reaches the plan and the watch; the old plan keeps the one it was made by."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from kawal.desk.plan import reads
from kawal.desk.plan.models import Plan
from kawal.desk.risk import actions as scoring
from kawal.desk.risk import deciding
from kawal.desk.risk import reads as risk
from kawal.desk.watch import watching
from kawal.rules.plan.facts import Leg, Trip
from kawal.rules.risk.classes import RiskClass

from .conftest import NOW, make

BY_ROAD = "16.07.01.1001"
UNASSESSED = RiskClass.VULNERABLE  # as the plan takes a village that nobody has scored


def change(area: str, *changes: tuple[str, str]) -> None:
    text = risk.table(area).text
    for pattern, new in changes:
        text, found = re.subn(pattern, new, text)
        assert found
    deciding.change_patterns(area, text, "Perahu kecil", "kapolres", now=NOW)


def aboard(trip: Trip) -> int:
    return len({station for part in trip.consignments for station in part.stations})


def test_a_lower_loss_limit_and_a_bigger_escort_are_in_the_next_plan(regency: str) -> None:
    first = make(regency)
    assert max(aboard(trip) for trip in reads.trips(first, leg=Leg.TO_PPK)) > 4
    assert not reads.follows_older_table(first, regency)
    change(
        regency,
        (r"stations_per_vehicle = \d+", "stations_per_vehicle = 4"),
        ("truck = 4", "truck = 6"),
        ("truck = 2", "truck = 5"),
    )
    assert reads.follows_older_table(first, regency)
    second = make(regency, reason="Tabel baru")
    assert not reads.follows_older_table(second, regency)
    trips = reads.trips(second, leg=Leg.TO_PPK)
    assert max(aboard(trip) for trip in trips) == 4
    assert {trip.escort.officers_count for trip in trips if trip.mode == "truck"} == {5}
    assert Plan.objects.get(pk=first).patterns != Plan.objects.get(pk=second).patterns
    assert reads.check_plan(second, now=NOW) == []
    assert reads.check_plan(first, now=NOW) != []  # judged by what holds now, it is guarded too thinly


def test_hard_classes_begin_earlier_where_the_table_says_so(regency: str) -> None:
    def first_departure(reason: str) -> datetime:
        trips = reads.trips(make(regency, reason=reason), leg=Leg.TO_STATION, area=BY_ROAD)
        return min(trip.depart_at for trip in trips)

    before = first_departure("")
    change(regency, ("days_early = 0", "days_early = 1"))
    assert first_departure("Lebih awal") < before - timedelta(hours=12)


def test_the_watch_asks_by_the_table_of_the_plans_own_area(regency: str) -> None:
    made = Plan.objects.get(pk=make(regency))
    at = made.voting_at - timedelta(days=1)
    (plan,) = watching.watched_plans(at)
    assert plan.by_class[UNASSESSED].silence_s == 5_400
    change(regency, (r"silence_s = \d+", "silence_s = 600"))
    (plan,) = watching.watched_plans(at)
    assert plan.by_class[UNASSESSED].silence_s == 600
    assert watching.limits().by_class[UNASSESSED].silence_s == 5_400  # of all other areas


def test_a_class_that_rose_since_the_plan_counts_in_the_watch_at_once(regency: str) -> None:
    made = make(regency)
    trip = reads.trips(made, leg=Leg.TO_STATION, area=BY_ROAD)[0]
    at = trip.depart_at + timedelta(minutes=1)
    ends = at + timedelta(days=9)
    scoring.compute(regency, now=NOW)
    computed = risk.classes(regency, now=at)[BY_ROAD]
    deciding.decide(BY_ROAD, RiskClass.SPECIAL, "Ancaman", ends, "piket", now=NOW)
    (plan,) = watching.watched_plans(at)
    watched = next(one for one in plan.trips if one.code == trip.code)
    assert (trip.risk, watched.risk) == (UNASSESSED, RiskClass.SPECIAL)
    assert computed is not RiskClass.SPECIAL
    assert reads.trip(made, trip.code).risk is UNASSESSED  # the plan of record stays what it was
