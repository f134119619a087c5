"""The last hours of a trip's positions, kept small: one for every five minutes, 48 of them at most.

A phone may tell its position every second, and a look at all that is underway must stay cheap. Of five
minutes the last position is kept, of those that were heard soon after if there are any. What is kept is a
function of the set of positions: any order, any repeats, any batches give the same track.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final, NamedTuple

EVERY_MS: Final = 300_000
KEPT_MAX: Final = 48  # of a phone that tells all the time: four hours
SPAN_S: Final = EVERY_MS * KEPT_MAX // 1000
FRESH_MS: Final = 1_800_000  # a position heard later than this tells what was, not what is (assumed)
_SPOT: Final = struct.Struct(">qqiii")


class Spot(NamedTuple):
    """Where a trip was told to be. Times in ms since 1970 UTC; nothing happened after it was heard."""

    at_ms: int
    heard_ms: int
    lat_e7: int
    lon_e7: int
    accuracy_m: int

    @property
    def is_fresh(self) -> bool:
        """Whether it was heard while it could still be true."""
        return self.heard_ms - self.at_ms <= FRESH_MS


def track_of(spots: Iterable[Spot]) -> tuple[Spot, ...]:
    """One spot of each five minutes, the newest 48, oldest first."""
    last: dict[int, Spot] = {}
    for spot in spots:
        slot = spot.at_ms // EVERY_MS
        last[slot] = max(spot, last.get(slot, spot), key=lambda one: (one.is_fresh, one))
    return tuple(last[slot] for slot in sorted(last)[-KEPT_MAX:])


def encoded(track: Iterable[Spot]) -> bytes:
    return b"".join(_SPOT.pack(*spot) for spot in track)


def decoded(data: bytes) -> tuple[Spot, ...]:
    return tuple(Spot(*values) for values in _SPOT.iter_unpack(data))
