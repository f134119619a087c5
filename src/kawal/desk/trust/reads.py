"""What the log says about keys: issuers, and how far each device's events count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Max, Min, Model

from kawal.desk.trust.models import Certificate, Issuer, Lapse, Revocation
from kawal.rules.trust.register import KeyTrust
from kawal.rules.trust.register import Lapse as Lapsed
from kawal.rules.trust.statements import Reason

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class IssuerRow:
    kid: bytes
    agency: str
    public_key: bytes
    entry_index: int
    endorsed_by: str
    ended_index: int | None


def issuers(agency: str | None = None) -> list[IssuerRow]:
    """In the order of the log."""
    rows = Issuer.objects.order_by("entry_index")
    return [
        IssuerRow(bytes.fromhex(row.kid), row.agency, bytes(row.public_key), row.entry_index,
                  row.endorsed_by, row.ended_index)
        for row in (rows if agency is None else rows.filter(agency=agency))
    ]  # fmt: skip


def issuers_count(agency: str) -> int:
    return Issuer.objects.filter(agency=agency).count()


def clocks() -> dict[str, int]:
    """Agency -> latest time that its issuers said, Unix seconds."""
    return dict(Issuer.objects.values_list("agency").annotate(said=Max("said_s")))


@dataclass(frozen=True, slots=True)
class CertificateRow:
    entry_index: int
    issuer: str
    serial: int
    valid_from: datetime
    valid_to: datetime
    head: bytes | None
    succeeds: str


@dataclass(frozen=True, slots=True)
class RevocationRow:
    entry_index: int
    reason: Reason
    last: bytes | None
    said_at: datetime
    reported_at: datetime | None


def certificates(kid: bytes) -> list[CertificateRow]:
    """In the order of the log."""
    return [
        CertificateRow(row.entry_index, row.issuer, row.serial, row.valid_from, row.valid_to,
                       None if row.head is None else bytes(row.head), row.succeeds)
        for row in Certificate.objects.filter(kid=kid.hex()).order_by("entry_index")
    ]  # fmt: skip


def revocations(kid: bytes) -> list[RevocationRow]:
    """In the order of the log: the first counts, later ones may add what its owner vouches for."""
    return [
        RevocationRow(row.entry_index, Reason(row.reason), None if row.last is None else bytes(row.last),
                      row.said_at, row.reported_at)
        for row in Revocation.objects.filter(kid=kid.hex()).order_by("entry_index")
    ]  # fmt: skip


def revocation_indexes() -> list[int]:
    return list(Revocation.objects.order_by("entry_index").values_list("entry_index", flat=True))


def successors(kid: bytes) -> list[str]:
    """Kids of the devices that take this one's place."""
    return list(Certificate.objects.filter(succeeds=kid.hex()).values_list("kid", flat=True).distinct())


def subject_of(entry_index: int) -> str | None:
    """Kid of the device that a statement in the log is about."""
    for table in (Certificate, Revocation):
        found = table._default_manager.filter(entry_index=entry_index).values_list("kid", flat=True).first()
        if found:
            return found
    return None


def taken_down() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every row that follows from the log: table, key, values."""
    tables: tuple[type[Model], ...] = (Issuer, Certificate, Revocation)
    for table in tables:
        for row in table._default_manager.values().iterator():
            yield table.__name__, str(row[table._meta.pk.attname]), dict(row)
    for kid, index in Lapse.objects.values_list("kid", "entry_index"):
        yield "Lapse", f"{kid} {index}", {}


def last_serial(issuer: bytes) -> int:
    found = Certificate.objects.filter(issuer=issuer.hex()).aggregate(last=Max("serial"))["last"]
    return found or 0


def doubted(before: int) -> set[bytes]:
    """Devices some of whose events may not count, by what the log says before that index."""
    revoked = Revocation.objects.filter(entry_index__lt=before).values_list("kid", flat=True)
    lapsed = Lapse.objects.filter(entry_index__lt=before).values_list("kid", flat=True)
    return {bytes.fromhex(kid) for kid in (*revoked.distinct(), *lapsed.distinct())}


def trust_of(kids: Collection[bytes], before: int) -> dict[bytes, KeyTrust]:
    """By what the log says before that index. A device that was enrolled without certificate, by the
    hub's word alone, counts from the beginning."""
    found: dict[bytes, KeyTrust] = {}
    for some in _chunks(sorted(kids)):
        names = [kid.hex() for kid in some]
        certified: defaultdict[str, list[int]] = defaultdict(list)
        vouched: defaultdict[str, set[bytes]] = defaultdict(set)
        rows = Certificate.objects.filter(kid__in=names, entry_index__lt=before).order_by("entry_index")
        for kid, index, head in rows.values_list("kid", "entry_index", "head"):
            certified[kid].append(index)
            vouched[kid] |= {bytes(head)} if head else set()
        said = Revocation.objects.filter(kid__in=names, entry_index__lt=before)
        for kid, last in said.values_list("kid", "last"):
            vouched[kid] |= {bytes(last)} if last else set()
        revoked = dict(said.values_list("kid").annotate(first=Min("entry_index")))
        lapses: defaultdict[str, list[Lapsed]] = defaultdict(list)
        starts = Lapse.objects.filter(kid__in=names, entry_index__lt=before).order_by("entry_index")
        for kid, start in starts.values_list("kid", "entry_index"):
            lapses[kid].append(Lapsed(start, min((at for at in certified[kid] if at > start), default=None)))
        for name in names:
            found[bytes.fromhex(name)] = KeyTrust(
                counts_from=certified[name][0] if certified[name] else 0,
                revoked_from=revoked.get(name),
                lapses=tuple(lapses[name]),
                vouched=frozenset(vouched[name]),
            )
    return found


def _chunks(things: Iterable[bytes]) -> Iterator[list[bytes]]:
    left = iter(things)
    while some := list(islice(left, _AT_ONCE)):
        yield some
