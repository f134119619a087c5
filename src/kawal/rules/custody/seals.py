"""Seals seen against seals last put on (C3), and openings (C7)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from kawal.rules.custody.event import Act, Mismatch
from kawal.rules.custody.facts import Expected, Fact
from kawal.rules.custody.findings import Finding, of_event
from kawal.rules.custody.holdings import Stretch, is_told

# Whoever does one of these has the parcel before his eyes: no seal told means no seal seen. In other
# acts a line without seals says nothing about them.
_READS_SEALS: Final = frozenset({Act.OFFER, Act.ACCEPT, Act.SEAL_CHECK, Act.OPENED})

_FINDS_ITS_PLACE: Final = frozenset({Act.SEALED, Act.OFFER, Act.ACCEPT})

_Seals = tuple[int, ...]


def check(
    ordered: list[Fact],
    others: list[Fact],
    expected: Expected,
    *,
    waiting: Collection[bytes],
    is_whole: Callable[[Stretch], bool],
) -> list[Finding]:
    """`ordered`: the acts along the path of custody; `others`: what was told besides; `waiting`: ids of
    ACCEPTs whose OFFER nobody told yet.

    Other seals than those last put on may be the work of the holder who opened and sealed the box and
    has not told all of it yet. Only a chain without a gap proves that the seals were changed in silence.
    """

    def follows_a_gap(place: int) -> bool:
        """Whether somebody may have done something to it just before that was not told yet."""
        fact, before = ordered[place], ordered[place - 1] if place else None
        if fact.id in waiting:
            return True
        if before is not None and before.kid == fact.kid:
            return not is_told(Stretch(fact.kid, before.seq, fact.seq), is_whole)
        # An ACCEPT stands right behind its OFFER; anything else here is told by one whose ACCEPT is missing.
        return fact.act != Act.ACCEPT

    found: list[Finding] = []
    after: dict[bytes, tuple[int, _Seals]] = {}  # event -> its place, and the seals on after it
    on: _Seals = ()
    sealed_before = False
    for place, fact in enumerate(ordered):
        if fact.act == Act.SEALED:
            if not sealed_before and expected.seals and fact.seals != expected.seals:
                found.append(_differ("seals_not_assigned", fact, expected.seals))
            elif on and fact.seals != on:
                untold = follows_a_gap(place)
                found.append(_differ("sealing_untold" if untold else "sealed_unopened", fact, on))
            on, sealed_before = fact.seals, True
        elif fact.act == Act.PACKED:
            on = ()
        else:
            seen = _seen(fact, on, expected) if not on or fact.seals != on else []
            if seen and follows_a_gap(place):
                seen, on = [_differ("sealing_untold", fact, on)], fact.seals
            found += seen
            if fact.act == Act.OPENED:
                on = ()
        after[fact.id] = (place, on)
    return found + _others(ordered, others, after, expected)


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
    """What a reference places is compared with the seals of that place, the rest with all ever put on.

    An OFFER or ACCEPT is judged when it finds its place on the path: out of it, it is a finding already.
    """
    ever = {fact.seals for fact in (*ordered, *others) if fact.act == Act.SEALED} | {()}
    found = []
    for fact in others:
        if fact.act in _FINDS_ITS_PLACE:
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
