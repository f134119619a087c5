"""An alert's row and the rules' alert, one made of the other."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kawal.desk.watch import models
from kawal.rules.watch.climb import Alert
from kawal.rules.watch.facts import Kind, Severity, Sign
from kawal.rules.watch.ladder import Step


def alert_of(row: models.Alert) -> Alert:
    return Alert(
        kind=Kind(row.kind),
        severity=Severity(row.severity),
        count=row.facts["count"],
        ladder=ladder_of(row.ladder),
        step=row.step,
        climb_at=row.climb_at,
        acknowledged_at=row.acknowledged_at,
        gone_at=row.gone_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
    )


def ladder_of(told: list[dict[str, Any]]) -> tuple[Step, ...]:
    return tuple(Step(one["post"], tuple(one["told"]), one["wait_s"]) for one in told)


def columns_of(alert: Alert) -> dict[str, Any]:
    """What changes in a row while an alert lives."""
    return {
        "kind": alert.kind.value,
        "severity": int(alert.severity),
        "step": alert.step,
        "climb_at": alert.climb_at,
        "acknowledged_at": alert.acknowledged_at,
        "gone_at": alert.gone_at,
        "closed_at": alert.closed_at,
        "closed_by": alert.closed_by,
    }


def columns_of_sign(sign: Sign, alert: Alert) -> dict[str, Any]:
    """What is written once, when the alert opens."""
    return {
        "area_code": sign.area,
        "trip_code": sign.trip,
        "ladder": [asdict(step) for step in alert.ladder],
    }


def columns_of_news(sign: Sign | None) -> dict[str, Any]:
    """What an alert tells, as newest known; nothing where there is no news."""
    return {"facts": dict(sign.facts), "station_code": sign.station} if sign else {}
