"""What is done with alerts: the look that opens, climbs and closes them, and people's answers.

A look never locks. It reads, decides by the rules, and claims every change by compare-and-set: the row
is changed only where it still stands as it was read. Two lookers, or a looker and an officer, cannot do
the same thing twice.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from kawal.desk.custody.picture import picture
from kawal.desk.watch import watching
from kawal.desk.watch.models import Alert, AlertAct
from kawal.desk.watch.rows import alert_of, columns_of, columns_of_news, columns_of_sign
from kawal.rules.places.codes import covers
from kawal.rules.refusals import Refused
from kawal.rules.watch import climb
from kawal.rules.watch.climb import Act
from kawal.rules.watch.facts import Limits, Sign, WatchedPlan
from kawal.rules.watch.ladder import ladder_for
from kawal.rules.watch.signs import signs

log = logging.getLogger(__name__)

POSTPONED_BY: Final = timedelta(hours=1)
NOTE_LENGTH_MAX: Final = 200
GONE: Final = "gone"  # close_reason of an alert that closed by itself; people give words
_CAUSES_AT_ONCE: Final = 10_000
_STANDS_AS = ("kind", "severity", "step", "acknowledged_at", "gone_at", "closed_at")


@dataclass(frozen=True, slots=True)
class SweepResult:
    opened: int
    climbed: int
    closed: int


@dataclass(frozen=True, slots=True)
class _Change:
    """What a look decided about one alert, to be claimed."""

    row: Alert  # as it was read
    columns: dict[str, Any]
    acts: list[Act]
    post: str  # whom the acts go to


def sweep(*, now: datetime) -> SweepResult:
    """Looks once at everything that is underway. Looking again at the same time changes nothing.

    While events wait to be folded, what is underway is judged as of the moment until which the picture is
    whole: nobody is called late or silent for what lies in the log already. Ladders climb by `now`.
    """
    limits = watching.limits()
    seen_at = picture().complete_until(now)
    plans = watching.watched_plans(seen_at)
    found = {sign.cause: sign for sign in signs(plans, watching.open_findings(), now=seen_at, limits=limits)}
    changes = []
    fresh = dict(found)
    for row in _rows(list(found)):
        fresh.pop(row.cause, None)
        due = row.postponed_until is None or row.postponed_until <= now
        if due and (row.cause in found or _can_tell(row, plans)):
            changes += _decided(row, found.get(row.cause), now=now, limits=limits)
    done: Counter[Act] = Counter()
    if changes or fresh:  # a calm look takes no lock: on SQLite a transaction would stop all writers
        with transaction.atomic():
            for change in changes:
                done.update(_claimed(change, now))
            done[Act.OPENED] += _opened(list(fresh.values()), now)
    return SweepResult(done[Act.OPENED] + done[Act.REOPENED], done[Act.CLIMBED], done[Act.CLOSED])


def acknowledge(alert_id: int, *, officer_post: str, by: str, now: datetime, note: str = "") -> bool:
    """Notes a post's answer; True while the alert counts as answered. The same again changes nothing.

    Refuses `unknown_alert`, `already_closed`, `not_your_ladder`, `note_too_long`.
    """
    _check_note(note)
    with transaction.atomic():
        row = _row(alert_id)
        after, act = climb.acknowledge(alert_of(row), post=officer_post, now=now)
        if act is Act.SEEN and _answered_since_it_came(row, officer_post):
            return after.acknowledged_at is not None
        _save_locked(row, columns_of(after))
        AlertAct.objects.create(alert=row, at=now, act=act, post=officer_post, by=by, note=note)
    return after.acknowledged_at is not None


def close(alert_id: int, *, officer_post: str, by: str, now: datetime, reason: str) -> None:
    """Ends an alert with a reason. It opens again only when more is wrong than was then.

    Refuses `unknown_alert`, `already_closed`, `not_your_ladder`, `reason_missing`, `note_too_long`.
    """
    _check_note(reason)
    with transaction.atomic():
        row = _row(alert_id)
        after = climb.close(alert_of(row), post=officer_post, reason=reason, now=now)
        _save_locked(row, {**columns_of(after), "close_reason": reason})
        AlertAct.objects.create(alert=row, at=now, act=Act.CLOSED, post=officer_post, by=by, note=reason)


def _rows(causes: Sequence[str]) -> Iterator[Alert]:
    """Open alerts, and those closed before whose cause is back."""
    yield from Alert.objects.filter(closed_at=None).order_by("id")
    for start in range(0, len(causes), _CAUSES_AT_ONCE):
        back = causes[start : start + _CAUSES_AT_ONCE]
        yield from Alert.objects.filter(~Q(closed_at=None), cause__in=back).order_by("id")


def _can_tell(row: Alert, plans: Sequence[WatchedPlan]) -> bool:
    """Whether a missing sign means that it is gone: a trip of a plan that nobody watches gives none."""
    if not row.trip_code and not row.cause.startswith("unreceived:"):
        return True
    return any(covers(plan.area, row.area_code) for plan in plans)


def _decided(row: Alert, sign: Sign | None, *, now: datetime, limits: Limits) -> list[_Change]:
    """What becomes of one alert, if anything. What fails at it postpones this one, the others go on."""
    try:
        before = alert_of(row)
        after, acts = climb.look(before, sign, now=now, gone_for=limits.gone_for)
        news = columns_of_news(sign) if after.closed_at is None else {}
        if after == before and all(getattr(row, name) == value for name, value in news.items()):
            return []
        reason = {"close_reason": GONE if after.closed_at else ""}
        return [_Change(row, columns_of(after) | news | reason, acts, after.ladder[after.step].post)]
    except Exception:
        _postpone(row, now)
        return []


def _claimed(change: _Change, now: datetime) -> list[Act]:
    """The acts that are this look's; none where somebody else was first."""
    try:
        with transaction.atomic():
            if not _save(change.row, change.columns):
                return []
            AlertAct.objects.bulk_create(
                AlertAct(alert=change.row, at=now, act=act, post=change.post) for act in change.acts
            )
    except Exception:
        _postpone(change.row, now)
        return []
    return change.acts


