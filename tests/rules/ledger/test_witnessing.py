import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.ledger import checkpoint, tree, witnessing
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.ledger.witnessing import Request
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys, note
from kawal.rules.signing.hashes import EMPTY_ROOT, leaf_hash

ORIGIN = "kawal.id/log"
KEY, OTHER_KEY = keys.key_from_seed(b"\x01" * 32), keys.key_from_seed(b"\x02" * 32)
KEYS = {ORIGIN: [note.VerifierKey(ORIGIN, keys.public_bytes(KEY))]}
SUBTREE = tree.subtree_of([leaf_hash(bytes([at])) for at in range(40)])


def head(size: int) -> Head:
    return Head(ORIGIN, size, tree.root_of(size, SUBTREE))


def signed(of: Head, key: keys.SigningKey = KEY) -> str:
    return note.sign(checkpoint.text(of), ORIGIN, key)


def asked(old: int, size: int) -> Request:
    return Request(old, tuple(tree.prove_consistency(old, size, SUBTREE)), signed(head(size)))


def status(request: Request, last: Head | None) -> int:
    with pytest.raises(Refused) as refused:
        witnessing.judged(request, KEYS, last)
    return witnessing.STATUSES[refused.value.code]


def test_every_step_of_a_growing_log_is_cosigned() -> None:
    for old in range(20):
        for size in range(old, 40):
            last = head(old) if old else None
            assert witnessing.judged(asked(old, size), KEYS, last) == head(size)


def test_a_request_travels_as_bytes() -> None:
    request = asked(7, 12)
    assert witnessing.request_in(witnessing.body(request)) == request
    assert witnessing.origin_of(request) == ORIGIN
    assert witnessing.body(asked(0, 3)) == b"old 0\n\n" + signed(head(3)).encode()


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_every_request_reads_back(old: int, hashes: list[bytes]) -> None:
    request = Request(old, tuple(hashes), signed(head(3)))
    assert witnessing.request_in(witnessing.body(request)) == request


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"old 3",
        b"old 3\n",
        b"old 03\n\nnote",
        b"old  3\n\nnote",
        b"old -3\n\nnote",
        b"old 9223372036854775808\n\nnote",
        b"old \xd9\xa3\n\nnote",
        b"new 3\n\nnote",
        b"old 3\r\n\r\nnote",
        b"old 3\nAAAA\n\nnote",
        b"old 3\n!\n\nnote",
        b"old 3\n" + b"%s\n" % note.to_base64(bytes(32)).encode() * 64 + b"\nnote",
        b"old 3\n\n\xff",
        b"old 3\n\n" + b"x" * witnessing.REQUEST_BYTES_MAX,
    ],
)
def test_what_is_no_request_is_refused_as_400(bad: bytes) -> None:
    with pytest.raises(Refused) as refused:
        witnessing.request_in(bad)
    assert witnessing.STATUSES[refused.value.code] == 400


def test_what_is_no_checkpoint_is_refused_as_400() -> None:
    for wrong in ("", "nothing\n", note.sign("nothing\n", ORIGIN, KEY)):
        assert status(Request(0, (), wrong), None) == 400


def test_an_unknown_log_is_refused_as_404_before_its_signature_is_looked_at() -> None:
    other = note.sign(checkpoint.text(Head("other.id", 3, head(3).root)), "other.id", KEY)
    assert status(Request(0, (), other), None) == 404
    with pytest.raises(Refused, match="log_unknown"):
        witnessing.judged(asked(0, 3), {ORIGIN: []}, None)


def test_what_the_log_did_not_sign_is_refused_as_403() -> None:
    assert status(Request(0, (), signed(head(3), OTHER_KEY)), None) == 403
    good = signed(head(3))
    assert status(Request(0, (), good.replace("\n3\n", "\n4\n")), None) == 403
    forged = signed(head(4)).rpartition("\n\n")[2]
    assert status(Request(0, (), good + forged), None) == 403


def test_an_old_size_above_the_checkpoint_is_refused_as_400_whatever_was_cosigned() -> None:
    for last in (None, head(3), head(9)):
        assert status(Request(9, (), signed(head(3))), last) == 400


def test_another_old_size_is_refused_as_409_and_the_right_one_told() -> None:
    for old, last in ((0, head(7)), (6, head(7)), (8, head(7)), (7, None), (7, head(20))):
        with pytest.raises(Refused, match="wrong_old_size") as refused:
            witnessing.judged(asked(old, 12), KEYS, last)
        assert refused.value.facts["size"] == (last.size if last else 0)
    assert witnessing.STATUSES["wrong_old_size"] == 409


def test_a_fork_is_refused_as_422() -> None:
    forked = Head(ORIGIN, 12, leaf_hash(b"fork"))
    assert status(dataclasses.replace(asked(7, 12), note=signed(forked)), head(7)) == 422
    assert status(dataclasses.replace(asked(12, 12), note=signed(forked)), head(12)) == 422
    assert status(asked(7, 12), Head(ORIGIN, 7, leaf_hash(b"fork"))) == 422


def test_a_proof_too_short_or_too_long_is_refused_as_422() -> None:
    good = asked(7, 12)
    assert status(dataclasses.replace(good, hashes=good.hashes[:-1]), head(7)) == 422
    assert status(dataclasses.replace(good, hashes=(*good.hashes, good.hashes[0])), head(7)) == 422
    assert status(dataclasses.replace(good, hashes=()), head(7)) == 422


def test_the_traps_of_equal_and_of_nothing() -> None:
    assert witnessing.judged(asked(7, 7), KEYS, head(7)) == head(7)
    assert status(dataclasses.replace(asked(7, 7), hashes=(bytes(32),)), head(7)) == 422
    assert witnessing.judged(asked(0, 0), KEYS, None) == Head(ORIGIN, 0, EMPTY_ROOT)
    assert witnessing.judged(asked(0, 5), KEYS, head(0)) == head(5)
    assert status(Request(0, (bytes(32),), signed(head(5))), None) == 422
    assert status(Request(0, (), signed(Head(ORIGIN, 0, bytes(32)))), None) == 422


def test_a_head_of_another_log_is_a_bug_of_the_server() -> None:
    with pytest.raises(ValueError, match="the last head is of"):
        witnessing.judged(asked(7, 12), KEYS, Head("other.id", 7, head(7).root))
