"""A log that takes the place of another: whoever kept a head of the former log can hold it to that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kawal.rules.custody.stages import Stage
from kawal.rules.ledger import checkpoint, succession, tiles
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.ledger.policy import Log
from kawal.rules.ledger.succession import Reason, Succession
from kawal.rules.refusals import Refused
from kawal.rules.signing import note
from kawal.rules.signing.hashes import leaf_hash
from kawal.rules.signing.keys import key_from_seed, public_bytes
from tests.verify import logs

NEW, NEW_KEY = "kawal.example/log/2", key_from_seed(b"2" * 32)
BOTH = replace(
    logs.POLICY, logs=(*logs.POLICY.logs, Log(note.VerifierKey(NEW, public_bytes(NEW_KEY))))
)  # fmt: skip


def head(entries: list[bytes], origin: str) -> Head:
    grown = tiles.grow({}, 0, [leaf_hash(entry) for entry in entries])
    return Head(origin, len(entries), tiles.root_of(len(entries), lambda *place: grown[place]))


def successor(
    former: list[bytes], kept: int, later: list[bytes] | None = None, **changes: object
) -> list[bytes]:
    """A log that begins by saying that it goes on from the first `kept` entries of another."""
    last = head(former, logs.ORIGIN)
    said = Succession(at_s=logs.NOW_S, log=NEW, former=last, note_hash=succession.note_hash_of(last),
                      reason=Reason.ENTRIES_LOST, held=kept)  # fmt: skip
    if "former" in changes:
        changes["note_hash"] = succession.note_hash_of(changes["former"])
    return [succession.sign(replace(said, **changes), NEW_KEY), *former[:kept], *(later or [])]


def verified(entries: list[bytes], *since: str) -> logs.Heard:
    signed = note.sign(checkpoint.text(head(entries, NEW)), NEW, NEW_KEY)
    found = logs.served(entries) | {"checkpoint": signed.encode()}
    return logs.verified(found, policy=BOTH, since=since)


@pytest.fixture(scope="module")
def former() -> list[bytes]:
    cast = logs.cast()
    start = logs.certified(cast)
    for part in (cast.pack, cast.out, cast.vote, cast.back):
        part()
    return start + logs.told(cast)


def test_it_goes_on_with_all_that_was_told_before(former: list[bytes]) -> None:
    size = len(former)
    heard = verified(successor(former, size), *(logs.head(former[:n]) for n in (0, 5, size)))
    assert not heard.outcome.broken
    assert heard.outcome.succession and heard.outcome.succession.held == size
    assert len(heard.outcome.since) == 3
    assert heard.stood[0].standing and heard.stood[0].standing.stage is Stage.BACK_HOME


def test_what_was_lost_is_missed_by_who_kept_a_head(former: list[bytes]) -> None:
    lost = successor(former, 20)
    assert not verified(lost, logs.head(former[:20])).outcome.broken
    assert verified(lost, logs.head(former[:25])).caught == ("former_missing", 25)


def test_another_history_under_the_same_name_is_caught(former: list[bytes]) -> None:
    other = [*former[:15], *former[16:]]
    assert verified(successor(other, len(other)), logs.head(former[:20])).caught == (
        "former_contradicted",
        20,
    )
    assert verified(successor(former[:10], 10), logs.head(former[:20])).caught == ("former_contradicted", 20)


def test_entries_that_are_not_those_it_commits_to_are_caught_without_any_old_head(
    former: list[bytes],
) -> None:
    entries = successor(former, len(former))
    del entries[16]
    heard = verified([*entries, former[-1]])
    assert heard.caught == ("former_contradicted", len(former))


def test_only_entry_0_signed_by_this_log_says_so(former: list[bytes]) -> None:
    entries = successor(former, len(former))
    assert verified([*entries[1:], entries[0]]).caught == ("entry_unreadable", len(former))
    forged = entries[0][:-1] + bytes([entries[0][-1] ^ 1])
    assert verified([forged, *entries[1:]]).caught == ("signature_bad", 0)


def test_a_head_of_a_log_whose_place_it_did_not_take_proves_nothing(former: list[bytes]) -> None:
    with pytest.raises(Refused) as refused:
        verified(former[:0], logs.head(former[:20]))
    assert refused.value.code == "since_unusable"
