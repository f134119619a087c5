from datetime import timedelta

import pytest
from django.utils import translation

from kawal.desk.watch import reads, words
from kawal.desk.watch.actions import acknowledge, close, sweep
from kawal.rules.custody.findings import KINDS
from kawal.rules.custody.stages import Stage
from kawal.rules.plan.facts import Leg
from kawal.rules.refusals import Refused
from kawal.rules.watch.climb import Act
from kawal.rules.watch.facts import Kind, Severity
from kawal.rules.watch.mismatch import CALLED_FOR
from tests.desk.watch.tables import find, put_areas, put_plan, put_stage, tell
from tests.rules.watch.world import DEADLINE, HOUR, MORNING, VILLAGES, boat, consignment, stations

pytestmark = pytest.mark.django_db

TRIP = "16.07-to_pps-1"
LATE = MORNING + 3 * HOUR
MINUTE = timedelta(minutes=1)
POLSEK, POLRES = "polri/16.07.03", "polri/16.07"


@pytest.fixture(autouse=True)
def some_areas(db):
    put_areas()


def late_and_broken():
    put_plan([boat()])
    find("seal_broken", stations()[0], MORNING)
    sweep(now=LATE)


def test_alerts_of_an_area_are_those_of_all_below_it_the_worst_first():
    late_and_broken()
    for area in ("", "16", "16.07", "16.07.03"):
        assert [row.kind for row in reads.alerts(area)] == ["seal_mismatch", "late"]
    assert [row.kind for row in reads.alerts(VILLAGES[0])] == ["seal_mismatch"]
    assert [row.kind for row in reads.alerts(stations()[0])] == ["seal_mismatch"]
    assert reads.alerts("16.08") == [] and reads.alerts("16.07.03", state="closed") == []
    assert len(reads.alerts("", state="all", limit=1)) == 1
    with pytest.raises(Refused, match="unknown_area"):
        reads.alerts("sixteen")


