"""Where a phone has a network: asked for when a trip is quiet, and kept for ten minutes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from kawal.desk.risk import reads as risk
from kawal.rules.places.codes import lineage

_REGENCY_CHARS: Final = 5
KEPT_FOR: Final = timedelta(minutes=10)  # what somebody gives about signal counts that much later

_kept: dict[str, tuple[datetime, dict[str, float]]] = {}  # regency -> when it was asked for, and the answer


def signals(regencies: Iterable[str], *, now: datetime) -> Mapping[str, Mapping[str, float]]:
    """Regency -> area -> share of its stations with a signal: of itself, those below and those above it.

    A district or regency of which nobody told it has the mean of its villages: its committee sits where
    people are.
    """
    asked = sorted(set(regencies))
    stale = [one for one in asked if one not in _kept or not timedelta() <= now - _kept[one][0] < KEPT_FOR]
    if stale:
        told = risk.signal_of(stale, now=now)
        inside: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for at, share in told.items():
            inside[at[:_REGENCY_CHARS]][at] = share
        for regency in stale:
            above = {at: told[at] for at in lineage(regency)[1:] if at in told}
            _kept[regency] = (now, {**above, **_means(inside[regency]), **inside[regency]})
    return {one: _kept[one][1] for one in asked}


def _means(told: Mapping[str, float]) -> dict[str, float]:
    """Of the districts and the regency above these areas."""
    below: defaultdict[str, list[float]] = defaultdict(list)
    for at, share in told.items():
        for above in lineage(at)[1:]:
            if len(above) >= _REGENCY_CHARS:
                below[above].append(share)
    return {above: sum(shares) / len(shares) for above, shares in below.items()}
