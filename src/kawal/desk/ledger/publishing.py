"""A signed head is published once witnesses stand behind it, or when they were waited for long enough.

Sizes name checkpoints here. Times are real, also in an exercise: witnesses live in the real world.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Max

from kawal.desk.ledger.models import Checkpoint, Cosignature, Publication, WitnessState
from kawal.rules.ledger import checkpoint
from kawal.rules.ledger.policy import Policy, Witness
from kawal.rules.refusals import Refused
from kawal.rules.signing import note

_PAGE = 1000  # heads


@dataclass(frozen=True, slots=True)
class Published:
    """A checkpoint as it is shown: the log's signature, then the cosignatures there are by now."""

    size: int
    note: str
    published_at: datetime | None  # None: still waiting
    quorum: bool | None  # None: no policy asked for witnesses


def begin(size: int, *, waits: bool, now: datetime) -> None:
    """A head of that size was just signed; it is published at once unless it waits for witnesses."""
    Publication.objects.get_or_create(
        size=size, defaults={"begun_at": now, "published_at": None if waits else now}
    )


def waiting() -> int | None:
    """The newest size that is signed and not yet published."""
    newest = Publication.objects.order_by("-size").values_list("size", "published_at").first()
    return newest[0] if newest and newest[1] is None else None


def publish(size: int, *, quorum: bool | None, now: datetime) -> None:
    """Show this head from now on, with those that were passed over. Harmless when repeated."""
    Publication.objects.filter(size__lte=size, published_at=None).update(published_at=now, quorum=quorum)


def newest(*, published: bool) -> Published | None:
    """The newest published head; else the newest signed one, which may still wait for its witnesses."""
    rows = Publication.objects.order_by("-size")
    row = (rows.exclude(published_at=None) if published else rows).first()
    return None if row is None else _shown(row)


def covering(index: int) -> Published | None:
    """A published head that covers an entry: the newest that its witnesses stood behind, else the newest."""
    rows = Publication.objects.filter(size__gt=index).exclude(published_at=None).order_by("-size")
    row = rows.filter(quorum=True).first() or rows.first()
    return None if row is None else _shown(row)


def best(policy: Policy) -> Published | None:
    """The newest published head that its witnesses stand behind, by all that they cosigned until now; where
    there is none, the newest."""
    rows = Publication.objects.exclude(published_at=None).order_by("-size")
    row = rows.first()
    if row is not None and not policy.satisfied_by(cosigners(row.size, policy)):
        row = rows.filter(quorum=True).first() or row
    return None if row is None else _shown(row)


def every(size_max: int) -> Iterator[Published]:
    """Every head that was published up to a size, smallest first, a page at a time."""
    after = -1
    rows = Publication.objects.exclude(published_at=None).filter(size__lte=size_max).order_by("size")
    while page := list(rows.filter(size__gt=after)[:_PAGE]):
        after, inside = page[-1].size, {"size__gte": page[0].size, "size__lte": page[-1].size}
        notes = dict(Checkpoint.objects.filter(**inside).values_list("size", "note"))
        lines: defaultdict[int, str] = defaultdict(str)
        cosigned = Cosignature.objects.filter(**inside).order_by("witness")
        for size, line in cosigned.values_list("size", "line"):
            lines[size] += line
        for row in page:
            yield Published(row.size, notes[row.size] + lines[row.size], row.published_at, row.quorum)


def _shown(row: Publication) -> Published:
    signed = Checkpoint.objects.values_list("note", flat=True).get(size=row.size)
    lines = Cosignature.objects.filter(size=row.size).order_by("witness").values_list("line", flat=True)
    return Published(row.size, signed + "".join(lines), row.published_at, row.quorum)


def cosigners(size: int, policy: Policy) -> list[str]:
    """Names, in the policy, of the witnesses that cosigned this size."""
    vkeys = set(Cosignature.objects.filter(size=size).values_list("witness", flat=True))
    return [witness.name for witness in policy.witnesses if str(witness.key) in vkeys]


