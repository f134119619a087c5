"""What custody and watch teach risk: told once however often looked at, taken back when explained."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kawal.desk.custody.models import Finding, Incident, StationProgress
from kawal.desk.risk import actions as risk
from kawal.desk.risk.models import AreaRisk, Influence
from kawal.desk.watch import feeding
from kawal.desk.watch.models import Alert
from kawal.rules.custody.stages import Stage

from ..needs.places_of import VILLAGES, regency

NOW = datetime(2024, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEAR, MIDDLE, FAR = VILLAGES
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def computed() -> None:
    regency()
    risk.compute("16.07", now=NOW)


def incident(index: int, kind: str, at: datetime) -> None:
    Incident.objects.create(
        entry_index=index, kind=kind, area_code=NEAR, happened_at=at - HOUR, received_at=at
    )


def finding(kind: str = "seals_differ") -> Finding:
    return Finding.objects.create(
        key=f"C3.{kind}.1", kind=kind, rule="C3", area_code=NEAR, entry_index=1, facts={}, found_at=NOW,
        found_index=1,
    )  # fmt: skip


def alert(**columns: object) -> Alert:
    told = {"cause": "delay:T1", "kind": "late", "severity": 2, "area_code": "16.07", "opened_at": NOW,
            "facts": {"stations": ["1607032001001", "1607032001002"]}, "ladder": []} | columns  # fmt: skip
    return Alert.objects.create(**told)


def test_an_incident_raises_the_risk_of_its_place_once() -> None:
    before = AreaRisk.objects.get(pk=NEAR).score
    incident(1, "attack", NOW)
    feeding.teach(now=NOW)
    after = AreaRisk.objects.get(pk=NEAR).score
    assert after > before
    feeding.teach(now=NOW)
    assert Influence.objects.count() == 1
    assert AreaRisk.objects.get(pk=NEAR).score == after
    incident(2, "flood", NOW + HOUR)
    incident(3, "other", NOW + HOUR)
    feeding.teach(now=NOW + HOUR)
    assert set(Influence.objects.values_list("kind", flat=True)) == {"incident.attack", "incident.flood"}


def test_a_late_trip_counts_for_the_villages_it_serves_and_fades_from_when_it_closes() -> None:
    row = alert()
    feeding.teach(now=NOW)
    one = Influence.objects.get()
    assert (one.area_code, one.kind, one.ends_at) == (NEAR, "watch.late", None)
    Alert.objects.filter(pk=row.pk).update(closed_at=NOW + HOUR)
    feeding.teach(now=NOW + HOUR)
    assert Influence.objects.get().ends_at == NOW + HOUR


def test_a_finding_counts_until_it_is_explained() -> None:
    found = finding()
    finding("not_sealed")  # says nothing of the place
    feeding.teach(now=NOW)
    moved = AreaRisk.objects.get(pk=NEAR).moved
    assert list(moved) == ["violence"]
    found.cleared_at = NOW + HOUR
    found.save()
    feeding.teach(now=NOW + HOUR)
    assert AreaRisk.objects.get(pk=NEAR).moved == {}
    assert Influence.objects.get().ended_at == NOW + HOUR


def test_a_village_that_received_all_in_time_is_trusted_more() -> None:
    for number, on_time in ((1, True), (2, True)):
        StationProgress.objects.create(
            station_code=f"1607032001{number:03d}",
            village_code=NEAR,
            stage=Stage.AT_PPS,
            received_at=NOW,
            on_time=on_time,
        )
    StationProgress.objects.create(
        station_code="1607042001001", village_code=FAR, stage=Stage.AT_PPS, on_time=False
    )
    feeding.teach(now=NOW)
    assert list(Influence.objects.values_list("key", "strength")) == [(f"ontime:{NEAR}", -0.4)]


def test_what_fails_is_logged_and_does_not_stop_the_watch(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    incident(1, "attack", NOW)
    monkeypatch.setattr("kawal.desk.risk.moving.refresh", lambda *, now: 1 / 0)
    feeding.teach(now=NOW)
    assert "risk could not follow" in caplog.text
