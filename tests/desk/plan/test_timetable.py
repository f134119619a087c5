from datetime import timedelta

import pytest

from kawal.desk.plan import models, reads, timetable
from kawal.desk.plan.timetable import Wanted
from kawal.rules.places.codes import WIB
from kawal.rules.plan.facts import Leg, Mode
from kawal.rules.risk.classes import RiskClass
from tests.desk.plan.conftest import VILLAGES, make


@pytest.fixture
def plan(regency):
    return make(regency)


@pytest.mark.parametrize("area", ["16.07", "16.07.01", "16.07.02", *VILLAGES])
def test_the_short_list_of_an_area_names_the_same_trips_as_the_long_one(plan, area):
    short = [run.code for run in timetable.runs(plan, area)]
    assert short == [trip.code for trip in reads.trips_of_area(area)]


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(leg=Leg.TO_PPS),
        Wanted(mode=Mode.SPEEDBOAT),
        Wanted(risk=RiskClass.VULNERABLE),
        Wanted(leg=Leg.TO_STATION, mode=Mode.MOTORBIKE),
    ],
)
def test_who_asks_for_something_gets_exactly_that(plan, wanted):
    runs = timetable.runs(plan, "16.07")
    picked = timetable.picked(runs, wanted, WIB)
    assert picked
    asked = {name: getattr(wanted, name) for name in ("leg", "mode", "risk") if getattr(wanted, name)}
    assert picked == [run for run in runs if all(getattr(run, key) == one for key, one in asked.items())]


def test_a_day_is_a_day_where_the_trip_departs(plan):
    runs = timetable.runs(plan, "16.07")
    for run in runs:  # 06.00 WIB is the day before in UTC
        day = run.depart_at.astimezone(WIB).date()
        assert run in timetable.picked(runs, Wanted(day=day), WIB)
        assert run not in timetable.picked(runs, Wanted(day=day - timedelta(days=1)), WIB)


def test_what_an_area_gets_is_counted_by_its_own_stations(plan):
    whole = timetable.delivery(plan, "16.07")
    assert whole.stations_count == sum(stations for stations, *_ in VILLAGES.values())
    assert whole.parcels_count == reads.plan_of_record("16.07").summary["parcels_count"]
    village = timetable.delivery(plan, "16.07.02.2001")
    assert (village.stations_count, village.parcels_count) == (5, 30)
    assert not whole.unserved and not whole.at_risk
    last = reads.trip(plan, whole.last_trip)
    assert whole.last_received_at in [part.arrive_at for part in last.consignments]


def test_who_asks_for_trips_that_leave_too_late_gets_them(plan):
    trip = next(run for run in timetable.runs(plan, "16.07.02.2001") if run.leg is Leg.TO_STATION)
    assert not trip.is_at_risk
    early = trip.depart_at - timedelta(hours=1)
    models.Trip.objects.filter(plan_id=plan, code=trip.code).update(latest_departure_at=early)
    late = timetable.picked(timetable.runs(plan, "16.07"), Wanted(at_risk=True), WIB)
    assert [run.code for run in late] == [trip.code]


def test_stations_left_out_on_the_way_to_them_are_told_apart_from_those_on_the_way_home(plan):
    row = {"site": "PPS-16.07.02.2002", "stations": ["1607022002001"], "reason": "too_heavy"}
    summary = reads.plan_of_record("16.07").summary | {
        "unserved": [{"leg": "to_station", **row}, {"leg": "back_pps", **row, "stations": ["1607022002002"]}]
    }
    models.Plan.objects.update(summary=summary)
    assert timetable.delivery(plan, "16.07").unserved == ("1607022002001",)
    assert timetable.delivery(plan, "16.07").stranded == ("1607022002002",)
    assert timetable.delivery(plan, "16.07.01").unserved == ()


def test_the_ways_of_many_trips_are_those_of_each(plan, monkeypatch):
    codes = [run.code for run in timetable.runs(plan, "16.07")]
    together = timetable.lines(plan, codes)
    assert together == [timetable.lines(plan, [code])[0] for code in sorted(codes)]
    monkeypatch.setattr(timetable, "_CODES_MAX", 1)
    assert timetable.lines(plan, codes[:3]) == [way for way in together if way.code in codes[:3]]
    assert all(way.sites[0] == way.sites[-1] for way in together)


def test_the_time_granted_for_delays_is_that_of_the_plans_own_fleet(plan):
    models.Plan.objects.update(delays="")
    assert timetable.safety(plan, Mode.SPEEDBOAT, RiskClass.LOW) > timetable.safety(
        plan, Mode.TRUCK, RiskClass.LOW
    )