def test_a_row_tells_who_is_asked_who_knows_and_what_comes_next():
    late_and_broken()
    (late,) = (row for row in reads.alerts("") if row.kind == "late")
    assert (late.post, late.step, late.steps_count) == (POLSEK, 0, 4)
    assert late.told == (POLSEK, "kpu/16.07.03", "bawaslu/16.07.03")
    assert late.climb_at == LATE + 15 * MINUTE and late.acknowledged_by == ""
    sweep(now=LATE + 15 * MINUTE)
    acknowledge(late.id, officer_post=POLRES, by="piket", now=LATE + 16 * MINUTE)
    row, acts = reads.alert(late.id)
    assert row.post == POLRES and row.acknowledged_by == POLRES and len(row.told) == 6
    assert [(act.act, act.post, act.by) for act in acts] == [
        ("opened", POLSEK, ""), ("climbed", POLRES, ""), ("acknowledged", POLRES, "piket"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="unknown_alert"):
        reads.alert(0)


def test_what_needs_a_post_is_what_stands_there_unanswered():
    late_and_broken()
    late, broken = (
        next(row.id for row in reads.alerts("") if row.kind == kind) for kind in ("late", "seal_mismatch")
    )
    assert {row.id for row in reads.needs_me(POLSEK)} == {late, broken}
    assert [row.id for row in reads.needs_me(POLRES)] == [broken]  # may be a crime: told at once
    assert {row.id for row in reads.needs_me("kpu/16.07.03")} == {late, broken}
    acknowledge(late, officer_post="kpu/16.07.03", by="ppk", now=LATE)
    assert [row.id for row in reads.needs_me("kpu/16.07.03")] == [broken]
    acknowledge(late, officer_post=POLSEK, by="piket", now=LATE)
    assert [row.id for row in reads.needs_me(POLSEK)] == [broken]
    assert reads.needs_me("polri/id") == []
    for minutes in (5, 10, 15):
        sweep(now=LATE + minutes * MINUTE)
    assert [row.id for row in reads.needs_me("polri/id")] == [broken]


def test_counts_remember_what_ever_happened_and_tell_what_is_open():
    assert set(reads.counts("16.07").values()) == {0}
    late_and_broken()
    (late,) = (row.id for row in reads.alerts("") if row.kind == "late")
    sweep(now=LATE + 5 * MINUTE)
    acknowledge(late, officer_post=POLSEK, by="piket", now=LATE + 5 * MINUTE)
    close(late, officer_post=POLSEK, by="piket", now=LATE + 6 * MINUTE, reason="A second boat has left.")
    assert reads.counts("16.07.03") == {
        "opened": 2, "acknowledged": 1, "escalated": 1, "closed": 1, "open": 1, "waiting": 1,
    }  # fmt: skip


def sentence(language):
    with translation.override(language):
        (row,) = reads.alerts("")
        return words.sentence(row)


def test_a_late_boat_in_words():
    put_plan([boat()])
    sweep(now=LATE + 20 * MINUTE)
    assert sentence("en") == (
        "Speedboat 3 to Desa 1 and 2 more: not departed, 1 h 20 min past the latest safe departure; "
        "15 polling stations at risk of missing 13 Feb 18:00 WIB."
    )


def test_a_slow_boat_in_words():
    put_plan([boat()])
    tell(TRIP, "PPK-16.07.03", "departed", MORNING)
    tell(TRIP, f"PPS-{VILLAGES[0]}", "accepted", MORNING + 2.5 * HOUR)
    sweep(now=MORNING + 2.5 * HOUR)
    assert sentence("en") == (
        "Speedboat 3 to Desa 3: expected 11 Feb 14:30 WIB, 1 h 30 min too late; "
        "5 polling stations at risk of missing 13 Feb 18:00 WIB."
    )


def test_a_trip_to_a_station_and_the_way_home_in_words():
    code, now = "16.07-to_station-1", LATE
    (station,) = stations(count=1)
    put_plan([
        boat(code=code, leg=Leg.TO_STATION, consignments=(
            consignment(code, 1, station, MORNING, MORNING + HOUR, stations=(station,)),
        )),
    ])  # fmt: skip
    tell(code, "PPK-16.07.03", "departed", MORNING)
    sweep(now=now - HOUR)
    assert sentence("en").startswith(
        "Speedboat 3 to station 1 Desa 1: 1 h late, not handed over; 1 polling station "
    )


def test_a_trip_home_to_the_warehouse_in_words():
    code = "16.07-back_warehouse-1"
    put_plan([
        boat(code=code, leg=Leg.BACK_WAREHOUSE, consignments=(
            consignment(code, 1, "GDG-16.07", MORNING, MORNING + 9 * HOUR),
        )),
    ])  # fmt: skip
    sweep(now=MORNING + 90 * MINUTE)
    assert sentence("en").startswith(
        "Speedboat 3 to the warehouse of Banyuasin: not departed, must leave by 11 Feb 09:00"
    )


def test_a_silent_boat_in_words():
    put_plan([boat(latest_departure_at=DEADLINE, consignments=tuple(
        consignment(TRIP, number, f"PPS-{village}", MORNING + HOUR, DEADLINE, stations=stations(village, 1))
        for number, village in enumerate(VILLAGES[:2])
    ))])  # fmt: skip
    tell(TRIP, "PPK-16.07.03", "departed", MORNING)
    sweep(now=MORNING + 4 * HOUR)
    assert sentence("en") == (
        "Speedboat 3 to Desa 1 and 1 more: no word since 11 Feb 07:00 WIB; "
        "who holds the boxes of 2 polling stations is unknown."
    )


def test_stations_that_received_too_little_in_words():
    put_plan([])
    put_stage(stations()[0], Stage.AT_PPS)
    sweep(now=DEADLINE + HOUR)
    assert sentence("en") == "Desa 1: 1 polling station not received by its KPPS by 13 Feb 18:00 WIB."


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("seal_broken", "Desa 1: the seals of 1 parcel are not the seals that were put on."),
        ("short", "Desa 1: giver and receiver differ about 1 parcel."),
        ("origin_unknown", "Desa 1: nobody is named as holder of 1 parcel."),
        ("disputed", "Desa 1: two claims on 1 parcel."),
    ],
)
def test_findings_in_words(kind, told):
    find(kind, stations()[0], MORNING)
    sweep(now=LATE)
    assert sentence("en") == told


def test_a_forked_device_in_words():
    forked = find("fork", stations()[0], MORNING)
    forked.parcel_code = None
    forked.save()
    sweep(now=LATE)
    assert sentence("en") == "Desa 1: a device told two different stories."


def test_trips_that_wait_are_told_behind_the_one_they_wait_for():
    everything = tuple(station for village in VILLAGES for station in stations(village))
    truck = boat(code="16.07-to_ppk-1", leg=Leg.TO_PPK, area="16.07", consignments=(
        consignment("16.07-to_ppk-1", 1, "PPK-16.07.03", MORNING, MORNING + HOUR, stations=everything),
    ))  # fmt: skip
    put_plan([boat(), truck])
    sweep(now=LATE)
    assert sentence("en").endswith(" 1 further trip waits for it.")


def test_every_kind_severity_and_act_has_a_word():
    assert set(words.KINDS) == set(Kind) and set(words.SEVERITIES) == set(Severity)
    assert set(words.ACTS) == set(Act)
    assert set(CALLED_FOR) <= set(KINDS)


def test_why_an_alert_is_closed_in_words():
    put_plan([boat()])
    sweep(now=LATE)
    (row,) = reads.alerts("")
    assert words.reason(row) == ""
    close(row.id, officer_post=POLSEK, by="piket", now=LATE, reason="A second boat has left.")
    assert words.reason(reads.alerts("", state="closed")[0]) == "A second boat has left."
