"""Repairs asked for on the page: one at a time, to be begun, killed, lost and asked for again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kawal.desk.plan import models, reads
from kawal.desk.plan.sure import repairing
from kawal.desk.report import live
from kawal.desk.watch import repairs
from kawal.desk.watch.models import RepairRun
from kawal.rules.plan.repair.promise import Targets
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import NOW, make, regency  # noqa: F401 - a fixture
from tests.desk.plan.sure.test_repairing import law_of_closed_days

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def plan(regency: str, tmp_path: Path) -> int:  # noqa: F811
    return make(regency, delays=Path(law_of_closed_days(tmp_path)).read_text())


def ask(*, what_if: bool = True, reason: str = "") -> bool:
    return repairs.ask("16.07", what_if=what_if, reason=reason, by="Logistik", now=NOW)


def begun() -> int:
    run_id = repairs.begin_next(NOW)
    assert run_id is not None
    return run_id


def outcome() -> tuple[str, int | None]:
    told = repairs.latest("16.07")
    assert told is not None
    return told.outcome, told.version


def test_what_is_asked_for_is_begun_once_done_and_told() -> None:
    assert repairs.latest("16.07") is None and repairs.begin_next(NOW) is None
    assert ask() and outcome() == ("", None)
    run_id = begun()
    assert repairs.begin_next(NOW) is None, "one at a time"
    before = live.version()
    repairs.work(run_id)
    assert outcome() == ("made", 2) and live.version() != before
    made = reads.plan_by_version("16.07", 2)
    assert (
        not made.of_record
        and made.made_by == "Logistik"
        and made.reason == "Diperbaiki menuju 99,00 % tepat waktu"
    )
    repairs.close(run_id)
    assert outcome() == ("made", 2)


def test_asking_again_while_one_is_underway_changes_nothing() -> None:
    assert ask()
    assert not ask(what_if=False)
    begun()
    assert not ask()
    assert RepairRun.objects.count() == 1


def test_two_regencies_are_repaired_one_after_the_other() -> None:
    ask()
    RepairRun.objects.create(
        area_code="16.08",
        what_if=True,
        reason="x",
        asked_by="x",
        asked_at=NOW,
        base_version=1,
        newest_version=1,
    )
    first = begun()
    assert repairs.begin_next(NOW) is None
    repairs.close(first)
    assert begun() == first + 1


def test_a_killed_process_leaves_the_plan_as_it_was_and_it_can_be_asked_again() -> None:
    ask()
    repairs.close(begun())
    assert outcome() == ("died", None) and models.Plan.objects.count() == 1
    assert ask(what_if=False)
    repairs.work(begun())
    assert outcome() == ("made", 2) and reads.plan_by_version("16.07", 2).of_record


@pytest.mark.parametrize("ends", [repairs.close, repairs.put_back])
def test_a_process_killed_after_it_saved_its_version_has_made_it(ends) -> None:
    ask(reason="Lebih pasti")
    run_id = begun()
    repairing.repair("16.07", targets=Targets(), by="Logistik", reason="Lebih pasti", now=NOW, what_if=True)
    ends(run_id)
    assert outcome() == ("made", 2) and repairs.begin_next(NOW) is None


def test_a_version_that_somebody_else_made_meanwhile_is_not_taken_for_it() -> None:
    ask(reason="Lebih pasti")
    run_id = begun()
    repairing.repair("16.07", targets=Targets(), by="Orang lain", reason="Lain", now=NOW, what_if=True)
    repairs.close(run_id)
    assert outcome() == ("died", None)


def test_a_hub_that_ends_puts_it_back_for_the_next() -> None:
    ask()
    run_id = begun()
    repairs.put_back(run_id)
    assert outcome() == ("", None) and begun() == run_id


def test_whose_machine_went_is_lost_after_two_minutes_without_a_beat() -> None:
    ask()
    run_id = begun()
    repairs.beat(run_id, NOW + 3 * MINUTE)
    assert repairs.begin_next(NOW + 4 * MINUTE) is None and outcome() == ("", None)
    assert repairs.begin_next(NOW + 6 * MINUTE) is None and outcome() == ("died", None)


def test_a_refusal_is_kept_with_its_facts() -> None:
    ask()
    models.Plan.objects.update(of_record=False)
    repairs.work(begun())
    told = repairs.latest("16.07")
    assert told is not None and (told.outcome, told.code) == ("refused", "no_plan")
    assert told.facts == {"area": "16.07"}


@pytest.mark.parametrize(("area", "by", "code"), [("16.07", " ", "by_required"), ("16", "x", "no_plan")])
def test_what_cannot_be_is_refused_when_it_is_asked(area: str, by: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        repairs.ask(area, what_if=True, reason="", by=by, now=NOW)
    assert RepairRun.objects.count() == 0


def test_a_record_that_moved_meanwhile_is_not_replaced(regency: str) -> None:  # noqa: F811
    """Somebody makes another plan of record while the repair computes."""

    def told(stage: repairing.Stage) -> None:
        if stage is repairing.Stage.SAVING:
            make(regency, seed=2, reason="Lain")

    with pytest.raises(Refused, match="record_moved"):
        repairing.repair("16.07", targets=Targets(), by="x", reason="x", now=NOW, told=told)
    record = reads.plan_of_record("16.07")
    assert record is not None and record.reason == "Lain" and models.Plan.objects.count() == 2
