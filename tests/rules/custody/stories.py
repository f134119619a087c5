"""Stories of one parcel or many, told by phones that sign in earnest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kawal.rules.custody.event import Act, Event, Line, payload
from kawal.rules.custody.facts import Expected, Fact, absent, facts_of
from kawal.rules.custody.standing import Standing, standing
from kawal.rules.custody.told import Told, Verified
from kawal.rules.needs.parcels import BUNDLE_DIGIT, parcel_code, station_of
from kawal.rules.signing import cose, hashes, keys

START = datetime(2029, 2, 8, 1, 0, tzinfo=UTC)
STATION = "1607032001001"
BOX = parcel_code(STATION, 3)
BUNDLE = parcel_code(STATION, BUNDLE_DIGIT)
SEALS = (301, 302, 303, 304, 305, 306)
NEW_SEALS = (901, 902, 903, 904, 905, 906)
BALLOTS = 255
GDG, PPK, PPS = "GDG-16.07", "PPK-16.07.03", "PPS-16.07.03.2001"
EXPECTED = Expected(station=STATION, seals=SEALS, ballots_count=BALLOTS)


class Phone:
    """Signs its own chain. Time passes by a minute with every event of the story."""

    def __init__(self, story: Story, name: str) -> None:
        self.story = story
        self.name = name
        self.key = keys.key_from_seed(hashlib.sha256(name.encode()).digest())
        self.public_key = keys.public_bytes(self.key)
        self.kid = keys.kid_of(self.public_key)
        self.seq = 0
        self.prev: bytes | None = None

    def tells(self, act: Act, **fields: Any) -> Verified:
        self.story.now += timedelta(minutes=1)
        now_ms = round(self.story.now.timestamp() * 1000)
        happened_ms = fields.pop("happened_ms", now_ms)
        event = Event(
            act=act,
            seq=self.seq,
            prev=self.prev,
            happened_ms=happened_ms,
            recorded_ms=fields.pop("recorded_ms", happened_ms),
            **fields,
        )
        signed = cose.sign(payload(event), self.key)
        told = Verified(hashes.leaf_hash(signed), self.kid, event, signed)
        self.seq, self.prev = self.seq + 1, told.id
        self.story.events.append(told)
        return told

    def forked(self) -> Phone:
        """The same key restored from a copy: it goes on with the same number."""
        twin = Phone(self.story, self.name)
        twin.seq, twin.prev = self.seq, self.prev
        return twin


class Story:
    def __init__(self) -> None:
        self.now = START
        self.events: list[Verified] = []

    def phone(self, name: str) -> Phone:
        return Phone(self, name)

    def packed(
        self, by: Phone, lines: Sequence[Line], *, site: str = GDG, second: bytes = b"2econd.."
    ) -> Verified:
        return by.tells(Act.PACKED, site=site, second=second, manifest=tuple(lines))

    def handed(
        self, giver: Phone, receiver: Phone, site: str, lines: Sequence[Line], **fields: Any
    ) -> Verified:
        """An OFFER and its ACCEPT, as they should be."""
        offer = self.offered(giver, receiver, site, lines)
        return self.accepted(receiver, offer, site, lines, **fields)

    def offered(self, giver: Phone, receiver: Phone, site: str, lines: Sequence[Line]) -> Verified:
        return giver.tells(Act.OFFER, site=site, to=receiver.kid, manifest=tuple(lines), nonce=bytes(8))

    def accepted(
        self, receiver: Phone, offer: Verified, site: str, lines: Sequence[Line], **fields: Any
    ) -> Verified:
        return receiver.tells(Act.ACCEPT, site=site, offer=offer.id, manifest=tuple(lines), **fields)


def line(parcel: int, seals: Iterable[int] = SEALS, count: int | None = None) -> Line:
    return Line(parcel, tuple(seals), count)


class Cast:
    """The phones of the flow, and the flow in its steps."""

    def __init__(
        self, story: Story, parcels: Sequence[int] = (BOX,), **seals: dict[int, tuple[int, ...]]
    ) -> None:
        self.story = story
        self.parcels = sorted(parcels)
        self.first = seals.get(
            "first", {parcel: SEALS for parcel in parcels if parcel % 100 // 10 != BUNDLE_DIGIT}
        )
        self.second = seals.get("second", dict.fromkeys(self.first, NEW_SEALS))
        self.on: dict[int, tuple[int, ...]] = {}
        self.packer, self.driver, self.ppk = story.phone("packer"), story.phone("driver"), story.phone("ppk")
        self.rider, self.pps, self.escort = story.phone("rider"), story.phone("pps"), story.phone("escort")
        self.kpps = {station_of(parcel): story.phone("kpps " + station_of(parcel)) for parcel in parcels}

    def lines(self, station: str | None = None) -> list[Line]:
        return [Line(parcel, self.on.get(parcel, ())) for parcel in self.of(station)]

    def of(self, station: str | None) -> list[int]:
        return [parcel for parcel in self.parcels if station is None or station_of(parcel) == station]

    def pack(self, count: int = BALLOTS) -> None:
        for station in self.kpps:
            lines = [Line(parcel, (), count if parcel in self.first else None) for parcel in self.of(station)]
            self.story.packed(self.packer, lines)
            self.seal(self.packer, GDG, station, self.first)

    def seal(self, by: Phone, site: str, station: str, seals: dict[int, tuple[int, ...]]) -> None:
        boxes = [parcel for parcel in self.of(station) if parcel in seals]
        for parcel in boxes:
            self.on[parcel] = seals[parcel]
        if boxes:
            manifest = tuple(Line(parcel, seals[parcel]) for parcel in boxes)
            by.tells(Act.SEALED, site=site, manifest=manifest)

    def out(self) -> None:
        hand = self.story.handed
        hand(self.packer, self.driver, GDG, self.lines())
        self.escort.tells(
            Act.ATTEST, trip="16.07-to_ppk-1", kind="start", officers=2, manifest=tuple(self.lines())
        )
        self.driver.tells(Act.DEPARTED, trip="16.07-to_ppk-1", site=GDG)
        self.driver.tells(Act.ARRIVED, trip="16.07-to_ppk-1", site=PPK)
        hand(self.driver, self.ppk, PPK, self.lines())
        hand(self.ppk, self.rider, PPK, self.lines())
        hand(self.rider, self.pps, PPS, self.lines())
        for station, kpps in self.kpps.items():
            hand(self.pps, kpps, station, self.lines(station))

    def vote(self) -> None:
        for station, kpps in self.kpps.items():
            boxes = tuple(row for row in self.lines(station) if row.parcel in self.first)
            if boxes:
                kpps.tells(Act.OPENED, site=station, manifest=boxes)
                self.seal(kpps, station, station, self.second)

    def back(self) -> None:
        hand = self.story.handed
        for station, kpps in self.kpps.items():
            hand(kpps, self.pps, PPS, self.lines(station))
        hand(self.pps, self.rider, PPS, self.lines())
        hand(self.rider, self.ppk, PPK, self.lines())
        hand(self.ppk, self.driver, PPK, self.lines())
        hand(self.driver, self.packer, GDG, self.lines())


def told(events: Iterable[Verified], *, after: timedelta = timedelta(minutes=2)) -> list[Told]:
    """As the hub has them: in this order in the log, received some time after they were recorded."""
    return [
        Told(
            one.id,
            one.kid,
            one.event,
            place,
            datetime.fromtimestamp(one.event.recorded_ms / 1000, UTC) + after,
        )
        for place, one in enumerate(events)
    ]


def facts(events: Iterable[Verified], parcel: int = BOX) -> list[Fact]:
    """The facts about one parcel; both sides of a hand-over count when one of them names it."""
    story = told(events)
    by_id = {one.id: one for one in story}
    named = {one.id: facts_of(one) for one in story}
    found = []
    for one in story:
        if parcel in named[one.id]:
            found.append(named[one.id][parcel])
        elif any(_are_sides(one, other) and parcel in named[other.id] for other in by_id.values()):
            found.append(absent(one))
    return found


def _are_sides(one: Told, other: Told) -> bool:
    for offer, accept in ((one, other), (other, one)):
        acts = (offer.event.act, accept.event.act)
        if (
            acts == (Act.OFFER, Act.ACCEPT)
            and accept.event.offer == offer.id
            and offer.event.to == accept.kid
        ):
            return True
    return False


def stands(cast: Cast, **knowing: Any) -> Standing:
    return standing(facts(cast.story.events), EXPECTED, **knowing)


def kinds(cast: Cast, **knowing: Any) -> list[str]:
    return [f"{one.rule} {one.kind}" for one in stands(cast, **knowing).findings]
