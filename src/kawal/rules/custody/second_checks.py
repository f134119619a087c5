"""Second checks: seals read on the way by somebody who does not hold the box.

How many a box must have follows from the risk class of its station (rules.risk.patterns); how many it had,
from what was told of it. Whoever packed, sealed, gave or took it is no second pair of eyes, whenever.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

from kawal.rules.custody.event import Act

Device = TypeVar("Device", bytes, str)
_HANDS: Final = frozenset({Act.PACKED, Act.SEALED, Act.OFFER, Act.ACCEPT, Act.OPENED})


def second_checks(told: Iterable[tuple[Device, Act]]) -> int:
    """How many devices of others read its seals; `told`: who signed, and what, in any order."""
    acts = list(told)
    hands = {device for device, act in acts if act in _HANDS}
    return len({device for device, act in acts if act is Act.SEAL_CHECK} - hands)
