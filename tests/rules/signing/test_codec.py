import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.refusals import Refused
from kawal.rules.signing import codec

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.binary(max_size=40)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.integers(0, 2**40), inner, max_size=5),
    max_leaves=15,
)


@given(plain)
def test_a_value_has_one_encoding_and_reads_back(value: Any) -> None:
    data = codec.encode(value)
    assert codec.decode(data) == value
    assert codec.encode(codec.decode(data)) == data


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_what_is_read_is_the_only_encoding(data: bytes) -> None:
    try:
        value = codec.decode(data)
    except Refused as refused:
        assert refused.code in {"not_cbor", "trailing_bytes", "not_canonical"}
    else:
        assert codec.encode(value) == data


@given(plain, st.binary(min_size=1, max_size=5))
def test_bytes_behind_the_value_are_refused(value: Any, more: bytes) -> None:
    with pytest.raises(Refused, match="trailing_bytes"):
        codec.decode(codec.encode(value) + more)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "not_cbor"),
        ("ff", "not_cbor"),  # a break of nothing
        ("1c", "not_cbor"),  # a reserved length
        ("61ff", "not_cbor"),  # text that is no UTF-8
        ("62c080", "not_cbor"),  # overlong UTF-8
        ("63eda080", "not_cbor"),  # half of a surrogate pair
        ("8301", "not_cbor"),  # fewer items than told
        ("5b3fffffffffffffff00", "not_cbor"),  # four exabytes are told to follow
        ("9b3fffffffffffffff00", "not_cbor"),
        ("bb3fffffffffffffff00", "not_cbor"),
        ("81" * 17 + "00", "not_cbor"),  # too deep
        ("81" * 60_000, "not_cbor"),
        ("1800", "not_canonical"),  # a longer integer than needed
        ("1b0000000000000001", "not_canonical"),
        ("580161", "not_canonical"),
        ("5f4161ff", "not_canonical"),  # indefinite lengths
        ("9fff", "not_canonical"),
        ("bf0000ff", "not_canonical"),
        ("a2010000 00", "not_canonical"),  # keys not in order
        ("a200000001", "not_canonical"),  # a key twice
        ("a20000f400", "not_canonical"),  # 0 and false: one key in Python, two in CBOR
        ("fa3fc00000", "not_canonical"),  # 1.5 in four bytes
        ("fb7ff8000000000001", "not_canonical"),  # another NaN than the one
        ("c1187b", "not_canonical"),  # tags: a time
        ("c24101", "not_canonical"),  # a big integer
        ("c5821b00000000ffffffff01", "not_canonical"),  # 2 to the power of four billion
        ("d81c81d81d00", "not_canonical"),  # a list that holds itself
        ("d8236328612b", "not_canonical"),  # a regular expression
        ("d90102810101", "not_canonical"),  # a set
        ("d9d9f700", "not_canonical"),  # the tag that says this is CBOR
        ("dbffffffffffffffff00", "not_canonical"),  # a tag nobody knows
    ],
)
def test_what_could_be_told_otherwise_is_refused(data: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        codec.decode(bytes.fromhex(data))
    assert refused.value.code == code


def test_odd_values_in_their_one_encoding_are_values() -> None:
    """It is for the reader of a format to refuse them: the codec knows no formats."""
    assert math.isnan(codec.decode(bytes.fromhex("f97e00")))
    assert repr(codec.decode(bytes.fromhex("f7"))) == "undefined"
    assert codec.decode(bytes.fromhex("f8ff")).value == 255
    assert codec.decode(b"\x81" * 15 + b"\x00") is not None


@given(st.lists(st.binary(max_size=300), max_size=30))
def test_byte_strings_read_as_the_decoder_reads_them(items: list[bytes]) -> None:
    assert codec.byte_strings(codec.encode(items), count_max=30) == items


@given(st.binary(max_size=60) | plain.map(codec.encode))
def test_byte_strings_takes_no_more_than_the_decoder_takes(data: bytes) -> None:
    try:
        items = codec.byte_strings(data, count_max=1000)
    except Refused as refused:
        assert refused.code in {"not_cbor", "not_canonical", "trailing_bytes", "too_many"}
    else:
        assert codec.decode(data) == items


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "not_cbor"),
        ("40", "not_cbor"),  # no array
        ("8100", "not_cbor"),  # an item that is no byte string
        ("81", "not_cbor"),
        ("81 44 00", "not_cbor"),
        ("81 58", "not_cbor"),
        ("98 03 40 40 40", "not_canonical"),
        ("9f 40 ff", "not_canonical"),
        ("81 5b 0000000000000001 00", "not_canonical"),
        ("81 40 40", "trailing_bytes"),
        ("84 40 40 40 40", "too_many"),
        ("9b ffffffffffffffff", "too_many"),
    ],
)
def test_another_spelling_of_byte_strings_is_refused(data: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        codec.byte_strings(bytes.fromhex(data), count_max=3)
    assert refused.value.code == code
