"""Signed events per second through the hub's real door, beside the bare work that is in them.

One client sends batch after batch over one connection, as a phone or an office below does; client and hub
share the machine. Each round checks the same signatures barely (libsodium, one process), inserts the same
rows barely and durably, and sends the same events; the median of the rounds counts. Three kinds of event:
positions of vehicles (most of what phones send), packing and sealing the six parcels of a station, and
hand-overs of the 24 parcels of four stations (OFFER and ACCEPT, each naming every parcel).

An answer means durable, not yet folded into the tables: what pages show follows behind. So beside the
intake stands how fast all of it was folded, from the first event sent to the last one folded.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from statistics import median
from typing import Any

from nacl.bindings import crypto_sign_open

from bench import Row
from kawal.home import home
from kawal.rules.custody import event
from kawal.rules.needs.parcels import BALLOT_TYPES, BUNDLE_DIGIT, parcel_code, station_of
from kawal.rules.places.codes import station_code
from kawal.rules.signing import codec, cose, keys
from kawal.rules.signing.hashes import leaf_hash

DEVICES = 200
POSITIONS = 6_000  # in a round
STATIONS = 1_000  # packed in a round, two events each
TOGETHER = 4  # stations whose parcels are handed over together
HAND_OVERS = 4  # of each, two events each
ROUNDS = 3
BATCH = 400  # events in a body: a phone that comes into the network, an office below
SMALL_BATCH = 100
FOLDED_S_MAX = 600.0
SITES = ("GDG-16.07", "PPK-16.07.01", "PPS-16.07.01.2001")
BALLOTS, SEALS = 306, 6  # in a box, on a box
START_MS = 1_865_000_000_000


@dataclass
class Phone:
    """A device with its chain of events."""

    key: keys.SigningKey
    told: int = 0
    last: bytes | None = None

    def sign(self, **facts: Any) -> bytes:
        when_ms = START_MS + 10_000 * self.told
        made = event.Event(seq=self.told, prev=self.last, happened_ms=when_ms, recorded_ms=when_ms, **facts)
        signed = cose.sign(event.payload(made), self.key)
        self.told, self.last = self.told + 1, leaf_hash(signed)
        return signed


@dataclass
class Phones:
    all: list[Phone] = field(
        default_factory=lambda: [Phone(keys.key_from_seed(n.to_bytes(32, "big"))) for n in range(DEVICES)]
    )
    packed: int = 0  # stations, so many
    handed: int = 0  # of them, so many

    def positions(self) -> list[bytes]:
        return [
            self.all[n % DEVICES].sign(
                act=event.Act.POSITION,
                trip=f"T-{n % DEVICES}",
                position=(-29_761_000 - n, 1_047_754_000 + n, 8),
            )
            for n in range(POSITIONS)
        ]

    def packings(self) -> list[bytes]:
        """PACKED of every station of a round, then SEALED of every one, as the needs would have it."""
        stations = range(self.packed, self.packed + STATIONS)
        self.packed += STATIONS
        packed, sealed = [], []
        for n in stations:
            phone, other = self._holder(n, 0), self._holder(n, 1)
            boxes = sorted(_parcels(n))
            counted = tuple(event.Line(code, (), BALLOTS if kind else None) for code, kind in boxes)
            packed.append(
                phone.sign(act=event.Act.PACKED, site=SITES[0], manifest=counted, second=_kid(other))
            )
        for n in stations:
            lines = tuple(event.Line(code, _seals(code)) for code, kind in sorted(_parcels(n)) if kind)
            sealed.append(self._holder(n, 0).sign(act=event.Act.SEALED, site=SITES[0], manifest=lines))
        return packed + sealed

    def hand_overs(self) -> list[bytes]:
        """The stations packed before, several at a time, from hand to hand."""
        groups = range(self.handed, self.handed + STATIONS, TOGETHER)
        self.handed += STATIONS
        told = []
        for turn in range(HAND_OVERS):
            site = SITES[min(turn, len(SITES) - 1)]
            for first in groups:
                giver, taker = self._holder(first, turn), self._holder(first, turn + 1)
                lines = tuple(
                    event.Line(code, _seals(code) if kind else ())
                    for code, kind in sorted(
                        one for n in range(first, first + TOGETHER) for one in _parcels(n)
                    )
                )
                told.append(
                    giver.sign(act=event.Act.OFFER, site=site, manifest=lines, to=_kid(taker), nonce=bytes(8))
                )
                told.append(taker.sign(act=event.Act.ACCEPT, site=site, manifest=lines, offer=giver.last))
        return told

    def _holder(self, station: int, turn: int) -> Phone:
        return self.all[(station // TOGETHER + turn) % DEVICES]


def _kid(phone: Phone) -> bytes:
    return keys.kid_of(keys.public_bytes(phone.key))


def _parcels(station: int) -> list[tuple[int, str]]:
    """Code and ballot type of a station's parcels; the bundle has no type."""
    village, number = divmod(station, 999)
    code = station_code(f"16.07.{village + 1:02d}.2001", number + 1)
    boxes = [(parcel_code(code, digit), kind) for digit, kind in enumerate(BALLOT_TYPES, 1)]
    return [*boxes, (parcel_code(code, BUNDLE_DIGIT), "")]


def _seals(parcel: int) -> tuple[int, ...]:
    return tuple(range(parcel % 10**9 * 10, parcel % 10**9 * 10 + SEALS))


def measure() -> list[Row]:
    phones = Phones()
    _prepare(phones)
    rows: list[Row] = []
    with _hub() as port:
        _send(port, phones.positions())  # warm
        for kind, make in (
            ("positions", phones.positions),
            ("packings", phones.packings),
            ("hand-overs", phones.hand_overs),
        ):
            rows += [*_compared(kind, make, port), _in_small_bodies(kind, make, port)]
    return rows


