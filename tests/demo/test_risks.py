"""The exercise's risk page is alive: indices, a forecast that counts on its day, a waiting decision."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from kawal.demo import risks
from kawal.desk.risk import actions, history, moving, pages, reads
from kawal.desk.risk.models import Influence, RiskOverride
from tests.desk.risk import world

NOW = datetime(2024, 2, 7, 22, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def stage(seed: int = 2024) -> None:
    risks.indices("16.07", seed=seed, day=NOW.date(), by="kawal demo", now=NOW)
    actions.compute("16.07", now=NOW)
    risks.happenings("16.07", voting_day=date(2024, 2, 14), now=NOW)


def test_the_page_of_the_exercise_has_indices_a_forecast_and_a_decision_that_waits() -> None:
    world.places()
    stage()
    found = pages.page("16.07", now=NOW)
    assert [one.index.code for one in found.told] == ["ikp-2024"]
    assert len(found.waiting) == 1
    assert found.moving and all(one.begins_at > NOW for one in found.moving)
    village = next(one for one in pages.below("16.07", now=NOW, villages=True))
    assert village.another is not None


def test_the_forecast_moves_classes_or_scores_when_its_day_comes() -> None:
    world.places()
    stage()
    begins = Influence.objects.earliest("begins_at").begins_at
    assert begins == datetime(2024, 2, 11, 5, tzinfo=UTC)  # noon of H-3, western time
    assert moving.is_due(begins)
    moving.refresh(now=begins)
    changed = history.changed("16.07", since=NOW, until=begins)
    assert any(one.cause == "moved" and one.score > (one.score_before or 0) for one in changed)


def test_the_same_seed_stages_the_same() -> None:
    world.places()
    stage()
    first = (
        reads.assessment("16.07", now=NOW),
        list(Influence.objects.order_by("key").values_list("key", flat=True)),
    )
    Influence.objects.all().delete()
    RiskOverride.objects.all().delete()
    stage()
    again = (
        reads.assessment("16.07", now=NOW),
        list(Influence.objects.order_by("key").values_list("key", flat=True)),
    )
    assert (again[0].score, again[1]) == (first[0].score, first[1])
    assert reads.waiting("16.07", now=NOW + timedelta(hours=1))
