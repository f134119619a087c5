"""Risk lives: what is told moves the classes, fades, is taken back; every change is kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kawal.desk.risk import actions, deciding, history, moving, reads, specfiles, weather
from kawal.desk.risk.models import AreaRisk, Influence, RiskChange
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.happening import Happening

from ...rules.risk.test_weather import alert, answer, entry
from ..needs.places_of import VILLAGES, regency

NOW = datetime(2024, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEAR, MIDDLE, FAR = VILLAGES
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def computed() -> None:
    regency()
    actions.compute("16", now=NOW)


def flood(area: str = NEAR, *, hours: float = 0, key: str = "incident:1") -> Happening:
    return Happening(key=key, kind="incident.flood", area_code=area, begins_at=NOW + hours * HOUR)


def scores() -> dict[str, float]:
    return dict(AreaRisk.objects.values_list("area_code", "score"))


def test_a_flood_raises_its_village_and_all_above_and_fades_to_where_they_stood() -> None:
    before = scores()
    moving.tell([flood()], now=NOW)
    done = moving.refresh(now=NOW)
    assert done.regencies == 1
    after = scores()
    assert after[NEAR] > before[NEAR]
    assert (after[MIDDLE], after[FAR]) == (before[MIDDLE], before[FAR])
    assert all(after[area] > before[area] for area in ("16.07.03", "16.07", "16"))
    moving.refresh(now=NOW + 60 * HOUR)
    assert before[NEAR] < scores()[NEAR] < after[NEAR]
    moving.refresh(now=NOW + 3000 * HOUR)
    assert scores() == pytest.approx(before, abs=0.001)


def test_at_the_same_time_again_nothing_changes() -> None:
    moving.tell([flood()], now=NOW)
    moving.refresh(now=NOW)
    kept = scores(), RiskChange.objects.count()
    assert moving.tell([flood()], now=NOW + HOUR) == 0
    assert moving.refresh(now=NOW).changes == 0
    assert (scores(), RiskChange.objects.count()) == kept


def test_computing_anew_keeps_what_moves() -> None:
    moving.tell([flood()], now=NOW)
    moving.refresh(now=NOW)
    moved = scores()
    actions.compute("16", now=NOW)
    assert scores() == pytest.approx(moved, abs=0.001)
    assert AreaRisk.objects.get(pk=NEAR).indicators["disaster"] is None  # the base stays what was given


def test_it_is_due_when_something_is_told_begins_or_ends_and_not_before() -> None:
    moving.refresh(now=NOW)
    assert not moving.is_due(NOW + HOUR)
    moving.tell([flood(hours=5)], now=NOW + HOUR)
    assert moving.is_due(NOW + HOUR)
    moving.refresh(now=NOW + HOUR)
    assert not moving.is_due(NOW + 4 * HOUR)
    assert moving.is_due(NOW + 5 * HOUR)


def test_a_forecast_changes_a_class_when_its_hour_comes_and_the_history_says_why(tmp_path: Path) -> None:
    raise_to_the_edge(NEAR, tmp_path)
    data = json.dumps(
        answer(entry(6, weather=63, tp=15.0), entry(9, weather=63, tp=15.0), code=NEAR)
    ).encode()
    told = weather.take_in(data, now=NOW)
    assert (told.happenings, told.new) == (1, 1)
    assert weather.take_in(data, now=NOW).new == 0
    assert weather.take_in(data, now=NOW, inside="16.08").outside == 1
    moving.refresh(now=NOW)
    low = reads.classes("16.07", now=NOW)[NEAR]
    moving.refresh(now=NOW + 6 * HOUR)
    assert reads.classes("16.07", now=NOW + 6 * HOUR)[NEAR] == low + 1
    (changed,) = [
        one for one in history.changed("16.07", since=NOW, until=NOW + 7 * HOUR) if one.area_code == NEAR
    ]
    assert (changed.before, changed.after, changed.cause) == (low, low + 1, "moved")
    assert changed.why[0]["indicator"] == "weather"
    assert history.changed("16.07", since=NOW + 7 * HOUR, until=NOW + 8 * HOUR) == []


def raise_to_the_edge(village: str, folder: Path) -> None:
    """Computes by a spec whose next class begins just above the village's score."""
    edge = AreaRisk.objects.get(pk=village).score + 0.05
    text = specfiles.read().text.replace("vulnerable = 30", f"vulnerable = {edge:.4f}")
    text = text.replace("high = 45", f"high = {edge + 20:.4f}").replace(
        "special = 65", f"special = {edge + 21:.4f}"
    )
    own = folder / "own.toml"
    own.write_text(text)
    actions.compute("16", now=NOW, spec=str(own))


def test_a_warning_is_taken_back_by_its_cancel() -> None:
    before = scores()[NEAR]
    weather.take_in(alert().encode(), now=NOW)
    moving.refresh(now=NOW + 4 * HOUR)
    assert scores()[NEAR] > before
    cancel = alert(
        identifier="2", msgType="Cancel",
        references="bmkg@bmkg.go.id,2.49.0.1.360.0.2024.02.12.1,2024-02-12T08:00:00+07:00",
    )  # fmt: skip
    assert weather.take_in(cancel.encode(), now=NOW + 5 * HOUR).taken_back == 1
    moving.refresh(now=NOW + 5 * HOUR)
    assert scores()[NEAR] == pytest.approx(before, abs=0.001)
    assert Influence.objects.count() == 1  # kept for ever


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff", b"<a", b"<!DOCTYPE a><a/>", b"<html/>", b"[" * 100_000, b"[1]"]
)
def test_what_is_neither_forecast_nor_warning_is_refused_and_changes_nothing(data: bytes) -> None:
    with pytest.raises(Refused):
        weather.take_in(data, now=NOW)
    assert not Influence.objects.exists()


def test_an_ended_decision_is_noted_when_its_time_is_up() -> None:
    deciding.decide(NEAR, RiskClass.SPECIAL, "Ancaman", NOW + HOUR, "piket", now=NOW)
    moving.refresh(now=NOW)
    assert moving.is_due(NOW + HOUR)
    moving.refresh(now=NOW + HOUR)
    last = RiskChange.objects.filter(area_code=NEAR).latest("id")
    assert (last.cause, last.klass_before, last.at) == ("ended", RiskClass.SPECIAL, NOW + HOUR)


def test_a_warning_never_makes_a_village_milder() -> None:
    before = scores()
    far = before[FAR]
    moving.tell([Happening(key="w", kind="cap.moderate", area_code=FAR, begins_at=NOW)], now=NOW)
    moving.refresh(now=NOW)
    assert scores()[FAR] >= far
