from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from kawal.desk.places import models as places
from kawal.desk.plan import models, reads
from kawal.desk.plan.anew import comparing, notices, replanning
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.facts import Leg, Level, Trip
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import NOW, make

FLOOD = """
[[closed]]
area = "16.07.02"
from = 2024-02-08 00:00:00
until = 2024-02-11 10:00:00
"""
LOST = '[[withdrawn]]\nvehicle = "truck-16.07-01"\n'


def again(
    area: str,
    text: str = FLOOD,
    *,
    what_if: bool = False,
    happened: Mapping[str, Happened] | None = None,
    now: datetime = NOW,
    instead: bool = False,
) -> int:
    return replanning.make_again(
        area, disruptions=text, reason="Flood", by="Logistics", now=now,
        happened=happened or {}, what_if=what_if, instead=instead,
    )  # fmt: skip


def by_code(plan: int) -> dict[str, Trip]:
    return {trip.code: trip for trip in reads.trips(plan)}


def test_only_what_is_touched_moves_and_the_version_holds(regency: str) -> None:
    first = make(regency)
    second = again(regency)
    assert [(plan.version, plan.of_record) for plan in reads.versions(regency)] == [(2, True), (1, False)]
    old, new = by_code(first), by_code(second)
    change = models.Change.objects.get(plan=second)
    assert change.told["anew"]
    assert all(new[code] == old[code] for code in new if code not in change.told["anew"])
    assert reads.check_plan(second, now=NOW) == []


def test_the_same_inputs_give_the_same_version(regency: str) -> None:
    make(regency)
    one, other = again(regency, what_if=True), again(regency, what_if=True)
    assert by_code(one) == by_code(other)


def test_what_was_told_before_still_holds_unless_it_is_told_anew(regency: str) -> None:
    make(regency)
    again(regency)
    both = again(regency, LOST)
    text = models.Change.objects.get(plan=both).disruptions
    assert "closed" in text and "withdrawn" in text
    assert "truck-16.07-01" not in {trip.vehicle for trip in reads.trips(both)}
    alone = again(regency, LOST, instead=True)
    assert "closed" not in models.Change.objects.get(plan=alone).disruptions


def test_a_number_is_never_used_twice(regency: str) -> None:
    make(regency)
    split = '[[class_raised]]\narea = "16.07.01.2002"\nclass = "special"\n'
    second = again(regency, split)
    fresh = set(by_code(second)) - set(by_code(reads.versions(regency)[1].id))
    third = again(regency, '[[class_raised]]\narea = "16.07.01.1001"\nclass = "high"\n')
    seen = {**by_code(second)}
    later = {code for code in by_code(third) if code not in seen}
    ever = models.Trip.objects.filter(plan__version__lte=2).values_list("code", flat=True)
    assert fresh and later and later.isdisjoint(ever)


def test_a_trip_that_has_left_is_history(regency: str) -> None:
    first = make(regency)
    trip = next(trip for trip in reads.trips(first) if trip.leg is Leg.TO_PPK)
    now = trip.depart_at + timedelta(minutes=1)
    second = again(regency, happened={trip.code: Happened(left_at=trip.depart_at)}, now=now)
    assert by_code(second)[trip.code] == trip
    assert models.Change.objects.get(plan=second).happened[trip.code]["left_at"] == trip.depart_at.isoformat()
    assert reads.check_plan(second, now=NOW) == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"by": " "}, "by_required"),
        ({"reason": ""}, "reason_required"),
        ({"disruptions": "[[flood]]"}, "wrong_disruptions"),
        ({"disruptions": '[[closed]]\narea = "32.01"'}, "wrong_disruptions"),
    ],
)
def test_a_refusal_changes_nothing(regency: str, asked: dict[str, str], code: str) -> None:
    make(regency)
    told = {"disruptions": FLOOD, "reason": "Flood", "by": "Logistics", **asked}
    with pytest.raises(Refused, match=code):
        replanning.make_again(
            regency, disruptions=told["disruptions"], reason=told["reason"], by=told["by"], now=NOW,
            happened={}, what_if=False,
        )  # fmt: skip
    assert models.Plan.objects.count() == 1 and not models.PostNotice.objects.exists()


def test_without_a_plan_there_is_nothing_to_plan_anew(regency: str) -> None:
    with pytest.raises(Refused, match="no_plan"):
        again(regency)


def test_a_what_if_stands_beside_until_it_is_adopted(regency: str) -> None:
    first = make(regency)
    idea = again(regency, what_if=True)
    record = reads.plan_of_record(regency)
    assert record is not None and record.id == first
    assert not models.PostNotice.objects.exists(), "an idea alarms nobody"
    replanning.adopt(idea, by="Chief", now=NOW, happened={})
    record = reads.plan_of_record(regency)
    assert record is not None and record.id == idea
    assert notices.of_plan(idea)
    with pytest.raises(Refused, match="what_if_decided"):
        replanning.adopt(idea, by="Chief", now=NOW, happened={})


def test_a_what_if_is_not_adopted_over_a_record_that_moved(regency: str) -> None:
    make(regency)
    idea = again(regency, what_if=True)
    moved = again(regency, LOST)
    with pytest.raises(Refused, match="record_moved"):
        replanning.adopt(idea, by="Chief", now=NOW, happened={})
    record = reads.plan_of_record(regency)
    assert record is not None and record.id == moved


