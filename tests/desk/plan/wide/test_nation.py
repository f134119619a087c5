"""Many regencies by one command: each is saved by itself, none stops the others, repeats are harmless."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.places import models as places
from kawal.desk.plan import models, reads
from kawal.desk.plan.commands import plan
from kawal.desk.plan.preparing import Asked
from kawal.desk.plan.wide import nation, runs
from kawal.desk.plan.wide.pools import Processes
from kawal.rules.plan.facts import Leg, Level
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import ASKED, NOW, VOTING_DAY, make


def _make(area: str = "16", *, workers: int = 2, asked: Asked = ASKED, **given: object) -> runs.RunFacts:
    told: dict[str, object] = {"reason": "", "by": "Logistics", "now": lambda: NOW, **given}
    return runs.facts(nation.make(area, asked, pool=Processes(workers), **told))  # type: ignore[arg-type]


def _of_record(area: str) -> models.Plan:
    return models.Plan.objects.get(area_code=area, of_record=True)


def test_each_regency_has_its_plan_and_one_that_is_refused_stops_no_other(province: str) -> None:
    run = _make()
    assert run.ended_at == NOW and run.summary is not None
    assert run.summary["outcomes"] == {"planned": 2, "refused": 1}
    assert run.summary["without"] == [
        {"area": "16.09", "outcome": "refused", "code": "no_coordinates", "facts": {"area": "16.09"}}
    ]
    (told,) = run.summary["provinces"]
    assert (told["area"], told["stations_count"], told["plans_count"]) == ("16", 24, 2)
    for area in ("16.07", "16.08"):
        row = _of_record(area)
        assert (row.version, row.run_id, row.level) == (1, run.id, "village")
        assert reads.check_plan(row.pk, now=NOW) == []


def test_a_plan_down_to_the_villages_carries_every_station_to_its_pps_and_home(province: str) -> None:
    _make()
    trips = reads.trips(_of_record("16.07").pk)
    assert {trip.leg for trip in trips} == {Leg.TO_PPK, Leg.TO_PPS, Leg.BACK_PPK, Leg.BACK_WAREHOUSE}
    for leg in (Leg.TO_PPS, Leg.BACK_WAREHOUSE):
        carried = [
            code for trip in trips if trip.leg is leg for part in trip.consignments for code in part.stations
        ]
        assert len(carried) == len(set(carried)) == 18
    deadline_at = _of_record("16.07").deadline_at
    for trip in trips:
        if trip.leg is Leg.TO_PPS:
            assert all(part.due_at < deadline_at - timedelta(hours=1) for part in trip.consignments)


def test_no_parcel_need_be_computed_and_the_freight_is_the_same(province: str) -> None:
    from kawal.desk.plan import gathering

    by_tables, _ = gathering.problem_of("16.07", {}, now=NOW)
    by_rules, assumed = gathering.problem_of("16.07", {}, now=NOW, level=Level.VILLAGE)
    assert by_rules == by_tables
    assert "needs_not_computed" not in assumed
    _, assumed = gathering.problem_of("16.08", {}, now=NOW, level=Level.VILLAGE)
    assert assumed["needs_not_computed"] == 1 and "stations_spread" not in assumed
    with pytest.raises(Refused, match="needs_not_computed"):
        gathering.problem_of("16.08", {}, now=NOW)


def test_the_same_command_again_plans_nothing_again(province: str) -> None:
    first = _make()
    made = set(models.Plan.objects.values_list("pk", flat=True))
    again = _make()
    assert again.id != first.id and again.summary is not None and first.summary is not None
    assert again.summary["outcomes"] == {"refused": 1, "unchanged": 2}
    assert set(models.Plan.objects.values_list("pk", flat=True)) == made
    figures = ("stations_count", "trips_count", "vehicles", "unserved")
    assert {key: again.summary[key] for key in figures} == {key: first.summary[key] for key in figures}


def test_a_run_that_did_not_end_is_gone_on_with(province: str) -> None:
    first = _make()
    models.PlanRun.objects.update(ended_at=None, summary=None)
    models.Plan.objects.filter(area_code="16.08").delete()
    models.PlanOutcome.objects.filter(area_code="16.08").delete()
    kept = _of_record("16.07").pk
    again = _make()
    assert again.id == first.id and again.summary is not None
    assert again.summary["outcomes"] == {"planned": 2, "refused": 1}
    assert _of_record("16.07").pk == kept
    assert _of_record("16.08").version == 1


def test_the_number_of_processes_changes_no_plan(province: str) -> None:
    _make(workers=1)
    alone = {area: reads.trips(_of_record(area).pk) for area in ("16.07", "16.08")}
    models.Plan.objects.all().delete()
    _make(workers=3)
    assert {area: reads.trips(_of_record(area).pk) for area in ("16.07", "16.08")} == alone


def test_a_plan_that_a_regency_asked_for_itself_is_kept_until_somebody_says_replace(province: str) -> None:
    own = make("16.07")
    run = _make()
    assert run.summary is not None and run.summary["outcomes"] == {"kept": 1, "planned": 1, "refused": 1}
    assert _of_record("16.07").pk == own
    assert run.summary["stations_count"] == 24, "its figures count all the same"
    _make(replace=True, reason="One plan for the whole province")
    assert _of_record("16.07").version == 2
    assert _of_record("16.07").reason == "One plan for the whole province"


def test_a_changed_regency_needs_a_reason_and_the_others_stay(province: str) -> None:
    _make()
    places.Station.objects.filter(village_id="16.08.01.2001").update(voters=120)
    run = _make()
    assert run.summary is not None and run.summary["outcomes"] == {"refused": 2, "unchanged": 1}
    assert [row["code"] for row in run.summary["without"]] == ["reason_required", "no_coordinates"]
    run = _make(reason="The voter list changed")
    assert run.summary is not None
    assert run.summary["outcomes"] == {"planned": 1, "refused": 1, "unchanged": 1}
    assert _of_record("16.08").version == 2


@pytest.mark.parametrize(
    ("area", "given", "code"),
    [
        ("16.07", {}, "run_needs_area_above"),
        ("17", {}, "unknown_area"),
        ("16", {"by": " "}, "by_required"),
        ("16", {"asked": Asked(voting_day=VOTING_DAY, seed=1, fleet="name = 1")}, "wrong_fleet"),
    ],
)
def test_what_is_wrong_for_all_is_refused_before_anything_is_done(
    province: str, area: str, given: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        _make(area, **given)
    assert not models.PlanRun.objects.exists()


def test_the_command_tells_the_whole_and_who_was_left_out(province: str) -> None:
    with override("en"):
        result = CliRunner().invoke(plan, ["make", "--area", "16", "--by", "Logistics"])
    assert result.exit_code == 1, "one regency was left without a plan"
    assert "2 of 3 regencies planned" in result.output
    assert "16.09: Neither 16.09 nor any area above it has coordinates. Import them." in result.output
    result = CliRunner().invoke(plan, ["make", "--area", "id", "--json"])
    told = json.loads(result.stdout)
    assert told["summary"]["outcomes"] == {"refused": 1, "unchanged": 2}


def test_the_level_can_be_asked_for_a_single_regency(province: str) -> None:
    result = CliRunner().invoke(plan, ["make", "--area", "16.08", "--level", "village", "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["summary"]["level"] == "village"
    assert _of_record("16.08").run_id is None
