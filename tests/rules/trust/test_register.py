"""Statements added up in the order of the log: whose key it is, and from where to where it counts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kawal.rules.refusals import Refused
from kawal.rules.trust import statements
from kawal.rules.trust.register import Lapse, Register, Why
from kawal.rules.trust.statements import IssuerEnd, Reason, Role, Time
from tests.rules.trust.makers import (
    DAY,
    LOG,
    START_S,
    certificate,
    issuer,
    key,
    kid,
    public,
    revocation,
)

HEAD = b"h" * 32


def time(day: float, by: str = "kpu") -> bytes:
    return statements.sign(Time(at_s=START_S + int(day * DAY)), key(by))


def end(name: str, by: str) -> bytes:
    return statements.sign(IssuerEnd(at_s=START_S, kid=kid(name), reason=Reason.COMPROMISED), key(by))


def told(*signed: bytes, start: int = 0, register: Register | None = None) -> Register:
    """Statements at 0, 10, 20 ...; the events of a log lie between them."""
    register = register or Register(LOG)
    for place, one in enumerate(signed):
        register.tell(start + 10 * place, one)
    return register


def refused(register: Register, index: int, signed: bytes) -> str:
    before = (register.issuers(), register.devices(), register.doubted())
    with pytest.raises(Refused) as why:
        register.tell(index, signed)
    assert (register.issuers(), register.devices(), register.doubted()) == before
    return why.value.code


def whys(register: Register, name: str, indexes: Sequence[int]) -> list[Why | None]:
    trust = register.trust(kid(name))
    return [trust.why_not(index) for index in indexes]


def test_a_certified_key_counts_from_its_certificate_on() -> None:
    register = told(issuer(), certificate("phone"))
    device = register.device(kid("phone"))
    assert device is not None
    assert (device.public_key, device.post, device.role) == (public("phone"), "kpu/16.07", Role.CUSTODIAN)
    assert whys(register, "phone", [5, 11]) == [Why.UNCERTIFIED, None]
    assert whys(register, "stranger", [5]) == [Why.UNCERTIFIED]
    assert register.doubted() == []


def test_from_its_revocation_on_nothing_counts_by_itself() -> None:
    register = told(issuer(), certificate("phone"), revocation("phone", last=HEAD))
    assert whys(register, "phone", [15, 21, 99]) == [None, Why.REVOKED, Why.REVOKED]
    assert register.trust(kid("phone")).vouched == {HEAD}
    assert register.doubted() == [kid("phone")]


def test_revoked_again_it_stays_revoked_from_the_first_and_what_is_vouched_for_adds_up() -> None:
    register = told(issuer(), certificate("phone"), revocation("phone"), revocation("phone", last=HEAD))
    trust = register.trust(kid("phone"))
    assert (trust.revoked_from, trust.vouched) == (20, {HEAD})


def test_a_revoked_key_never_comes_back() -> None:
    register = told(issuer(), certificate("phone"), revocation("phone"))
    assert refused(register, 30, certificate("phone", day=2)) == "revoked_device"
    told(certificate("new phone", succeeds=kid("phone")), start=31, register=register)
    assert whys(register, "new phone", [32]) == [None]


def test_a_certificate_ends_when_the_log_says_so_and_a_renewal_brings_it_back() -> None:
    register = told(
        issuer(), certificate("phone"), time(13.9), time(14), certificate("phone", day=15, head=HEAD)
    )
    assert whys(register, "phone", [25, 31, 39, 41]) == [None, Why.ENDED, Why.ENDED, None]
    assert register.trust(kid("phone")).lapses == (Lapse(30, 40),)
    assert register.trust(kid("phone")).vouched == {HEAD}


def test_renewed_before_its_end_it_never_ends() -> None:
    register = told(issuer(), certificate("phone"), certificate("phone", day=10), time(15))
    assert whys(register, "phone", [31]) == [None] and register.doubted() == []
    told(time(24), start=40, register=register)
    assert whys(register, "phone", [39, 41]) == [None, Why.ENDED]


def test_every_statement_of_the_agency_tells_the_time_and_other_agencies_do_not() -> None:
    register = told(issuer(), issuer("polri"), certificate("phone"), time(20, by="polri"))
    assert whys(register, "phone", [31]) == [None]
    told(certificate("other phone", day=20), start=40, register=register)
    assert whys(register, "phone", [41]) == [Why.ENDED]


def test_an_issuer_speaks_for_its_own_agency_only() -> None:
    register = told(issuer(), issuer("polri"), certificate("phone"))
    assert refused(register, 30, certificate("other", by="polri", post="kpu/16.07")) == "other_agency"
    assert refused(register, 30, revocation("phone", by="polri")) == "other_agency"
    assert refused(register, 30, end("kpu", by="polri")) == "other_agency"


def test_a_key_that_nobody_announced_issues_nothing() -> None:
    register = told(issuer())
    assert refused(register, 10, certificate("phone", by="stranger", post="kpu/16.07")) == "unknown_issuer"
    assert refused(register, 10, issuer("polri", log="kawal.example/log/other")) == "other_log"
    assert refused(register, 10, revocation("phone")) == "unknown_device"


def test_a_changed_statement_does_not_hold() -> None:
    signed = bytearray(certificate("phone"))
    signed[-1] ^= 1
    assert refused(told(issuer()), 10, bytes(signed)) == "bad_signature"


def test_an_issuer_announces_itself() -> None:
    """Whoever announces a key holds it: a key that is not yours cannot be made to issue."""
    said = statements.opened(issuer("polri"))[1]
    assert refused(told(issuer()), 10, statements.sign(said, key("kpu"))) == "bad_signature"


def test_a_key_is_an_issuer_s_or_a_device_s_and_its_post_is_for_good() -> None:
    register = told(issuer(), issuer("polri"), certificate("phone"))
    assert refused(register, 30, certificate("polri")) == "key_taken"
    assert refused(register, 30, issuer("phone", "tni")) == "key_taken"
    assert refused(register, 30, issuer()) == "key_taken"
    assert refused(register, 30, certificate("phone", post="kpu/16.07.03")) == "post_changed"


def test_a_new_issuer_is_endorsed_by_the_one_before_or_shown_as_unendorsed() -> None:
    register = told(issuer(), issuer("kpu 2", "kpu", before="kpu"), issuer("kpu 3", "kpu"))
    assert [one.endorsed for one in register.issuers()] == [True, True, False]
    # Overlap: both issue until the old one ends.
    told(certificate("a"), certificate("b", by="kpu 2"), end("kpu", by="kpu 2"), start=30, register=register)
    assert refused(register, 60, certificate("c")) == "issuer_ended"
    assert refused(register, 60, issuer("kpu 4", "kpu", before="kpu")) == "bad_endorsement"
    assert whys(register, "a", [61]) == [None]  # what was certified before the end stands
    told(certificate("c", by="kpu 2"), start=60, register=register)


def test_an_endorsement_by_another_agency_is_none() -> None:
    register = told(issuer(), issuer("polri"))
    assert refused(register, 20, issuer("kpu 2", "kpu", before="polri")) == "bad_endorsement"


def test_with_pinned_issuers_only_they_and_those_they_endorse_count() -> None:
    register = Register(LOG, pinned={"kpu": [public("kpu")]})
    assert refused(register, 0, issuer("kpu 2", "kpu")) == "not_pinned"
    told(issuer(), issuer("kpu 2", "kpu", before="kpu"), issuer("polri"), register=register)
    only = Register(LOG, pinned={"kpu": [public("kpu 2")]})
    assert refused(only, 0, issuer()) == "not_pinned"
    told(issuer("kpu 2", "kpu", before="kpu"), register=only)  # pinned, it needs nobody's word
    assert [one.agency for one in register.issuers()] == ["kpu", "kpu", "polri"]


def test_a_log_that_takes_the_place_of_another_keeps_its_issuers() -> None:
    register = Register("kawal.example/log/next")
    assert refused(register, 1, issuer()) == "other_log"
    register.take_over(LOG)
    told(issuer(), certificate("phone"), register=register)
    assert register.device(kid("phone")) is not None


def test_statements_come_in_the_order_of_the_log() -> None:
    with pytest.raises(ValueError, match="after entry"):
        told(issuer()).tell(0, issuer("polri"))