def test_a_what_if_that_the_world_overtook_is_refused(regency: str) -> None:
    first = make(regency)
    idea = again(regency, what_if=True)
    old, told = by_code(first), models.Change.objects.get(plan=idea).told
    trip = next(old[code] for code in (*told["anew"], *told["gone"]) if code in old)
    gone = {trip.code: Happened(left_at=trip.depart_at)}
    with pytest.raises(Refused, match="what_if_outdated"):
        replanning.adopt(idea, by="Chief", now=NOW, happened=gone)


def test_a_what_if_can_be_dropped_and_stays_readable(regency: str) -> None:
    first = make(regency)
    idea = again(regency, what_if=True)
    replanning.drop(idea, by="Chief", now=NOW)
    assert comparing.changes(regency)[idea].adopted is False
    assert reads.trips(idea)
    for what in (first, 10_000):
        with pytest.raises(Refused, match="unknown_what_if"):
            replanning.drop(what, by="Chief", now=NOW)


def test_a_lost_boat_day_of_a_plan_over_a_jetty_moves_what_goes_over_it(regency: str) -> None:
    jetty = "DMG-16.07.01-1"
    places.Site.objects.create(
        code=jetty, kind="jetty", area_id="16.07.01", name="Tepi", lat=-2.9, lon=104.9, source="given"
    )
    first = make(regency, access="area,access\n16.07.02,water\n")
    boats = [trip for trip in reads.trips(first, leg=Leg.TO_PPK) if trip.stops[0].site == jetty]
    waves = f'[[mode_lost]]\narea = "16.07.02"\nmode = "{boats[0].mode}"\nuntil = {{at}}\n'
    second = again(regency, waves.format(at=boats[-1].back_at.isoformat()))
    moved = models.Change.objects.get(plan=second).told["anew"]
    assert {trip.code for trip in boats} <= set(moved)
    assert reads.check_plan(second, now=NOW) == []


def test_a_plan_down_to_the_villages_is_planned_anew_as_far_as_it_goes(regency: str) -> None:
    make(regency, level=Level.VILLAGE)
    second = again(regency)
    plan = reads.plan_by_id(second)
    assert plan.level is Level.VILLAGE and models.Change.objects.get(plan=second).told["anew"]
    assert {trip.leg for trip in reads.trips(second)}.isdisjoint({Leg.TO_STATION, Leg.BACK_PPS})
    assert reads.check_plan(second, now=NOW) == []


def test_officers_who_are_absent_are_replaced_by_other_posts_which_are_told(regency: str) -> None:
    first = make(regency)
    second = again(regency, '[[absent]]\npost = "polri/16.07.02"\nofficers = 99\n')
    assert reads.plan_by_id(second).summary["assumed_counts"]["absent_beyond_strength"] == 1
    old, new = by_code(first), by_code(second)
    told = models.Change.objects.get(plan=second).told
    theirs = {code for code, trip in old.items() if trip.escort.post == "polri/16.07.02"}
    helped = {code for code in told["anew"] if new[code].escort.post != "polri/16.07.02"}
    assert helped and helped <= theirs
    assert {"polri/16.07.02", *(new[code].escort.post for code in helped)} <= {
        notice.post for notice in notices.of_plan(second)
    }
    assert reads.plan_by_id(second).summary["assumed_counts"]["strengths_assumed"] == 1
    assert comparing.changes(regency)[second].unguarded == told["unguarded"]
    assert reads.check_plan(second, now=NOW) == []


def test_every_post_concerned_is_told_once_and_says_that_it_saw(regency: str) -> None:
    make(regency)
    second = again(regency)
    told = {notice.post: notice for notice in notices.of_plan(second)}
    assert {"kpu/16.07", "polri/16.07.02", "bawaslu/16.07.02", "kpu/16.07.02"} <= set(told)
    assert "kpu/16.07.01.1001" not in told, "nothing changed there"
    change = models.Change.objects.get(plan=second)
    concerned = {row["code"] for row in told["kpu/16.07"].trips}
    assert concerned == {*change.told["anew"], *change.told["gone"]}
    mine = told["polri/16.07.02"]
    assert notices.unseen_count(mine.post) == 1
    notices.seen(mine.id, post=mine.post, by="Budi", now=NOW)
    notices.seen(mine.id, post=mine.post, by="Ani", now=NOW)
    assert [(one.seen_by, one.seen_at) for one in notices.of_post(mine.post)] == [("Budi", NOW)]
    with pytest.raises(Refused, match="unknown_notice"):
        notices.seen(mine.id, post="polri/16.07.01", by="Eve", now=NOW)


def test_versions_are_compared_by_what_they_cost_and_promise(regency: str) -> None:
    make(regency)
    again(regency, '[[closed]]\narea = "16.07.02"\n')
    found = comparing.compared(regency, 1, 2)
    assert found.found.after.stations_unserved_count == 7
    assert {one.kind for one in found.found.promises} == {"lost"}
    assert {one.kind for one in comparing.compared(regency, 2, 1).found.promises} == {"gained"}
    assert not comparing.compared(regency, 1, 1).found.trips
    with pytest.raises(Refused, match="unknown_version"):
        comparing.compared(regency, 1, 9)