def _postpone(row: Alert, now: datetime) -> None:
    log.exception("alert %s could not be looked at; again after %s", row.pk, POSTPONED_BY)
    Alert.objects.filter(pk=row.pk).update(postponed_until=now + POSTPONED_BY)


def _opened(fresh: Sequence[Sign], now: datetime) -> int:
    """One alert per cause, how many of them this look opened. The database keeps causes unique."""
    rows = []
    for sign in fresh:
        deadline = sign.facts.get("deadline_at")
        left = datetime.fromisoformat(deadline) - now if deadline else None
        alert = climb.opened(sign, ladder_for(sign.area, sign.kind, sign.severity, left=left), now=now)
        columns = columns_of(alert) | columns_of_sign(sign, alert) | columns_of_news(sign)
        rows.append(Alert(cause=sign.cause, opened_at=now, **columns))
    try:
        with transaction.atomic():
            Alert.objects.bulk_create(rows)
            AlertAct.objects.bulk_create(
                AlertAct(alert=row, at=now, act=Act.OPENED, post=row.ladder[0]["post"]) for row in rows
            )
    except IntegrityError:
        return 0  # another looker opened one of them just now; the next look opens what is left
    return len(rows)


def _row(alert_id: int) -> Alert:
    row = Alert.objects.select_for_update().filter(pk=alert_id).first()
    if row is None:
        raise Refused("unknown_alert", alert=alert_id)
    return row


def _save(row: Alert, columns: dict[str, Any]) -> bool:
    """Compare and set: False where somebody else changed the row since it was read."""
    stands = {name: getattr(row, name) for name in _STANDS_AS}
    return Alert.objects.filter(pk=row.pk, **stands).update(**columns) == 1


def _save_locked(row: Alert, columns: dict[str, Any]) -> None:
    saved = _save(row, columns)
    assert saved, "the transaction holds the row (PostgreSQL) or the database (SQLite)"


def _answered_since_it_came(row: Alert, post: str) -> bool:
    """Whether the post answered already, and nothing has moved the alert since."""
    moves = [Act.OPENED, Act.CLIMBED, Act.WORSENED, Act.REOPENED]
    last = row.acts.filter(Q(act__in=moves) | Q(post=post, act__in=[Act.ACKNOWLEDGED, Act.SEEN])).last()
    return last is not None and last.act not in moves


def _check_note(note: str) -> None:
    if len(note) > NOTE_LENGTH_MAX:
        raise Refused("note_too_long", most=NOTE_LENGTH_MAX)
