"""Devices as their pages show them: state, last seen, how long the certificate holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kawal.desk.custody import chains
from kawal.desk.custody.chains import Newest
from kawal.desk.people import devices
from kawal.desk.people.devices import DeviceRow
from kawal.rules.refusals import Refused

RENEW_BEFORE: Final = timedelta(days=3)  # a phone that is online once in three days keeps its certificate


class State(StrEnum):
    """The gravest of what is true."""

    FORKED = "forked"
    REVOKED = "revoked"
    ENDED = "ended"
    ENDING = "ending"
    UNCERTIFIED = "uncertified"
    GOOD = "good"


# Shapes and colours of the design system.
MARKS: Final = {
    State.FORKED: "late", State.REVOKED: "unknown", State.ENDED: "late", State.ENDING: "risk",
    State.UNCERTIFIED: "risk", State.GOOD: "ontime",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    device: DeviceRow
    state: State
    newest: Newest | None

    @property
    def mark(self) -> str:
        return MARKS[self.state]


def of_post(post: str, *, now: datetime) -> list[Shown]:
    """Those in force first, the newest certificate first."""
    shown = _shown(devices.of_posts([post]), now)
    return sorted(shown, key=lambda one: (one.state is State.REVOKED, one.device.label, one.device.kid))


def one(kid: str, *, now: datetime) -> Shown:
    """Refuses `unknown_device`."""
    found = _shown(devices.rows([kid]), now)
    if not found:
        raise Refused("unknown_device", kid=kid)
    return found[0]


def _shown(rows: Sequence[DeviceRow], now: datetime) -> list[Shown]:
    kids = [row.kid for row in rows]
    forked, newest = chains.forked(kids), chains.newest(kids)
    return [Shown(row, _state(row, row.kid in forked, now), newest.get(row.kid)) for row in rows]


def _state(row: DeviceRow, is_forked: bool, now: datetime) -> State:
    if row.revoked_at is not None:
        return State.REVOKED
    if is_forked:
        return State.FORKED
    if row.valid_to is None:
        return State.UNCERTIFIED
    if row.valid_to <= now:
        return State.ENDED
    return State.ENDING if row.valid_to - now <= RENEW_BEFORE else State.GOOD
