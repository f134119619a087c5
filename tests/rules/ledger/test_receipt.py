import dataclasses

import pytest

from kawal.rules.custody import event
from kawal.rules.ledger import checkpoint, policy, proof, receipt, tree
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.ledger.proof import Proof
from kawal.rules.ledger.receipt import Told
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, cose, keys, note
from kawal.rules.signing.hashes import leaf_hash

ORIGIN = "kawal.id/log"
LOG_KEY, PHONE = keys.key_from_seed(b"\x01" * 32), keys.key_from_seed(b"\x02" * 32)
PUBLIC = keys.public_bytes(PHONE)
POLICY = policy.policy_in(f"log {note.VerifierKey(ORIGIN, keys.public_bytes(LOG_KEY))}\nquorum none\n")
EVENT = event.Event(
    act=event.Act.POSITION, seq=0, prev=None, happened_ms=1, recorded_ms=1, position=(1, 2, 3), trip="T"
)
ENTRY = cose.sign(event.payload(EVENT), PHONE)
OTHERS = [leaf_hash(bytes([at])) for at in range(4)]


def text_of(told: Told, *, entry: bytes = ENTRY, extra: bytes | None = None) -> str:
    subtree = tree.subtree_of([*OTHERS, leaf_hash(entry)])
    head = Head(ORIGIN, 5, tree.root_of(5, subtree))
    signed = note.sign(checkpoint.text(head), ORIGIN, LOG_KEY)
    hashes = tuple(tree.prove_inclusion(4, 5, subtree))
    return proof.text(Proof(4, hashes, signed, receipt.packed(told) if extra is None else extra))


GOOD = Told(leaf_hash(ENTRY), ENTRY, PUBLIC)


def refused_as(text: str) -> str:
    with pytest.raises(Refused) as refused:
        receipt.checked(text, POLICY)
    return refused.value.code


def test_a_receipt_brings_the_entry_and_proves_it() -> None:
    told, proven = receipt.checked(text_of(GOOD), POLICY)
    assert told == GOOD
    assert (proven.head.size, proven.times_s) == (5, {})


def test_a_receipt_without_key_or_without_the_entry_proves_what_is_left() -> None:
    for less in (dataclasses.replace(GOOD, public_key=None), Told(GOOD.leaf_hash)):
        assert receipt.checked(text_of(less), POLICY)[0] == less


def test_an_entry_that_is_no_event_is_proven_as_it_is() -> None:
    other = Told(leaf_hash(b"statement"), b"statement")
    assert receipt.checked(text_of(other, entry=b"statement"), POLICY)[0] == other


def test_another_entry_is_not_proven() -> None:
    other = dataclasses.replace(EVENT, seq=0, recorded_ms=2)
    entry = cose.sign(event.payload(other), PHONE)
    assert refused_as(text_of(Told(leaf_hash(entry), entry, PUBLIC))) == "bad_proof"


def test_a_key_that_did_not_sign_is_refused() -> None:
    another = keys.public_bytes(LOG_KEY)
    assert refused_as(text_of(dataclasses.replace(GOOD, public_key=another))) == "wrong_key"
    weak = bytes([1]) + bytes(31)
    assert refused_as(text_of(dataclasses.replace(GOOD, public_key=weak))) == "bad_key"
    forged = ENTRY[:-1] + bytes([ENTRY[-1] ^ 1])
    assert refused_as(text_of(Told(leaf_hash(forged), forged, PUBLIC), entry=forged)) == "bad_signature"


@pytest.mark.parametrize(
    "extra",
    [
        b"",
        b"\xa0",
        ENTRY,
        codec.encode([ENTRY]),
        codec.encode({0: "text"}),
        codec.encode({1: PUBLIC}),
        codec.encode({0: ENTRY, 1: PUBLIC[:-1]}),
        codec.encode({0: ENTRY, 2: leaf_hash(ENTRY)}),
        codec.encode({0: ENTRY, 3: b""}),
        codec.encode({2: leaf_hash(ENTRY)[:-1]}),
        codec.encode({0: ENTRY}) + b"\0",
    ],
)
def test_extra_in_another_form_is_refused(extra: bytes) -> None:
    assert refused_as(text_of(GOOD, extra=extra)) == "bad_receipt"
