"""The look: opens one alert per cause, climbs, closes, and does nothing twice."""

import logging
from datetime import timedelta

import pytest

from kawal.desk.watch import actions, watching
from kawal.desk.watch.actions import SweepResult, sweep
from kawal.desk.watch.models import Alert, AlertAct
from kawal.rules.custody.stages import Stage
from kawal.rules.watch.signs import signs
from tests.desk.watch.tables import find, put_plan, put_stage, tell
from tests.rules.watch.world import DEADLINE, HOUR, MORNING, VILLAGES, boat, stations

pytestmark = pytest.mark.django_db

TRIP = "16.07-to_pps-1"
LATE = MORNING + 3 * HOUR
MINUTE = timedelta(minutes=1)
NOTHING = SweepResult(0, 0, 0)


def acts():
    return list(AlertAct.objects.order_by("id").values_list("act", "post"))


def test_a_trip_that_has_not_left_opens_one_alert_however_often_one_looks():
    put_plan([boat()])
    assert sweep(now=MORNING) == NOTHING
    assert sweep(now=LATE) == SweepResult(1, 0, 0)
    assert sweep(now=LATE) == NOTHING
    alert = Alert.objects.get()
    assert (alert.cause, alert.kind, alert.severity) == (f"delay:{TRIP}", "late", 2)
    assert (alert.area_code, alert.trip_code, alert.step) == ("16.07.03", TRIP, 0)
    assert [step["post"] for step in alert.ladder] == [
        "polri/16.07.03",
        "polri/16.07",
        "polri/16",
        "polri/id",
    ]
    assert acts() == [("opened", "polri/16.07.03")]


def test_without_an_answer_it_climbs_to_the_top_and_stays_open_there():
    put_plan([boat()])
    now = LATE
    sweep(now=now)
    for _ in range(5):
        now += 15 * MINUTE
        sweep(now=now)
    alert = Alert.objects.get()
    assert alert.step == 3 and alert.climb_at is None and alert.closed_at is None
    climbed = [post for act, post in acts() if act == "climbed"]
    assert climbed == ["polri/16.07", "polri/16", "polri/id"]


def test_it_closes_by_itself_some_time_after_the_boxes_were_accepted():
    put_plan([boat()])
    sweep(now=LATE)
    for village in VILLAGES:
        tell(TRIP, f"PPS-{village}", "accepted", LATE)
    assert sweep(now=LATE + MINUTE) == NOTHING
    assert sweep(now=LATE + 10 * MINUTE) == NOTHING
    assert sweep(now=LATE + 11 * MINUTE) == SweepResult(0, 0, 1)
    alert = Alert.objects.get()
    assert alert.close_reason == "gone" and alert.closed_at == LATE + 11 * MINUTE
    assert sweep(now=LATE + HOUR) == NOTHING


def test_boxes_that_arrived_without_the_trips_name_are_known_by_their_story():
    put_plan([boat()])
    for village in VILLAGES:
        for station in stations(village):
            put_stage(station, Stage.AT_PPS)
    assert sweep(now=LATE) == NOTHING


def test_broken_seals_of_one_village_are_one_alert_that_grows_and_closes_when_explained():
    station = stations()[0]
    first = find("seal_broken", station, MORNING)
    assert sweep(now=MORNING) == SweepResult(1, 0, 0)
    second = find("seals_differ", station, MORNING, box=2)
    assert sweep(now=MORNING + MINUTE) == NOTHING
    alert = Alert.objects.get()
    assert alert.facts["parcels_count"] == 2 and alert.station_code == station and alert.severity == 3
    for one in (first, second):
        one.cleared_at = MORNING + 2 * MINUTE
        one.save()
    sweep(now=MORNING + 2 * MINUTE)
    assert sweep(now=MORNING + 12 * MINUTE).closed == 1


def test_a_station_begun_and_not_received_is_told_after_the_deadline():
    put_plan([])
    put_stage(stations()[0], Stage.AT_PPS)
    put_stage(stations()[1], Stage.AT_STATION)
    assert sweep(now=DEADLINE) == NOTHING
    assert sweep(now=DEADLINE + MINUTE).opened == 1
    assert Alert.objects.get().facts["stations"] == [stations()[0]]


def test_only_plans_of_record_are_watched_and_not_for_ever():
    put_plan([boat()], of_record=False)
    assert sweep(now=LATE) == NOTHING
    put_plan([boat()], version=2)
    assert sweep(now=DEADLINE + timedelta(days=11)) == NOTHING


def test_an_alert_does_not_close_because_nobody_watches_its_plan_any_more():
    of = put_plan([boat()])
    sweep(now=LATE)
    of.of_record = False
    of.save()
    sweep(now=LATE + HOUR)
    assert sweep(now=LATE + 2 * HOUR) == NOTHING and Alert.objects.get().closed_at is None


def test_one_alert_that_fails_is_postponed_and_does_not_stop_the_others(caplog):
    put_plan([boat()])
    find("short", stations()[0], MORNING)
    sweep(now=LATE)
    broken = Alert.objects.get(kind="late")
    Alert.objects.filter(pk=broken.pk).update(ladder="not a ladder")
    with caplog.at_level(logging.ERROR):
        assert sweep(now=LATE + 15 * MINUTE) == SweepResult(0, 1, 0)
    assert f"alert {broken.pk} could not be looked at" in caplog.text
    caplog.clear()
    assert sweep(now=LATE + 16 * MINUTE) == NOTHING and not caplog.records
    Alert.objects.filter(pk=broken.pk).update(ladder=Alert.objects.exclude(pk=broken.pk).get().ladder)
    assert sweep(now=LATE + 80 * MINUTE).climbed == 2


def test_what_another_looker_claimed_is_not_claimed_again():
    """The other one climbs between this one's reading and its writing."""
    put_plan([boat()])
    sweep(now=LATE)
    read_before = Alert.objects.get()
    now = LATE + 15 * MINUTE
    assert sweep(now=now).climbed == 1
    limits = watching.limits()
    (sign,) = signs(watching.watched_plans(now), [], now=now, limits=limits)
    (change,) = actions._decided(read_before, sign, now=now, limits=limits)
    assert change.acts == ["climbed"] and actions._claimed(change, now) == []
    assert actions._opened([sign], now) == 0
    assert Alert.objects.get().step == 1 and [act for act, _ in acts()] == ["opened", "climbed"]


def test_a_calm_look_asks_few_questions_however_many_trips_there_are(django_assert_max_num_queries):
    trips = [boat(code=f"16.07-to_pps-{number}") for number in range(40)]
    put_plan(trips)
    for trip in trips:
        tell(trip.code, "PPK-16.07.03", "departed", MORNING)
        for village in VILLAGES:
            tell(trip.code, f"PPS-{village}", "accepted", MORNING + HOUR)
    with django_assert_max_num_queries(11):
        assert sweep(now=LATE) == NOTHING
