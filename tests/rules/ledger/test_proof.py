import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.ledger import checkpoint, policy, proof, tree
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.ledger.proof import Proof
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys, note
from kawal.rules.signing.hashes import leaf_hash

ORIGIN = "kawal.id/log"
LOG_KEY, OTHER_KEY = keys.key_from_seed(b"\x01" * 32), keys.key_from_seed(b"\x09" * 32)
WITNESS_KEYS = {
    name: keys.key_from_seed(bytes([at]) * 32) for at, name in enumerate(("a", "b", "c"), start=2)
}
LEAVES = [leaf_hash(bytes([at])) for at in range(13)]
SUBTREE = tree.subtree_of(LEAVES)
HEAD = Head(ORIGIN, 13, tree.root_of(13, SUBTREE))
TEXT = checkpoint.text(HEAD)
TIME_S = 1_707_868_800


def line(name: str, time_s: int = TIME_S) -> str:
    return note.cosigned(TEXT, f"{name}.id/w", WITNESS_KEYS[name], time_s=time_s)


def policy_of(quorum: str, *, log_key: str | None = None) -> policy.Policy:
    log = log_key or str(note.VerifierKey(ORIGIN, keys.public_bytes(LOG_KEY)))
    witnesses = "".join(
        f"witness {name} {note.VerifierKey(f'{name}.id/w', keys.public_bytes(key), note.COSIGNATURE)}\n"
        for name, key in WITNESS_KEYS.items()
    )
    return policy.policy_in(f"log {log}\n{witnesses}group two 2 a b c\nquorum {quorum}\n")


SIGNED = note.sign(TEXT, ORIGIN, LOG_KEY)
GOOD = Proof(
    5, tuple(tree.prove_inclusion(5, 13, SUBTREE)), SIGNED + line("a") + line("b", TIME_S + 60), b"COSE"
)
TWO = policy_of("two")


def refused_as(found: Proof, leaf: bytes = LEAVES[5], trusted: policy.Policy = TWO, **more: int) -> str:
    with pytest.raises(Refused) as refused:
        proof.checked(found, leaf, trusted, **more)
    return refused.value.code


def test_a_proof_tells_the_head_and_who_cosigned_it_when() -> None:
    proven = proof.checked(proof.proof_in(proof.text(GOOD)), LEAVES[5], TWO)
    assert proven == proof.Proven(HEAD, {"a": TIME_S, "b": TIME_S + 60})


def test_every_entry_of_the_log_is_proven_and_no_other_in_its_place() -> None:
    for index in range(13):
        found = dataclasses.replace(GOOD, index=index, hashes=tuple(tree.prove_inclusion(index, 13, SUBTREE)))
        assert proof.checked(found, LEAVES[index], TWO).head == HEAD
        assert refused_as(found, LEAVES[(index + 1) % 13]) == "bad_proof"


def test_the_first_thing_that_is_wrong_is_named() -> None:
    with_checkpoint = lambda text: dataclasses.replace(GOOD, checkpoint=text)  # noqa: E731
    assert refused_as(GOOD, trusted=policy.policy_in("quorum none")) == "log_unknown"
    other_log = str(note.VerifierKey(ORIGIN, keys.public_bytes(OTHER_KEY)))
    assert refused_as(GOOD, trusted=policy_of("two", log_key=other_log)) == "unsigned"
    assert refused_as(with_checkpoint(SIGNED)) == "quorum_missing"
    assert refused_as(with_checkpoint(SIGNED + line("a") + line("a"))) == "quorum_missing"
    assert refused_as(with_checkpoint(TEXT + "\n" + line("a") + line("b"))) == "unsigned"
    assert refused_as(with_checkpoint(SIGNED.replace("\n13\n", "\n14\n"))) == "bad_signature"
    assert refused_as(with_checkpoint("nothing")) == "bad_note"
    assert refused_as(with_checkpoint(note.sign("nothing\n", ORIGIN, LOG_KEY))) == "bad_checkpoint"
    assert refused_as(dataclasses.replace(GOOD, index=13)) == "bad_proof"
    assert refused_as(dataclasses.replace(GOOD, hashes=GOOD.hashes[:-1])) == "bad_proof"
    assert refused_as(dataclasses.replace(GOOD, hashes=(*GOOD.hashes, LEAVES[0]))) == "bad_proof"


def test_without_quorum_the_log_alone_is_enough() -> None:
    alone = dataclasses.replace(GOOD, checkpoint=SIGNED)
    assert proof.checked(alone, LEAVES[5], policy_of("none")).times_s == {}


def test_a_cosignature_from_the_future_counts_nothing() -> None:
    assert proof.checked(GOOD, LEAVES[5], TWO, now_s=TIME_S + 60).times_s.keys() == {"a", "b"}
    assert refused_as(GOOD, now_s=TIME_S + 59) == "quorum_missing"


def test_the_file_is_written_as_the_format_has_it() -> None:
    lines = proof.text(GOOD).split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra Q09TRQ==", "index 5"]
    assert lines[3:8] == [*map(note.to_base64, GOOD.hashes), ""]
    assert proof.text(GOOD).endswith("\n\n" + GOOD.checkpoint)
    alone = Proof(0, (), SIGNED)
    assert proof.text(alone) == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{SIGNED}"
    assert proof.proof_in(proof.text(alone)) == alone


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.none() | st.binary(max_size=80),
)
def test_every_proof_reads_back(index: int, hashes: list[bytes], extra: bytes | None) -> None:
    found = Proof(index, tuple(hashes), SIGNED, extra)
    assert proof.proof_in(proof.text(found)) == found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1", "@v2"),
        ("c2sp", " c2sp"),
        ("\n", "\r\n"),
        ("extra ", "extra"),
        ("extra ", "extra  "),
        ("Q09TRQ==", "Q09TRQ="),
        ("Q09TRQ==", "Q09TRR=="),
        ("extra Q09TRQ==\n", "extra Q09TRQ==\nextra Q09TRQ==\n"),
        ("index 5\n", ""),
        ("index 5\n", "index 5\nindex 5\n"),
        ("index 5", "index 05"),
        ("index 5", "index +5"),
        ("index 5", "index -5"),
        ("index 5", "index \u0665"),
        ("index 5", "index 5 "),
        ("index 5", "index 9223372036854775808"),
        ("index 5", "index"),
        ("index 5\n", "index 5\nAAAA\n"),
        ("index 5\n", "index 5\n" + f"{note.to_base64(bytes(33))}\n"),
        ("index 5\n", "index 5\n" + f"{note.to_base64(bytes(32))}\n" * 60),
        ("index 5\n", "index 5\n" + "x" * proof.PROOF_BYTES_MAX),
        (f"\n\n{ORIGIN}", f"\n{ORIGIN}"),
    ],
)
def test_another_spelling_is_refused(old: str, new: str) -> None:
    told = proof.text(GOOD)
    assert old in told
    with pytest.raises(Refused, match="bad_tlog_proof"):
        proof.proof_in(told.replace(old, new, 1))


def test_every_changed_character_is_refused_or_proves_the_same() -> None:
    """Only `extra` may change: it is vouched for by nobody, and the leaf hash is the reader's own."""
    told = proof.text(GOOD)
    free = range(told.index("extra ") + 6, told.index("\nindex"))
    for at in range(len(told)):
        changed = told[:at] + ("B" if told[at] != "B" else "C") + told[at + 1 :]
        try:
            proof.checked(proof.proof_in(changed), LEAVES[5], policy_of("two"))
        except Refused:
            continue
        assert at in free
