"""Who holds this parcel, is it whole, and does its story hold together?

    standing(told, expected)    what the facts told about one parcel add up to
    Judge(is_whole, doubts)     the same for many parcels at one moment
    in_order(told)              the same facts in the order of custody, for the page

A pure function of the *set* of facts: any order of arrival, any repeats and any batches end in the
same standing, byte for byte. It raises only for bugs: an event that breaks a rule happened in the
world, so it is kept, and the break is a finding. Signatures are checked before this room (signing),
lateness against the plan is judged after it (watch). Facts of events that do not count (`doubts`) are
shown and move nothing. The rules C1 to C12 stand in docs/custody.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from kawal.rules.custody import seals
from kawal.rules.custody.chain import fork
from kawal.rules.custody.doubts import NO_DOUBTS, Doubt, finding_of
from kawal.rules.custody.event import Act
from kawal.rules.custody.facts import Expected, Fact, site_kind
from kawal.rules.custody.findings import Finding, of_event
from kawal.rules.custody.holdings import Path, Stretch, trace
from kawal.rules.custody.late import late
from kawal.rules.custody.stages import How, Stage, moved
from kawal.rules.places.codes import covers, village_of
from kawal.rules.places.facts import GATEWAYS, SiteKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    stage: Stage
    holder: bytes | None  # kid; None: nobody is known to hold it, or several claim it
    site: str  # where it rests; empty while it is carried
    offered: bool  # an OFFER of the holder is open
    disputed: bool
    received_ms: int | None  # when it was accepted at its own station: the legal receipt (C10)
    told_ms: int  # when the hub received the last fact of it
    findings: tuple[Finding, ...]  # sorted by key


def nothing_is_whole(stretch: Stretch) -> bool:
    """The answer of one who knows no more of a device than this parcel's facts."""
    return False


def standing(
    told: Iterable[Fact],
    expected: Expected,
    *,
    is_whole: Callable[[Stretch], bool] = nothing_is_whole,
    doubts: Mapping[bytes, Doubt] = NO_DOUBTS,
) -> Standing:
    """What the facts of one parcel, at least one, add up to.

    `is_whole` says whether a stretch of a device's chain was told without a gap; it is asked only when
    a device gave the parcel twice. `doubts`: which events do not count by themselves.
    """
    return Judge(is_whole, doubts).standing(told, expected)


@dataclass(slots=True)
class _Way:
    """What is the same for all parcels that were told of by the same events: seals and counts are not."""

    path: Path
    each: list[Finding]
    ends: dict[tuple[str, bool], tuple[Stage, str, list[Finding]]] = field(default_factory=dict)


