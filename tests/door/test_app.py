import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kawal.door import checks
from kawal.door.app import Door
from kawal.rules.signing import codec, cose
from kawal.rules.signing.hashes import leaf_hash
from kawal.rules.trust import statements

from .conftest import ENDED, KEYS, KIDS, NOW, REVOKED, STRANGER, Log, ask, opened, post, signed


def test_one_event_is_answered_with_its_place_in_the_log(door: Door, log: Log) -> None:
    answer = post(door, signed(0))
    receipt = {"id": leaf_hash(signed(0)).hex(), "index": 0, "repeated": False}
    assert (answer.status, answer.told) == (200, {"receipts": [receipt], "size": 1})
    assert [one.signed for one in log.told] == [signed(0)]
    assert log.told[0].kid == KIDS[0]


def test_many_events_are_answered_in_their_order(door: Door, log: Log) -> None:
    events = [signed(n, n % 2) for n in range(500)]
    answer = post(door, codec.encode(events))
    assert answer.status == 200
    assert [one["id"] for one in answer.told["receipts"]] == [leaf_hash(one).hex() for one in events]
    assert sorted(one["index"] for one in answer.told["receipts"]) == list(range(500))
    assert answer.told["size"] == 500


def test_an_event_told_twice_is_one_event(door: Door, log: Log) -> None:
    answer = post(door, codec.encode([signed(0), signed(1), signed(0)]))
    assert [(one["index"], one["repeated"]) for one in answer.told["receipts"]] == [
        (0, False), (1, False), (0, True),
    ]  # fmt: skip
    again = post(door, signed(1))
    assert (again.status, again.told["receipts"][0]["repeated"]) == (200, True)
    assert len(log.told) == 2


def spoiled(one: bytes) -> bytes:
    return one[:-1] + bytes([one[-1] ^ 1])


@pytest.mark.parametrize(
    ("bad", "status", "code"),
    [
        (b"", 400, "not_cbor"),
        (b"\xff", 400, "not_cbor"),
        (signed(1) + b"\0", 400, "trailing_bytes"),
        (b"\xd8\x12" + signed(1)[1:], 400, "not_canonical"),
        (codec.encode({}), 400, "not_cose"),
        (signed(1)[:-66] + codec.encode(b"short"), 400, "unsigned"),
        (cose.sign(codec.encode({0: 11}), KEYS[0]), 400, "bad_event"),
        (cose.sign(b"no cbor", KEYS[0]), 400, "not_cbor"),
        (signed(1, STRANGER), 403, "unknown_device"),
        (spoiled(signed(1)), 403, "bad_signature"),
        (cose.sign(b"x" * 65_535, KEYS[0]), 413, "oversized"),
    ],
)
def test_a_bad_event_is_refused_and_the_good_ones_around_it_are_recorded(
    door: Door, log: Log, bad: bytes, status: int, code: str
) -> None:
    answer = post(door, codec.encode([signed(0), bad, signed(2)]))
    assert answer.status == status
    first, second, third = answer.told["receipts"]
    assert second["refused"] == code
    assert (first["index"], third["index"]) == (0, 1)
    assert [one.signed for one in log.told] == [signed(0), signed(2)]


def test_what_a_revoked_or_ended_device_signs_is_kept_and_its_receipt_says_so(door: Door, log: Log) -> None:
    answer = post(door, codec.encode([signed(0), signed(1, REVOKED), signed(2, ENDED)]))
    assert answer.status == 200
    assert [one.get("doubted") for one in answer.told["receipts"]] == [
        None,
        "revoked_device",
        "certificate_ended",
    ]
    assert [one["index"] for one in answer.told["receipts"]] == [0, 1, 2]
    assert len(log.told) == 3
    assert post(door, spoiled(signed(1, REVOKED))).status == 403  # not by that device at all


def test_a_statement_of_an_issuer_is_no_event(door: Door, log: Log) -> None:
    statement = statements.sign(statements.Time(at_s=1), KEYS[0])
    assert post(door, statement).told["receipts"][0]["refused"] == "not_cose"
    assert log.told == []


