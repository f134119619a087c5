"""Who sits where, and whether somebody tries to guess a password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q

from kawal.desk.people.models import Officer, Post, SignInFailure
from kawal.rules.places.codes import station_range

WINDOW: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class OfficerRow:
    username: str
    name: str
    post: str
    post_name: str
    agency: str
    area_code: str  # of the post: an area, or a station for a KPPS
    role: str
    last_login: datetime | None


@dataclass(frozen=True, slots=True)
class PostRow:
    code: str
    name: str
    agency: str
    area_code: str
    officers_count: int
    devices_count: int


def _row(officer: Officer) -> OfficerRow:
    return OfficerRow(
        username=officer.user.get_username(),
        name=officer.user.get_full_name(),
        post=officer.post.code,
        post_name=officer.post.name,
        agency=officer.post.agency,
        area_code=officer.post.area_code,
        role=officer.role,
        last_login=officer.user.last_login,
    )


def officer_row(user_id: int) -> OfficerRow | None:
    found = (
        Officer.objects.select_related("user", "post").filter(user_id=user_id, user__is_active=True).first()
    )
    return None if found is None else _row(found)


def officers() -> list[OfficerRow]:
    return [
        _row(row) for row in Officer.objects.select_related("user", "post").order_by("post_id", "user_id")
    ]


def posts_with_people() -> list[PostRow]:
    """Posts where somebody signs in or something signs; a nation has a million posts, most are paper."""
    rows = Post.objects.annotate(
        officers_count=Count("officer", distinct=True),
        devices_count=Count("device", filter=Q(device__revoked_at=None), distinct=True),
    ).filter(Q(officers_count__gt=0) | Q(devices_count__gt=0))
    return [
        PostRow(row.code, row.name, row.agency, row.area_code, row.officers_count, row.devices_count)
        for row in rows.order_by("code")
    ]


def posts_below(agency: str, area: str) -> list[PostRow]:
    """Posts of an agency in an area, with it, that have devices."""
    rows = Post.objects.filter(agency=agency).annotate(
        devices_count=Count("device", filter=Q(device__revoked_at=None))
    )
    found = rows.filter(devices_count__gt=0).order_by("code")
    if area:
        first, last = station_range(area)
        found = found.filter(
            Q(area_code=area) | Q(area_code__startswith=f"{area}.") | Q(area_code__range=(first, last))
        )
    return [PostRow(row.code, row.name, row.agency, row.area_code, 0, row.devices_count) for row in found]


def post_names(codes: Sequence[str]) -> dict[str, str]:
    """Names of posts by code, for pages that show who must answer."""
    return dict(Post.objects.filter(code__in=codes).values_list("code", "name"))


def failures(keys: Sequence[str], *, now: datetime) -> dict[str, tuple[int, datetime]]:
    """Failed tries by key within the window: how many, and since when."""
    rows = SignInFailure.objects.filter(key__in=keys, since__gt=now - WINDOW)
    return {key: (count, since) for key, count, since in rows.values_list("key", "count", "since")}
