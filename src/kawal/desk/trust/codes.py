"""Enrolment codes: an officer shows one, a phone uses it once. Digits, good for ten minutes of real time."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.crypto import salted_hmac

from kawal.desk.people import actions as people
from kawal.desk.people import devices
from kawal.desk.people.devices import NewDevice
from kawal.desk.trust import actions
from kawal.desk.trust.models import EnrolmentCode
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys
from kawal.rules.trust.requests import CODE_DIGITS, Enrol

VALID: Final = timedelta(minutes=10)
# Tries that fail count as with passwords: five from one address, so many from all together. Of a hundred
# million codes a handful are open at a time.
TRIES_MAX: Final = 300
_WHO: Final = "enrolment code"  # no name to sign in with: it has a space
_SALT: Final = "kawal.enrolment-code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the code is to be good for."""

    post: str
    role: str
    label: str = ""
    succeeds: bytes | None = None  # kid of the device whose place the phone takes
    renews: bytes | None = None  # kid of the only device that may use it: after its certificate's end
    head: bytes | None = None  # event up to which such a renewal vouches for its chain


def make(wanted: Wanted, *, by: str, real_now: datetime) -> str:
    """The digits, which are told once and not kept."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    with transaction.atomic():
        EnrolmentCode.objects.filter(ends_at__lte=real_now - timedelta(days=1)).delete()
        EnrolmentCode.objects.update_or_create(
            digest=_digest(code),
            defaults={
                "post": wanted.post, "role": wanted.role, "label": wanted.label, "made_by": by,
                "succeeds": wanted.succeeds.hex() if wanted.succeeds else "",
                "renews": wanted.renews.hex() if wanted.renews else "",
                "head": wanted.head, "ends_at": real_now + VALID, "used_at": None, "used_by": "",
            },
        )  # fmt: skip
    return code


def use(asked: Enrol, *, address: str, now: datetime, real_now: datetime) -> bytes:
    """Enrol (or renew) the key that asks, as the code says; answers its kid.

    Refuses `too_many_tries`, `bad_code` (unknown, used or ended: the three look alike), and what
    `actions.enrol` refuses. The same phone may use its code again when it missed the answer.
    """
    people.check_tries(_WHO, address, now=real_now, name_max=TRIES_MAX)
    kid = keys.kid_of(asked.public_key)
    try:
        with transaction.atomic():
            _redeem(asked, kid, now=now, real_now=real_now)
    except Refused as refused:
        if refused.code == "bad_code":
            people.note_failure(_WHO, address, now=real_now)
        raise
    return kid


def _redeem(asked: Enrol, kid: bytes, *, now: datetime, real_now: datetime) -> None:
    row = EnrolmentCode.objects.select_for_update().filter(digest=_digest(asked.code)).first()
    if row is None or row.ends_at <= real_now or row.used_by not in ("", kid.hex()):
        raise Refused("bad_code")
    if row.renews not in ("", kid.hex()):
        raise Refused("bad_code")
    if row.used_by:
        return  # the answer was lost on its way
    if row.renews:
        actions.renew(kid, head=None if row.head is None else bytes(row.head), now=now)
    else:
        if devices.device_key(kid) is not None:
            raise Refused("device_known", kid=kid.hex())
        succeeds = bytes.fromhex(row.succeeds) if row.succeeds else None
        actions.enrol(
            [NewDevice(asked.public_key, row.post, row.role, row.label)], now=now, succeeds=succeeds
        )
    EnrolmentCode.objects.filter(pk=row.pk).update(used_at=real_now, used_by=kid.hex())


def _digest(code: str) -> str:
    """Keyed with the hub's secret: whoever reads the database cannot try all codes."""
    return salted_hmac(_SALT, code, algorithm=hashlib.sha256().name).hexdigest()