class Judge:
    """Standing of many parcels at one moment: those that travelled together are traced once.

    The boxes of a station pass through the same hands under the same events, so five of six need only
    their own seals and counts to be compared. `is_whole` must answer alike as long as a judge is used.
    """

    def __init__(
        self, is_whole: Callable[[Stretch], bool], doubts: Mapping[bytes, Doubt] = NO_DOUBTS
    ) -> None:
        self._is_whole = is_whole
        self._doubts = doubts
        self._ways: dict[tuple[tuple[bytes, bool, tuple[int, ...]], ...], _Way] = {}

    def standing(self, told: Iterable[Fact], expected: Expected) -> Standing:
        """As `standing` above."""
        every, by_id = _sorted(told)
        way = self._way(every, by_id)
        facts = _counting(every, self._doubts)
        if not facts:
            return _only_doubted(every, way, expected)
        path = way.path
        ordered = [by_id[fact.id] for holding in path.holdings for fact in holding.facts]
        # Facts are few: a set of ids costs more than it saves unless something lies beside the path.
        others = [] if len(ordered) == len(facts) else _besides(facts, ordered)
        stage, site, off_its_way = self._end(way, expected)
        findings = [*path.findings, *way.each, *off_its_way, *_packing(ordered, expected)]
        waiting = path.hand_overs.waiting
        findings += seals.check(ordered, others, expected, waiting=waiting, is_whole=self._is_whole)
        findings += seals.openings(facts, expected)
        if not expected.known:
            findings.append(Finding("unknown_parcel"))
        head = path.head
        return Standing(
            stage=stage,
            holder=head.kid if head else None,
            site=site if head else "",
            offered=bool(head and head.offers),
            disputed=path.disputed,
            received_ms=_received(path, facts, expected),
            told_ms=max(fact.received_ms for fact in every),
            findings=_in_order_of_keys(findings),
        )

    def _way(self, every: list[Fact], by_id: dict[bytes, Fact]) -> _Way:
        # An event's id stands for all it says of every parcel alike.
        shape = tuple([(fact.id, fact.present, fact.exceptions) for fact in every])
        way = self._ways.get(shape)
        if way is None:
            facts = _counting(every, self._doubts)
            if len(facts) < len(every):
                by_id = {fact.id: fact for fact in facts}
            path = trace(facts, by_id, is_whole=self._is_whole)
            path.findings = [self._told_apart(finding) for finding in path.findings]
            way = self._ways[shape] = _Way(path, [*_each(every), *self._of_doubts(every)])
        return way

    def _of_doubts(self, every: list[Fact]) -> list[Finding]:
        if not self._doubts:
            return []
        doubted = [fact for fact in every if fact.id in self._doubts]
        found = [finding_of(fact.id, fact.kid, self._doubts[fact.id]) for fact in doubted]
        return [finding for finding in found if finding is not None]

    def _told_apart(self, finding: Finding) -> Finding:
        """An OFFER that was told and does not count is no OFFER that nobody told."""
        offer = bytes.fromhex(str(finding.facts["offer"])) if finding.kind == "offer_unknown" else b""
        return replace(finding, kind="offer_untrusted") if offer in self._doubts else finding

    def _end(self, way: _Way, expected: Expected) -> tuple[Stage, str, list[Finding]]:
        end = way.ends.get((expected.station, expected.is_box))
        if end is None:
            findings: list[Finding] = []
            stage, site = _stage(way.path, expected, findings)
            end = way.ends[expected.station, expected.is_box] = (stage, site, findings)
        return end


def in_order(
    told: Iterable[Fact],
    *,
    is_whole: Callable[[Stretch], bool] = nothing_is_whole,
    doubts: Mapping[bytes, Doubt] = NO_DOUBTS,
) -> list[Fact]:
    """In the order of custody; what lies beside its path stands where its own clock puts it."""
    every, _ = _sorted(told)
    facts = _counting(every, doubts)
    path = trace(facts, {fact.id: fact for fact in facts}, is_whole=is_whole)
    line = [fact for holding in path.holdings for fact in holding.facts]
    for fact in sorted(_besides(every, line), key=lambda fact: (fact.happened_ms, fact.id)):
        before = [place for place, one in enumerate(line) if one.happened_ms <= fact.happened_ms]
        line.insert(before[-1] + 1 if before else 0, fact)
    return line


def _sorted(told: Iterable[Fact]) -> tuple[list[Fact], dict[bytes, Fact]]:
    """Each event once (C1), by device and by the device's own chain."""
    by_id: dict[bytes, Fact] = {}
    for fact in told:
        known = by_id.setdefault(fact.id, fact)
        if known is not fact:
            by_id[fact.id] = min(known, fact)
    return sorted(by_id.values()), by_id


def _counting(facts: list[Fact], doubts: Mapping[bytes, Doubt]) -> list[Fact]:
    if not doubts:
        return facts
    return [fact for fact in facts if fact.id not in doubts or doubts[fact.id].counts]


def _only_doubted(every: list[Fact], way: _Way, expected: Expected) -> Standing:
    """Nothing that counts was told of it: it stands where it stood before, and what was told is shown."""
    findings = list(way.each) if expected.known else [*way.each, Finding("unknown_parcel")]
    return Standing(
        stage=Stage.NEEDED,
        holder=None,
        site="",
        offered=False,
        disputed=False,
        received_ms=None,
        told_ms=max(fact.received_ms for fact in every),
        findings=_in_order_of_keys(findings),
    )


