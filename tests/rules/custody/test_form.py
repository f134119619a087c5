"""What the door recognises is what the reader reads: never more."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kawal.rules.custody import event, form
from kawal.rules.custody.event import Act
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec

BOUNDS = [0, 1, 2, 23, 24, 255, 256, 65_535, 65_536, 2**31, 2**32 - 1, 2**32, 2**40, 2**43, 2**53 - 1, 2**53]
COORDINATES = [0, -1, 23, -24, -25, 900_000_000, -900_000_000, 900_000_001, -1_800_000_001, 1_800_000_000]
NUMBERS = st.sampled_from(BOUNDS) | st.integers(0, 2**64 - 1)
CODES = st.integers(0, 2**53 - 1) | st.integers(0, 30)
HASHES = st.binary(min_size=32, max_size=32)
KIDS = st.binary(min_size=8, max_size=8)
DAYS = st.integers(2**40, 2**43 - 1)
LINES = st.tuples(
    CODES, st.lists(CODES, max_size=event.SEALS_MAX), st.none() | st.integers(0, 700) | CODES
).map(list)
COORDINATE = st.sampled_from(COORDINATES) | st.integers(-1_900_000_000, 1_900_000_000)
TEXT = st.text(st.characters(max_codepoint=127), min_size=1, max_size=20)
USUAL: dict[int, st.SearchStrategy[Any]] = {
    0: st.sampled_from([int(act) for act in Act]),
    1: st.integers(1, 2**32 - 1),
    2: HASHES,
    4: DAYS,
    5: DAYS,
}
OPTIONAL: dict[int, st.SearchStrategy[Any]] = {
    3: st.lists(HASHES, min_size=1, max_size=20),
    6: TEXT,
    7: st.lists(LINES, min_size=1, max_size=30, unique_by=lambda line: line[0]).map(sorted),
    8: KIDS,
    9: HASHES,
    10: st.just([[5, 1]]),
    11: TEXT,
    12: KIDS,
    13: st.tuples(COORDINATE, COORDINATE, st.integers(0, 1_000_000)).map(list),
    14: st.sampled_from([*event.INCIDENT_KINDS, *event.ATTEST_PHASES]) | TEXT,
    15: st.integers(0, 1_000),
    16: KIDS,
    17: HASHES,
}
EVENTS = st.fixed_dictionaries(USUAL, optional=OPTIONAL)
WRONG = st.recursive(
    NUMBERS | st.integers(-(2**40), -1) | st.none() | st.booleans() | st.floats() | st.binary(max_size=40)
    | st.text(max_size=45) | HASHES | KIDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 3), inner, max_size=2),
    max_leaves=8,
)  # fmt: skip


def read(payload: bytes) -> tuple[str, dict[str, object]] | None:
    """Why the reader refuses it; None: it is an event."""
    return _refusal(event.of, payload)


def asked(payload: bytes) -> tuple[str, dict[str, object]] | None:
    """The same of the door's check."""
    return _refusal(form.check, payload)


def _refusal(check: Any, payload: bytes) -> tuple[str, dict[str, object]] | None:
    try:
        check(payload)
    except Refused as refused:
        return refused.code, refused.facts
    return None


@given(EVENTS)
def test_events_are_taken_and_refused_as_the_reader_does(told: dict[int, Any]) -> None:
    payload = codec.encode(told)
    assert asked(payload) == read(payload)


@given(EVENTS, st.integers(0, 18), WRONG)
def test_a_field_with_another_value_is_taken_and_refused_as_the_reader_does(
    told: dict[int, Any], key: int, value: object
) -> None:
    payload = codec.encode({**told, key: value})
    assert asked(payload) == read(payload)


@given(EVENTS, st.data())
def test_changed_bytes_are_taken_and_refused_as_the_reader_does(
    told: dict[int, Any], data: st.DataObject
) -> None:
    payload = bytearray(codec.encode(told))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(payload) - 1))
        kind = data.draw(st.sampled_from(["change", "insert", "drop", "repeat"]))
        if kind == "change":
            payload[at] = data.draw(st.integers(0, 255))
        elif kind == "insert":
            payload[at:at] = data.draw(st.binary(min_size=1, max_size=9))
        elif kind == "drop":
            del payload[at : at + data.draw(st.integers(1, 9))]
        else:
            payload[at:at] = payload[at : at + data.draw(st.integers(1, 70))]
        payload = payload or bytearray(b"\xa0")
    assert asked(bytes(payload)) == read(bytes(payload))


@given(st.binary(max_size=80))
@example(b"")
def test_any_bytes_are_taken_and_refused_as_the_reader_does(payload: bytes) -> None:
    assert asked(payload) == read(payload)


SEALED = {0: 2, 1: 3, 2: bytes(32), 4: 2**40, 5: 2**40, 6: "PPK-16.07.01",
          7: [[300, [2**33, 2**34], None], [2**40, [], 306]]}  # fmt: skip
POSITION = {0: 11, 1: 0, 2: None, 4: 2**40, 5: 2**40, 11: "T-1", 13: [-29_761_000, 1_047_754_000, 8]}


@pytest.mark.parametrize("told", [SEALED, POSITION, {**SEALED, 7: [[n, [], None] for n in range(600)]}])
def test_what_phones_send_day_by_day_is_recognised(told: dict[int, Any]) -> None:
    assert form.recognised(codec.encode(told))


@pytest.mark.parametrize(
    "told",
    [
        {**SEALED, 7: [[2**40, [], None], [300, [], None]]},
        {**SEALED, 7: [[300, [1], None], [300, [2], None]]},
        {**SEALED, 7: [[300, [1], False]]},
        {**SEALED, 7: [[300, [1] * 17, None]]},
        {**SEALED, 7: [[n, [], None] for n in range(601)]},
        {**SEALED, 7: []},
        {**SEALED, 1: 0},
        {**POSITION, 1: 1},
        {key: value for key, value in SEALED.items() if key != 6},
        {**POSITION, 18: 1},
        {**POSITION, 13: [900_000_001, 0, 8]},
    ],
)
def test_what_the_reader_refuses_is_not_recognised(told: dict[int, Any]) -> None:
    payload = codec.encode(told)
    assert read(payload) is not None
    assert not form.recognised(payload)


def test_bytes_between_two_lines_are_not_passed_over() -> None:
    """A search for lines finds both; the end is then looked for within the second."""
    line = bytes.fromhex("83 1901f4 81 1b0008480011223344 f6")
    told = {**SEALED, 7: [[300, [], None], [500, [0x0008480011223344], None]]}
    payload = codec.encode(told)
    assert line in payload
    assert form.recognised(payload)
    for stray in (b"\x00", b"\xff", b"\x83", b"\xf6" * 5):
        assert not form.recognised(payload.replace(line, stray + line))


def test_longer_lengths_than_needed_are_not_recognised() -> None:
    payload = codec.encode(SEALED)
    for short, long in (
        (b"\x07\x82", b"\x07\x98\x02"),
        (b"\x01\x03", b"\x01\x18\x03"),
        (b"\x06\x6c", b"\x06\x78\x0c"),
        (b"\x83\x19\x01\x2c", b"\x83\x1a\x00\x00\x01\x2c"),
    ):
        assert payload.count(short) == 1
        assert not form.recognised(payload.replace(short, long))
    assert not form.recognised(payload + b"\x00")
