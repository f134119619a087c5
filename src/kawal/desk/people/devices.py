"""Devices and their keys: whose signature counts, and since when no longer.

Keys are read anew for each batch that asks, one query for hundreds of them: a device that was
enrolled or revoked a moment ago is known as such at once, in every process.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from kawal.desk.people.models import Device, Post, Role
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DeviceKey:
    kid: bytes
    public_key: bytes
    post: str
    role: str
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device as it is enrolled; its kid follows from its key."""

    public_key: bytes
    post: str
    role: str
    label: str = ""


def device_keys(kids: Collection[bytes]) -> dict[bytes, DeviceKey]:
    """Keys by kid, revoked ones too; an unknown kid is not in the answer."""
    wanted = iter({kid.hex() for kid in kids})
    found: dict[bytes, DeviceKey] = {}
    while some := list(islice(wanted, _AT_ONCE)):
        rows = Device.objects.filter(kid__in=some).values_list(
            "kid", "public_key", "post_id", "role", "revoked_at"
        )
        for kid, public_key, post, role, revoked_at in rows:
            found[bytes.fromhex(kid)] = DeviceKey(
                bytes.fromhex(kid), bytes(public_key), post, role, revoked_at
            )
    return found


def all_devices() -> Iterator[DeviceKey]:
    """Every device that was ever enrolled, by its kid."""
    rows = Device.objects.order_by("kid").values_list("kid", "public_key", "post_id", "role", "revoked_at")
    for kid, public_key, post, role, revoked_at in rows.iterator(chunk_size=5000):
        yield DeviceKey(bytes.fromhex(kid), bytes(public_key), post, role, revoked_at)


def device_key(kid: bytes) -> DeviceKey | None:
    return device_keys([kid]).get(kid)


def enrol(rows: Sequence[NewDevice], *, now: datetime) -> int:
    """Enrol devices, all or none, and answer how many were new. The same device again changes nothing.

    Refuses `bad_key`, `unknown_role`, `unknown_post` and `device_taken`: the key, or its kid, belongs
    to a device of another post or role.
    """
    for row in rows:
        keys.check_public_key(row.public_key)
        if row.role not in Role.values:
            raise Refused("unknown_role", role=row.role)
    with transaction.atomic():
        _check_posts({row.post for row in rows})
        known = device_keys([keys.kid_of(row.public_key) for row in rows])
        fresh: dict[bytes, NewDevice] = {}
        for row in rows:
            kid = keys.kid_of(row.public_key)
            other = known.get(kid) or fresh.get(kid)
            if other is None:
                fresh[kid] = row
            elif (other.public_key, other.post, other.role) != (row.public_key, row.post, row.role):
                raise Refused("device_taken", kid=kid.hex(), post=other.post)
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


def revoke(kid: bytes, *, now: datetime) -> None:
    """From `now` on the door takes nothing more from this device. Refuses `unknown_device`."""
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
