"""Who announces: suppliers, each with one token that is shown once and kept as its hash alone."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from kawal.desk.supply.models import Supplier
from kawal.rules.refusals import Refused

_BYTES: Final = 32  # nobody guesses it, so no slow hash is needed
_NAME_MAX: Final = 120


@dataclass(frozen=True, slots=True)
class SupplierRow:
    name: str
    made_at: datetime
    revoked_at: datetime | None


@transaction.atomic
def add(name: str, *, now: datetime) -> str:
    """The token; it is told this once. Refuses `bad_supplier_name` and `supplier_known`."""
    if not 1 <= len(name) <= _NAME_MAX or not name.isprintable() or name != name.strip():
        raise Refused("bad_supplier_name", name=name)
    if Supplier.objects.filter(name=name).exists():
        raise Refused("supplier_known", name=name)
    token = secrets.token_urlsafe(_BYTES)
    Supplier.objects.create(name=name, token_sha256=_hashed(token), made_at=now)
    return token


@transaction.atomic
def revoke(name: str, *, now: datetime) -> None:
    """From now on the token opens nothing; what was announced stays. Refuses `no_such_supplier`."""
    if not Supplier.objects.filter(name=name).exists():
        raise Refused("no_such_supplier", name=name)
    Supplier.objects.filter(name=name, revoked_at=None).update(revoked_at=now)


def suppliers() -> list[SupplierRow]:
    rows = Supplier.objects.order_by("name").values_list("name", "made_at", "revoked_at")
    return [SupplierRow(*row) for row in rows]


def holder(shown: str) -> int | None:
    """The supplier whose token this Authorization header shows; None where it opens nothing."""
    scheme, _, token = shown.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    found = Supplier.objects.filter(token_sha256=_hashed(token.strip()), revoked_at=None)
    return found.values_list("pk", flat=True).first()


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
