"""The payload format KWE-1: what is written is read, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.custody import event as events
from kawal.rules.custody.event import Act, Event, Line, Mismatch
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec

HASH = bytes(range(32))
KID = bytes(range(8))
OFFER = Event(
    act=Act.OFFER,
    seq=7,
    prev=HASH,
    refs=(HASH,),
    happened_ms=1_865_206_860_000,
    recorded_ms=1_865_206_861_000,
    site="PPK-16.07.03",
    manifest=(Line(160703200100137, (301, 302)), Line(160703200100195)),
    to=KID,
    nonce=KID,
    trip="16.07-to_pps-1",
)
ACCEPT = Event(
    act=Act.ACCEPT,
    seq=0,
    prev=None,
    happened_ms=1,
    recorded_ms=2,
    site="PPK-16.07.03",
    offer=HASH,
    exceptions=((160703200100137, Mismatch.SHORT),),
)


def changed(event: Event, **keys: Any) -> bytes:
    """The payload with keys changed: `k5=1` sets key 5, `k5=None` with `drop` leaves it out."""
    told = codec.decode(events.payload(event))
    for name, value in keys.items():
        key = int(name[1:])
        if value is _GONE:
            told.pop(key, None)
        else:
            told[key] = value
    return codec.encode(told)


_GONE = object()


@pytest.mark.parametrize("event", [OFFER, ACCEPT])
def test_what_is_written_is_read(event: Event) -> None:
    assert events.of(events.payload(event)) == event


_CODES = st.integers(0, 2**53 - 1)
_LINES = st.lists(
    st.builds(
        Line,
        _CODES,
        st.lists(_CODES, max_size=6).map(tuple),
        st.none() | st.integers(0, 10_000),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda line: line.parcel,
)


@given(_LINES, st.integers(0, 2**32 - 1), st.sampled_from([Act.SEALED, Act.SEAL_CHECK, Act.OPENED]))
def test_any_manifest_is_written_in_one_way_and_read_again(lines: list[Line], seq: int, act: Act) -> None:
    event = Event(
        act=act,
        seq=seq,
        prev=HASH if seq else None,
        happened_ms=0,
        recorded_ms=0,
        site="GDG-16.07",
        manifest=tuple(sorted(lines, key=lambda line: line.parcel)),
    )
    data = events.payload(event)
    assert events.of(data) == event
    assert events.payload(events.of(data)) == data


@pytest.mark.parametrize(
    ("keys", "field"),
    [
        ({"k18": 1}, "keys"),
        ({"k2": _GONE}, "prev"),
        ({"k2": None}, "prev"),  # only a first event has no predecessor
        ({"k1": 0}, "prev"),  # and a first event has none
        ({"k0": 12}, "act"),
        ({"k0": "3"}, "act"),
        ({"k0": True}, "act"),
        ({"k1": -1}, "seq"),
        ({"k1": 2**32}, "seq"),
        ({"k2": HASH[:31]}, "prev"),
        ({"k3": []}, "refs"),
        ({"k3": [HASH[:31]]}, "refs"),
        ({"k3": [HASH] * 65}, "refs"),
        ({"k4": _GONE}, "happened_ms"),
        ({"k4": 2**43}, "happened_ms"),
        ({"k5": "now"}, "recorded_ms"),
        ({"k6": ""}, "site"),
        ({"k6": "P" * 21}, "site"),
        ({"k6": "PPK-é"}, "site"),
        ({"k6": _GONE}, "site"),
        ({"k7": _GONE}, "manifest"),
        ({"k7": [[1, []]]}, "manifest"),
        ({"k7": [[1, [], -1]]}, "manifest"),
        ({"k7": [[1, [True], None]]}, "manifest"),
        ({"k7": [[2**53, [], None]]}, "manifest"),
        ({"k7": [[1, list(range(17)), None]]}, "manifest"),
        ({"k7": [[2, [], None], [1, [], None]]}, "manifest"),  # not sorted
        ({"k7": [[1, [], None], [1, [], None]]}, "manifest"),  # twice
        ({"k7": [[number, [], None] for number in range(601)]}, "manifest"),
        ({"k8": _GONE}, "to"),
        ({"k8": None}, "to"),
        ({"k8": KID + b"."}, "to"),
        ({"k11": 1}, "trip"),
        ({"k12": KID[:7]}, "second"),
        ({"k13": [0, 0]}, "position"),
        ({"k13": [900_000_001, 0, 1]}, "position"),
        ({"k13": [0, 1_800_000_001, 1]}, "position"),
        ({"k13": [0, 0, -1]}, "position"),
        ({"k13": [0, True, 1]}, "position"),
        ({"k15": 1000}, "officers"),
        ({"k16": b""}, "nonce"),
        ({"k17": HASH + b"."}, "photo"),
    ],
)
def test_what_is_not_in_the_format_is_refused_by_its_field(keys: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        events.of(changed(OFFER, **keys))
    assert (refused.value.code, refused.value.facts["field"]) == ("bad_event", field)


@pytest.mark.parametrize(
    "exceptions",
    [[], [[1]], [[1, 6]], [[1, True]], [[-1, 1]], ["1"], [[2, 1], [1, 1]], [[1, 1], [1, 1]]],
)
def test_exceptions_are_known_sorted_and_each_told_once(exceptions: list[Any]) -> None:
    with pytest.raises(Refused, match="exceptions"):
        events.of(changed(ACCEPT, k10=exceptions))


def test_one_parcel_may_be_an_exception_for_two_reasons() -> None:
    told = events.of(changed(ACCEPT, k10=[[1, 3], [1, 4]]))
    assert told.exceptions == ((1, Mismatch.DAMAGED), (1, Mismatch.SEAL_BROKEN))


@pytest.mark.parametrize(
    ("act", "key"), [(Act.PACKED, 12), (Act.ACCEPT, 9), (Act.ATTEST, 11), (Act.POSITION, 13)]
)
def test_an_act_tells_what_belongs_to_it(act: Act, key: int) -> None:
    whole = {
        "k0": int(act),
        "k9": HASH,
        "k11": "16.07-to_pps-1",
        "k12": KID,
        "k13": [0, 0, 1],
        "k14": "start",
    }
    events.of(changed(OFFER, **whole))
    with pytest.raises(Refused, match="bad_event"):
        events.of(changed(OFFER, **(whole | {f"k{key}": _GONE})))


@pytest.mark.parametrize("act", [Act.INCIDENT, Act.ATTEST])
def test_kinds_and_phases_are_words_of_a_list(act: Act) -> None:
    known = {Act.INCIDENT: "flood", Act.ATTEST: "not_aboard"}[act]
    assert events.of(changed(OFFER, k0=int(act), k14=known)).kind == known
    with pytest.raises(Refused, match="kind"):
        events.of(changed(OFFER, k0=int(act), k14="a word of one's own"))


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x01", codec.encode([1]), events.payload(OFFER) + b"\x00"])
def test_what_is_no_map_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        events.of(data)


def test_numbers_that_are_not_in_shortest_form_are_refused() -> None:
    data = events.payload(ACCEPT)
    assert data[1:3] == b"\x00\x04"  # key 0, act 4
    with pytest.raises(Refused, match="not_canonical"):
        events.of(data[:2] + b"\x18\x04" + data[3:])
