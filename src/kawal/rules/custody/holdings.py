"""Who held the parcel, one after the other (C2, C4, C5, C12). No clock is asked.

Every device's own chain is cut into holdings: one begins with PACKED or with an ACCEPT by which custody
passed, and ends with an OFFER that was accepted. A hand-over joins the giver's holding to the
receiver's; the path runs from the packing along these joints. So a parcel's order needs nothing but
its own events: within a device the sequence number, between devices the ACCEPT that names its OFFER.

Two joints that leave one holding for two receivers are a dispute: the path ends there, and nobody is
the holder. But a device that gives again may have got the parcel back and not told it yet. Only when
the stretch of its chain between the two OFFERs is told without a gap, and no ACCEPT in it still waits
for its OFFER, is it proven that nothing came back; until then the second giving is a finding, and
moves nothing.

Where a holder has offered to a device that acts as a holder without having told its ACCEPT, the path
follows the two and the missing ACCEPT is a finding. A device that gives what nobody offered to it moves
nothing: custody stays with the last proven holder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations, groupby
from operator import attrgetter
from typing import Final, NamedTuple

from kawal.rules.custody.event import Act
from kawal.rules.custody.facts import Fact
from kawal.rules.custody.findings import Finding, of_event
from kawal.rules.custody.handovers import HandOvers, hand_overs


class Stretch(NamedTuple):
    """The part of a device's chain that lies between two of its numbers."""

    kid: bytes
    from_seq: int
    to_seq: int


def is_told(stretch: Stretch, is_whole: Callable[[Stretch], bool]) -> bool:
    """Whether nothing between its ends is missing; neighbours need not be asked for."""
    return stretch.to_seq - stretch.from_seq <= 1 or is_whole(stretch)


@dataclass(slots=True, eq=False)
class Holding:
    kid: bytes
    start: Fact | None  # PACKED or ACCEPT; None: nobody told how the device came to hold it
    facts: list[Fact] = field(default_factory=list)  # its acts and what it saw, in its own order
    exits: list[Fact] = field(default_factory=list)  # OFFERs out of it that were accepted
    offers: list[Fact] = field(default_factory=list)  # OFFERs out of it without an answer
    by: Fact | None = None  # the unanswered OFFER by which the path came here
    gave_before: bool = False  # the device had given it away, and no return was told


@dataclass(slots=True, eq=False)
class Path:
    hand_overs: HandOvers
    findings: list[Finding]
    holdings: list[Holding] = field(default_factory=list)
    disputed: bool = False
    circular: bool = False  # it comes back to a holding that it has left: numbers that are a lie

    @property
    def head(self) -> Holding | None:
        nobody = self.disputed or self.circular or not self.holdings
        return None if nobody else self.holdings[-1]


_HOLDERS_ACTS: Final = frozenset({Act.PACKED, Act.SEALED, Act.OFFER, Act.OPENED})


def trace(facts: list[Fact], by_id: dict[bytes, Fact], *, is_whole: Callable[[Stretch], bool]) -> Path:
    """`facts` sorted and each once; `is_whole`: whether a stretch of a chain is told without a gap."""
    passed = hand_overs(facts, by_id)
    cut = _Cut(passed, is_whole)
    for kid, chain in groupby(facts, key=attrgetter("kid")):
        cut.device(kid, chain)
    path = Path(passed, passed.findings + cut.findings)
    _walk(facts, cut, path)
    on_path = set(map(id, path.holdings))
    for holding in cut.holdings:
        if holding.start is None and id(holding) not in on_path:
            path.findings += _groundless(holding)
        if len(holding.exits) > 1:
            path.findings += _disputes(holding, cut)
    return path


class _Cut:
    """The chains of all devices, cut into holdings."""

    def __init__(self, passed: HandOvers, is_whole: Callable[[Stretch], bool]) -> None:
        self.passed = passed
        self.is_whole = is_whole
        self.holdings: list[Holding] = []
        self.by_accept: dict[bytes, Holding] = {}
        self.findings: list[Finding] = []

    def device(self, kid: bytes, chain: Iterable[Fact]) -> None:
        held: Holding | None = None  # what it holds now
        gone: Holding | None = None  # what it held last
        waits = False  # it accepted since then what nobody told to have offered
        for fact in chain:
            act = fact.act
            if act == Act.ACCEPT and fact.id in self.passed.taken:
                if held is not None:
                    self.findings.append(of_event("accepted_twice", fact.id, device=kid.hex()))
                held = self.by_accept[fact.id] = held or self._holding(kid, fact)
            elif act == Act.PACKED and held is None and gone is None:
                held = self._holding(kid, fact)
            elif act == Act.OFFER and fact.id in self.passed.accepts:
                held = held or self._given_without(fact, gone, waits)
                if held is not gone:
                    held.facts.append(fact)
                held.exits.append(fact)
                gone, held, waits = held, None, False
                continue
            elif act in _HOLDERS_ACTS and held is None and fact.present:
                if gone is not None or kid not in self.passed.open_to:
                    self.findings.append(_not_holder(fact))
                    continue
                held = self._holding(kid, None)
            waits = waits or fact.id in self.passed.waiting
            if held is not None:
                held.facts.append(fact)
                if act == Act.OFFER and fact in self.passed.open_to.get(fact.other or b"", ()):
                    held.offers.append(fact)

    def _given_without(self, offer: Fact, gone: Holding | None, waits: bool) -> Holding:
        """The holding that an accepted OFFER leaves, when the device is not known to hold it."""
        if gone is None:
            return self._holding(offer.kid, None)
        between = Stretch(offer.kid, gone.exits[-1].seq, offer.seq)
        if not waits and is_told(between, self.is_whole):
            return gone
        again = self._holding(offer.kid, None)
        again.gave_before = True
        return again

    def _holding(self, kid: bytes, start: Fact | None) -> Holding:
        self.holdings.append(Holding(kid, start))
        return self.holdings[-1]


