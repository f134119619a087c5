"""People's decisions: on a class, by one or two persons, and on what a class means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.db.models import Max

from kawal.desk.places import reads as places
from kawal.desk.risk import noting, reads, tables
from kawal.desk.risk.gathering import within
from kawal.desk.risk.models import AreaRisk, PatternTable, RiskOverride
from kawal.rules.places.codes import level_of
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.decisions import Decision, check_second, counted

REASON_CHARS_MAX: Final = 1_000
_TABLE_LEVELS: Final = ("nation", "province", "regency")


@dataclass(frozen=True, slots=True)
class Decided:
    id: int
    waits: bool  # for a second person: until then it only raises


def decide(
    area: str,
    klass: RiskClass,
    reason: str,
    until: datetime | None,
    by: str,
    *,
    now: datetime,
    post: str = "",
) -> Decided:
    """A class for an area and all below it. What it raises counts at once; what it lowers waits for a second.

    Refuses `unknown_area`, `reason_required`, `reason_too_long`, `by_required`, `until_required`,
    `until_is_past`.
    """
    places.area(area)
    reason = checked_reason(area, reason, by)
    if until is None:
        raise Refused("until_required", area=area)
    if until <= now:
        raise Refused("until_is_past", area=area)
    with transaction.atomic():
        row = RiskOverride.objects.create(
            area_code=area,
            klass=klass,
            reason=reason,
            by=by.strip(),
            post=post,
            at=now,
            until=until,
            lowers=_lowers(area, klass, now),
        )
        noting.note(area, cause="decided", now=now)
    return Decided(int(row.pk), row.lowers)


def confirm(decision: int, *, by: str, post: str, now: datetime) -> Decision:
    """The second person's word: from now on the class is exactly the decided one.

    Refuses `unknown_decision`, `not_waiting`, `same_person`, `not_a_higher_post`.
    """
    with transaction.atomic():
        row = _waiting(decision)
        check_second(reads.decision_of(row), by=by, post=post, now=now)
        row.confirmed_by, row.confirmed_post, row.confirmed_at = by, post, now
        row.save()
        noting.note(row.area_code, cause="decided", now=now)
    return reads.decision_of(row)


def decline(decision: int, *, by: str, post: str, reason: str, now: datetime) -> Decision:
    """The second person says no, with a reason; the decision holds no longer, and is kept.

    Who proposed it may take it back in the same way. Refuses `unknown_decision`, `not_waiting`,
    `not_a_higher_post`, `reason_required`.
    """
    with transaction.atomic():
        row = _waiting(decision)
        reason = checked_reason(row.area_code, reason, by)
        proposed = reads.decision_of(row)
        if by != row.by:
            check_second(proposed, by=by, post=post, now=now)
        elif not proposed.waits(now):
            raise Refused("not_waiting", decision=decision)
        row.declined_by, row.declined_at, row.declined_reason = by, now, reason
        row.save()
        noting.note(row.area_code, cause="decided", now=now)
    return reads.decision_of(row)


def change_patterns(area: str, text: str, reason: str, by: str, *, now: datetime, post: str = "") -> int:
    """A new version of what a class means in an area and below; answers its number. The same again is none.

    Plans made from now on follow it, and so does the watch at its next look. Refuses `unknown_area`,
    `table_needs_regency`, `reason_required`, `by_required`, and `wrong_rules`: above all where a worse
    class would be guarded less.
    """
    if level_of(places.area(area).code) not in _TABLE_LEVELS:
        raise Refused("table_needs_regency", area=area)
    reason = checked_reason(area, reason, by)
    tables.read(text)
    with transaction.atomic():
        known = PatternTable.objects.filter(area_code=area)
        last = known.aggregate(last=Max("version"))["last"] or 0
        if last and known.get(version=last).text == text:
            return int(last)
        PatternTable.objects.create(
            area_code=area,
            version=last + 1,
            text=text,
            sha256=sha256(text.encode()).hexdigest(),
            at=now,
            by=by.strip(),
            post=post,
            reason=reason,
        )
    return int(last) + 1


def checked_reason(area: str, reason: str, by: str) -> str:
    """Refuses `reason_required`, `reason_too_long`, `by_required`."""
    if not reason.strip():
        raise Refused("reason_required", area=area)
    if len(reason) > REASON_CHARS_MAX:
        raise Refused("reason_too_long", most=REASON_CHARS_MAX)
    if not by.strip():
        raise Refused("by_required", area=area)
    return reason.strip()


def _lowers(area: str, klass: RiskClass, now: datetime) -> bool:
    """Whether the area itself, or any below it, stands in a worse class now."""
    found = reads.holding(area, now=now)
    rows = AreaRisk.objects.filter(within(area)).values_list("area_code", "klass")
    return any(counted(code, RiskClass(computed), found).klass > klass for code, computed in rows.iterator())


def _waiting(decision: int) -> RiskOverride:
    row = RiskOverride.objects.select_for_update().filter(pk=decision).first()
    if row is None:
        raise Refused("unknown_decision", decision=decision)
    return row
