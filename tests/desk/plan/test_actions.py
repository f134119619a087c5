from __future__ import annotations

from datetime import timedelta

import pytest

from kawal.desk.places import models as places
from kawal.desk.plan import models, reads
from kawal.desk.plan.fleets.default_fleets import default_fleet
from kawal.desk.risk import actions as risk
from kawal.desk.risk import deciding
from kawal.rules.plan.facts import BOATS, Leg, Mode
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from tests.desk.plan.conftest import NOW, VILLAGES, make

STATIONS = sum(stations for stations, *_ in VILLAGES.values())


def test_a_plan_is_saved_whole_and_becomes_the_one_of_record(regency: str) -> None:
    plan = reads.plan_of_record(regency)
    assert plan is None
    made = make(regency)
    plan = reads.plan_of_record(regency)
    assert plan is not None and plan.id == made
    assert (plan.version, plan.summary["stations_count"]) == (1, STATIONS)
    assert len(reads.trips(made)) == plan.summary["trips_count"] == models.Trip.objects.count()
    assert plan.deadline_at.isoformat() == "2024-02-13T11:00:00+00:00"


def test_the_same_problem_and_seed_give_the_same_trips(regency: str) -> None:
    first = make(regency)
    second = make(regency, reason="To see it is the same")
    assert reads.trips(first) == reads.trips(second)
    one, other = reads.versions(regency)
    assert one.problem_sha256 == other.problem_sha256


def test_another_seed_is_another_problem(regency: str) -> None:
    make(regency)
    make(regency, seed=2, reason="Another try")
    one, other = reads.versions(regency)
    assert one.problem_sha256 != other.problem_sha256


def test_a_new_version_needs_its_reason_and_replaces_the_old_one(regency: str) -> None:
    first = make(regency)
    with pytest.raises(Refused, match="reason_required"):
        make(regency, reason=" ")
    second = make(regency, reason="A bridge is out")
    assert [(plan.id, plan.of_record) for plan in reads.versions(regency)] == [(second, True), (first, False)]
    assert reads.trips(first), "nothing is overwritten"


def test_what_was_assumed_is_counted(regency: str) -> None:
    make(regency)
    plan = reads.plan_of_record(regency)
    assert plan is not None
    assert plan.summary["assumptions"] == sorted(plan.summary["assumed_counts"])
    counts = plan.summary["assumed_counts"]
    assert counts["access_by_density"] == counts["risk_not_assessed"] == len(VILLAGES)
    assert counts["stations_spread"] == STATIONS
    assert 0 < counts["default_fleet_rivers"] < STATIONS, "those that are reached by boat"
    assert counts["site_points_generated"] == 1 + 2 + len(VILLAGES)


def test_the_sparse_village_is_reached_by_boat_until_somebody_knows_better(regency: str) -> None:
    make(regency)
    found = reads.trips(_of_record(), leg=Leg.TO_STATION, area="16.07.02.2002")
    assert found and {trip.mode for trip in found} <= set(BOATS)
    make(regency, reason="The road is built", access="area,access\n16.07.02,road\n")
    assert {trip.mode for trip in reads.trips(_of_record(), leg=Leg.TO_STATION, area="16.07.02.2002")} == {
        Mode.MOTORBIKE
    }
    plan = reads.plan_of_record(regency)
    assert plan is not None and plan.summary["assumed_counts"]["access_by_density"] == 2


def test_a_class_decided_by_a_chief_counts(regency: str) -> None:
    risk.compute(regency, now=NOW)
    ends = NOW + timedelta(days=30)
    deciding.decide("16.07.01.2002", RiskClass.SPECIAL, "Threats", ends, "Kapolres", now=NOW)
    make(regency)
    found = reads.trips(_of_record(), area="16.07.01.2002")
    assert found and all(trip.risk is RiskClass.SPECIAL for trip in found)


def test_a_fleet_of_ones_own_is_used_and_kept(regency: str) -> None:
    text = default_fleet().replace("kawal-default-2026", "Banyuasin 2024")
    made = make(regency, fleet=text)
    plan = reads.plan_of_record(regency)
    assert plan is not None and plan.summary["fleet"] == "Banyuasin 2024"
    assert not any(code.startswith("default_fleet") for code in plan.summary["assumptions"])
    assert models.Plan.objects.get(pk=made).fleet == text


@pytest.mark.parametrize(("area", "code"), [("16.07.01", "plan_needs_regency"), ("16.08", "unknown_area")])
def test_only_a_known_regency_is_planned(regency: str, area: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        make(area)


def test_a_wrong_file_changes_nothing(regency: str) -> None:
    for given in ({"fleet": "name = 1"}, {"access": "no head"}):
        with pytest.raises(Refused, match="wrong_"):
            make(regency, **given)
    assert not models.Plan.objects.exists()


def test_without_needs_there_is_nothing_to_carry(regency: str) -> None:
    places.Station.objects.create(
        code="1607012002009", village_id="16.07.01.2002", number=9, voters=9, voter_list="x", source="given"
    )
    with pytest.raises(Refused, match="needs_not_computed"):
        make(regency)


def test_a_regency_without_stations_is_refused(regency: str) -> None:
    places.Station.objects.all().delete()
    with pytest.raises(Refused, match="no_stations"):
        make(regency)


def _of_record() -> int:
    plan = reads.plan_of_record("16.07")
    assert plan is not None
    return plan.id
