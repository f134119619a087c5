from typing import Any

import cbor2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, cose, keys

KEY = keys.key_from_seed(b"\x01" * 32)
PUBLIC = keys.public_bytes(KEY)
KID = keys.kid_of(PUBLIC)
PAYLOAD = codec.encode({0: 11, 1: 7})
SIGNED = cose.sign(PAYLOAD, KEY)
HEADER = codec.encode({1: -8, 4: KID})


def message(
    protected: Any = HEADER,
    unprotected: Any = None,
    payload: Any = PAYLOAD,
    signature: Any = b"s" * 64,
    more: tuple[Any, ...] = (),
    tag: int = 18,
) -> bytes:
    return codec.encode(
        cbor2.CBORTag(tag, [protected, {} if unprotected is None else unprotected, payload, signature, *more])
    )


def checked(signed: bytes) -> bytes:
    envelope = cose.opened(signed)
    cose.check(envelope, PUBLIC)
    return envelope.payload


@given(st.binary(max_size=2000))
@example(b"")
@example(b"x" * 23)
@example(b"x" * 24)
@example(b"x" * 256)
def test_what_is_signed_opens_and_is_cose_as_others_read_it(payload: bytes) -> None:
    signed = cose.sign(payload, KEY)
    assert checked(signed) == payload
    assert cose.opened(signed).kid == KID
    tagged = cbor2.loads(signed)
    assert tagged.tag == 18
    protected, unprotected, inner, signature = tagged.value
    assert (cbor2.loads(protected), unprotected, inner) == ({1: -8, 4: KID}, {}, payload)
    to_be_signed = cbor2.dumps(["Signature1", protected, b"kawal/v1", payload])
    KEY.verify_key.verify(to_be_signed, signature)


def test_every_flipped_bit_is_refused() -> None:
    for at in range(len(SIGNED)):
        for bit in range(8):
            changed = bytearray(SIGNED)
            changed[at] ^= 1 << bit
            with pytest.raises(Refused):  # the key id is signed too
                checked(bytes(changed))


def test_every_cut_is_refused() -> None:
    for length in range(len(SIGNED)):
        with pytest.raises(Refused):
            cose.opened(SIGNED[:length])


def test_bytes_behind_the_message_are_refused() -> None:
    with pytest.raises(Refused, match="trailing_bytes"):
        cose.opened(SIGNED + b"\0")


def test_a_signature_for_something_else_is_good_for_nothing_here() -> None:
    """Without our `external_aad`, or as a bare signature of the payload."""
    for other in (cbor2.dumps(["Signature1", HEADER, b"", PAYLOAD]), PAYLOAD):
        signature = KEY.sign(other).signature
        with pytest.raises(Refused, match="bad_signature"):
            checked(message(signature=signature))


def test_a_signature_by_another_key_is_refused() -> None:
    with pytest.raises(Refused, match="bad_signature"):
        cose.check(cose.opened(SIGNED), keys.public_bytes(SigningKey(b"\x02" * 32)))


def test_the_longest_entry_opens_and_a_longer_one_is_oversized() -> None:
    room = codec.ENTRY_BYTES_MAX - len(cose.sign(b"x" * 1000, KEY)) + 1000
    assert len(cose.sign(b"x" * room, KEY)) == codec.ENTRY_BYTES_MAX
    assert len(checked(cose.sign(b"x" * room, KEY))) == room
    with pytest.raises(Refused, match="oversized"):
        cose.opened(cose.sign(b"x" * (room + 1), KEY))


@pytest.mark.parametrize(
    ("signed", "code"),
    [
        (message(tag=17), "not_canonical"),  # a COSE_Mac0: another tag, as any tag, is not looked into
        (SIGNED[1:], "not_cose"),
        (codec.encode({}), "not_cose"),
        (b"\xd2" + codec.encode("text"), "not_cose"),
        (message(more=(b"",)), "not_cose"),
        (message(unprotected={1: -8}), "not_cose"),
        (message(unprotected=[]), "not_cose"),
        (message(protected=codec.encode({1: -7, 4: KID})), "not_cose"),
        (message(protected=codec.encode({1: -8})), "not_cose"),
        (message(protected=codec.encode({1: -8, 4: KID[:7]})), "not_cose"),
        (message(protected=codec.encode({1: -8, 4: KID, 5: b""})), "not_cose"),
        (message(protected=b""), "not_cose"),
        (message(protected=None), "not_cose"),
        (message(payload=None), "not_cose"),  # detached
        (message(payload="text"), "not_cose"),
        (message(payload=7), "not_cose"),
        (message(signature=b"s" * 63), "unsigned"),
        (message(signature=b""), "unsigned"),
        (message(signature=None), "unsigned"),
        (message(signature="s" * 64), "unsigned"),
        (b"\xd8\x12" + SIGNED[1:], "not_canonical"),  # a longer tag than needed
        (SIGNED.replace(b"\xa0", b"\xbf\xff", 1), "not_canonical"),
        (b"\xd2\x9f" + SIGNED[2:] + b"\xff", "not_canonical"),
        (b"", "not_cbor"),
        (b"\xd2", "not_cbor"),
        (b"\xd2" * 1000, "not_canonical"),
        (b"\xd2\x84\x5b" + b"\xff" * 8, "not_cbor"),
    ],
)
def test_what_is_no_envelope_is_refused_with_its_reason(signed: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        cose.opened(signed)
    assert refused.value.code == code


CODES = {"oversized", "not_cbor", "trailing_bytes", "not_canonical", "not_cose", "unsigned"}


@given(
    st.binary(max_size=300)
    | st.binary(max_size=300).map(lambda tail: SIGNED[:8] + tail)
    | st.tuples(st.integers(0, len(SIGNED)), st.integers(0, 20), st.binary(max_size=20)).map(
        lambda cut: SIGNED[: cut[0]] + cut[2] + SIGNED[cut[0] + cut[1] :]
    )
)
def test_any_bytes_open_or_are_refused(signed: bytes) -> None:
    try:
        envelope = cose.opened(signed)
    except Refused as refused:
        assert refused.code in CODES
    else:
        rebuilt = message(codec.encode({1: -8, 4: envelope.kid}), {}, envelope.payload, envelope.signature)
        assert rebuilt == signed


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_signs_nothing(length: int) -> None:
    envelope = cose.opened(cose.sign(b"", KEY))
    public_key = (PUBLIC + b"\0")[:length]
    with pytest.raises(Refused, match="bad_signature"):
        cose.check(envelope, public_key)


@pytest.mark.parametrize("length", [0, 63, 65])
def test_a_signature_of_another_length_is_none(length: int) -> None:
    signature = (KEY.sign(b"\0message").signature + b"\0message")[:length]
    rest = (KEY.sign(b"\0message").signature + b"\0message")[length:]
    assert not cose.holds(signature, rest, PUBLIC)
