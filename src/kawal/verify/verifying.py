"""The whole verification, in its order: heads, the hub's word, every entry, then custody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from kawal.rules.ledger.policy import Policy
from kawal.rules.ledger.succession import Succession
from kawal.rules.refusals import Refused
from kawal.rules.report import archive as format
from kawal.rules.signing.note import NOTE_BYTES_MAX
from kawal.verify import doubting, heads, whole
from kawal.verify.archive import Archive
from kawal.verify.broken import Broken
from kawal.verify.former import Former
from kawal.verify.heads import SignedHead
from kawal.verify.keyring import Keyring
from kawal.verify.replay import Found, Replayed, Stood, TheHubSays, replay
from kawal.verify.source import Log
from kawal.verify.store import Store
from kawal.verify.told import Told
from kawal.verify.whole import Mark, Read


def _ignored(_: object) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    policy: Policy
    now_s: int
    since: tuple[str, ...] = ()  # old checkpoints that somebody kept, as they were signed
    pinned: Mapping[str, Collection[bytes]] | None = None  # issuers' keys by agency
    processes: int | None = None
    stood: Callable[[Stood], object] = _ignored
    noted: Callable[[Found], object] = _ignored
    progressed: Callable[[int, int], object] = lambda entries, size: None


@dataclass(slots=True)
class Outcome:
    """As far as it came. Whole, if nothing is in `broken`."""

    broken: list[Broken] = field(default_factory=list)
    head: SignedHead | None = None
    quorum: str = ""  # by its name in the policy
    since: list[SignedHead] = field(default_factory=list)
    read: Read | None = None
    devices: int = 0
    keys_told: int = 0  # of these devices: keys that rest on the hub's word
    issuers: list[tuple[str, str]] = field(default_factory=list)  # agency, public key in hex
    statements: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    gaps: list[tuple[str, int]] = field(default_factory=list)  # device, numbers missing
    gaps_count: int = 0
    succession: Succession | None = None  # where this log takes the place of another
    replayed: Replayed | None = None
    area: str = ""
    written_by: str = ""  # version that wrote the archive; empty: read from the log itself


def verify(log: Log, archive: Archive | None, asked: Asked) -> Outcome:
    """Refuses what cannot be read at all; everything else is in the outcome."""
    outcome = Outcome(quorum=asked.policy.quorum)
    store = Store()
    try:
        _verify(log, archive, asked, store, outcome)
    except Broken as broken:
        outcome.broken.append(broken)
    finally:
        store.close()
    head = outcome.head
    if head is not None and not head.quorum:
        cosigned = sorted(head.times_s)
        outcome.broken.append(
            Broken("quorum_missing", head.head.size, quorum=asked.policy.quorum, cosigned=cosigned)
        )
    return outcome


def _verify(log: Log, archive: Archive | None, asked: Asked, store: Store, outcome: Outcome) -> None:
    head = outcome.head = heads.judged(log.checkpoint(), asked.policy, now_s=asked.now_s)
    outcome.since, other = _since(head, asked)
    told = Told(archive, head) if archive is not None and format.ABOUT in archive else None
    said, received_ms = TheHubSays(), None
    if told is not None:
        outcome.area, outcome.written_by = told.area, told.written_by
        said, received_ms = told.said(), told.received_ms()
    log_keys = [key.public_key for key in asked.policy.keys_of(head.head.origin)]
    former = Former(other)
    keyring = Keyring(
        head.head.origin, log_keys=log_keys, told=told.devices() if told else (), pinned=asked.pinned
    )
    marks = [Mark(one.head.size, one.head.root, "log_forked", one.note) for one in outcome.since]
    published = _published(archive, asked, head) if archive is not None else iter(())
    done = 0

    def progressed(entries: int) -> None:
        nonlocal done
        done += entries
        asked.progressed(done, head.head.size)

    try:
        outcome.read = whole.read(
            log, head, keyring, marks=_by_size(marks, published), received_ms=received_ms, former=former,
            take=store.add, progressed=progressed, processes=asked.processes,
        )  # fmt: skip
    finally:
        _tell_keys(keyring, outcome)
    former.check(keyring.succession)
    outcome.since += other
    store.finish()
    outcome.devices = store.devices_count()
    for kid, missing in store.gaps():
        outcome.gaps_count += 1
        if len(outcome.gaps) < 100:
            outcome.gaps.append((kid.hex(), missing))
    doubts, doubted = doubting.doubted(store, keyring)
    outcome.replayed = replay(
        store, said, doubts=doubts, doubted=doubted, stood=asked.stood, noted=asked.noted
    )


def _since(head: SignedHead, asked: Asked) -> tuple[list[SignedHead], list[SignedHead]]:
    """Heads of this log and of others that somebody kept. Refuses `since_unusable`: each must be signed by a
    log of the policy."""
    kept, other = list[SignedHead](), list[SignedHead]()
    for signed_note in asked.since:
        try:
            old = heads.judged(signed_note, asked.policy, now_s=asked.now_s)
        except Broken as broken:
            raise Refused("since_unusable", **{"detail": broken.code, **broken.facts}) from None
        (kept if old.head.origin == head.head.origin else other).append(old)
    kept.sort(key=lambda old: old.head.size)
    if kept and kept[-1].head.size > head.head.size:
        raise Broken(
            "log_shrunk", head.head.size, signed_size=kept[-1].head.size,
            signed=kept[-1].note, checkpoint=head.note,
        )  # fmt: skip
    return kept, other


def _published(archive: Archive, asked: Asked, head: SignedHead) -> Iterator[Mark]:
    before = -1
    for name in archive.names(format.CHECKPOINTS):
        text = archive.read(name, NOTE_BYTES_MAX).decode("utf-8", "replace")
        one = heads.judged(text, asked.policy, now_s=asked.now_s)
        if one.head.origin != head.head.origin or not before <= one.head.size <= head.head.size:
            raise Broken("archive_mixed", one.head.size, member=name)
        before = one.head.size
        yield Mark(one.head.size, one.head.root, "root_differs", one.note)


def _by_size(kept: list[Mark], published: Iterator[Mark]) -> Iterator[Mark]:
    """What somebody kept comes first: it is stronger than what the log shows of itself."""
    left = list(kept)
    for mark in published:
        while left and left[0].size <= mark.size:
            yield left.pop(0)
        yield mark
    yield from left


def _tell_keys(keyring: Keyring, outcome: Outcome) -> None:
    outcome.succession = keyring.succession
    outcome.keys_told = len(keyring.on_the_hubs_word)
    outcome.statements, outcome.passed_over = keyring.statements, keyring.passed_over
    outcome.issuers = [(one.agency, one.public_key.hex()) for one in keyring.register.issuers()]
