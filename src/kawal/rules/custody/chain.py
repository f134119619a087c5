"""A device's own chain: numbered without a gap, each event linked to the one before (C4, C12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from kawal.rules.custody.findings import Finding, of_event


class Link(NamedTuple):
    kid: bytes
    seq: int
    id: bytes
    prev: bytes | None


def check(links: Iterable[Link]) -> list[Finding]:
    """Forks and broken links among the links given; neighbours that are not given are not judged."""
    at: defaultdict[tuple[bytes, int], set[bytes]] = defaultdict(set)
    after: defaultdict[tuple[bytes, bytes], dict[int, bytes]] = defaultdict(dict)
    whole = set(links)
    for link in whole:
        at[link.kid, link.seq].add(link.id)
        if link.prev is not None:
            after[link.kid, link.prev][link.seq] = link.id
    found = [fork(kid, seq, ids) for (kid, seq), ids in at.items() if len(ids) > 1]
    found += [_fork_after(kid, prev, twins) for (kid, prev), twins in after.items() if len(twins) > 1]
    for link in whole:
        before = at.get((link.kid, link.seq - 1))
        if before and link.prev not in before:
            found.append(of_event("link_broken", link.id, device=link.kid.hex(), seq=link.seq))
    return sorted(found, key=lambda finding: (finding.kind, finding.about))


def _fork_after(kid: bytes, prev: bytes, twins: dict[int, bytes]) -> Finding:
    """One device, one event before, two numbers: the same proof for a device that counts wrong on purpose."""
    seq = min(twins)
    return replace(fork(kid, seq, twins.values()), about=f"{kid.hex()}.{seq}.{prev.hex()[:16]}")


def fork(kid: bytes, seq: int, ids: Iterable[bytes]) -> Finding:
    """One device, one number, two different signed events: the two are the proof."""
    proof = tuple(sorted(ids))
    return Finding(
        "fork",
        f"{kid.hex()}.{seq}",
        proof,
        {"device": kid.hex(), "seq": seq, "events": [event_id.hex() for event_id in proof]},
    )
