"""Trips that were planned by boat are trips by speedboat; nothing else of them changes."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kawal.rules.plan.facts import Mode
from tests.desk.watch.tables import put_plan
from tests.rules.watch.world import boat

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("as_it_was")]
BEFORE, AFTER = [("plan", "0003_life")], [("plan", "0004_speedboats")]


@pytest.fixture
def as_it_was() -> Iterator[None]:
    """The tests that follow find the tables of today."""
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_kept_trips_are_told_in_todays_words_and_back() -> None:
    put_plan([boat(), boat(code="16.07-to_pps-2", vehicle="truck-16.07-01", mode=Mode.TRUCK)])
    MigrationExecutor(connection).migrate(BEFORE)
    assert _trips() == [("boat", "boat-16.07-03"), ("truck", "truck-16.07-01")]
    MigrationExecutor(connection).migrate(AFTER)
    assert _trips() == [("speedboat", "speedboat-16.07-03"), ("truck", "truck-16.07-01")]


def _trips() -> list[tuple[str, str]]:
    with connection.cursor() as rows:
        rows.execute("select mode, vehicle from plan_trip order by code")
        return [tuple(row) for row in rows.fetchall()]