def _in_order_of_keys(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.rule, finding.kind, finding.about)))


def _besides(facts: list[Fact], ordered: list[Fact]) -> list[Fact]:
    on_path = {fact.id for fact in ordered}
    return [fact for fact in facts if fact.id not in on_path]


def _each(facts: list[Fact]) -> list[Finding]:
    """Findings about single events and about two events with one number (C11, C12)."""
    found = []
    for fact in facts:
        found += late(fact.id, fact.happened_ms, fact.recorded_ms, fact.received_ms)
    numbered: dict[tuple[bytes, int], list[bytes]] = {}
    for kid, seq, event_id, *_ in facts:
        numbered.setdefault((kid, seq), []).append(event_id)
    if len(numbered) < len(facts):
        found += [fork(kid, seq, ids) for (kid, seq), ids in numbered.items() if len(ids) > 1]
    return found


def _packing(ordered: list[Fact], expected: Expected) -> list[Finding]:
    """C6: the last packing counts; a packing again mends what the one before had wrong."""
    packings = [fact for fact in ordered if fact.act == Act.PACKED]
    if not packings:
        return []
    found = []
    fact = packings[-1]
    if expected.ballots_count is not None and fact.counted != expected.ballots_count:
        found.append(of_event("count_differs", fact.id, counted=fact.counted, needed=expected.ballots_count))
    if fact.other == fact.kid:
        found.append(of_event("no_second_person", fact.id, device=fact.kid.hex()))
    return found


def _stage(path: Path, expected: Expected, findings: list[Finding]) -> tuple[Stage, str]:
    """The stage by the table, and the site where the parcel rests."""
    stage, is_box = Stage.NEEDED, expected.is_box
    held_at: str | None = None  # site of the holding before
    at_rest: dict[str, bytes] = {}  # site -> who kept it there
    site = ""
    for holding in path.holdings:
        came = holding.start or holding.by
        if came is not None:
            site = came.site or ""
            if came.act != Act.PACKED:
                to_courier = site == held_at and at_rest.get(site) != holding.kid
                how = How.BY_COURIER if to_courier else How.ON_ARRIVAL
                where = _place(site, expected.station)
                if where is None:
                    findings.append(of_event("off_its_way", came.id, site=site))
                stage = moved(stage, Act.ACCEPT, how, where, is_box=is_box)
                held_at, site = site, "" if to_courier else site
            else:
                held_at = site
            if site:
                at_rest[site] = holding.kid
        for fact in holding.facts:
            if fact.act in _MOVES_IN_PLACE:
                where = _place(fact.site or "", expected.station)
                stage = moved(stage, Act(fact.act), How.BY_HOLDER, where, is_box=is_box)
    return stage, site


_REGENCY_CHARS = 5
_MOVES_IN_PLACE = frozenset({Act.PACKED, Act.SEALED, Act.OPENED})


@lru_cache(maxsize=10_000)  # the few sites on the way of the stations that a batch of events is about
def _place(site: str, station: str) -> SiteKind | None:
    """Kind of a site on the parcel's way: its station, or one of an area that the station lies in."""
    if site == station:
        return SiteKind.STATION
    kind = site_kind(site)
    area = site[4:]  # GDG-<regency>, PPK-<district>, PPS-<village>
    if kind in GATEWAYS:  # a jetty serves villages beyond the district it lies in
        area = area[:_REGENCY_CHARS]
    return kind if area and covers(area, village_of(station)) else None


def _received(path: Path, facts: list[Fact], expected: Expected) -> int | None:
    """C10: the ACCEPT at its own station, whatever happened before and after."""
    taken = path.hand_overs.taken
    receipts = [fact.happened_ms for fact in facts if fact.site == expected.station and fact.id in taken]
    return min(receipts, default=None)
