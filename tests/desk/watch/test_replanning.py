"""A plan made again while trips are underway: what custody and watch know of their codes goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kawal.desk.plan import reads
from kawal.desk.watch import replanning
from kawal.desk.watch.actions import sweep
from kawal.desk.watch.models import Alert
from kawal.rules.plan.facts import Leg, Trip
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import make, regency  # noqa: F401 - a fixture
from tests.desk.watch.tables import tell

HOUR = timedelta(hours=1)


def trips(leg: Leg) -> list[Trip]:
    plan = reads.plan_of_record("16.07")
    assert plan is not None
    return reads.trips(plan.id, leg=leg)


def again(text: str, now, **more) -> int:
    return replanning.make_again(
        "16.07", disruptions=text, reason="Flood", by="Logistics", now=now, what_if=False, **more
    )


def deliver(trip: Trip) -> None:
    tell(trip.code, trip.stops[0].site, "offered", trip.depart_at - HOUR)
    tell(trip.code, trip.stops[0].site, "departed", trip.depart_at)
    for part in trip.consignments:
        tell(trip.code, part.to_site, "accepted", part.arrive_at)


@pytest.mark.usefixtures("regency")
def test_what_custody_knows_is_history_for_the_plan() -> None:
    make("16.07")
    first, second = trips(Leg.TO_PPK)[0], trips(Leg.TO_PPS)[0]
    deliver(first)
    tell(second.code, second.stops[0].site, "offered", second.depart_at)
    found = replanning.happened_on("16.07")
    assert set(found) == {first.code}, "what is only offered still lies at the PPK"
    told = found[first.code]
    assert told.left_at == first.depart_at
    assert told.handed == {part.to_site: part.arrive_at for part in first.consignments}
    with pytest.raises(Refused, match="no_plan"):
        replanning.happened_on("16.08")


@pytest.mark.usefixtures("regency")
def test_a_trip_underway_keeps_its_code_its_events_and_its_alert_in_the_new_version() -> None:
    make("16.07")
    out = trips(Leg.TO_PPK)
    for trip in out[:-1]:
        deliver(trip)
    late = out[-1]
    tell(late.code, late.stops[0].site, "departed", late.depart_at)
    now = max(part.due_at for part in late.consignments) + timedelta(hours=20)
    sweep(now=now)
    alert = Alert.objects.get(cause=f"delay:{late.code}")
    before = {trip.code: trip for leg in Leg for trip in trips(leg)}
    again('[[closed]]\narea = "16.07.01"\nfrom = 2024-02-14 00:00:00\nuntil = 2024-02-14 20:00:00\n', now)
    after = {trip.code: trip for leg in Leg for trip in trips(leg)}
    assert after[late.code] == before[late.code]
    assert {code for code, trip in before.items() if after.get(code) != trip}, "the flood moved something"
    sweep(now=now + HOUR / 6)
    assert Alert.objects.get(pk=alert.pk).closed_at is None
    for part in late.consignments:
        tell(late.code, part.to_site, "accepted", now)
    for minutes in (20, 60, 120):
        sweep(now=now + timedelta(minutes=minutes))
    assert Alert.objects.get(pk=alert.pk).closed_at is not None, "its delivery closes it, as before"


@pytest.mark.usefixtures("regency")
def test_the_alert_of_a_trip_that_is_put_off_closes_by_itself() -> None:
    make("16.07")
    for trip in trips(Leg.TO_PPK):
        deliver(trip)
    waiting = trips(Leg.TO_PPS)[0]
    now = waiting.latest_departure_at + HOUR
    sweep(now=now)
    assert Alert.objects.filter(trip_code=waiting.code, closed_at=None).exists()
    again(f'[[withdrawn]]\nvehicle = "{waiting.vehicle}"\n', now)
    put_off = next(trip for trip in trips(Leg.TO_PPS) if trip.code == waiting.code)
    assert put_off.depart_at > now and put_off.vehicle != waiting.vehicle
    for minutes in (2, 10, 19):
        sweep(now=now + timedelta(minutes=minutes))
    assert now + timedelta(minutes=19) < put_off.depart_at
    assert not Alert.objects.filter(cause=f"delay:{waiting.code}", closed_at=None).exists()