def _in_small_bodies(kind: str, make: Callable[[], list[bytes]], port: int) -> Row:
    intake, verified = [], []
    for _ in range(ROUNDS):
        events = make()
        _wait_until_folded(port)
        verified.append(_per_second(_verify, [_signature_and_key(signed) for signed in events]))
        intake.append(_per_second(lambda told: _send(port, told, SMALL_BATCH), events))
    value = median(intake)
    return Row(
        f"{kind} by {SMALL_BATCH}, to signatures", value, "events/s",
        f"bare libsodium verification, one process ({median(verified):,.0f}/s)", value / median(verified),
        f"{len(events)} events a round in batches of {SMALL_BATCH}, one client, median of {ROUNDS} rounds",
    )  # fmt: skip


def _compared(kind: str, make: Callable[[], list[bytes]], port: int) -> list[Row]:
    intake, verified, inserted, folded, behind_s = [], [], [], [], []
    for _ in range(ROUNDS):
        events = make()
        _wait_until_folded(port)  # nothing else is at work while the bare work is measured
        verified.append(_per_second(_verify, [_signature_and_key(signed) for signed in events]))
        inserted.append(_per_second(_insert, events))
        begun = time.perf_counter()
        intake.append(_per_second(lambda told: _send(port, told), events))
        acknowledged = time.perf_counter()
        _wait_until_folded(port)
        behind_s.append(time.perf_counter() - acknowledged)
        folded.append(len(events) / (time.perf_counter() - begun))
    value, rate = median(intake), median(folded)
    length = sum(map(len, events)) // len(events)
    how = (
        f"{len(events)} events of {length} bytes a round in batches of {BATCH}, one client, "
        f"median of {ROUNDS} rounds"
    )
    return [
        Row(f"intake of {kind}, to signatures", value, "events/s",
            f"bare libsodium verification, one process ({median(verified):,.0f}/s)",
            value / median(verified), how),
        Row(f"intake of {kind}, to inserts", value, "events/s",
            f"bare SQLite inserts, FULL ({median(inserted):,.0f}/s)", value / median(inserted), how),
        Row(f"folding of {kind}, to intake", rate, "events/s",
            f"their intake; all folded {median(behind_s):.1f} s after the last answer", rate / value, how),
    ]  # fmt: skip


def _wait_until_folded(port: int) -> None:
    from kawal.desk.custody import projecting

    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", "/door/v1/health")
        size = json.loads(connection.getresponse().read())["size"]
    until = time.monotonic() + FOLDED_S_MAX
    while projecting.folded() < size:
        if time.monotonic() > until:
            raise RuntimeError("the hub does not fold what it took")
        time.sleep(0.02)


def _per_second(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    before = time.perf_counter()
    work(items)
    return len(items) / (time.perf_counter() - before)


_PUBLIC: dict[bytes, bytes] = {}  # kid -> public key


def _prepare(phones: Phones) -> None:
    """A database with the devices and with the parcels of all stations that will be packed."""
    from kawal.desk.needs.models import Parcel
    from kawal.desk.people import devices
    from kawal.desk.people.models import Post
    from kawal.serve import running

    running.migrate()
    Post.objects.get_or_create(code="kpu/16.07", agency="kpu", area_code="16.07", name="bench")
    public = [keys.public_bytes(phone.key) for phone in phones.all]
    _PUBLIC.update((keys.kid_of(key), key) for key in public)
    rows = [devices.NewDevice(key, "kpu/16.07", "custodian") for key in public]
    devices.enrol(rows, now=datetime.fromtimestamp(START_MS / 1000, UTC))
    needed = [
        Parcel(
            code=code,
            station_code=station_of(code),
            kind=kind or "bundle",
            ballots_count=BALLOTS if kind else 0,
            weight_g=9_000,
            volume_cm3=90_000,
            seal_first=_seals(code)[0] if kind else None,
            seals_count=SEALS if kind else 0,
        )
        for station in range(STATIONS * ROUNDS * 2)  # in large bodies and in small ones
        for code, kind in _parcels(station)
    ]
    Parcel.objects.bulk_create(needed, batch_size=1000)


def _signature_and_key(signed: bytes) -> tuple[bytes, bytes]:
    envelope = cose.opened(signed)
    return envelope.signature + envelope.to_be_signed, _PUBLIC[envelope.kid]


def _verify(pairs: Sequence[tuple[bytes, bytes]]) -> None:
    for signed_message, public_key in pairs:
        crypto_sign_open(signed_message, public_key)


def _insert(events: Sequence[bytes]) -> None:
    path = home() / "bare.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute(
            "CREATE TABLE entry (i INTEGER PRIMARY KEY, leaf_hash BLOB UNIQUE, signed BLOB, received_at TEXT)"
        )
        rows = [(n, leaf_hash(signed), signed, "2029-02-10 03:00:00") for n, signed in enumerate(events)]
        for at in range(0, len(rows), BATCH):
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", rows[at : at + BATCH])
            database.execute("COMMIT")
    for file in home().glob("bare.sqlite3*"):
        file.unlink()


def _send(port: int, events: Sequence[bytes], batch: int = BATCH) -> None:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for at in range(0, len(events), batch):
            connection.request("POST", "/door/v1/events", codec.encode(list(events[at : at + batch])))
            answer = connection.getresponse()
            told = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"the hub answered {answer.status}: {told[:300]!r}")


@contextmanager
def _hub() -> Iterator[int]:
    command = [sys.executable, "-c", "from kawal.cli import main; main()", "serve", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["port"]
        finally:
            process.terminate()
            process.wait(timeout=30)
