"""Seals seen against seals last put on (C3), and openings (C7)."""

from __future__ import annotations

from typing import Final

from kawal.rules.custody.event import Act, Mismatch
from kawal.rules.custody.facts import Expected, Fact
from kawal.rules.custody.findings import Finding, of_event

# Whoever does one of these has the parcel before his eyes: no seal told means no seal seen. In other
# acts a line without seals says nothing about them.
_READS_SEALS: Final = frozenset({Act.OFFER, Act.ACCEPT, Act.SEAL_CHECK, Act.OPENED})

_Seals = tuple[int, ...]


def check(ordered: list[Fact], others: list[Fact], expected: Expected) -> list[Finding]:
    """`ordered`: the acts along the path of custody; `others`: what was told besides."""
    found: list[Finding] = []
    after: dict[bytes, tuple[int, _Seals]] = {}  # event -> its place, and the seals on after it
    on: _Seals = ()
    sealed_before = False
    for place, fact in enumerate(ordered):
        if fact.act == Act.SEALED:
            if not sealed_before and expected.seals and fact.seals != expected.seals:
                found.append(_differ("seals_not_assigned", fact, expected.seals))
            elif on and fact.seals != on:
                found.append(_differ("sealed_unopened", fact, on))
            on, sealed_before = fact.seals, True
        elif fact.act == Act.PACKED:
            on = ()
        else:
            if not on or fact.seals != on:
                found += _seen(fact, on, expected)
            if fact.act == Act.OPENED:
                on = ()
        after[fact.id] = (place, on)
    if others:
        found += _others(ordered, others, after, expected)
    return found


def _seen(fact: Fact, on: _Seals, expected: Expected) -> list[Finding]:
    if not fact.present or Mismatch.SEAL_BROKEN in fact.exceptions:  # the exception is a finding already
        return []
    if fact.seals != on and (fact.seals or fact.act in _READS_SEALS):
        return [_differ("seals_differ", fact, on)]
    if fact.act == Act.OFFER and not on and expected.is_box:
        return [of_event("not_sealed", fact.id, device=fact.kid.hex())]
    return []


def _others(
    ordered: list[Fact], others: list[Fact], after: dict[bytes, tuple[int, _Seals]], expected: Expected
) -> list[Finding]:
    """What a reference places is compared with the seals of that place, the rest with all ever put on."""
    ever = {fact.seals for fact in (*ordered, *others) if fact.act == Act.SEALED} | {()}
    found = []
    for fact in others:
        if fact.act == Act.SEALED:
            continue
        places = [after[ref] for ref in fact.refs if ref in after]
        if places:
            found += _seen(fact, max(places)[1], expected)
        elif fact.present and fact.seals not in ever:
            found.append(_differ("seals_differ", fact, ()))
    return found


def openings(facts: list[Fact], expected: Expected) -> list[Finding]:
    return [
        of_event("opened_elsewhere", fact.id, site=fact.site)
        for fact in facts
        if fact.act == Act.OPENED and fact.site != expected.station
    ]


def _differ(kind: str, fact: Fact, on: _Seals) -> Finding:
    return of_event(kind, fact.id, device=fact.kid.hex(), seen=list(fact.seals), on=list(on))
