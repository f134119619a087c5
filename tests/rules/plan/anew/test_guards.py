"""Officers who are absent: other posts guard, trips wait, and what nobody can guard is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from kawal.rules.plan.anew.check_replan import Circumstances, check_replan
from kawal.rules.plan.anew.disrupted import Disrupted
from kawal.rules.plan.anew.disruption import ALWAYS, Absent, Closed, Disruption, Span, disruptions_of
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.anew.replan import Replanned, replan
from kawal.rules.plan.facts import FORWARD, Leg, Trip
from kawal.rules.plan.make import PlanMade
from kawal.rules.refusals import Refused
from tests.rules.plan.small import ordinary, ordinary_plan, settings

PROBLEM = ordinary()
SETTINGS = settings()
MADE = ordinary_plan()
OLD = {trip.code: trip for trip in MADE.trips}
DEADLINE = SETTINGS.calendar.deadline_at
EARLY = DEADLINE - timedelta(days=10)
POST = "polri/16.07.02"
POSTS = ("polri/16.07", "polri/16.07.01", POST)
NOBODY_ELSE = {"polri/16.07": 0, "polri/16.07.01": 0}


def at(days: int, hour: int) -> datetime:
    return DEADLINE + timedelta(days=days + 1, hours=hour - 18)


def anew(
    *disruptions: Disruption,
    strengths: Mapping[str, int] | None = None,
    now: datetime = EARLY,
    happened: Mapping[str, Happened] | None = None,
    before: PlanMade = MADE,
) -> Replanned:
    """A new version that holds by the checker."""
    world = Disrupted(PROBLEM, SETTINGS, before.trips, disruptions, happened, strengths)
    found = replan(world, before, now=now, happened=happened)
    assert broken(found, disruptions, strengths, now=now, happened=happened, before=before) == set()
    return found


def broken(
    found: Replanned,
    disruptions: Sequence[Disruption],
    strengths: Mapping[str, int] | None = None,
    *,
    trips: Sequence[Trip] | None = None,
    now: datetime = EARLY,
    happened: Mapping[str, Happened] | None = None,
    before: PlanMade = MADE,
) -> set[str]:
    told = Circumstances(
        before=before.trips, now=now, disruptions=disruptions, happened=happened or {},
        strengths=strengths or {}, unguarded=found.unguarded,
    )  # fmt: skip
    judged = found.made.trips if trips is None else trips
    return {one.code for one in check_replan(PROBLEM, SETTINGS, judged, found.made.unserved, told)}


def of_post(trips: Sequence[Trip], post: str = POST) -> list[Trip]:
    return [trip for trip in trips if trip.escort.post == post and trip.escort.officers_count]


NOBODY = Absent(post=POST, count=99, span=Span(end=at(0, 0)))


def test_one_officer_fewer_where_there_are_enough_changes_nothing() -> None:
    found = anew(Absent(post=POST, count=1, span=ALWAYS), strengths={POST: 60})
    assert found.made == MADE and not found.unguarded


def test_where_nobody_is_left_other_posts_guard_and_nothing_else_of_the_trip_moves() -> None:
    found = anew(NOBODY, strengths={"polri/16.07": 60, "polri/16.07.01": 60})
    assert not found.unguarded
    taken = [trip for trip in found.made.trips if trip.code in found.anew]
    theirs = [trip for trip in of_post(MADE.trips) if trip.leg in FORWARD]
    assert {trip.code for trip in taken} == {trip.code for trip in theirs}
    assert {trip.escort.post for trip in taken} == {"polri/16.07.01"}, "the nearest Polsek has enough"
    for trip in taken:
        assert replace(trip, escort=OLD[trip.code].escort) == OLD[trip.code]


def test_where_no_other_post_can_trips_wait_until_officers_are_back() -> None:
    back = at(-2, 6)
    absent = Absent(post=POST, count=99, span=Span(end=back))
    found = anew(absent, strengths={**NOBODY_ELSE, POST: 60})
    assert not found.unguarded and not found.made.unserved
    moved = [trip for trip in found.made.trips if trip.code in found.anew and trip.leg is Leg.TO_PPS]
    assert moved and all(trip.stops[0].arrive_at >= back for trip in moved)


def test_what_nobody_can_guard_goes_as_planned_and_is_told() -> None:
    found = anew(NOBODY, strengths=NOBODY_ELSE)
    assert set(found.unguarded) == {trip.code for trip in of_post(MADE.trips) if trip.leg in FORWARD}
    assert found.made.trips == MADE.trips, "better late help than no logistics"


def stood_by(post: str) -> PlanMade:
    """All trips of another Polsek, with a second team of a post."""
    others = {trip.code for trip in of_post(MADE.trips, "polri/16.07.01")}
    assert others
    trips = [
        replace(trip, escort=replace(trip.escort, reserve_post=post)) if trip.code in others else trip
        for trip in MADE.trips
    ]
    return replace(MADE, trips=tuple(trips))


def test_a_second_team_of_officers_who_are_absent_does_not_stand_by() -> None:
    found = anew(NOBODY, strengths={"polri/16.07": 90, "polri/16.07.01": 90}, before=stood_by(POST))
    ahead = [trip for trip in found.made.trips if trip.leg in FORWARD]
    assert not any(trip.escort.reserve_post for trip in ahead)


def test_the_checker_finds_a_second_team_that_is_not_there() -> None:
    before = stood_by(POST)
    found = anew(NOBODY, strengths={"polri/16.07": 90, "polri/16.07.01": 90}, before=before)
    one = next(trip for trip in before.trips if trip.escort.reserve_post and trip.leg in FORWARD)
    trips = [replace(trip, escort=one.escort) if trip.code == one.code else trip for trip in found.made.trips]
    strengths = {"polri/16.07": 90, "polri/16.07.01": 90, POST: 0}
    told = Circumstances(
        before=MADE.trips, now=EARLY, disruptions=[NOBODY], strengths=strengths, unguarded=found.unguarded
    )
    faults = check_replan(PROBLEM, SETTINGS, trips, found.made.unserved, told)
    assert (one.code, "too_few_officers") in {(fault.where, fault.code) for fault in faults}


def test_planned_anew_again_nothing_moves() -> None:
    for strengths in ({**NOBODY_ELSE, POST: 60}, {"polri/16.07.01": 6, "polri/16.07": 4}, NOBODY_ELSE):
        first = anew(NOBODY, strengths=strengths)
        again = anew(NOBODY, strengths=strengths, before=first.made)
        assert (again.made.trips, again.unguarded) == (first.made.trips, first.unguarded)


def test_a_post_with_too_few_officers_is_caught_where_they_are_absent_and_where_they_help() -> None:
    strengths = {"polri/16.07": 60, "polri/16.07.01": 60}
    found = anew(NOBODY, strengths=strengths)
    assert broken(found, [NOBODY], strengths, trips=MADE.trips) == {"too_few_officers"}
    assert broken(found, [NOBODY], NOBODY_ELSE) == {"too_few_officers"}


def test_what_has_left_keeps_its_guard() -> None:
    first = next(trip for trip in of_post(MADE.trips))
    told = {first.code: Happened(left_at=first.depart_at)}
    found = anew(NOBODY, strengths={"polri/16.07.01": 60}, now=first.depart_at, happened=told)
    assert {trip.code: trip for trip in found.made.trips}[first.code] == first


def test_a_post_of_another_regency_is_refused_and_a_row_is_read() -> None:
    with pytest.raises(Refused, match="wrong_disruptions"):
        anew(Absent(post="polri/16.08.01", count=1, span=ALWAYS))
    zone = SETTINGS.calendar.zone
    read = disruptions_of('[[absent]]\npost = "16.07.02"\nofficers = 3\n', zone)
    assert read == (Absent(post=POST, count=3, span=ALWAYS),)
    for wrong in ('post = "kpu/16.07.02"\nofficers = 3', 'post = "polri/16.07.02"\nofficers = 0'):
        with pytest.raises(Refused, match="wrong_disruptions"):
            disruptions_of(f"[[absent]]\n{wrong}\n", zone)


@budget(max_examples=15, deadline=None)
@given(
    st.sampled_from(POSTS),
    st.integers(1, 20),
    st.integers(-5 * 24, 24),
    st.integers(1, 72),
    st.dictionaries(st.sampled_from(POSTS), st.integers(0, 12)),
    st.booleans(),
)
def test_whoever_is_absent_the_new_version_holds(
    post: str, count: int, start: int, hours: int, strengths: dict[str, int], flooded: bool
) -> None:
    span = Span(start=at(start // 24, start % 24), end=at((start + hours) // 24, (start + hours) % 24))
    flood = [Closed(area="16.07.02", span=Span(start=at(-3, 0), end=at(-2, 0)))] if flooded else []
    found = anew(Absent(post=post, count=count, span=span), *flood, strengths=strengths)
    assert anew(Absent(post=post, count=count, span=span), *flood, strengths=strengths) == found
