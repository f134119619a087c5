"""Which ACCEPTs take which OFFERs, and what the two sides do not agree on (C2, C8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from kawal.rules.custody.event import Act, Mismatch
from kawal.rules.custody.facts import Fact
from kawal.rules.custody.findings import Finding, of_event

_EXCEPTIONS: Final = {
    Mismatch.SHORT: "short",
    Mismatch.OVER: "over",
    Mismatch.DAMAGED: "damaged",
    Mismatch.WRONG_PLACE: "wrong_place",
    Mismatch.SEAL_BROKEN: "seal_broken",
}


class HandOvers(NamedTuple):
    accepts: dict[bytes, list[Fact]]  # id of an OFFER -> the ACCEPTs by which custody passed
    taken: frozenset[bytes]  # ids of those ACCEPTs
    open_to: dict[bytes, list[Fact]]  # kid -> OFFERs that name it and that it has not answered
    waiting: frozenset[bytes]  # ids of ACCEPTs whose OFFER nobody told yet
    findings: list[Finding]


def hand_overs(facts: Iterable[Fact], by_id: dict[bytes, Fact]) -> HandOvers:
    accepts: defaultdict[bytes, list[Fact]] = defaultdict(list)
    open_to: defaultdict[bytes, list[Fact]] = defaultdict(list)
    findings: list[Finding] = []
    taken, answered, waiting, offers = set(), set(), set(), []
    for fact in facts:
        if fact.act == Act.OFFER:
            if fact.other == fact.kid:
                findings.append(of_event("to_oneself", fact.id))
            elif fact.present:
                offers.append(fact)
        elif fact.act == Act.ACCEPT:
            offer = by_id.get(fact.offer or b"")
            if offer is not None and offer.act == Act.OFFER and offer.other == fact.kid != offer.kid:
                answered.add(offer.id)
                if _passes(offer, fact, findings):
                    accepts[offer.id].append(fact)
                    taken.add(fact.id)
            else:
                findings.append(_not_taken(fact, offer))
                if offer is None:
                    waiting.add(fact.id)
    for offer in offers:
        if offer.id not in answered and offer.other:
            open_to[offer.other].append(offer)
    return HandOvers(accepts, frozenset(taken), open_to, frozenset(waiting), findings)


def _not_taken(accept: Fact, offer: Fact | None) -> Finding:
    offer_id = (accept.offer or b"").hex()
    if offer is None or offer.act != Act.OFFER:
        return of_event("offer_unknown", accept.id, offer=offer_id, device=accept.kid.hex())
    named = (offer.other or b"").hex()
    return of_event("not_named", accept.id, offer=offer_id, device=accept.kid.hex(), named=named)


def _passes(offer: Fact, accept: Fact, findings: list[Finding]) -> bool:
    """Whether custody passes: both sides had the parcel in their hands."""
    there = accept.present and Mismatch.SHORT not in accept.exceptions
    kinds = [_EXCEPTIONS[Mismatch(why)] for why in accept.exceptions]
    if not there and not kinds:
        kinds.append("silent_short")
    if not offer.present and "over" not in kinds:
        kinds.append("silent_over")
    for kind in kinds:
        findings.append(of_event(kind, accept.id, giver=offer.kid.hex(), receiver=accept.kid.hex()))
    return there and offer.present
