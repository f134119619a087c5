"""Journeys that were told become factors for the next plan, and only when somebody asks for them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from kawal.desk.custody import models as custody
from kawal.desk.plan import models, reads
from kawal.desk.watch import calibrating
from kawal.desk.watch.replan_commands import plan as command
from kawal.rules.plan.facts import Mode
from kawal.rules.plan.journey.told import Told
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import NOW, make, regency

__all__ = ["regency"]


def _told(plan_id: int, ratio: float) -> None:
    """Every trip leaves as planned; each way takes `ratio` times as long."""
    rows = []
    for trip in reads.trips(plan_id):
        at = trip.depart_at
        for here, there in list(pairwise(trip.stops))[:1]:
            came = at + (there.arrive_at - here.depart_at) * ratio
            for site, kind, when in ((here.site, "departed", at), (there.site, "arrived", came)):
                named = {"trip_code": trip.code, "site_code": site, "kind": kind}
                times = {"happened_at": when, "received_at": when}
                rows.append(custody.Milestone(**named, **times, entry_index=1))
    custody.Milestone.objects.bulk_create(rows)


def test_journeys_that_took_longer_become_factors_above_one(regency: str) -> None:
    _told(make(regency), 1.4)
    done = calibrating.calibrate(regency, now=NOW)
    assert done.against == "estimate" and done.found.journeys_count > 0
    assert {round(row.median, 2) for row in done.found.rows} == {1.4}
    assert all(1 < row.factor < 1.4 for row in done.found.rows)


def test_without_a_plan_or_anything_told_nothing_is_made_up(regency: str) -> None:
    with pytest.raises(Refused, match="no_plan"):
        calibrating.calibrate(regency, now=NOW)
    make(regency)
    assert calibrating.calibrate(regency, now=NOW).found.rows == ()


def test_the_file_lengthens_the_next_plan_which_is_judged_by_it(regency: str, tmp_path: Path) -> None:
    first = make(regency)
    _told(first, 1.4)
    file = tmp_path / "faktor.toml"
    run = CliRunner().invoke(command, ["calibrate", "--area", regency, "--out", str(file)])
    assert run.exit_code == 0, run.output
    arguments = ["make", "--area", regency, "--voting-day", "2024-06-12", "--by", "A"]  # the vote after it
    arguments += ["--reason", "Ukur", "--travel", str(file)]
    run = CliRunner().invoke(command, arguments)
    assert run.exit_code == 0, run.output
    second = models.Plan.objects.get(of_record=True)
    travel = reads.travel_of(second.pk)
    assert isinstance(travel, Told) and travel.factors and not travel.blocks
    assert second.problem_sha256 != models.Plan.objects.get(pk=first).problem_sha256
    assert second.summary["assumed_counts"]["travel_measured"] == len(travel.factors)
    assert reads.check_plan(second.pk, now=NOW) == []
    modes = {mode for mode, _, _ in travel.factors}
    assert Mode.PICKUP in modes


def test_a_broken_file_is_refused_before_anything_is_planned(regency: str, tmp_path: Path) -> None:
    file = tmp_path / "faktor.toml"
    file.write_text("factor = 3")
    run = CliRunner().invoke(command, ["make", "--area", regency, "--by", "A", "--travel", str(file)])
    assert run.exit_code == 1 and not models.Plan.objects.exists()
