"""The same plans from a Dask cluster: two workers in processes of their own, on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.plan import models, reads
from kawal.desk.plan.commands import plan
from kawal.desk.plan.wide import nation
from kawal.desk.plan.wide.pools import Failed, Processes, answers, cluster
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import ASKED, NOW
from tests.desk.plan.wide.test_pools import _task

distributed = pytest.importorskip("distributed", reason="pip install 'kawal[cluster]'")
pytestmark = pytest.mark.slow


def _cluster(workers: int) -> Any:
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    )


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with _cluster(2) as running:
        yield running.scheduler_address


def test_its_plans_are_those_of_the_processes_of_this_machine(province: str, scheduler: str) -> None:
    with cluster(scheduler) as pool:
        assert pool.workers == 2
        nation.make("16", ASKED, pool=pool, reason="", by="Logistics", now=lambda: NOW)
    there = {row.area_code: reads.trips(row.pk) for row in models.Plan.objects.all()}
    assert sorted(there) == ["16.07", "16.08"]
    models.Plan.objects.all().delete()
    nation.make("16", ASKED, pool=Processes(2), reason="", by="Logistics", now=lambda: NOW)
    assert {row.area_code: reads.trips(row.pk) for row in models.Plan.objects.all()} == there


def test_a_task_that_fails_there_is_an_answer_too(scheduler: str) -> None:
    with cluster(scheduler) as pool:
        told = dict(answers(pool, _task, ((number, number) for number in (2, 3, 4))))
    assert told == {2: 4, 3: Failed("ValueError", "three"), 4: 16}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_task_that_kills_every_worker_it_is_given_to_stops_no_other(workers: int) -> None:
    with _cluster(workers) as running, cluster(running.scheduler_address) as pool:
        told = dict(answers(pool, _task, ((number, number) for number in (5, 4, 6, 7))))
    assert (told.pop(4), told.pop(6), told.pop(7)) == (16, 36, 49)
    assert isinstance(told[5], Failed) and told[5].kind == "process_died"


def test_the_command_plans_on_the_cluster(province: str, scheduler: str) -> None:
    with override("en"):
        result = CliRunner().invoke(plan, ["make", "--area", "16", "--dask", scheduler])
    assert "2 of 3 regencies planned" in result.output, result.output


def test_a_cluster_that_is_not_there_or_empty_is_refused_with_its_mend(province: str) -> None:
    with override("en"):
        result = CliRunner().invoke(plan, ["make", "--area", "16", "--dask", "tcp://127.0.0.1:9"])
    assert result.exit_code == 1
    assert "No Dask scheduler answers at tcp://127.0.0.1:9. Start one" in result.output
    with pytest.raises(Refused, match="dask_does_not_answer"), cluster("nonsense://"):
        pass
    with (
        _cluster(0) as running,
        pytest.raises(Refused, match="dask_without_workers"),
        cluster(running.scheduler_address),
    ):
        pass
    assert not models.PlanRun.objects.exists()


def test_a_cluster_that_goes_away_loses_nothing_that_was_planned() -> None:
    running = _cluster(1)
    with cluster(running.scheduler_address) as pool:
        found = answers(pool, _task, ((number, number) for number in (4, 60, 61, 62)))
        assert next(found) == (4, 16)
        running.close()
        with pytest.raises(Refused, match="cluster_lost"):
            list(found)


def test_for_a_single_regency_a_cluster_is_refused(regency: str) -> None:
    with override("en"):
        result = CliRunner().invoke(plan, ["make", "--area", regency, "--dask", "tcp://127.0.0.1:9"])
    assert result.exit_code == 1 and "leave --dask out for 16.07" in result.output
