"""Stages came in between: what was stored under the old numbers keeps its meaning."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from kawal.desk.custody import models
from kawal.rules.custody.stages import Stage

pytestmark = pytest.mark.django_db

BEFORE = (
    Stage.NEEDED, Stage.PACKED, Stage.SEALED, Stage.ON_THE_WAY_PPK, Stage.AT_PPK, Stage.ON_THE_WAY_PPS,
    Stage.AT_PPS, Stage.AT_STATION, Stage.OPENED, Stage.RESEALED, Stage.BACK_AT_PPS, Stage.BACK_ON_THE_WAY,
    Stage.BACK_AT_PPK, Stage.BACK_HOME,
)  # fmt: skip


def test_every_stored_stage_is_what_it_was() -> None:
    for old, _ in enumerate(BEFORE):
        models.StationProgress.objects.create(
            station_code=f"1607032001{old + 1:03d}", village_code="16.07.03.2001", stage=old
        )
    counted = {str(old): old + 1 for old, _ in enumerate(BEFORE)}
    models.AreaProgress.objects.create(area_code="16.07", parent_code="16", stations_by_stage=counted)
    models.AreaProgress.objects.create(area_code="16.08", parent_code="16")
    import_module("kawal.desk.custody.migrations.0005_gateways").moved(apps, None)
    stored = models.StationProgress.objects.order_by("station_code").values_list("stage", flat=True)
    assert [Stage(stage) for stage in stored] == list(BEFORE)
    area = models.AreaProgress.objects.get(area_code="16.07").stations_by_stage
    assert {Stage(int(stage)): count for stage, count in area.items()} == {
        stage: old + 1 for old, stage in enumerate(BEFORE)
    }
    assert models.AreaProgress.objects.get(area_code="16.08").stations_by_stage == {}