def test_the_status_is_that_of_the_first_refused(door: Door) -> None:
    assert post(door, codec.encode([signed(0), signed(1, STRANGER), b""])).status == 403
    assert post(door, codec.encode([signed(0), b"", signed(1, STRANGER)])).status == 400


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "nothing_sent"),
        (b"\x80", 400, "nothing_sent"),
        (b"{}", 400, "not_cbor"),
        (b"\x9f\x40\xff", 400, "not_canonical"),
        (b"\x81\x40\x00", 400, "trailing_bytes"),
        (codec.encode([b""] * 501), 413, "too_many"),
        (b"\x9b" + b"\xff" * 8, 413, "too_many"),
        (b"\x81" * 100_000, 400, "not_cbor"),
        (b"x" * (checks.BODY_BYTES_MAX + 1), 413, "body_too_large"),
    ],
)
def test_a_body_that_is_none_is_refused_as_a_whole(
    door: Door, log: Log, body: bytes, status: int, code: str
) -> None:
    answer = post(door, body)
    assert (answer.status, answer.told["refused"]) == (status, code)
    assert not log.told


def test_the_largest_body_is_taken(door: Door, log: Log) -> None:
    filler = [b"x" * 65_000] * 64
    room = checks.BODY_BYTES_MAX - len(codec.encode([*filler, signed(0), b""])) - 2
    body = codec.encode([*filler, signed(0), b"x" * room])
    assert len(body) == checks.BODY_BYTES_MAX
    assert post(door, body).status == 400
    assert len(log.told) == 1


def test_a_body_told_or_sent_too_long_is_not_read_to_its_end(door: Door) -> None:
    async def both() -> list[Any]:
        told = await ask(door, "POST", "/door/v1/events", b"", {"content-length": "9" * 5000})
        sent = await ask(door, "POST", "/door/v1/events", [b"x" * 1_000_000] * 9)
        return [told, sent]

    for answer in asyncio.run(both()):
        assert (answer.status, answer.headers["connection"]) == (413, "close")


def test_a_slow_client_is_given_up(log: Log) -> None:
    async def slow(door: Door) -> Any:
        sent: list[Any] = []

        async def receive() -> Any:
            await asyncio.sleep(0.02)
            return {"type": "http.request", "body": b"\xd2", "more_body": True}

        async def send(message: Any) -> None:
            sent.append(message)

        await door(
            {"type": "http", "method": "POST", "path": "/door/v1/events", "headers": []}, receive, send
        )
        return sent[0]["status"]

    with opened(log, body_s=0.1) as door:
        assert asyncio.run(slow(door)) == 408


def test_a_client_that_hangs_up_gets_no_answer(door: Door, log: Log) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/door/v1/events", "headers": []}
    asyncio.run(door(scope, receive, send))
    assert sent == []


def test_health_tells_time_size_and_whether_this_is_an_exercise(door: Door) -> None:
    post(door, signed(0))
    answer = asyncio.run(ask(door, "GET", "/door/v1/health"))
    assert answer is not None
    assert (answer.status, answer.told) == (200, {
        "now": NOW.isoformat(), "size": 1, "exercise": False, "writes": True, "writer": "",
    })  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/door/v1/events", 405),
        ("DELETE", "/door/v1/events", 405),
        ("POST", "/door/v1/health", 405),
        ("GET", "/door/", 404),
        ("POST", "/door/v2/events", 404),
        ("POST", "/door/v1/events/", 404),
    ],
)
def test_other_addresses_and_methods_are_refused(door: Door, method: str, path: str, status: int) -> None:
    answer = asyncio.run(ask(door, method, path))
    assert answer is not None
    assert answer.status == status
    assert (status == 405) == ("allow" in answer.headers)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.lists(st.binary(max_size=80), max_size=4).map(codec.encode)
    | st.tuples(st.integers(0, 160), st.binary(max_size=8)).map(
        lambda cut: codec.encode([signed(0)[: cut[0]] + cut[1] + signed(0)[cut[0] + 1 :]])
    )
)
def test_no_bytes_whatever_are_a_failure_of_the_hub(door: Door, body: bytes) -> None:
    answer = post(door, body)
    assert answer.status in {200, 400, 403, 413}
    assert answer.status == 200 or "refused" in str(answer.told)


numbers = st.integers(-(2**63), 2**63)
odd = st.recursive(
    st.none() | st.booleans() | numbers | st.floats() | st.binary(max_size=33) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(numbers, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.integers(0, 17), odd, max_size=4) | odd)
def test_no_payload_whatever_of_an_enrolled_device_is_a_failure_of_the_hub(door: Door, payload: Any) -> None:
    whole = {0: 3, 1: 0, 2: None, 4: 1, 5: 1, 6: "GDG-16.07", 7: [[1, [2], None]], 8: bytes(8)}
    told = whole | payload if isinstance(payload, dict) else payload
    answer = post(door, cose.sign(codec.encode(told), KEYS[0]))
    assert answer.status in {200, 400}
