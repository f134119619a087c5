"""What a new version changes for each post: written with the version, kept until it is said to be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from kawal.desk.plan import models
from kawal.rules.places.codes import covers, village_of
from kawal.rules.plan.anew.compare import Promise, TripChange, posts_of, promises, trip_changes
from kawal.rules.plan.facts import Trip
from kawal.rules.refusals import Refused

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PostNoticeFacts:
    id: int
    post: str
    area: str  # of the plan
    plan_id: int
    base_id: int
    version: int
    reason: str
    made_at: datetime
    made_by: str
    trips: list[dict[str, Any]]
    stations: list[dict[str, Any]]
    seen_at: datetime | None
    seen_by: str


def tell(row: models.Plan, before: Sequence[Trip], after: Sequence[Trip]) -> None:
    """One notice for every post that a change concerns."""
    trips: dict[str, list[TripChange]] = defaultdict(list)
    for change in trip_changes(before, after):
        for post in posts_of(change):
            trips[post].append(change)
    moved = promises(before, after)
    models.PostNotice.objects.bulk_create(
        [
            models.PostNotice(
                plan=row,
                post=post,
                trips=[{"code": one.code, "kinds": one.kinds} for one in trips[post]],
                stations=[_promise(one) for one in moved if _concerns(post, one.station)],
            )
            for post in sorted(trips)
        ],
        _BATCH,
    )


def seen(notice_id: int, *, post: str, by: str, now: datetime) -> None:
    """Somebody of the post read it; saying it again changes nothing. Refuses `unknown_notice`."""
    found = models.PostNotice.objects.filter(pk=notice_id, post=post)
    if not found.filter(seen_at=None).update(seen_at=now, seen_by=by) and not found.exists():
        raise Refused("unknown_notice", notice=notice_id)


def of_post(post: str, limit: int = 50) -> list[PostNoticeFacts]:
    """Newest first."""
    rows = models.PostNotice.objects.filter(post=post).select_related("plan__change").order_by("-id")[:limit]
    return [_facts(row) for row in rows]


def unseen_count(post: str) -> int:
    return models.PostNotice.objects.filter(post=post, seen_at=None).count()


def counts(plan_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Plan id -> how many posts were told, and how many have seen it."""
    rows = models.PostNotice.objects.filter(plan_id__in=plan_ids).values_list("plan_id")
    found = rows.annotate(told=Count("id"), seen=Count("seen_at"))
    return {plan_id: (told, seen) for plan_id, told, seen in found}


def of_plan(plan_id: int) -> list[PostNoticeFacts]:
    rows = models.PostNotice.objects.filter(plan_id=plan_id).select_related("plan__change").order_by("post")
    return [_facts(row) for row in rows]


def _facts(row: models.PostNotice) -> PostNoticeFacts:
    return PostNoticeFacts(
        id=row.pk,
        post=row.post,
        area=row.plan.area_code,
        plan_id=row.plan_id,
        base_id=row.plan.change.base_id,
        version=row.plan.version,
        reason=row.plan.reason,
        made_at=row.plan.made_at,
        made_by=row.plan.made_by,
        trips=row.trips,
        stations=row.stations,
        seen_at=row.seen_at,
        seen_by=row.seen_by,
    )


def _concerns(post: str, station: str) -> bool:
    place = post.partition("/")[2]
    return place == station or covers(place, village_of(station))


def _promise(one: Promise) -> dict[str, Any]:
    return {
        "station": one.station,
        "kind": one.kind,
        "before_at": one.before_at.isoformat() if one.before_at else None,
        "after_at": one.after_at.isoformat() if one.after_at else None,
    }
