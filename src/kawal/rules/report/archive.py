"""The archive: one zip in which a log and what belongs to it lie as C2SP tlog-tiles serves them.

    archive.json              which log, which size, which area: {"kawal_archive": 1, ...}
    README.txt, check.py      how to check it by hand, in Indonesian and English
    policy.txt                whom the hub trusts (C2SP tlog-policy): take your own where you have one
    checkpoint                the signed head at which the archive was cut
    checkpoints/<size>        every head that was published up to it, size in 16 digits
    tile/...                  hash tiles and entry bundles (C2SP tlog-tiles)
    keys/issuers.txt          keys of the agencies' issuers: compare them with what the agencies publish
    keys/devices.jsonl        keys of devices, as the hub's registry has them
    rules/...                 the rules in words and tables, for the reader
    told/...                  what no phone signed: the hub's own word on what was needed, and when
                              entries came in
    told.note                 SHA-256 of every member of told/ and keys/, signed by the key of the log

What phones signed is in the entries, and whoever holds the archive can check it. What is told/ rests on
the hub alone; its signature makes it accountable for it, no more. Lines are JSON objects of known
members, nothing else; `*_in` read them strictly and refuse `bad_line`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kawal.rules.ledger import numbers
from kawal.rules.needs.parcels import is_readable
from kawal.rules.places.codes import is_area
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys

FORMAT: Final = 1
ABOUT: Final = "archive.json"
POLICY: Final = "policy.txt"
CHECKPOINT: Final = "checkpoint"
CHECKPOINTS: Final = "checkpoints"
DEVICES: Final = "keys/devices.jsonl"
NEEDS: Final = "told/needs.jsonl"
DEADLINES: Final = "told/deadlines.jsonl"
RECEIVED: Final = "told/received.txt"
TOLD: Final = "told.note"

_TOLD_FIRST: Final = "kawal/told/v1"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBER_MAX: Final = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    origin: str
    size: int
    area: str  # needs are told of this area; entries are always all
    kawal: str  # version that wrote it


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededParcel:
    parcel: int
    ballots_count: int
    seal_first: int | None
    seals_count: int

    @property
    def seals(self) -> tuple[int, ...]:
        first = self.seal_first
        return () if first is None else tuple(range(first, first + self.seals_count))


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    public_key: bytes
    post: str
    role: str

    @property
    def kid(self) -> bytes:
        return keys.kid_of(self.public_key)


def checkpoint_path(size: int) -> str:
    return f"{CHECKPOINTS}/{size:016d}"


def about_text(about: About) -> str:
    told = {"kawal_archive": FORMAT, "origin": about.origin, "size": about.size,
            "area": about.area, "kawal": about.kawal}  # fmt: skip
    return json.dumps(told, indent=1) + "\n"


def about_in(text: bytes) -> About:
    """Members that a later version adds are passed over."""
    told = _object(text)
    if _uint(told, "kawal_archive") != FORMAT:
        raise Refused("bad_line", field="kawal_archive")
    return About(
        origin=_text(told, "origin", 200), size=_uint(told, "size"), area=_area(told),
        kawal=_text(told, "kawal", 40),
    )  # fmt: skip


def needed_line(needed: NeededParcel) -> str:
    return _line({"parcel": f"{needed.parcel:015d}", "ballots": needed.ballots_count,
                  "seal_first": needed.seal_first, "seals": needed.seals_count})  # fmt: skip


def needed_in(line: bytes) -> NeededParcel:
    told = _object(line, {"parcel", "ballots", "seal_first", "seals"})
    digits = _text(told, "parcel", 15)
    if re.fullmatch("[0-9]{15}", digits) is None or not is_readable(int(digits)):
        raise Refused("bad_line", field="parcel")
    seals_count = _uint(told, "seals")
    if seals_count > 100:
        raise Refused("bad_line", field="seals")
    return NeededParcel(
        parcel=int(digits),
        ballots_count=_uint(told, "ballots"),
        seal_first=None if told.get("seal_first", 0) is None else _uint(told, "seal_first"),
        seals_count=seals_count,
    )


def device_line(device: Device) -> str:
    return _line({"public_key": device.public_key.hex(), "post": device.post, "role": device.role})


def device_in(line: bytes) -> Device:
    """Refuses also `bad_key`."""
    told = _object(line, {"public_key", "post", "role"})
    try:
        public_key = bytes.fromhex(_text(told, "public_key", 64))
    except ValueError:
        raise Refused("bad_line", field="public_key") from None
    keys.check_public_key(public_key)
    return Device(public_key=public_key, post=_text(told, "post", 40), role=_text(told, "role", 40))


def deadline_line(regency: str, deadline_ms: int) -> str:
    return _line({"area": regency, "deadline_ms": deadline_ms})


def deadline_in(line: bytes) -> tuple[str, int]:
    told = _object(line, {"area", "deadline_ms"})
    return _area(told), _uint(told, "deadline_ms")


def received_line(received_ms: int) -> str:
    """One for every entry, in the order of the log."""
    return f"{received_ms}\n"


def received_in(line: bytes) -> int:
    received_ms = numbers.decimal(line.decode("ascii", "replace"))
    if received_ms is None or received_ms >= 2**43:
        raise Refused("bad_line", field="received_ms")
    return received_ms


def told_text(origin: str, size: int, hashes: Mapping[str, str]) -> str:
    """What the hub signs of its own word: SHA-256 in hex by member. No checkpoint begins like it."""
    lines = [f"{_TOLD_FIRST} {origin}", str(size), *(f"{hashes[name]} {name}" for name in sorted(hashes))]
    return "".join(f"{line}\n" for line in lines)


def told_in(text: str) -> tuple[str, int, dict[str, str]]:
    """Origin, size and the hashes by member."""
    first, *rest = text.removesuffix("\n").split("\n")
    size = numbers.decimal(rest[0]) if rest else None
    if not first.startswith(f"{_TOLD_FIRST} ") or size is None:
        raise Refused("bad_line", field="told")
    hashes: dict[str, str] = {}
    for line in rest[1:]:
        sha256, _, name = line.partition(" ")
        if _SHA256.fullmatch(sha256) is None or not name or name in hashes:
            raise Refused("bad_line", field="told")
        hashes[name] = sha256
    return first.removeprefix(f"{_TOLD_FIRST} "), size, hashes


def _line(told: Mapping[str, Any]) -> str:
    return json.dumps(told, separators=(",", ":")) + "\n"


def _object(text: bytes, names: set[str] | None = None) -> dict[str, Any]:
    """A JSON object with exactly these members; with None, of whatever members."""
    try:
        told = json.loads(
            text.decode(), object_pairs_hook=_once, parse_float=_no_number, parse_constant=_no_number
        )
    except (ValueError, RecursionError):  # ValueError: no UTF-8, no JSON, a number of thousands of digits
        raise Refused("bad_line", field="json") from None
    if not isinstance(told, dict) or (names is not None and told.keys() != names):
        raise Refused("bad_line", field="members")
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a member twice")
    return told


def _no_number(text: str) -> None:
    raise ValueError(text)


def _uint(told: Mapping[str, Any], name: str) -> int:
    value = told.get(name)
    if type(value) is not int or not 0 <= value < _NUMBER_MAX:
        raise Refused("bad_line", field=name)
    return value


def _text(told: Mapping[str, Any], name: str, length_max: int) -> str:
    value = told.get(name)
    if not isinstance(value, str) or len(value) > length_max:
        raise Refused("bad_line", field=name)
    return value


def _area(told: Mapping[str, Any]) -> str:
    area = _text(told, "area", 13)
    if not is_area(area):
        raise Refused("bad_line", field="area")
    return area
