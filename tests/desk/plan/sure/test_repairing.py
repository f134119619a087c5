"""kawal plan repair: a new version with its reason where anything was moved, and what would help."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from kawal.desk.needs import actions as needs
from kawal.desk.places import models as places
from kawal.desk.plan import gathering, reads
from kawal.desk.plan.anew import replanning
from kawal.desk.plan.models import Change, Plan, PostNotice
from kawal.desk.plan.showing import names_under
from kawal.desk.plan.sure import repair_kept, repairing, repairing_words
from kawal.desk.plan.sure.repairing import Repair
from kawal.rules.places.codes import station_code
from kawal.rules.plan.anew.happened import Happened
from kawal.rules.plan.repair.promise import Targets
from kawal.rules.refusals import Refused
from tests.desk.plan.anew.test_replanning import again
from tests.desk.plan.conftest import NOW, make
from tests.desk.plan.test_commands import _run


def law_of_closed_days(folder: Path) -> str:
    """A file of delays by which nothing leaves on six days in a hundred."""
    file = folder / "hukum.toml"
    text = gathering.default_delays()
    for share in ("0.003", "0.005", "0.01", "0.03"):
        text = text.replace(f"closed_share = {share} ", "closed_share = 0.06 ")
        text = text.replace(f"closed_share = {share}\n", "closed_share = 0.06\n")
    file.write_text(text)
    return str(file)


@pytest.fixture
def often_closed(tmp_path: Path) -> str:
    return law_of_closed_days(tmp_path)


def test_a_plan_is_made_and_judged_by_the_law_of_delays_it_is_given(regency: str, often_closed: str) -> None:
    _run("make", "--area", regency, "--delays", often_closed)
    row = Plan.objects.get(area_code=regency)
    assert row.delays == Path(often_closed).read_text()
    assert reads.check_plan(row.pk, now=NOW) == []
    assert json.loads(_run("simulate", "--area", regency, "--json")[1])["law"] == "kawal-delays-2026"


def late(*_: object) -> datetime:
    """The evening before the boxes go to the stations."""
    return datetime(2024, 2, 11, 12, tzinfo=UTC)


def repaired(regency: str, **more: Any) -> Repair:
    given: dict[str, Any] = {"by": "Logistics", "reason": "Sure", "now": NOW, "targets": Targets(), **more}
    return repairing.repair(regency, **given)


def test_a_plan_that_was_planned_anew_is_repaired_as_one(regency: str, often_closed: str) -> None:
    _run("make", "--area", regency, "--delays", often_closed)
    second = again(regency)
    found = repaired(regency)
    assert found.base_version == 2 and found.made == bool(found.repaired.changes)
    assert found.made and found.repaired.after.regency > found.repaired.before.regency
    change = Change.objects.get(plan_id=found.plan.id)
    assert change.base_id == second and change.disruptions == Change.objects.get(plan=second).disruptions
    assert reads.check_plan(found.plan.id, now=NOW) == []
    assert PostNotice.objects.filter(plan_id=found.plan.id).exists(), "every post concerned is told"
    old, new = ({trip.code: trip for trip in reads.trips(one)} for one in (second, found.plan.id))
    assert {code for code in old | new if old.get(code) != new.get(code)} == set(change.told["anew"])


def test_what_has_left_stays_and_the_rest_is_repaired(regency: str, often_closed: str) -> None:
    _run("make", "--area", regency, "--delays", often_closed)
    first = reads.plan_of_record(regency)
    assert first is not None
    trips = {trip.code: trip for trip in reads.trips(first.id)}
    happened = {
        code: Happened(
            left_at=trip.depart_at, handed={part.to_site: part.arrive_at for part in trip.consignments}
        )
        for code, trip in trips.items()
        if trip.depart_at < late()
    }
    assert happened
    found = repaired(regency, now=late(), happened=happened)
    assert found.made
    after = {trip.code: trip for trip in reads.trips(found.plan.id)}
    assert all(after[code] == trips[code] for code in happened)
    assert all(one.after and one.after.stops[0].arrive_at >= late() for one in found.repaired.changes)
    assert reads.check_plan(found.plan.id, now=late()) == []


def test_where_all_has_arrived_there_is_nothing_to_repair(regency: str) -> None:
    make(regency)
    plan = reads.plan_of_record(regency)
    assert plan is not None
    happened = {
        trip.code: Happened(
            left_at=trip.depart_at, handed={part.to_site: part.arrive_at for part in trip.consignments}
        )
        for trip in reads.trips(plan.id)
    }
    with pytest.raises(Refused) as refused:
        repaired(regency, now=late(), happened=happened)
    assert refused.value.code == "nothing_ahead"
    assert Plan.objects.count() == 1


def test_a_repair_may_stand_beside_the_plan_of_record_and_be_adopted(regency: str, often_closed: str) -> None:
    _run("make", "--area", regency, "--delays", often_closed)
    found = repaired(regency, what_if=True)
    assert found.made and not found.plan.of_record and found.base_version == 1
    assert not PostNotice.objects.exists()
    replanning.adopt(found.plan.id, by="Kapolres", now=NOW, happened={})
    plan = reads.plan_of_record(regency)
    assert plan is not None and plan.id == found.plan.id
    assert PostNotice.objects.filter(plan_id=plan.id).exists()
    assert reads.check_plan(plan.id, now=NOW) == []


def test_a_plan_on_paper_has_no_what_if(regency: str, often_closed: str) -> None:
    _run("make", "--area", regency, "--delays", often_closed)
    after = datetime(2024, 3, 1, tzinfo=UTC)
    with pytest.raises(Refused, match="vote_is_over"):
        repaired(regency, what_if=True, now=after)
    assert repaired(regency, now=after).made, "as a new version it is repaired"


def test_what_a_repair_answered_is_kept_with_its_version(regency: str, often_closed: str) -> None:
    _run("make", "--area", regency, "--delays", often_closed)
    found = repaired(regency)
    kept = repair_kept.of_plan(reads.plan_by_id(found.plan.id))
    first = reads.plan_by_version(regency, 1)
    assert kept is not None and repair_kept.of_plan(first) is None
    assert kept.steps == found.repaired.steps and kept.helps == found.helped.helps
    assert kept.regency == found.repaired.after.regency
    assert kept.below == tuple(found.repaired.after.below(Targets()))
    assert sum(row.stations_count for row in kept.classes) == len(found.repaired.after.stations)


def test_a_plan_that_no_longer_fits_its_places_is_refused_before_anything_is_tried(regency: str) -> None:
    make(regency)
    code = station_code("16.07.01.1001", 99)
    places.Station.objects.create(
        code=code, village_id="16.07.01.1001", number=99, voters=200, voter_list="test", source="generated"
    )
    needs.compute(regency, now=NOW)
    with pytest.raises(Refused, match="plan_breaks_rule") as refused:
        repaired(regency)
    assert refused.value.facts["where"] == code
    assert Plan.objects.count() == 1


@pytest.mark.parametrize(
    ("unreached", "told"), [(0, "Every promise holds."), (3, "3 stations are not reached")]
)
def test_a_promise_that_holds_says_who_is_not_reached(
    regency: str, often_closed: str, unreached: int, told: str
) -> None:
    _run("make", "--area", regency, "--delays", often_closed)
    kept = repair_kept.of_plan(repaired(regency).plan)
    assert kept is not None
    kept = replace(kept, regency=1.0, below=())
    with override("en"):
        shown = repairing_words.shown(kept, names_under(regency), unreached)
        page = render_to_string("plan/repaired.html", {"repair": shown, "sees_risk": True})
    assert told in page and ("Every promise holds." in page) == (unreached == 0)
    assert "in the sample that chose" in page
