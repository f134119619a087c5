"""The life of an alert: opened by a sign, climbing until it is answered, closed when the sign is gone.

    opened     stands at the first step of its ladder; that step has wait_s to answer
    climb      no answer in time: one step up, never two, never down; at the top it stays open
    answered   the addressed post or one above it acknowledged: it climbs no more until ANSWER_HOLDS
               times wait_s have passed; still open then, the answer has not helped, and it climbs
    worse      kind or severity rose: the answer was to something milder, so it no longer counts
    gone       the sign is away: nothing climbs; away for `gone_for`, the alert closes by itself
    reopened   the sign is back after the alert closed by itself; or, after a person closed it, the
               sign weighs more or concerns more than it did then

While it is open an alert never gets milder, it closes. `look` asked twice at one time answers the same
state: its own answers hold for that time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kawal.rules.refusals import Refused
from kawal.rules.watch.facts import Kind, Severity, Sign
from kawal.rules.watch.ladder import Step

ANSWER_HOLDS: Final = 2
# Kinds that one cause goes through: what stands may be late, and then is; never back while it is open.
_RANK: Final = {Kind.STOPPED: 1, Kind.PREDICTED_LATE: 2, Kind.LATE: 3}


class Act(StrEnum):
    OPENED = "opened"
    CLIMBED = "climbed"
    WORSENED = "worsened"
    ACKNOWLEDGED = "acknowledged"
    SEEN = "seen"  # answered by a post that was told, or no longer addressed: noted, stops nothing
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What an alert's future depends on. `climb_at` None: nothing is due."""

    kind: Kind
    severity: Severity
    count: int  # stations, parcels or findings it concerns
    ladder: tuple[Step, ...]
    step: int
    climb_at: datetime | None
    acknowledged_at: datetime | None = None
    gone_at: datetime | None = None  # first look at which the sign was away
    closed_at: datetime | None = None
    closed_by: str = ""  # post; empty where it closed by itself


def opened(sign: Sign, ladder: tuple[Step, ...], *, now: datetime) -> Alert:
    return _addressed(
        Alert(
            kind=sign.kind,
            severity=sign.severity,
            count=sign.facts["count"],
            ladder=ladder,
            step=0,
            climb_at=None,
        ),
        now,
    )


def look(alert: Alert, sign: Sign | None, *, now: datetime, gone_for: timedelta) -> tuple[Alert, list[Act]]:
    """The alert after one look at whether its sign is there, and what happened to it, in order."""
    if alert.closed_at is not None:
        return _reopened(alert, sign, now) if sign else (alert, [])
    if sign is None:
        return _gone(alert, now, gone_for)
    seen, acts = _worse(replace(alert, gone_at=None), sign, now)
    higher = climb(seen, now=now)
    return (higher, [*acts, Act.CLIMBED]) if higher else (seen, acts)


def climb(alert: Alert, *, now: datetime) -> Alert | None:
    """One step up when its time has come and the sign is there; None otherwise."""
    due = alert.climb_at is not None and alert.climb_at <= now
    if not due or alert.closed_at is not None or alert.gone_at is not None:
        return None
    return _addressed(replace(alert, step=alert.step + 1), now)


def acknowledge(alert: Alert, *, post: str, now: datetime) -> tuple[Alert, Act]:
    """Only the addressed post or one above stops the clock. Refuses `already_closed`, `not_your_ladder`."""
    _check_open(alert)
    posts = [step.post for step in alert.ladder]
    if post not in posts and not any(post in step.told for step in alert.ladder):
        raise Refused("not_your_ladder", post=post)
    if alert.acknowledged_at is not None or post not in posts[alert.step :]:
        return alert, Act.SEEN
    holds = timedelta(seconds=ANSWER_HOLDS * alert.ladder[alert.step].wait_s)
    climb_at = now + holds if alert.step + 1 < len(alert.ladder) else None
    return replace(alert, acknowledged_at=now, climb_at=climb_at), Act.ACKNOWLEDGED


def close(alert: Alert, *, post: str, reason: str, now: datetime) -> Alert:
    """Refuses `already_closed`, `not_your_ladder` (the addressed post or one above) and `reason_missing`."""
    _check_open(alert)
    if post not in [step.post for step in alert.ladder[alert.step :]]:
        raise Refused("not_your_ladder", post=post)
    if not reason.strip():
        raise Refused("reason_missing")
    return replace(alert, closed_at=now, closed_by=post, climb_at=None)


def _addressed(alert: Alert, now: datetime) -> Alert:
    """The post of the present step has its whole time to answer; at the top nothing more is due."""
    top = alert.step + 1 >= len(alert.ladder)
    wait = timedelta(seconds=alert.ladder[alert.step].wait_s)
    return replace(alert, acknowledged_at=None, climb_at=None if top else now + wait)


def _worse(alert: Alert, sign: Sign, now: datetime) -> tuple[Alert, list[Act]]:
    severity = max(alert.severity, sign.severity)
    kind = max(alert.kind, sign.kind, key=lambda one: _RANK.get(one, 0))
    after = replace(alert, kind=kind, severity=severity, count=sign.facts["count"])
    if severity == alert.severity and kind == alert.kind:
        return after, []
    if alert.acknowledged_at is None:
        return after, [Act.WORSENED]  # the time to answer runs on, it does not begin anew
    return _addressed(after, now), [Act.WORSENED]


def _gone(alert: Alert, now: datetime, gone_for: timedelta) -> tuple[Alert, list[Act]]:
    gone_at = alert.gone_at or now
    if now - gone_at < gone_for:
        return replace(alert, gone_at=gone_at), []
    return replace(alert, gone_at=gone_at, closed_at=now, closed_by="", climb_at=None), [Act.CLOSED]


def _reopened(alert: Alert, sign: Sign, now: datetime) -> tuple[Alert, list[Act]]:
    grown = sign.severity > alert.severity or sign.facts["count"] > alert.count
    worse = _RANK.get(sign.kind, 0) > _RANK.get(alert.kind, 0)
    if alert.closed_by and not grown and not worse:
        return alert, []
    fresh = replace(
        alert,
        kind=sign.kind,
        severity=sign.severity,
        count=sign.facts["count"],
        step=0,
        gone_at=None,
        closed_at=None,
        closed_by="",
    )
    return _addressed(fresh, now), [Act.REOPENED]


def _check_open(alert: Alert) -> None:
    if alert.closed_at is not None:
        raise Refused("already_closed", at=alert.closed_at.isoformat())
