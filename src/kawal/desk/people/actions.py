"""Founding posts, adding officers, signing in: one function, one thing a person does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from kawal.desk.people import names, reads
from kawal.desk.people.models import Agency, Officer, Post, Role, SignInFailure
from kawal.rules.places.codes import NATION, post_code
from kawal.rules.places.facts import Area, Station
from kawal.rules.refusals import Refused

_AT_ONCE: Final = 2000

# The police, the army and the local government guard and carry; they never sign custody.
ROLES: Final[Mapping[str, frozenset[str]]] = {
    Agency.KPU: frozenset({Role.LOGISTICS, Role.CUSTODIAN, Role.DUTY, Role.CHIEF}),
    Agency.POLRI: frozenset({Role.ESCORT, Role.DUTY, Role.CHIEF}),
    Agency.BAWASLU: frozenset({Role.SUPERVISOR, Role.DUTY, Role.CHIEF}),
    Agency.TNI: frozenset({Role.ESCORT, Role.DUTY, Role.CHIEF}),
    Agency.PEMDA: frozenset({Role.ESCORT, Role.DUTY, Role.CHIEF}),
}

# What a device of an agency may sign as: whoever watches needs no key, only a chair.
DEVICE_ROLES: Final[Mapping[str, frozenset[str]]] = {
    Agency.KPU: frozenset({Role.LOGISTICS, Role.CUSTODIAN}),
    Agency.POLRI: frozenset({Role.ESCORT}),
    Agency.BAWASLU: frozenset({Role.SUPERVISOR}),
    Agency.TNI: frozenset({Role.ESCORT}),
    Agency.PEMDA: frozenset({Role.ESCORT}),
}

# Failed tries within reads.WINDOW before the door stays shut: one who mistypes, one name tried from
# many places, one place that tries many names (an office may share one address).
TRIES_PAIR_MAX: Final = 5
TRIES_NAME_MAX: Final = 30
TRIES_ADDRESS_MAX: Final = 100


def found_posts(areas: Iterable[Area], stations: Iterable[Station] = ()) -> int:
    """Posts of all agencies at the nation and at these areas, and of KPPS at these stations.

    Answers how many were new; names of those that exist are brought up to date. The villages of the
    stations must be among the areas.
    """
    known = {area.code: area for area in areas}
    known.setdefault(NATION, Area(code=NATION, level="nation", name="Indonesia"))
    posts = [
        Post(code=post_code(agency, code), agency=agency, area_code=code, name=names.post_name(agency, area))
        for code, area in known.items()
        for agency in Agency
    ]
    posts += [
        Post(
            code=post_code(Agency.KPU, station.code), agency=Agency.KPU, area_code=station.code,
            name=names.station_post_name(station, known[station.village].name),
        )
        for station in stations
    ]  # fmt: skip
    with transaction.atomic():
        before = Post.objects.count()
        Post.objects.bulk_create(
            posts, batch_size=_AT_ONCE, update_conflicts=True, unique_fields=["code"], update_fields=["name"]
        )
        return Post.objects.count() - before


def add_officer(username: str, *, post: str, role: str, password: str | None, name: str = "") -> None:
    """An account at a post. Without a password the officer signs in by links alone.

    Refuses `unknown_post`, `unknown_role`, `role_not_of_agency`, `bad_username`, `username_taken`.
    """
    users = get_user_model()
    if not username.isascii() or not username.replace(".", "").replace("-", "").replace("_", "").isalnum():
        raise Refused("bad_username", username=username)
    if role not in Role.values:
        raise Refused("unknown_role", role=role)
    with transaction.atomic():
        where = Post.objects.filter(code=post).first()
        if where is None:
            raise Refused("unknown_post", post=post)
        if role not in ROLES[where.agency]:
            raise Refused("role_not_of_agency", role=role, agency=where.agency)
        if users.objects.filter(username=username).exists():
            raise Refused("username_taken", username=username)
        user = users.objects.create_user(username=username, password=password, first_name=name)
        Officer.objects.create(user=user, post=where, role=role)


def user_of(username: str) -> User:
    """Refuses `unknown_officer`."""
    found = (
        Officer.objects.select_related("user").filter(user__username=username, user__is_active=True).first()
    )
    if found is None:
        raise Refused("unknown_officer", username=username)
    return found.user


def _keys(username: str, address: str, name_max: int = TRIES_NAME_MAX) -> dict[str, int]:
    """Keys of the counters of one try, and how much each may count."""
    name = username.strip().lower()[:80]
    return {
        f"pair:{name}|{address}": TRIES_PAIR_MAX,
        f"name:{name}": name_max,
        f"address:{address}": TRIES_ADDRESS_MAX,
    }


def check_tries(username: str, address: str, *, now: datetime, name_max: int = TRIES_NAME_MAX) -> None:
    """Refuses `too_many_tries` with the minutes to wait, before any password is looked at."""
    limits = _keys(username, address, name_max)
    for key, (count, since) in reads.failures(list(limits), now=now).items():
        if count >= limits[key]:
            wait_s = (since + reads.WINDOW - now).total_seconds()
            raise Refused("too_many_tries", wait_min=int(wait_s // 60) + 1)


def note_failure(username: str, address: str, *, now: datetime) -> None:
    with transaction.atomic():
        SignInFailure.objects.filter(since__lte=now - reads.WINDOW).delete()
        for key in _keys(username, address):
            if not SignInFailure.objects.filter(key=key).update(count=F("count") + 1):
                SignInFailure.objects.create(key=key, count=1, since=now)


def forget_failures(username: str, address: str) -> None:
    """After a right password; what one address tried with other names stays counted."""
    keys = [key for key in _keys(username, address) if not key.startswith("address:")]
    SignInFailure.objects.filter(key__in=keys).delete()
