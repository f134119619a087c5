"""Statements of issuers: one encoding, read strictly, and never to be taken for an event."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.custody import event
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, cose, keys
from kawal.rules.trust import requests, statements
from kawal.rules.trust.statements import (
    AGENCIES,
    VALID_S_MAX,
    Certificate,
    Issuer,
    IssuerEnd,
    Reason,
    Revocation,
    Role,
    Statement,
    Time,
)
from tests.rules.trust.makers import LOG, certificate, key, kid, public

SMALL_ORDER = bytes.fromhex("0100000000000000000000000000000000000000000000000000000000000000")

_times = st.integers(0, 2**40 - 1)
_kids = st.binary(min_size=8, max_size=8)
_ids = st.binary(min_size=32, max_size=32)
_public_keys = st.integers(0, 50).map(lambda n: public(f"device {n}"))


@st.composite
def _certificates(draw: st.DrawFn) -> Certificate:
    at_s = draw(st.integers(0, 2**39))
    return Certificate(
        at_s=at_s,
        public_key=draw(_public_keys),
        post=draw(st.sampled_from(["kpu/16.07", "polri/16.07.03", "kpu/1607032001004", "bawaslu/id"])),
        role=draw(st.sampled_from(Role)),
        valid_to_s=at_s + draw(st.integers(1, VALID_S_MAX)),
        serial=draw(st.integers(0, 2**32)),
        head=draw(st.none() | _ids),
        succeeds=draw(st.none() | _kids),
    )


_said = st.one_of(
    _certificates(),
    st.builds(
        Issuer,
        at_s=_times,
        agency=st.sampled_from(AGENCIES),
        public_key=_public_keys,
        log=st.just(LOG),
        endorsed=st.none() | st.tuples(_kids, st.binary(min_size=64, max_size=64)),
    ),
    st.builds(
        Revocation,
        at_s=_times,
        kid=_kids,
        reason=st.sampled_from(Reason),
        last=st.none() | _ids,
        reported_s=st.none() | _times,
    ),
    st.builds(IssuerEnd, at_s=_times, kid=_kids, reason=st.sampled_from(Reason)),
    st.builds(Time, at_s=_times),
)


@given(_said)
def test_a_statement_reads_back_from_its_one_encoding(statement: Statement) -> None:
    data = statements.payload(statement)
    assert statements.of(data) == statement
    signed = statements.sign(statement, key("kpu"))
    envelope, told = statements.opened(signed)
    cose.check(envelope, public("kpu"))
    assert (told, envelope.kid) == (statement, kid("kpu"))
    assert statements.is_statement(signed)


@given(_said)
def test_no_statement_can_be_taken_for_an_event_or_a_request(statement: Statement) -> None:
    signed = statements.sign(statement, key("kpu"))
    with pytest.raises(Refused, match="not_cose"):
        cose.opened(signed)
    with pytest.raises(Refused):
        event.of(statements.payload(statement))
    with pytest.raises(Refused, match="not_cose"):
        requests.checked(signed, LOG)


def test_a_signature_made_for_one_kind_does_not_hold_for_another() -> None:
    payload = statements.payload(Time(at_s=1))
    for made in cose.Typ:
        envelope = cose.opened(cose.sign(payload, key("kpu"), made), made)
        for shown in cose.Typ:
            other = cose.opened(cose.sign(payload, key("kpu"), shown), shown)
            assert cose.holds(envelope.signature, other.to_be_signed, public("kpu")) == (made is shown)


def test_an_event_cannot_be_read_as_a_statement() -> None:
    signed = cose.sign(statements.payload(Time(at_s=1)), key("kpu"))
    assert not statements.is_statement(signed)
    with pytest.raises(Refused, match="not_cose"):
        statements.opened(signed)


def test_a_certificate_fits_into_a_small_code() -> None:
    assert len(certificate("phone", serial=4000, post="kpu/1607032001004")) <= 170


BASE: dict[int, Any] = codec.decode(
    statements.payload(
        Certificate(
            at_s=1000, public_key=public("phone"), post="kpu/16.07", role=Role.CUSTODIAN,
            valid_to_s=1000 + VALID_S_MAX, serial=1,
        )
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({0: 25}, "act"),
        ({0: True}, "act"),
        ({0: None}, "act"),
        ({1: -1}, "at_s"),
        ({1: "now"}, "at_s"),
        ({2: SMALL_ORDER}, "public_key"),
        ({2: b"\xff" * 32}, "public_key"),
        ({2: b"\x01" * 31}, "public_key"),
        ({3: "kpu"}, "post"),
        ({3: "kpu/"}, "post"),
        ({3: "army/16.07"}, "post"),
        ({3: "kpu/16.7"}, "post"),
        ({3: "kpu/16.07 "}, "post"),
        ({3: "kpü/16.07"}, "post"),
        ({4: 0}, "role"),
        ({4: 9}, "role"),
        ({5: 1000}, "valid_to_s"),
        ({5: 1001 + VALID_S_MAX}, "valid_to_s"),
        ({6: -1}, "serial"),
        ({7: b"short"}, "head"),
        ({7: None}, "head"),
        ({8: kid("phone")}, "succeeds"),
        ({9: 1}, "keys"),
        ({"name": 1}, "keys"),
    ],
)
def test_a_certificate_out_of_format_is_refused_with_its_field(change: dict[Any, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        statements.of(codec.encode(BASE | change))
    assert (refused.value.code, refused.value.facts["field"]) == ("bad_statement", field)


@pytest.mark.parametrize("missing", [0, 1, 2, 3, 4, 5, 6])
def test_a_certificate_without_a_field_is_refused(missing: int) -> None:
    with pytest.raises(Refused, match="bad_statement"):
        statements.of(codec.encode({key: value for key, value in BASE.items() if key != missing}))


@pytest.mark.parametrize(
    "told",
    [
        {0: 20, 1: 1, 2: "kpu", 3: public("kpu"), 4: LOG, 5: None},
        {0: 20, 1: 1, 2: "kpu", 3: public("kpu"), 4: LOG, 5: [kid("a")]},
        {0: 20, 1: 1, 2: "army", 3: public("kpu"), 4: LOG},
        {0: 20, 1: 1, 2: "kpu", 3: SMALL_ORDER, 4: LOG},
        {0: 22, 1: 1, 2: kid("a"), 3: 0},
        {0: 22, 1: 1, 2: kid("a"), 3: 1, 5: None},
        {0: 22, 1: 1, 2: kid("a") + b"0", 3: 1},
        {0: 23, 1: 1, 2: kid("a")},
        {0: 24},
        [24, 1],
    ],
)
def test_other_statements_out_of_format_are_refused(told: Any) -> None:
    with pytest.raises(Refused, match="bad_statement"):
        statements.of(codec.encode(told))


def test_what_would_be_refused_is_not_signed() -> None:
    with pytest.raises(ValueError, match="not a statement"):
        certificate("phone", days=15)


def test_a_request_proves_the_key_and_names_the_hub() -> None:
    asked = requests.Enrol(log=LOG, public_key=public("phone"), code="01234567")
    assert requests.checked(requests.sign(asked, key("phone")), LOG) == asked
    again = requests.Renew(log=LOG, public_key=public("phone"), serial=3, head=b"h" * 32)
    assert requests.checked(requests.sign(again, key("phone")), LOG) == again


def asks(name: str = "a", *, log: str = LOG, code: str = "01234567", by: str = "a") -> bytes:
    public_key = SMALL_ORDER if name == "small" else public(name)
    return requests.sign(requests.Enrol(log=log, public_key=public_key, code=code), key(by))


def raw(told: Any, typ: cose.Typ = cose.Typ.REQUEST) -> bytes:
    return cose.sign(codec.encode(told), key("a"), typ)


@pytest.mark.parametrize(
    ("signed", "code"),
    [
        (asks(log="b"), "other_log"),
        (asks(by="b"), "bad_signature"),
        (asks("small"), "bad_key"),
        (asks(code="1234567"), "bad_request"),
        (asks(code="١2345678"), "bad_request"),
        (requests.sign(requests.Renew(log=LOG, public_key=public("a"), serial=-1), key("a")), "bad_request"),
        (raw({0: True, 1: LOG, 2: public("a"), 3: "01234567"}), "bad_request"),
        (raw({0: 3, 1: LOG, 2: public("a")}), "bad_request"),
        (raw([1]), "bad_request"),
        (raw({0: 1, 1: LOG, 2: public("a"), 3: "01234567"}, cose.Typ.EVENT), "not_cose"),
        (b"", "not_cbor"),
    ],
)
def test_a_request_that_proves_nothing_is_refused(signed: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        requests.checked(signed, LOG)
    assert refused.value.code == code


@given(st.binary(max_size=300))
def test_any_bytes_are_a_statement_or_refused(data: bytes) -> None:
    for read in (
        statements.opened,
        lambda data: requests.checked(data, LOG),
        lambda data: statements.of(data),
    ):
        with pytest.raises(Refused):
            read(data)


def test_small_order_keys_are_refused_wherever_a_key_comes_in() -> None:
    with pytest.raises(Refused, match="bad_key"):
        keys.check_public_key(SMALL_ORDER)
