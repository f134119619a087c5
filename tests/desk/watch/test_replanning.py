"""A plan made again while trips are underway: what custody and watch know of their codes goes on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.plan import actions, reads
from kawal.desk.plan.wide import nation, runs
from kawal.desk.plan.wide.pools import Processes
from kawal.desk.watch import replanning
from kawal.desk.watch.actions import sweep
from kawal.desk.watch.models import Alert
from kawal.desk.watch.replan_commands import plan
from kawal.rules.plan.facts import Leg, Trip
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import ASKED, NOW, make, province, regency  # noqa: F401 - fixtures
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


@pytest.mark.usefixtures("regency")
def test_once_a_trip_has_left_the_plan_is_not_made_whole_again_by_the_command() -> None:
    make("16.07")
    again_ = ["make", "--area", "16.07", "--reason", "Lagi", "--effort", "0", "--workers", "1"]
    assert CliRunner().invoke(plan, again_).exit_code == 0, "nothing has left"
    deliver(trips(Leg.TO_PPK)[0])
    with override("id"):
        refused = CliRunner().invoke(plan, again_)
    assert refused.exit_code == 1
    assert "1 perjalanan dalam rencana berlaku 16.07 sudah berangkat" in refused.output
    assert "kawal plan replan" in refused.output
    assert [row.version for row in reads.versions("16.07")] == [2, 1]


@pytest.mark.usefixtures("regency")
def test_a_plan_for_another_vote_gets_numbers_that_no_trip_ever_had() -> None:
    first = make("16.07")
    deliver(trips(Leg.TO_PPK)[0])
    left = replanning.left_count
    for asked in ({"reason": "Lagi"}, {"reason": "Lagi", "from_present": True}):
        with pytest.raises(Refused, match="trips_have_left"):
            make("16.07", left=left, **asked)
    given = {"seed": 1, "by": "Logistics", "now": NOW, "workers": 1, "left": left, "effort": 0}
    second = actions.make("16.07", voting_day=date(2024, 2, 24), reason="PSU", **given)
    old, new = (set(reads.trip_codes(one)) for one in (first, second))
    assert new.isdisjoint(old)
    third = actions.make("16.07", voting_day=date(2024, 2, 24), reason="Lebih murah", **given)
    assert set(reads.trip_codes(third)) == new, "of the same vote nothing has left"


@pytest.mark.usefixtures("province")
def test_a_run_over_many_leaves_alone_what_is_under_way() -> None:
    def run(**given: object) -> dict[str, int]:
        found = nation.make(
            "16", ASKED, pool=Processes(1), reason="Lagi", by="Logistics", now=lambda: NOW,
            left=replanning.left_count, **given,
        )  # fmt: skip
        summary = runs.facts(found).summary
        assert summary is not None
        return summary["outcomes"]

    make("16.07")
    deliver(trips(Leg.TO_PPK)[0])
    assert run(replace=True) == {"planned": 1, "refused": 1, "under_way": 1}


@pytest.mark.parametrize("told", [["adopt", "9" * 20], ["drop", "9" * 20], ["compare", "1", "9" * 20]])
def test_a_version_that_no_database_could_hold_is_refused(told: list[str]) -> None:
    area = ["--area", "16.07"] if told[0] == "compare" else []
    found = CliRunner().invoke(plan, [*told, *area])
    assert found.exit_code == 2 and "9" * 20 in found.output
