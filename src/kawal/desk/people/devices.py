"""Devices and their keys: whose signature counts, and since when no longer.

Keys are read anew for each batch that asks, one query for hundreds of them: a device that was
enrolled or revoked a moment ago is known as such at once, in every process.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from django.db import connection, transaction
from django.db.models import QuerySet

from kawal.desk.people.models import Device, Post, Role
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys

_AT_ONCE = 500
_KEYS = "SELECT kid, public_key, post_id, role, revoked_at, valid_to FROM people_device WHERE kid IN (%s)"


@dataclass(frozen=True, slots=True)
class DeviceKey:
    kid: bytes
    public_key: bytes
    post: str
    role: str
    revoked_at: datetime | None
    valid_to: datetime | None = None  # end of its newest certificate; None: by the hub's word alone


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device as it is enrolled; its kid follows from its key."""

    public_key: bytes
    post: str
    role: str
    label: str = ""

    @property
    def agency(self) -> str:
        return self.post.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Certified:
    """What a certificate says of a device."""

    public_key: bytes
    post: str
    role: str
    valid_to: datetime


def device_keys(kids: Collection[bytes]) -> dict[bytes, DeviceKey]:
    """Keys by kid, revoked ones too; an unknown kid is not in the answer."""
    wanted = iter({kid.hex() for kid in kids})
    found: dict[bytes, DeviceKey] = {}
    with (
        connection.cursor() as cursor
    ):  # asked for every batch that comes in: the ORM costs four times as much
        while some := list(islice(wanted, _AT_ONCE)):
            cursor.execute(_KEYS % ", ".join(["%s"] * len(some)), some)
            for kid, public_key, post, role, revoked_at, valid_to in cursor.fetchall():
                known = bytes.fromhex(kid)
                found[known] = DeviceKey(
                    known, bytes(public_key), post, role, _moment(revoked_at), _moment(valid_to)
                )
    return found


def _moment(told: datetime | None) -> datetime | None:
    """SQLite keeps UTC and does not say so."""
    return told.replace(tzinfo=UTC) if told is not None and told.tzinfo is None else told


def all_devices() -> Iterator[DeviceKey]:
    """Every device that was ever enrolled, by its kid."""
    rows = Device.objects.order_by("kid").values_list("kid", "public_key", "post_id", "role", "revoked_at")
    for kid, public_key, post, role, revoked_at in rows.iterator(chunk_size=5000):
        yield DeviceKey(bytes.fromhex(kid), bytes(public_key), post, role, revoked_at)


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device for a page; `label` is what its officers call it."""

    kid: str
    post: str
    role: str
    label: str
    enrolled_at: datetime
    revoked_at: datetime | None
    valid_to: datetime | None


def rows(kids: Sequence[str]) -> list[DeviceRow]:
    return _rows(Device.objects.filter(kid__in=kids))


def of_posts(posts: Sequence[str]) -> list[DeviceRow]:
    return _rows(Device.objects.filter(post__in=posts))


def _rows(found: QuerySet[Device]) -> list[DeviceRow]:
    return [
        DeviceRow(row.kid, row.post_id, row.role, row.label, row.enrolled_at, row.revoked_at, row.valid_to)
        for row in found.order_by("kid")
    ]


def device_key(kid: bytes) -> DeviceKey | None:
    return device_keys([kid]).get(kid)


def checked(rows: Sequence[NewDevice]) -> dict[bytes, NewDevice]:
    """By kid those that hold no certificate yet; the same device again is left out.

    Refuses `bad_key`, `unknown_role`, `unknown_post` and `device_taken`: the key, or its kid, belongs
    to a device of another post or role.
    """
    for row in rows:
        keys.check_public_key(row.public_key)
        if row.role not in Role.values:
            raise Refused("unknown_role", role=row.role)
    _check_posts({row.post for row in rows})
    known = device_keys([keys.kid_of(row.public_key) for row in rows])
    fresh: dict[bytes, NewDevice] = {}
    for row in rows:
        kid = keys.kid_of(row.public_key)
        held = known.get(kid)
        other = held or fresh.get(kid)
        if other and (other.public_key, other.post, other.role) != (row.public_key, row.post, row.role):
            raise Refused("device_taken", kid=kid.hex(), post=other.post)
        if other is None or (held is not None and held.valid_to is None):
            fresh[kid] = row
    return fresh


def enrol(rows: Sequence[NewDevice], *, now: datetime) -> int:
    """Into the registry alone, by the hub's word: nobody else can check it (desk.trust certifies).

    All or none; answers how many were new. Refuses what `checked` refuses.
    """
    with transaction.atomic():
        known = device_keys([keys.kid_of(row.public_key) for row in rows])
        fresh = {kid: row for kid, row in checked(rows).items() if kid not in known}
        Device.objects.bulk_create(
            [
                Device(
                    kid=kid.hex(), public_key=row.public_key, post_id=row.post,
                    role=row.role, label=row.label, enrolled_at=now,
                )
                for kid, row in fresh.items()
            ],
            batch_size=1000,
        )  # fmt: skip
    return len(fresh)


def certified(rows: Sequence[Certified], *, now: datetime) -> None:
    """What certificates in the log say, into the registry: they are the truth, the registry its index."""
    Device.objects.bulk_create(
        [
            Device(
                kid=keys.kid_of(row.public_key).hex(), public_key=row.public_key, post_id=row.post,
                role=row.role, valid_to=row.valid_to, enrolled_at=now,
            )
            for row in {row.public_key: row for row in rows}.values()
        ],
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["kid"],
        update_fields=["public_key", "post", "role", "valid_to"],
    )  # fmt: skip


def name(rows: Iterable[NewDevice]) -> None:
    """What their officers call them; that stands in no log."""
    named = [Device(kid=keys.kid_of(row.public_key).hex(), label=row.label) for row in rows if row.label]
    Device.objects.bulk_update(named, ["label"], batch_size=500)


def valid_to(kid: str) -> datetime:
    """End of the newest certificate of a device that has one."""
    found = Device.objects.values_list("valid_to", flat=True).get(kid=kid)
    assert found is not None
    return found


def ending(agency: str, *, after: datetime, until: datetime) -> list[str]:
    """Kids of the agency's devices whose newest certificate ends in this time, `until` included."""
    rows = Device.objects.filter(post__agency=agency, valid_to__gt=after, valid_to__lte=until)
    return list(rows.order_by("kid").values_list("kid", flat=True))


def revoke(kid: bytes, *, now: datetime) -> None:
    """Its first revocation stays. Refuses `unknown_device`."""
    with transaction.atomic():
        if Device.objects.filter(kid=kid.hex(), revoked_at=None).update(revoked_at=now):
            return
        if device_key(kid) is None:
            raise Refused("unknown_device", kid=kid.hex())


def _check_posts(codes: set[str]) -> None:
    wanted = iter(sorted(codes))
    while some := list(islice(wanted, _AT_ONCE)):
        missing = set(some) - set(Post.objects.filter(code__in=some).values_list("code", flat=True))
        if missing:
            raise Refused("unknown_post", post=min(missing))
