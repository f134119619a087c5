"""A person's phone: it signs events in a chain of its own and uploads them when it has a network."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from kawal.rehearsal.orders import DeviceSpec
from kawal.rules.custody import event as events
from kawal.rules.places.codes import is_station, village_of
from kawal.rules.signing import cose, hashes, keys

# A phone has a network or has none for half an hour at a time; without one for so long that somebody
# walks to where there is one (Kepahiang 2024: "walk to the next village").
SLOT: Final = timedelta(minutes=30)
SLOTS_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Deed:
    """Signed bytes and when a phone uploads them. `copy`: the same bytes once more, by whatever way."""

    at: datetime  # when the phone had them
    kid: bytes  # who signed
    signed: bytes
    upload_at: datetime
    copy: bool = False


class Phone:
    def __init__(self, spec: DeviceSpec, network: Network, emit: Callable[[Deed], None]) -> None:
        self.kid: Final = spec.kid
        self.label: Final = spec.label
        self.dead: tuple[datetime, datetime] | None = None  # cannot upload from, until
        self._sign = partial(cose.sign, key=keys.key_from_seed(spec.key_seed))
        self._network = network
        self._emit = emit
        self._seq = 0
        self._prev: bytes | None = None
        self._seen: list[bytes] = []  # what others answered, to be named by the next event
        self._waiting: list[Told] = []  # signed and not uploaded yet, in order

    def copied(self) -> Phone:
        """A second phone with the same key, restored from a backup: it goes on with the same number."""
        twin = copy(self)
        twin._seen, twin._waiting = [], []
        return twin

    def tell(
        self, act: events.Act, at: datetime, *, near: str, happened_at: datetime | None = None, **fields: Any
    ) -> Told:
        """Signs one event at `at`; `near` is the site whose network the phone has then."""
        event = events.Event(
            act=act,
            seq=self._seq,
            prev=self._prev,
            refs=tuple(self._seen[: events.REFS_MAX]),
            happened_ms=_ms(happened_at or at),
            recorded_ms=_ms(at),
            **fields,
        )
        signed = self._sign(events.payload(event))
        told = Told(hashes.leaf_hash(signed), self, event, signed, near, self.online_at(near, at))
        self._seq, self._prev = self._seq + 1, told.id
        self._seen.clear()
        self._flush(at, told.upload_at)
        self._waiting.append(told)
        self._emit(Deed(at, self.kid, signed, told.upload_at))
        return told

    def see(self, told: Told, at: datetime, *, near: str) -> None:
        """Names another's event in the next own one, and carries a copy in case that it is sooner online."""
        self._seen.append(told.id)
        if self.dead or told.by.dead:  # a dead phone shows nothing that could be copied
            return
        upload_at = self.online_at(near, at)
        told.by._flush(at, upload_at)
        if self._network.repeats(self.label, at):
            self._emit(Deed(at, told.by.kid, told.signed, upload_at, copy=True))

    def repeat(self, told: Told, at: datetime) -> None:
        """Uploads an event of its own again, as a phone does that missed the answer."""
        self._emit(Deed(at, self.kid, told.signed, max(at, told.upload_at) + timedelta(minutes=2), copy=True))

    def _flush(self, at: datetime, upload_at: datetime) -> None:
        """Whoever comes online first uploads all that waits, in order: an event never without its past."""
        for number, told in enumerate(self._waiting):
            if told.upload_at > upload_at:
                self._emit(Deed(at, self.kid, told.signed, upload_at, copy=True))
                self._waiting[number] = replace(told, upload_at=upload_at)
        self._waiting = [told for told in self._waiting if told.upload_at > at]

    def online_at(self, near: str, at: datetime) -> datetime:
        if self.dead and self.dead[0] <= at < self.dead[1]:
            return self.dead[1] + (at - self.dead[0]) / 1000
        return self._network.online_at(self.label, near, at)


@dataclass(frozen=True, slots=True)
class Told:
    id: bytes
    by: Phone
    event: events.Event
    signed: bytes
    near: str
    upload_at: datetime


class Network:
    """Who has a network, where and when: the same answer for the same seed, phone, place and half hour."""

    def __init__(self, signal: Mapping[str, float], seed: int, repeats_share: float = 0.03) -> None:
        self._signal = signal
        self._seed = seed
        self._repeats_share = repeats_share

    def online_at(self, label: str, near: str, at: datetime) -> datetime:
        share = self._share(near)
        slot = int(at.timestamp() // SLOT.total_seconds())
        for later in range(SLOTS_MAX):
            if self._draw(label, slot + later) < share:
                break
        if later == 0:
            return at + timedelta(seconds=5)
        begin = datetime.fromtimestamp((slot + later) * SLOT.total_seconds(), tz=at.tzinfo)
        return begin + timedelta(seconds=5)

    def repeats(self, label: str, at: datetime) -> bool:
        return self._draw(label + " again", int(at.timestamp())) < self._repeats_share

    def _share(self, site: str) -> float:
        """Of the site itself, else of its village; a district or a warehouse has a network."""
        village = village_of(site) if is_station(site) else site.partition("-")[2]
        return self._signal.get(site, self._signal.get(village, 1.0))

    def _draw(self, label: str, slot: int) -> float:
        return random.Random(f"{self._seed}|{label}|{slot}").random()


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