def counts() -> tuple[int, int]:
    """How many heads were published, and how many of them with their quorum."""
    published = Publication.objects.exclude(published_at=None)
    return published.count(), published.filter(quorum=True).count()


def add_cosignatures(size: int, lines: str, known: Collection[Witness], *, now: datetime) -> list[Witness]:
    """Keep the lines of known witnesses under the checkpoint of that size; who they are of.

    Late ones are kept too. Refuses `no_such_checkpoint`, `bad_note`, `bad_signature`, `unsigned` (no line
    of a known witness) and `cosigned_in_future` by more than a minute.
    """
    signed = Checkpoint.objects.filter(size=size).values_list("note", flat=True).first()
    if signed is None:
        raise Refused("no_such_checkpoint", size=size)
    parsed = note.parsed(signed + lines)
    by_key = {witness.key: witness for witness in known}
    signers = note.signers(parsed, list(by_key))
    found = []
    with transaction.atomic():
        for signer in signers:
            time_s = signer.time_s or 0
            if time_s > now.timestamp() + 60:
                raise Refused("cosigned_in_future", name=signer.key.name)
            Cosignature.objects.get_or_create(
                size=size,
                witness=str(signer.key),
                defaults={
                    "line": _line_of(signer.key, lines),
                    "cosigned_at": datetime.fromtimestamp(time_s, UTC),
                    "received_at": now,
                },
            )
            _cosigned(str(signer.key), size, now)
            found.append(by_key[signer.key])
    return found


def add_note(told: str, policy: Policy, *, now: datetime) -> list[Witness]:
    """Cosignatures that a witness brings by itself, under the checkpoint they are for.

    Refuses as `add_cosignatures` does, and `bad_checkpoint`, `checkpoint_differs` where it is not ours.
    """
    head = checkpoint.head_in(note.parsed(told).text)
    signed = Checkpoint.objects.filter(size=head.size).values_list("note", flat=True).first()
    if signed is None:
        raise Refused("no_such_checkpoint", size=head.size)
    text, _, lines = told.rpartition("\n\n")
    if text != signed.rpartition("\n\n")[0]:
        raise Refused("checkpoint_differs", size=head.size)
    own = set(signed.rpartition("\n\n")[2].splitlines())
    brought = "".join(f"{line}\n" for line in lines.splitlines() if line not in own)
    return add_cosignatures(head.size, brought, policy.witnesses, now=now)


def stands_at(witness: Witness, size: int, *, now: datetime) -> None:
    """The witness says that it cosigned another size last than we thought."""
    WitnessState.objects.update_or_create(
        witness=str(witness.key), defaults={"size": size, "answered_at": now}
    )


def failed(witness: Witness, refused: Refused, *, now: datetime) -> None:
    """It did not cosign, and why; `failed_since` stays at the first failure in a row."""
    state, _ = WitnessState.objects.get_or_create(witness=str(witness.key))
    WitnessState.objects.filter(pk=state.pk).update(
        failure=refused.code,
        facts={name: str(value)[:300] for name, value in refused.facts.items()},
        failed_since=state.failed_since or now,
    )


def known_size(witness: Witness) -> int:
    """What the witness cosigned last, as far as we know."""
    state = WitnessState.objects.filter(witness=str(witness.key)).values_list("size", flat=True).first()
    return state or 0


def cosigned_size(witness: Witness) -> int | None:
    """The largest size under which we hold its cosignature."""
    found: int | None = Cosignature.objects.filter(witness=str(witness.key)).aggregate(size=Max("size"))[
        "size"
    ]
    return found


def _cosigned(vkey: str, size: int, now: datetime) -> None:
    state, _ = WitnessState.objects.get_or_create(witness=vkey)
    WitnessState.objects.filter(pk=vkey).update(
        size=max(size, state.size), answered_at=now, failure="", facts={}, failed_since=None
    )


def _line_of(key: note.VerifierKey, lines: str) -> str:
    for line in lines.splitlines(keepends=True):
        (parsed,) = note.parsed(f"-\n\n{line}").signatures
        if (parsed.name, parsed.key_id) == (key.name, key.key_id):
            return line
    raise ValueError("a signer without a line")
