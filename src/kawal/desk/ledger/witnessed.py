"""How far each witness stands behind the log, for the log's page: read from tables, nobody is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import policies, publishing, reads
from kawal.desk.ledger.models import Cosignature, Entry, Publication, WitnessState
from kawal.desk.ledger.reads import StoredCheckpoint
from kawal.rules.ledger.policy import Policy, Witness
from kawal.rules.refusals import Refused

FRESH_S = 60  # a witness that far behind is up to date: heads are cosigned every few seconds
HEADS_SHOWN = 12
GRAVE = ("witness_forked", "witness_ahead")


@dataclass(frozen=True, slots=True)
class Standing:
    """One witness. `behind_s`: age of the oldest entry that it has not cosigned; None: it never cosigned."""

    name: str
    key_name: str
    address: str | None  # None: it comes by itself
    size: int | None  # entries under its newest cosignature
    cosigned_at: datetime | None
    behind: int
    behind_s: float | None
    failure: str
    facts: dict[str, Any]
    failed_since: datetime | None

    @property
    def contradicts(self) -> bool:
        return self.failure in GRAVE

    @property
    def is_fresh(self) -> bool:
        return self.behind_s is not None and self.behind_s <= FRESH_S and not self.contradicts

    @property
    def state(self) -> str:
        if self.contradicts:
            return "late"
        if self.is_fresh:
            return "ontime"
        return "risk" if self.size is not None else "unknown"


@dataclass(frozen=True, slots=True)
class Head:
    """How a signed head went out."""

    size: int
    begun_at: datetime
    published_at: datetime | None
    quorum: bool | None
    names: tuple[str, ...]  # who cosigned it by now

    @property
    def waited_s(self) -> float | None:
        return (self.published_at - self.begun_at).total_seconds() if self.published_at else None


@dataclass(frozen=True, slots=True)
class Witnessed:
    size: int
    policy: Policy
    policy_wrong: Refused | None  # the file cannot be used
    witnesses: tuple[Standing, ...]
    heads: tuple[Head, ...]  # the newest first
    signed: StoredCheckpoint | None
    published: publishing.Published | None

    @property
    def fresh(self) -> list[Standing]:
        return [one for one in self.witnesses if one.is_fresh]

    @property
    def behind_s(self) -> float:
        """What the fresh ones have not cosigned yet, at most."""
        return max((one.behind_s or 0.0 for one in self.fresh), default=0.0)

    @property
    def contradicting(self) -> list[Standing]:
        return [one for one in self.witnesses if one.contradicts]


def told() -> Witnessed:
    wrong = None
    try:
        policy = policies.installed()
    except Refused as refused:
        policy, wrong = policies.NO_WITNESSES, refused
    size = reads.size()
    now = clock.real_now()
    return Witnessed(
        size=size,
        policy=policy,
        policy_wrong=wrong,
        witnesses=tuple(_standing(witness, size, now) for witness in policy.witnesses),
        heads=tuple(_heads(policy)),
        signed=reads.latest_checkpoint(),
        published=publishing.newest(published=True),
    )


def _standing(witness: Witness, size: int, now: datetime) -> Standing:
    vkey = str(witness.key)
    newest = Cosignature.objects.filter(witness=vkey).order_by("-size").first()
    state = WitnessState.objects.filter(witness=vkey).first()
    cosigned = newest.size if newest else 0
    return Standing(
        name=witness.name,
        key_name=witness.key.name,
        address=witness.url,
        size=newest.size if newest else None,
        cosigned_at=newest.cosigned_at if newest else None,
        behind=max(0, size - cosigned),
        behind_s=_age(cosigned, size, now).total_seconds() if newest else None,
        failure=state.failure if state else "",
        facts=state.facts if state else {},
        failed_since=state.failed_since if state else None,
    )


def _age(cosigned: int, size: int, now: datetime) -> timedelta:
    """How old the first entry is that is not cosigned.

    In an exercise entries bear its own time; there the head that was signed first counts.
    """
    if cosigned >= size:
        return timedelta(0)
    if clock.exercise() is None:
        first = Entry.objects.filter(index=cosigned).values_list("received_at", flat=True).first()
    else:
        heads = Publication.objects.filter(size__gt=cosigned).order_by("size")
        first = heads.values_list("begun_at", flat=True).first()
    return max(timedelta(0), now - first) if first else timedelta(0)


def _heads(policy: Policy) -> list[Head]:
    rows = list(Publication.objects.order_by("-size")[:HEADS_SHOWN])
    names = {str(witness.key): witness.name for witness in policy.witnesses}
    by_size: dict[int, list[str]] = {}
    cosigned = Cosignature.objects.filter(size__in=[row.size for row in rows], witness__in=names)
    for size, vkey in cosigned.values_list("size", "witness"):
        by_size.setdefault(size, []).append(names[vkey])
    return [
        Head(row.size, row.begun_at, row.published_at, row.quorum, tuple(sorted(by_size.get(row.size, []))))
        for row in rows
    ]
