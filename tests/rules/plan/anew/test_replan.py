"""What is touched is planned anew, and nothing else moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from kawal.rules.plan.anew.check_replan import Circumstances, check_replan
from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.disruption import (
    ALWAYS,
    Closed,
    Disruption,
    Fewer,
    Held,
    ModeLost,
    More,
    Raised,
    Reached,
    Span,
    StationAdded,
    StationMoved,
    Withdrawn,
)
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.anew.replan import ABOARD, Replanned, replan
from kawal.rules.plan.anew.touched import Planned, breaks
from kawal.rules.plan.facts import BY_GATEWAY, BY_LANDING, DIRECT, Access, Leg, Mode, Trip
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from tests.rules.plan.anew.told import as_planned, stations
from tests.rules.plan.small import district, ordinary, ordinary_plan, regency, settings, village

PROBLEM = ordinary()
SETTINGS = settings()
MADE = ordinary_plan()
DEADLINE = SETTINGS.calendar.deadline_at  # H-1 18:00 local
EARLY = DEADLINE - timedelta(days=10)


def at(days: int, hour: int) -> datetime:
    """An hour (local) of a day counted from the vote."""
    return DEADLINE + timedelta(days=days + 1, hours=hour - 18)


def anew(
    *disruptions: Disruption,
    now: datetime = EARLY,
    happened: Mapping[str, Happened] | None = None,
    before: PlanMade = MADE,
) -> Replanned:
    """A new version that holds by the checker."""
    world = Disrupted(PROBLEM, SETTINGS, before.trips, disruptions)
    found = replan(world, before, now=now, happened=happened)
    told = Circumstances(before=before.trips, now=now, disruptions=disruptions, happened=happened or {})
    assert check_replan(PROBLEM, SETTINGS, found.made.trips, found.made.unserved, told) == []
    return found


def carried(trips: Sequence[Trip], leg: Leg) -> set[str]:
    return {station for trip in trips if trip.leg is leg for station in stations(trip)}


@pytest.mark.parametrize("days", [-10, -4, -2, -1, 0, 6])
def test_without_a_disruption_the_plan_is_the_same(days: int) -> None:
    now = at(days, 9)
    assert anew(now=now, happened=as_planned(MADE.trips, now)).made == MADE
    assert anew(now=now).made == MADE, "silence is no evidence that something went wrong"


def test_a_flood_moves_what_goes_into_it_to_after_it_and_nothing_else() -> None:
    flood = Closed(area="16.07.02", span=Span(start=at(-3, 0), end=at(-2, 0)))
    found = anew(flood)
    assert not found.made.unserved
    touched = {trip.code: trip for trip in found.made.trips if trip.code in found.anew}
    assert touched and {trip.leg for trip in touched.values()} == {Leg.TO_PPS}
    assert all(trip.depart_at >= at(-2, 0) for trip in touched.values())
    old = {trip.code: trip for trip in MADE.trips}
    assert all(trip == old[trip.code] for trip in found.made.trips if trip.code not in found.anew)


def test_a_flood_until_the_vote_names_whom_it_cuts_off() -> None:
    found = anew(Closed(area="16.07.02", span=Span(start=at(-5, 0), end=at(1, 0))))
    assert {(row.leg, row.reason) for row in found.made.unserved} == {(Leg.TO_PPK, "shut")}
    cut_off = {station for row in found.made.unserved for station in row.stations}
    assert cut_off == {load.station for village in PROBLEM.districts[1].villages for load in village.loads}
    assert carried(found.made.trips, Leg.TO_STATION).isdisjoint(cut_off)


def test_a_locked_warehouse_uses_the_days_that_were_to_spare() -> None:
    found = anew(Held(site=PROBLEM.site, span=Span(end=at(-3, 6))))
    assert not found.made.unserved
    assert all(t.depart_at >= at(-3, 6) for t in found.made.trips if t.leg is Leg.TO_PPK)


def test_a_broken_vehicle_is_not_used_and_its_trips_keep_their_codes() -> None:
    found = anew(Withdrawn(vehicle="truck-16.07-01", span=ALWAYS))
    assert not found.made.unserved and "truck-16.07-01" not in {trip.vehicle for trip in found.made.trips}
    assert not found.gone, "each carries what it carried, so a code means what it meant"
    assert len(found.anew) == sum(trip.vehicle == "truck-16.07-01" for trip in MADE.trips)


def test_new_loads_get_numbers_that_were_never_used() -> None:
    found = anew(Closed(area="16.07.01", span=Span(start=at(-5, 0), end=at(-4, 12))))
    old = {trip.code for trip in MADE.trips}
    fresh = [code for code in found.anew if code not in old]
    assert found.gone and fresh
    world = Disrupted(PROBLEM, SETTINGS, MADE.trips, [Closed(area="16.07.01", span=Span(end=at(-4, 12)))])
    later = replan(world, MADE, now=EARLY, highest={Leg.TO_PPK: 70})
    assert next(code for code in later.anew if code not in old) == "16.07-to_ppk-071"


def test_a_mode_that_is_lost_for_a_day_is_not_used_that_day() -> None:
    lost = ModeLost(area="16.07", mode=Mode.SPEEDBOAT, span=Span(start=at(-3, 0), end=at(-2, 0)))
    found = anew(lost)
    assert not found.made.unserved
    moved = [trip for trip in found.made.trips if trip.code in found.anew]
    assert [trip.mode for trip in moved] == [Mode.SPEEDBOAT]


def test_fewer_vehicles_and_more_vehicles() -> None:
    fewer = Fewer(area="16.07.01.2001", mode=Mode.MOTORBIKE, count=1, span=ALWAYS)
    found = anew(fewer)
    assert len({t.vehicle for t in found.made.trips if t.area == "16.07.01.2001"}) == 1
    every = Fewer(area="16.07.01.2001", mode=Mode.MOTORBIKE, count=2, span=ALWAYS)
    without = anew(every)
    assert len(without.made.unserved) and without.made.shortfalls
    helped = anew(every, More(area="16.07.01.2001", mode=Mode.MOTORBIKE, count=1, span=ALWAYS))
    assert not helped.made.unserved
    assert "motorbike-16.07.01.2001-03" in {trip.vehicle for trip in helped.made.trips}


def test_help_that_comes_later_takes_up_what_was_given_up() -> None:
    every = Fewer(area="16.07.01.2001", mode=Mode.MOTORBIKE, count=2, span=ALWAYS)
    left = anew(every).made
    helped = anew(every, More(area="16.07.01.2001", mode=Mode.MOTORBIKE, count=2, span=ALWAYS), before=left)
    assert left.unserved and not helped.made.unserved and not helped.made.shortfalls


def test_a_raised_class_gets_its_guard() -> None:
    found = anew(Raised(area="16.07.01.2001", risk=RiskClass.HIGH))
    theirs = {load.station for load in PROBLEM.districts[0].villages[0].loads}
    assert all(trip.risk is RiskClass.HIGH for trip in found.made.trips if stations(trip) & theirs)


def test_another_access_without_its_vehicles_says_how_many_would_be_enough() -> None:
    found = anew(Reached(area="16.07.01.2002", access=Access.WATER))
    assert {row.reason for row in found.made.unserved} == {"no_vehicle_for_access"}
    assert [(row.leg, row.mode, row.vehicles_count) for row in found.made.shortfalls] == [
        (Leg.TO_PPS, Mode.SPEEDBOAT, 1)
    ]


def test_a_station_added_and_a_station_moved() -> None:
    added = StationAdded(station="1607012001010", parcels_count=5, weight_kg=50)
    found = anew(added)
    legs = set(Leg) - BY_GATEWAY - BY_LANDING - DIRECT
    assert all(added.station in carried(found.made.trips, leg) for leg in legs)
    assert not found.gone and len(found.anew) == len(legs)
    moved = anew(StationMoved(station="1607012003001", lat=-3.01, lon=104.1))
    assert {code.split("-")[1] for code in moved.anew} == {"to_station", "back_pps"}


def test_what_has_left_stays_and_what_waits_for_it_follows() -> None:
    now = at(-3, 8)
    told = as_planned(MADE.trips, now)
    late = next(trip for trip in MADE.trips if trip.leg is Leg.TO_PPS)
    told[late.code] = Happened(left_at=late.depart_at + timedelta(hours=30))
    found = anew(now=now, happened=told)
    old = {trip.code: trip for trip in MADE.trips}
    assert all(trip == old[trip.code] for trip in found.made.trips if trip.code in told)
    waiting = [trip for trip in found.made.trips if trip.code in found.anew]
    assert waiting and all(stations(trip) <= stations(late) for trip in waiting)
    there = late.stops[1].depart_at + timedelta(hours=30)
    assert all(trip.stops[0].arrive_at >= there for trip in waiting)


def test_goods_on_a_broken_vehicle_are_told_or_go_again_when_they_are_back() -> None:
    trip = next(trip for trip in MADE.trips if len(trip.consignments) == 7)
    now = trip.consignments[2].arrive_at + timedelta(minutes=1)
    told = as_planned(MADE.trips, now)
    broken = Withdrawn(vehicle=trip.vehicle, span=Span(start=now))
    found = anew(broken, now=now, happened=told)
    after = {one.code: one for one in found.made.trips}
    assert len(after[trip.code].consignments) == 3
    assert {row.reason for row in found.made.unserved if row.leg is trip.leg} == {ABOARD}
    assert len(carried(found.made.trips, Leg.TO_STATION)) == len(carried(MADE.trips, Leg.TO_STATION)) - 4
    helped = anew(
        Withdrawn(vehicle=trip.vehicle, span=Span(start=now), goods_back_at=now + timedelta(hours=3)),
        More(area=trip.area, mode=trip.mode, count=1, span=ALWAYS),
        now=now,
        happened=told,
    )
    assert carried(helped.made.trips, Leg.TO_STATION) == carried(MADE.trips, Leg.TO_STATION)


def test_who_is_underway_into_what_is_shut_is_named() -> None:
    trip = next(trip for trip in MADE.trips if trip.leg is Leg.TO_PPK)
    now = trip.depart_at + timedelta(minutes=5)
    found = anew(Closed(area="16.07.02", span=Span(start=now)), now=now, happened=as_planned(MADE.trips, now))
    assert trip.code in found.in_it


def test_what_is_not_of_this_regency_is_refused_by_number() -> None:
    wrong: list[Disruption] = [
        Closed(area="16.08", span=ALWAYS),
        Withdrawn(vehicle="truck-16.07-99", span=ALWAYS),
        Fewer(area="16.07", mode=Mode.TRUCK, count=50, span=ALWAYS),
        Held(site="GDG-99.99", span=ALWAYS),
        StationMoved(station="1607012001099", lat=0, lon=0),
        StationAdded(station="1699012001099", parcels_count=1, weight_kg=1),
        StationMoved(station="1607012003001", lat=104.1, lon=-3.01),
        StationAdded(station="1607012001099", parcels_count=1, weight_kg=1, lat=3.01, lon=104.1),
    ]
    with pytest.raises(Refused) as refused:
        Disrupted(PROBLEM, SETTINGS, MADE.trips, wrong)
    notices = refused.value.facts["notices"]
    assert isinstance(notices, tuple)
    assert [row.number for row in notices] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert {row.problem for row in notices[6:]} == {"beyond_the_regency"}


_AREAS = [PROBLEM.regency, *(d.code for d in PROBLEM.districts), *(v.code for v in PROBLEM.villages())]
_MODES = sorted({trip.mode for trip in MADE.trips})
_VEHICLES = sorted({trip.vehicle for trip in MADE.trips})


@st.composite
def _spans(draw: st.DrawFn) -> Span:
    start = draw(st.integers(-6 * 24, 8 * 24))
    length = draw(st.integers(1, 72))
    return Span(start=at(start // 24, start % 24), end=at((start + length) // 24, (start + length) % 24))


_DISRUPTIONS = st.one_of(
    st.builds(Closed, area=st.sampled_from(_AREAS), span=_spans()),
    st.builds(Withdrawn, vehicle=st.sampled_from(_VEHICLES), span=_spans()),
    st.builds(ModeLost, area=st.sampled_from(_AREAS), mode=st.sampled_from(_MODES), span=_spans()),
    st.builds(Raised, area=st.sampled_from(_AREAS), risk=st.sampled_from(list(RiskClass))),
)


@budget(max_examples=25, deadline=None)
@given(st.lists(_DISRUPTIONS, min_size=1, max_size=3), st.integers(-6 * 24, 24))
def test_whatever_happens_the_new_version_holds_and_history_does_not_move(
    disruptions: list[Disruption], hour: int
) -> None:
    now = at(hour // 24, hour % 24)
    told = as_planned(MADE.trips, now)
    found = anew(*disruptions, now=now, happened=told)
    assert anew(*disruptions, now=now, happened=told) == found, "same inputs, same version"
    old = {trip.code: trip for trip in MADE.trips}
    for trip in found.made.trips:
        assert (trip.code in found.anew) != (old.get(trip.code) == trip)


@budget(max_examples=25, deadline=None)
@given(st.lists(_DISRUPTIONS, min_size=2, max_size=3))
def test_disruptions_together_break_at_least_what_each_breaks_alone(disruptions: list[Disruption]) -> None:
    def touched(*some: Disruption) -> set[str]:
        found = anew(*some)
        old = {trip.code: trip for trip in MADE.trips}
        return {code for code in (*found.anew, *found.gone) if code in old} & direct(*some)

    def direct(*some: Disruption) -> set[str]:
        world = Disrupted(PROBLEM, SETTINGS, MADE.trips, some)
        return {trip.code for trip in MADE.trips if breaks(Planned(world), trip)}

    every = direct(*disruptions)
    for few, more in pairwise(range(len(disruptions) + 1)):
        assert direct(*disruptions[few:more]) <= every
    assert touched(*disruptions) == every


def test_what_was_told_before_still_holds_in_the_version_after() -> None:
    flood = Closed(area="16.07.02", span=Span(start=at(-3, 0), end=at(-2, 0)))
    first = anew(flood, More(area="16.07", mode=Mode.TRUCK, count=1, span=ALWAYS))
    again = anew(flood, More(area="16.07", mode=Mode.TRUCK, count=1, span=ALWAYS), before=first.made)
    assert again.made == first.made


def test_goods_that_were_aboard_go_on_when_it_is_told_that_they_are_back() -> None:
    trip = next(trip for trip in MADE.trips if len(trip.consignments) == 7)
    now = trip.consignments[2].arrive_at + timedelta(minutes=1)
    told = as_planned(MADE.trips, now)
    help_ = More(area=trip.area, mode=trip.mode, count=1, span=ALWAYS)
    broken = Withdrawn(vehicle=trip.vehicle, span=Span(start=now))
    lost = anew(broken, help_, now=now, happened=told)
    assert {row.reason for row in lost.made.unserved} == {ABOARD}
    still = anew(broken, help_, now=now, happened=told, before=lost.made)
    assert still.made == lost.made
    back = replace(broken, goods_back_at=now + timedelta(hours=2))
    found = anew(broken, back, help_, now=now, happened=told, before=lost.made)
    assert carried(found.made.trips, Leg.TO_STATION) == carried(MADE.trips, Leg.TO_STATION)


def test_a_trip_of_several_days_stays_as_it_is_and_what_is_far_is_planned_anew_over_days() -> None:
    away = district("16.07.09", village("16.07.09.2001", 3, km=302), km=300)
    problem = regency(*PROBLEM.districts, away)
    made = make_plan(problem, SETTINGS)
    (far,) = [trip for trip in made.trips if trip.halts and trip.leg is Leg.TO_PPK]

    def after(one: Disruption) -> Replanned:
        world = Disrupted(problem, SETTINGS, made.trips, (one,))
        found = replan(world, made, now=EARLY)
        told = Circumstances(before=made.trips, now=EARLY, disruptions=(one,), happened={})
        assert check_replan(world.problem, world.settings, found.made.trips, found.made.unserved, told) == []
        return found

    near = after(Raised(area="16.07.01.2001", risk=RiskClass.HIGH))
    assert far in near.made.trips
    rests_at = next(stop.site for stop in far.stops if stop.site.startswith("SGH-"))
    shut = {
        one for one in ("16.07.01", "16.07.09") if far not in after(Closed(area=one, span=ALWAYS)).made.trips
    }
    assert shut == {"16.07.09", rests_at.removeprefix("SGH-")[:8]}
    lost = after(Withdrawn(vehicle=far.vehicle, span=ALWAYS))
    (again,) = [trip for trip in lost.made.trips if trip.halts and trip.leg is Leg.TO_PPK]
    assert again.vehicle != far.vehicle and again.code == far.code
