"""Events become tables, once each, in any batches."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kawal.desk.custody import actions, reads
from kawal.desk.custody.models import Finding, Incident, Milestone, ParcelStory, Position, Projection
from kawal.desk.ledger import reads as log
from kawal.desk.plan.models import Plan
from kawal.rules.custody.event import Act, Mismatch
from kawal.rules.custody.stages import Stage
from kawal.rules.places.codes import lineage
from tests.desk.custody.told import VILLAGE, need, parcels, planned, record, stations
from tests.rules.custody.stories import GDG, PPK, PPS, START, Cast, Story, line

pytestmark = pytest.mark.django_db

LATER = START + timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    """Two stations of a village, all their parcels needed, a plan that is easily kept."""
    codes = stations(2)
    seals = need(codes)
    planned(START + timedelta(days=3))
    again = {parcel: tuple(number + 10_000 for number in numbers) for parcel, numbers in seals.items()}
    return Cast(Story(), [one for code in codes for one in parcels(code)], first=seals, second=again)


def test_an_honest_distribution_moves_every_area_above_it(cast: Cast) -> None:
    cast.pack()
    cast.out()
    record(cast.story.events)
    for area in lineage(VILLAGE):
        progress = reads.progress(area)
        assert progress.stations_by_stage == {Stage.AT_STATION: 2}
        assert (progress.received_on_time, progress.received_late, progress.findings_count) == (2, 0, 0)
    cast.story.events.clear()
    cast.vote()
    cast.back()
    record(cast.story.events, at_once=1)
    assert reads.progress("").stations_by_stage == {Stage.BACK_HOME: 2}
    assert not Finding.objects.exists()


def test_a_station_stands_where_its_slowest_parcel_stands(cast: Cast) -> None:
    cast.pack()
    cast.out()
    record(cast.story.events[:1])
    one = cast.parcels[0] // 100
    assert reads.station_progress(VILLAGE)[f"{one:013d}"].stage is Stage.PACKED
    record(cast.story.events[1:2])
    assert reads.station_progress(VILLAGE)[f"{one:013d}"].stage is Stage.SEALED
    assert reads.progress("16.07").stations_by_stage == {Stage.SEALED: 1}
    assert reads.progress("16.07").reached(Stage.PACKED) == 1


def test_a_parcel_that_nobody_told_about_keeps_its_station_waiting(cast: Cast) -> None:
    cast.story.packed(cast.packer, [line(cast.parcels[0], (), 255)])
    record(cast.story.events)
    assert reads.progress(VILLAGE).stations_by_stage == {Stage.NEEDED: 1}


def test_received_after_the_deadline_is_late_and_without_a_plan_neither(cast: Cast) -> None:
    cast.pack()
    cast.out()
    Plan.objects.all().delete()
    planned(START)
    record(cast.story.events)
    assert (reads.progress("16").received_on_time, reads.progress("16").received_late) == (0, 2)
    Plan.objects.all().delete()
    actions.rebuild()
    assert (reads.progress("16").received_on_time, reads.progress("16").received_late) == (0, 0)
    assert reads.progress("16").stations_by_stage == {Stage.AT_STATION: 2}


def test_c1_an_event_is_recorded_once_in_one_batch_and_in_two(cast: Cast) -> None:
    cast.pack()
    twice = [cast.story.events[0], *cast.story.events]
    first = actions.record(twice, received_at=LATER)
    assert [(receipt.index, receipt.repeated) for receipt in first] == [
        (0, False),
        (0, True),
        (1, False),
        (2, False),
        (3, False),
    ]
    again = actions.record(cast.story.events, received_at=LATER)
    assert [(receipt.index, receipt.repeated) for receipt in again] == [(n, True) for n in range(4)]
    assert log.size() == Projection.objects.get().up_to_index == 4


def test_nothing_to_record_is_no_trouble() -> None:
    assert actions.record([], received_at=LATER) == []
    assert log.size() == 0


def test_c2_a_finding_is_cleared_when_the_missing_offer_comes_and_stays_stored(cast: Cast) -> None:
    cast.pack()
    cast.story.handed(cast.packer, cast.driver, GDG, cast.lines())
    offer = cast.story.events.pop(-2)
    record(cast.story.events)
    assert {row.kind for row in reads.open_findings("16.07")} == {"offer_unknown"}
    assert reads.progress("16.07").findings_count == 12
    assert reads.station_progress(VILLAGE)[f"{cast.parcels[0] // 100:013d}"].findings_count == 6
    record([offer])
    assert reads.open_findings("16.07") == []
    assert reads.progress("16.07").findings_count == 0
    assert Finding.objects.filter(cleared_at__isnull=False).count() == 12
    assert {row.stage for row in ParcelStory.objects.all()} == {Stage.ON_THE_WAY_PPK}


@pytest.mark.parametrize("offer_last", [False, True])
def test_c8_silence_is_found_whichever_side_is_told_first(cast: Cast, offer_last: bool) -> None:
    cast.pack()
    silent, over = cast.parcels[0], cast.parcels[1]
    offered = [row for row in cast.lines() if row.parcel != over]
    offer = cast.story.offered(cast.packer, cast.driver, GDG, offered)
    accept = cast.story.accepted(
        cast.driver, offer, GDG, [row for row in cast.lines() if row.parcel != silent]
    )
    record(cast.story.events[:-2])
    for event in (accept, offer) if offer_last else (offer, accept):
        record([event])
    found = {(row.kind, row.parcel_code) for row in reads.open_findings(VILLAGE)}
    assert found == {("silent_short", silent), ("silent_over", over)}
    assert reads.findings_by_rule("16") == {"C8": 2}
    assert actions.check() == []


def test_c8_codes_that_nobody_needs_or_that_are_no_codes_are_findings(cast: Cast) -> None:
    unknown = parcels("1607032001009")[0]
    wrong = cast.parcels[0] + 1
    cast.story.packed(cast.packer, [line(code, ()) for code in sorted([unknown, wrong, 2**53 - 1])])
    record(cast.story.events)
    found = {(row.kind, row.parcel_code) for row in reads.open_findings("16.07")}
    assert found == {("unknown_parcel", unknown), ("bad_code", wrong), ("bad_code", 2**53 - 1)}
    assert reads.progress("16.07").stations_by_stage == {}
    assert list(ParcelStory.objects.values_list("parcel_code", flat=True)) == [unknown]


def test_c11_a_late_entry_is_one_finding_for_all_its_parcels(cast: Cast) -> None:
    cast.pack()
    now_ms = round(cast.story.now.timestamp() * 1000)
    check = {"site": PPK, "manifest": tuple(cast.lines())}
    cast.escort.tells(Act.SEAL_CHECK, happened_ms=now_ms, recorded_ms=now_ms + 3_600_000, **check)
    record(cast.story.events)
    (found,) = reads.open_findings("16.07.03")
    assert (found.kind, found.parcel_code, found.area_code) == ("back_filled", None, "16.07.03")
    story = reads.parcel_story(cast.parcels[0])
    assert [one.kind for one in story.steps[-1].findings] == ["back_filled"]


def test_c12_a_fork_is_found_even_where_the_two_events_share_no_parcel(cast: Cast) -> None:
    cast.pack()
    twin = cast.packer.forked()
    cast.packer.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()[:1]))
    twin.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()[1:2]))
    twin.tells(Act.POSITION, position=(0, 0, 1))
    record(cast.story.events[:-2])
    record(cast.story.events[-2:-1])
    (found,) = [one for one in reads.open_findings("16.07") if one.kind == "fork"]
    assert (found.facts["device"], found.facts["seq"]) == (cast.packer.kid.hex(), 4)
    record(cast.story.events[-1:])
    assert reads.findings_by_rule("") == {"C5": 3, "C12": 1}  # the fork, and what it makes doubtful


def test_c4_a_link_to_an_event_that_was_not_told_is_explained_by_it(cast: Cast) -> None:
    cast.pack()
    twin = cast.packer.forked()
    cast.packer.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()[:1]))
    hidden = twin.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()[1:2]))
    twin.tells(Act.SEAL_CHECK, site=GDG, manifest=tuple(cast.lines()[1:2]))
    cast.story.events.remove(hidden)
    record(cast.story.events)
    assert reads.findings_by_rule("") == {"C4": 1}
    record([hidden])
    assert reads.findings_by_rule("") == {"C5": 3, "C12": 1}


def test_c12_a_second_giving_is_a_dispute_once_the_givers_chain_is_whole(cast: Cast) -> None:
    cast.pack()
    story, lines = cast.story, cast.lines()
    story.handed(cast.packer, cast.driver, GDG, lines)
    between = cast.packer.tells(Act.POSITION, position=(0, 0, 1))
    story.handed(cast.packer, cast.rider, GDG, lines)
    story.events.remove(between)
    record(story.events)
    assert reads.findings_by_rule(VILLAGE) == {"C5": 12}
    assert {row.holder for row in ParcelStory.objects.all()} == {cast.driver.kid.hex()}
    record([between])  # it is about no parcel at all, and yet it is the proof
    assert reads.findings_by_rule(VILLAGE) == {"C12": 12}
    assert {(row.holder, row.disputed) for row in ParcelStory.objects.all()} == {("", True)}


def test_c3_seals_changed_in_silence_are_found_once_the_holders_chain_is_whole(cast: Cast) -> None:
    cast.pack()
    between = cast.packer.tells(Act.POSITION, position=(0, 0, 1))
    swapped = [line(row.parcel, [*row.seals[:5], 7] if row.seals else ()) for row in cast.lines()]
    cast.story.offered(cast.packer, cast.driver, GDG, swapped)
    cast.story.events.remove(between)
    record(cast.story.events)
    assert reads.findings_by_rule(VILLAGE) == {"C5": 10}
    record([between])
    assert reads.findings_by_rule(VILLAGE) == {"C3": 10}
    assert actions.check() == []


def test_trips_leave_milestones_positions_and_incidents(cast: Cast) -> None:
    trip, driver = "16.07-to_ppk-1", cast.driver
    driver.tells(Act.DEPARTED, trip=trip, site=GDG)
    driver.tells(Act.DEPARTED, trip=trip, site=GDG)
    driver.tells(Act.POSITION, trip=trip, position=(-29_000_000, 1_047_000_000, 20))
    ahead_ms = round((cast.story.now + timedelta(days=1000)).timestamp() * 1000)
    driver.tells(Act.POSITION, trip=trip, position=(0, 0, 20), happened_ms=ahead_ms, recorded_ms=ahead_ms - 1)
    driver.tells(Act.INCIDENT, kind="flood", trip=trip)
    driver.tells(Act.ARRIVED, trip=trip, site=PPK)
    for event in cast.story.events:
        actions.record([event], received_at=LATER)
    assert [(row.kind, row.entry_index) for row in reads.milestones([trip])[trip]] == [
        ("departed", 0),
        ("arrived", 5),
    ]
    assert reads.positions([trip])[trip].happened_at == LATER
    driver.tells(Act.POSITION, trip=trip, position=(-30_000_000, 1_048_000_000, 5))
    actions.record(cast.story.events[-1:], received_at=LATER + timedelta(minutes=1))
    assert reads.positions_under("16")[trip].lat == 0.0
    (incident,) = reads.incidents("16.07")
    assert (incident.kind, incident.area_code) == ("flood", "16.07")
    assert (Milestone.objects.count(), Position.objects.count(), Incident.objects.count()) == (2, 1, 1)


def test_findings_are_fresh_until_somebody_has_read_so_far(cast: Cast) -> None:
    cast.pack()
    offer = cast.story.offered(cast.packer, cast.driver, GDG, cast.lines())
    seen = [line(row.parcel, row.seals) for row in cast.lines()]
    why = ((cast.parcels[0], Mismatch.DAMAGED),)
    cast.story.accepted(cast.driver, offer, PPS, seen, exceptions=why)
    record(cast.story.events)
    assert [row.kind for row in reads.fresh_findings(0)] == ["damaged"]
    assert reads.fresh_findings(log.size()) == []
