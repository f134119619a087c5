"""Stages came in between: what was stored under the old numbers keeps its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import pytest
from django.apps import apps

from kawal.desk.custody import models
from kawal.rules.custody.stages import Stage

pytestmark = pytest.mark.django_db

FIRST = (
    Stage.NEEDED, Stage.PACKED, Stage.SEALED, Stage.ON_THE_WAY_PPK, Stage.AT_PPK, Stage.ON_THE_WAY_PPS,
    Stage.AT_PPS, Stage.AT_STATION, Stage.OPENED, Stage.RESEALED, Stage.BACK_AT_PPS, Stage.BACK_ON_THE_WAY,
    Stage.BACK_AT_PPK, Stage.BACK_HOME,
)  # fmt: skip
WITH_GATEWAYS = (
    *FIRST[:4], Stage.AT_GATEWAY, Stage.ON_THE_WAY_FROM_GATEWAY, *FIRST[4:13], Stage.BACK_AT_GATEWAY,
    Stage.BACK_FROM_GATEWAY, Stage.BACK_HOME,
)  # fmt: skip


@pytest.mark.parametrize(
    ("before", "moves"), [(FIRST, ("0005_gateways", "0006_landings")), (WITH_GATEWAYS, ("0006_landings",))]
)
def test_every_stored_stage_is_what_it_was(before: Sequence[Stage], moves: Sequence[str]) -> None:
    for old, _ in enumerate(before):
        models.StationProgress.objects.create(
            station_code=f"1607032001{old + 1:03d}", village_code="16.07.03.2001", stage=old
        )
    counted = {str(old): old + 1 for old, _ in enumerate(before)}
    models.AreaProgress.objects.create(area_code="16.07", parent_code="16", stations_by_stage=counted)
    models.AreaProgress.objects.create(area_code="16.08", parent_code="16")
    for name in moves:
        import_module(f"kawal.desk.custody.migrations.{name}").moved(apps, None)
    stored = models.StationProgress.objects.order_by("station_code").values_list("stage", flat=True)
    assert [Stage(stage) for stage in stored] == list(before)
    area = models.AreaProgress.objects.get(area_code="16.07").stations_by_stage
    assert {Stage(int(stage)): count for stage, count in area.items()} == {
        stage: old + 1 for old, stage in enumerate(before)
    }
    assert models.AreaProgress.objects.get(area_code="16.08").stations_by_stage == {}
