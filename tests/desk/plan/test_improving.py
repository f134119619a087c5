from __future__ import annotations

import os
import signal

import pytest
from click.testing import CliRunner

from kawal.desk.plan import reads
from kawal.desk.plan.commands import plan
from kawal.desk.plan.improving import Patience
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import make


class Counted(Patience):
    """Over after so many looks, so that the machine's speed decides nothing."""

    def __init__(self, looks: int) -> None:
        super().__init__(seconds=3_600)
        self.looks = looks

    def over(self) -> bool:
        self.looks -= 1
        return self.looks < 0 or super().over()


def test_more_rounds_are_told_and_said_not_to_be_repeatable(regency: str) -> None:
    make(regency)
    made = make(regency, reason="Longer", patience=Counted(9))
    first, longer = sorted(reads.versions(regency), key=lambda one: one.version)
    assert longer.id == made
    assert longer.summary["search"]["rounds"] > 1
    assert not longer.summary["search"]["repeatable"]
    assert first.summary["search"] == {"stopped": False, "seconds": None, "rounds": 1, "repeatable": True}
    assert first.problem_sha256 != longer.problem_sha256


def test_who_stops_gets_the_best_so_far_and_is_told(regency: str) -> None:
    patience = Patience()
    patience.stop()
    make(regency, patience=patience)
    found = reads.plan_of_record(regency)
    assert found is not None and found.summary["search"]["stopped"]
    assert found.summary["stations_unserved_count"] == 0
    told = CliRunner().invoke(plan, ["show", "--area", regency])
    assert "Pencarian dihentikan" in told.output


def test_a_plan_begins_from_the_present_one_where_asked(regency: str) -> None:
    made = make(regency)
    again = make(regency, reason="From what is", from_present=True, effort=0)
    assert reads.trips(again) == reads.trips(made)


def test_without_a_plan_there_is_nothing_to_begin_from(regency: str) -> None:
    with pytest.raises(Refused) as refused:
        make(regency, from_present=True)
    assert refused.value.code == "no_plan"


def test_many_regencies_have_one_effort(regency: str) -> None:
    told = CliRunner().invoke(plan, ["make", "--area", "16", "--effort", "3"])
    assert told.exit_code == 1
    assert "--from-present" in told.output


def test_ctrl_c_stops_the_search_and_keeps_the_plan(regency: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from kawal.desk.plan import actions

    best = actions.best

    def interrupted(*given: object, **more: object) -> object:
        os.kill(os.getpid(), signal.SIGINT)
        return best(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "best", interrupted)
    told = CliRunner().invoke(plan, ["make", "--area", regency, "--by", "Logistics"])
    assert told.exit_code == 0, told.output
    found = reads.plan_of_record(regency)
    assert found is not None and found.summary["search"]["stopped"]
