"""Statements into the tables: what the register of the rules says, kept row by row (a test compares them)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import F
from django.db.models.functions import Greatest

from kawal.desk.people import devices
from kawal.desk.people.devices import Certified
from kawal.desk.trust import models
from kawal.rules.trust import statements
from kawal.rules.trust.statements import Certificate, Issuer, IssuerEnd, Revocation, Statement


def keep(entries: Iterable[tuple[int, bytes]]) -> None:
    """Entries that are in the log, by index, in its order, inside the caller's transaction."""
    certificates: list[tuple[int, str, Certificate]] = []
    clocks: dict[str, int] = {}
    for index, signed in entries:
        envelope, told = statements.opened(signed)
        by = envelope.kid.hex()
        if not isinstance(told, Certificate):
            _keep_certificates(certificates)
            certificates = []
            _keep(index, by, told)
        else:
            certificates.append((index, by, told))
        if told.at_s > clocks.get(by, -1):
            _keep_certificates(certificates)
            certificates = []
            _advance(index, by, told.at_s)
            clocks[by] = told.at_s
    _keep_certificates(certificates)


def time_of(unix_s: int) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)


def _keep(index: int, by: str, told: Statement) -> None:
    if isinstance(told, Issuer):
        models.Issuer.objects.create(
            kid=by, agency=told.agency, public_key=told.public_key, entry_index=index, said_s=-1,
            endorsed_by=told.endorsed[0].hex() if told.endorsed else "",
        )  # fmt: skip
    elif isinstance(told, Revocation):
        models.Revocation.objects.create(
            entry_index=index, kid=told.kid.hex(), reason=int(told.reason), last=told.last,
            said_at=time_of(told.at_s),
            reported_at=None if told.reported_s is None else time_of(told.reported_s),
        )  # fmt: skip
        devices.revoke(told.kid, now=time_of(told.at_s))
    elif isinstance(told, IssuerEnd):
        models.Issuer.objects.filter(kid=told.kid.hex(), ended_index=None).update(ended_index=index)


def _keep_certificates(rows: list[tuple[int, str, Certificate]]) -> None:
    if not rows:
        return
    models.Certificate.objects.bulk_create(
        [
            models.Certificate(
                entry_index=index, kid=told.kid.hex(), issuer=by, serial=told.serial,
                valid_from=time_of(told.at_s), valid_to=time_of(told.valid_to_s), head=told.head,
                succeeds=told.succeeds.hex() if told.succeeds else "",
            )
            for index, by, told in rows
        ],
        batch_size=1000,
    )  # fmt: skip
    devices.certified(
        [
            Certified(told.public_key, told.post, told.role.name.lower(), time_of(told.valid_to_s))
            for _, _, told in rows
        ],
        now=time_of(rows[0][2].at_s),
    )
    clock_s = _clock_s(rows[0][1])
    late = [(index, told.kid.hex()) for index, _, told in rows if told.valid_to_s <= clock_s]
    models.Lapse.objects.bulk_create(
        [
            models.Lapse(kid=kid, entry_index=index)
            for index, kid in late
            if devices.valid_to(kid) <= time_of(clock_s)
        ]
    )


def _clock_s(issuer: str) -> int:
    """What time it is for the issuer's agency, as the log has it."""
    agency = models.Issuer.objects.values_list("agency", flat=True).get(kid=issuer)
    return max(models.Issuer.objects.filter(agency=agency).values_list("said_s", flat=True))


def _advance(index: int, issuer: str, at_s: int) -> None:
    """Certificates that the agency's clock passes have ended."""
    before_s = _clock_s(issuer)
    models.Issuer.objects.filter(kid=issuer).update(said_s=Greatest(F("said_s"), at_s))
    if at_s <= before_s:
        return
    agency = models.Issuer.objects.values_list("agency", flat=True).get(kid=issuer)
    ended = devices.ending(agency, after=time_of(max(before_s, 0)), until=time_of(at_s))
    models.Lapse.objects.bulk_create([models.Lapse(kid=kid, entry_index=index) for kid in ended])
