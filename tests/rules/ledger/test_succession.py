"""A log that takes the place of another: what its first entry says, and what a kept head proves of it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.ledger import succession, tree
from kawal.rules.ledger.checkpoint import Head
from kawal.rules.ledger.succession import Reason, Succession
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, cose, keys
from kawal.rules.signing.hashes import leaf_hash

KEY = keys.key_from_seed(bytes(range(32)))
PUBLIC = keys.public_bytes(KEY)
NEW, OLD = "kawal.example/log/2", "kawal.example/log/1"
LEAVES = [leaf_hash(bytes([n])) for n in range(9)]


def root(size: int) -> bytes:
    return tree.root_of(size, tree.subtree_of(LEAVES[:size]))


def said(size: int = 7, held: int = 7, **changes: object) -> Succession:
    former = Head(OLD, size, root(size))
    made = Succession(
        at_s=1_865_000_000, log=NEW, former=former, note_hash=succession.note_hash_of(former),
        reason=Reason.ENTRIES_LOST, held=held,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def test_what_was_signed_is_read_back() -> None:
    signed = succession.sign(said(), KEY)
    assert succession.is_succession(signed)
    assert succession.opened(signed, NEW, [PUBLIC]) == said()


def test_it_is_no_event_and_no_statement_of_an_issuer() -> None:
    signed = succession.sign(said(), KEY)
    for typ in (cose.Typ.EVENT, cose.Typ.STATEMENT, cose.Typ.REQUEST):
        with pytest.raises(Refused):
            cose.opened(signed, typ)
    assert not succession.is_succession(cose.sign(succession.payload(said()), KEY))


def test_it_holds_for_its_own_log_and_key_alone() -> None:
    signed = succession.sign(said(), KEY)
    with pytest.raises(Refused, match="other_log"):
        succession.opened(signed, OLD, [PUBLIC])
    other = keys.public_bytes(keys.key_from_seed(bytes(32)))
    with pytest.raises(Refused, match="bad_signature"):
        succession.opened(signed, NEW, [other])


@given(st.integers(0, 400), st.integers(1, 255))
def test_a_flipped_bit_is_refused(place: int, flip: int) -> None:
    signed = bytearray(succession.sign(said(), KEY))
    signed[place % len(signed)] ^= flip
    with pytest.raises(Refused):
        succession.opened(bytes(signed), NEW, [PUBLIC])


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        (0, 31, "act"),
        (0, True, "act"),
        (1, -1, "at_s"),
        (2, "with space", "log"),
        (3, NEW, "former"),
        (4, 2**63, "size"),
        (5, b"short", "root"),
        (6, sha256(b"another").digest(), "note"),
        (7, 0, "reason"),
        (7, 5, "reason"),
        (8, None, "held"),
        (9, 1, "keys"),
    ],
)
def test_a_field_out_of_format_is_named(key: int, value: object, field: str) -> None:
    told = {**codec.decode(succession.payload(said())), key: value}
    signed = cose.sign(codec.encode(told), KEY, cose.Typ.SUCCESSION)
    with pytest.raises(Refused) as refused:
        succession.opened(signed, NEW, [PUBLIC])
    assert (refused.value.code, refused.value.facts) == ("bad_succession", {"field": field})


def test_nothing_that_would_be_refused_is_signed() -> None:
    with pytest.raises(ValueError, match="not a succession"):
        succession.sign(said(log=OLD), KEY)


@pytest.mark.parametrize("size", [0, 1, 5, 7])
def test_a_head_of_the_former_log_is_kept_where_its_entries_follow(size: int) -> None:
    succession.kept(said(), Head(OLD, size, root(size)), root(size))


@pytest.mark.parametrize(
    ("old", "held", "follows", "code"),
    [
        (Head(OLD, 7, root(6)), 7, root(7), "former_contradicted"),  # another root of the same size
        (Head(OLD, 9, root(9)), 9, root(9), "former_contradicted"),  # more was signed than it commits to
        (Head(OLD, 5, root(4)), 7, root(5), "former_contradicted"),  # another history below
        (Head(OLD, 6, root(6)), 5, None, "former_missing"),
        (Head("kawal.example/log/0", 6, root(6)), 7, root(6), "other_former"),
    ],
)
def test_a_head_that_it_does_not_stand_by_is_refused(
    old: Head, held: int, follows: bytes | None, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        succession.kept(said(held=held), old, follows)
