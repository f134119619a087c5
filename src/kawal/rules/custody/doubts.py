"""Which events do not count by themselves, and which of those count all the same.

    doubts(links, trust_of)     event id -> Doubt, for every event that does not count by itself

An event counts by itself where its device's key was certified, neither revoked nor ended at its place in
the log (rules.trust), and its device had not forked its chain before. Of the others, those count that are
vouched for by what somebody else signed or saw in time:

    revoked   it is the last event that the owner vouches for, one that the issuer saw at a renewal, one that
              was in the log before the revocation, or one that another device named in an event that was in
              the log before the revocation; or a hash-ancestor of one of these
    ended     the same, and whatever another device names, at any time
    forked    another device named this very event

Who vouches must count by itself. No clock is asked: whoever holds a stolen phone can set it back.
A function of the set of links and of the statements in the log, so the order of telling changes nothing;
more links than needed do no harm. Needed are all events of the devices that are in doubt, and all events
that name one of theirs. Source of the fork rule: Bamboo (a forked log is invalid from its earliest fork).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from kawal.rules.custody.event import Event
from kawal.rules.custody.findings import Finding, of_event
from kawal.rules.custody.told import Told
from kawal.rules.trust.register import KeyTrust, Why


class Placed(NamedTuple):
    """An event's place in the log and in its device's chain, and whose events it names."""

    log_index: int
    kid: bytes
    seq: int
    id: bytes
    prev: bytes | None
    names: tuple[bytes, ...] = ()  # its refs, and the OFFER that it takes


class Doubt(NamedTuple):
    why: Why
    counts: bool  # vouched for: it counts all the same


TrustOf = Callable[[bytes], KeyTrust]
NO_DOUBTS: Final[Mapping[bytes, Doubt]] = {}


def names_of(event: Event) -> tuple[bytes, ...]:
    return (*event.refs, event.offer) if event.offer else event.refs


def placed(told: Told) -> Placed:
    event = told.event
    return Placed(told.index, told.kid, event.seq, told.id, event.prev, names_of(event))


def fork_seq(chain: Iterable[Placed]) -> int | None:
    """The number from which a device's chain is forked: the least of two events with one number, or with
    one event before them. More events can only make it smaller, so it may be joined in any order."""
    by_seq: defaultdict[int, set[bytes]] = defaultdict(set)
    by_prev: defaultdict[bytes | None, set[tuple[int, bytes]]] = defaultdict(set)
    for link in chain:
        by_seq[link.seq].add(link.id)
        by_prev[link.prev].add((link.seq, link.id))
    forks = [seq for seq, ids in by_seq.items() if len(ids) > 1]
    forks += [min(twins)[0] for twins in by_prev.values() if len(twins) > 1]
    return min(forks, default=None)


def doubts(links: Iterable[Placed], trust_of: TrustOf) -> dict[bytes, Doubt]:
    chains: defaultdict[bytes, dict[bytes, Placed]] = defaultdict(dict)
    for link in links:
        chains[link.kid][link.id] = link
    devices = [_Device(chain, trust_of(kid)) for kid, chain in chains.items()]
    # Event -> place in the log of the first that names it, of another device and counting by itself.
    named: dict[bytes, int] = {}
    in_doubt = {event_id: device.kid for device in devices for event_id in device.why}
    if not in_doubt:
        return {}
    by_device = {device.kid: device for device in devices}
    for device in devices:
        for link in device.chain.values():
            if link.id in in_doubt:
                continue
            for name in link.names:
                if in_doubt.get(name, device.kid) != device.kid:
                    named[name] = min(link.log_index, named.get(name, link.log_index))
    return {
        event_id: Doubt(why, by_device[kid].counts(event_id, named))
        for event_id, kid in in_doubt.items()
        for why in (by_device[kid].why[event_id],)
    }


class _Device:
    def __init__(self, chain: dict[bytes, Placed], trust: KeyTrust) -> None:
        self.chain = chain
        self.trust = trust
        self.kid = next(iter(chain.values())).kid
        self.forked_from = fork_seq(chain.values())
        self.why = {link.id: why for link in chain.values() if (why := self._why(link)) is not None}
        self._vouched: dict[Why, set[bytes]] = {}

    def counts(self, event_id: bytes, named: Mapping[bytes, int]) -> bool:
        """Whether every reason to doubt it is answered."""
        link = self.chain[event_id]
        if self._is_forked(link) and event_id not in named:
            return False
        why = self.trust.why_not(link.log_index)
        if why is None:
            return True
        if why is Why.UNCERTIFIED:
            return False
        if why not in self._vouched:
            self._vouched[why] = self._ancestors(self._heads(why, named))
        return event_id in self._vouched[why]

    def _why(self, link: Placed) -> Why | None:
        return self.trust.why_not(link.log_index) or (Why.FORKED if self._is_forked(link) else None)

    def _is_forked(self, link: Placed) -> bool:
        return self.forked_from is not None and link.seq >= self.forked_from

    def _heads(self, why: Why, named: Mapping[bytes, int]) -> frozenset[bytes]:
        revoked_from = self.trust.revoked_from
        limit = revoked_from if why is Why.REVOKED else None
        in_time = {event_id for event_id, index in named.items() if limit is None or index < limit}
        own = {link.id for link in self.chain.values() if self.trust.why_not(link.log_index) is None}
        return self.trust.vouched | own | in_time

    def _ancestors(self, heads: Iterable[bytes]) -> set[bytes]:
        """The heads, and what they are chained to, as far as it was told."""
        reached: set[bytes] = set()
        for head in heads:
            at: bytes | None = head
            while at in self.chain and at not in reached:
                reached.add(at)
                at = self.chain[at].prev
        return reached


_FLAGS: Final = {Why.REVOKED: "late_pre_revocation", Why.ENDED: "late_after_end"}


def finding_of(event_id: bytes, kid: bytes, doubt: Doubt) -> Finding | None:
    """What is to be shown of it. A fork is a finding by itself, with both events."""
    kind = _FLAGS.get(doubt.why) if doubt.counts else "untrusted"
    return of_event(kind, event_id, device=kid.hex(), why=str(doubt.why)) if kind else None
