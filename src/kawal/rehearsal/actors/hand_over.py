"""Two people, two phones: the giver counts and offers, the receiver counts and takes."""

from __future__ import annotations

import random
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from kawal.rehearsal.actors.clockwork import Gate
from kawal.rehearsal.actors.phone import Phone, Told
from kawal.rehearsal.actors.scene import Scene
from kawal.rules.custody.event import MANIFEST_MAX, Act, Line, Mismatch

Talk = Generator[datetime | Gate, None, list[Told]]

COUNT_MIN_PER_PARCEL: Final = 0.04  # scanned one by one, 2.4 s each


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprise:
    """What the receiver finds otherwise than offered, and how the ACCEPT comes to be."""

    seals: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # seen instead of the offered ones
    short: frozenset[int] = frozenset()
    wrong_place: frozenset[int] = frozenset()
    written_after_min: float = 0.0  # the ACCEPT is written down so long after it happened
    first_by: Phone | None = None  # somebody else's phone signs the ACCEPT; the right one follows


NOTICED_AFTER_MIN: Final = (15.0, 40.0)
HONEST: Final = Surprise()


def minutes_for(parcels_count: int) -> float:
    """How long two people count, both sides together."""
    return 4.0 + 2 * COUNT_MIN_PER_PARCEL * parcels_count


def hand_over(
    scene: Scene,
    giver: Phone,
    taker: Phone,
    *,
    site: str,
    lines: Sequence[Line],
    trip: str,
    chance: random.Random,
    surprise: Surprise = HONEST,
) -> Talk:
    """Every side's manifest is its own count. Answers all that was signed."""
    told: list[Told] = []
    for first in range(0, len(lines), MANIFEST_MAX):
        part = tuple(lines[first : first + MANIFEST_MAX])
        yield scene.after(0.5 + COUNT_MIN_PER_PARCEL * len(part) * chance.uniform(0.8, 1.3))
        offer = giver.tell(
            Act.OFFER,
            scene.clock.now,
            near=site,
            site=site,
            manifest=part,
            to=taker.kid,
            trip=trip,
            nonce=chance.randbytes(8),
        )
        yield scene.after(0.5 + COUNT_MIN_PER_PARCEL * len(part) * chance.uniform(0.8, 1.6))
        told.append(offer)
        if surprise.first_by:
            told.append((yield from _accept(scene, giver, surprise.first_by, offer, surprise)))
            yield scene.after(chance.uniform(*NOTICED_AFTER_MIN))
        told.append((yield from _accept(scene, giver, taker, offer, surprise)))
    return told


def _accept(
    scene: Scene,
    giver: Phone,
    taker: Phone,
    offer: Told,
    surprise: Surprise,
) -> Generator[datetime | Gate, None, Told]:
    site, happened_at = offer.near, scene.clock.now
    if surprise.written_after_min:
        yield scene.after(surprise.written_after_min)
    found = tuple(
        Line(line.parcel, surprise.seals.get(line.parcel, line.seals))
        for line in offer.event.manifest
        if line.parcel not in surprise.short
    )
    exceptions = [
        *((parcel, Mismatch.SHORT) for parcel in surprise.short),
        *((parcel, Mismatch.SEAL_BROKEN) for parcel in surprise.seals),
        *((parcel, Mismatch.WRONG_PLACE) for parcel in surprise.wrong_place),
    ]
    scene.seals.update(surprise.seals)
    now = scene.clock.now
    taker.see(offer, now, near=site)
    accept = taker.tell(
        Act.ACCEPT,
        now,
        near=site,
        happened_at=happened_at,
        site=site,
        manifest=found,
        offer=offer.id,
        exceptions=tuple(sorted(exceptions)),
        trip=offer.event.trip,
    )
    giver.see(accept, now, near=site)
    return accept