def _walk(facts: list[Fact], cut: _Cut, path: Path) -> None:
    packings = [fact for fact in facts if fact.act == Act.PACKED]
    packers = sorted({fact.kid.hex() for fact in packings})
    if len(packers) > 1:
        ids = tuple(sorted(fact.id for fact in packings))
        path.findings.append(Finding("packed_twice", "", ids, {"devices": packers}))
    origins = [holding for holding in cut.holdings if holding.start and holding.start.act == Act.PACKED]
    if len(origins) > 1:
        path.disputed = True
        return
    if not origins:
        path.findings.append(Finding("origin_unknown"))
        origins = [holding for holding in cut.holdings if holding.start is None]
        if len(origins) > 1:
            path.findings.append(Finding("holder_unknown"))
    if len(origins) == 1:
        _follow(cut, origins[0], path)


def _follow(cut: _Cut, head: Holding, path: Path) -> None:
    """From `head` along the hand-overs, until nobody takes it further or two claim it."""
    visited: set[int] = set()
    while True:
        path.holdings.append(head)
        visited.add(id(head))
        after = _takers(head, cut) or _implied(head, cut, visited)
        path.disputed = len(after) > 1
        if path.disputed or not after:
            return
        head = after[0]
        if id(head) in visited:
            path.circular = True
            path.findings.append(Finding("holder_unknown"))
            return
        if head.by is not None:
            path.findings.append(of_event("accept_missing", head.by.id, receiver=head.kid.hex()))


def _takers(head: Holding, cut: _Cut) -> list[Holding]:
    if not head.exits:
        return []
    taken = (cut.by_accept[accept.id] for offer in head.exits for accept in cut.passed.accepts[offer.id])
    return list({id(holding): holding for holding in taken}.values())


def _implied(head: Holding, cut: _Cut, visited: set[int]) -> list[Holding]:
    """The one device that was offered the parcel and acts as its holder, though it told no ACCEPT.

    Not one whose parcel came here before: it gave what it never had.
    """
    found: dict[bytes, tuple[Holding, Fact]] = {}
    for offer in head.offers:
        for holding in cut.holdings:
            free = holding.start is None and holding.kid == offer.other and id(holding) not in visited
            if free and not any(id(taker) in visited for taker in _takers(holding, cut)):
                found.setdefault(holding.kid, (holding, offer))
    if len(found) != 1:
        return []
    ((holding, offer),) = found.values()
    holding.by = offer
    return [holding]


def _disputes(holding: Holding, cut: _Cut) -> Iterable[Finding]:
    """One finding for every two OFFERs out of one holding that different receivers accepted."""
    for one, other in combinations(holding.exits, 2):
        if one.other != other.other:
            accepts = cut.passed.accepts[one.id] + cut.passed.accepts[other.id]
            yield Finding(
                "disputed",
                f"{one.id.hex()[:16]}.{other.id.hex()[:16]}",
                tuple(sorted(fact.id for fact in accepts)),
                {
                    "giver": holding.kid.hex(),
                    "claimed_by": sorted({fact.kid.hex() for fact in accepts}),
                },
            )


def _groundless(holding: Holding) -> Iterable[Finding]:
    """Acts of a device that nobody is known to have given the parcel to."""
    for offer in holding.exits:
        facts = {"receiver": (offer.other or b"").hex()}
        kind = "given_again" if holding.gave_before else "never_received"
        yield of_event(kind, offer.id, device=offer.kid.hex(), **facts)
    for fact in holding.facts:
        if fact not in holding.exits and fact.act in _HOLDERS_ACTS:
            yield _not_holder(fact)


def _not_holder(fact: Fact) -> Finding:
    return of_event("not_holder", fact.id, device=fact.kid.hex(), act=fact.act)
