"""A minimal client of the C2SP formats, written from their texts alone and sharing nothing with kawal.rules.

What it accepts is what anybody else's program would accept: https://c2sp.org/signed-note, tlog-checkpoint,
tlog-tiles, tlog-cosignature, tlog-witness; RFC 6962, section 2.1.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nacl.signing import SigningKey, VerifyKey

Fetch = Callable[[str], bytes]  # the resource at a path below the prefix


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def leaf(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry)


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, over leaf hashes."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:]))


def consistency(m: int, leaves: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962, 2.1.2: PROOF(m, D[n]); empty for 0 and n, as tlog-witness wants it."""
    n = len(leaves)
    if m in (0, n):
        return [] if whole or m == 0 else [mth(leaves)]
    k = 1
    while 2 * k < n:
        k *= 2
    if m <= k:
        return [*consistency(m, leaves[:k], whole), mth(leaves[k:])]
    return [*consistency(m - k, leaves[k:], False), mth(leaves[:k])]


def key_id(name: str, kind: int, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4]


@dataclass(frozen=True)
class Signer:
    """A log's key (kind 1) or a witness's (kind 4)."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def of(cls, vkey: str) -> Signer:
        name, told, encoded = vkey.split("+", 2)
        blob = base64.b64decode(encoded)
        assert key_id(name, blob[0], blob[1:]).hex() == told
        return cls(name, blob[0], blob[1:])

    @property
    def vkey(self) -> str:
        told = key_id(self.name, self.kind, self.public).hex()
        return f"{self.name}+{told}+{b64(bytes([self.kind]) + self.public)}"

    def signed(self, note: str) -> int | None:
        """Whether a line of the note is this signer's: POSIX seconds of a cosignature, else 0. Raises where
        such a line does not hold; None where there is none."""
        text, _, below = note.rpartition("\n\n")
        text += "\n"
        for line in below.splitlines():
            dash, name, encoded = line.split(" ")
            blob = base64.b64decode(encoded, validate=True)
            if dash != "\u2014" or (name, blob[:4]) != (self.name, key_id(self.name, self.kind, self.public)):
                continue
            if self.kind == 1:
                VerifyKey(self.public).verify(text.encode(), blob[4:])
                return 0
            time = int.from_bytes(blob[4:12], "big")
            VerifyKey(self.public).verify(f"cosignature/v1\ntime {time}\n{text}".encode(), blob[12:])
            return time
        return None


@dataclass
class Log:
    """A log in memory that signs what it is told to, also what it must not."""

    name: str
    key: SigningKey
    leaves: list[bytes]

    @classmethod
    def of(cls, name: str, size: int, seed: int = 1) -> Log:
        return cls(name, SigningKey(bytes([seed]) * 32), [leaf(f"entry {n}".encode()) for n in range(size)])

    @property
    def signer(self) -> Signer:
        return Signer(self.name, 1, bytes(self.key.verify_key))

    def text(self, size: int) -> str:
        return f"{self.name}\n{size}\n{b64(mth(self.leaves[:size]))}\n"

    def signed(self, text: str) -> str:
        signature = key_id(self.name, 1, bytes(self.key.verify_key)) + self.key.sign(text.encode()).signature
        return f"{text}\n\u2014 {self.name} {b64(signature)}\n"

    def checkpoint(self, size: int) -> str:
        return self.signed(self.text(size))

    def request(self, old: int, size: int, proof: Sequence[bytes] | None = None) -> bytes:
        """The body of add-checkpoint."""
        hashes = consistency(old, self.leaves[:size]) if proof is None else proof
        return "".join(
            [f"old {old}\n", *(f"{b64(one)}\n" for one in hashes), "\n", self.checkpoint(size)]
        ).encode()


def head(note: str, log: Signer) -> tuple[int, bytes]:
    """Size and root of a checkpoint that the log signed."""
    assert log.signed(note) == 0
    origin, size, root = note.split("\n")[:3]
    assert origin == log.name
    assert size == str(int(size))
    return int(size), base64.b64decode(root, validate=True)


def tile_path(level: int | str, number: int, width: int = 256) -> str:
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < 256 else "")


def read(fetch: Fetch, log: Signer) -> tuple[str, list[bytes]]:
    """A whole log: its checkpoint and entries, checked against the tiles, and those against the root."""
    note = fetch("checkpoint").decode()
    size, root = head(note, log)
    level, hashes, entries = 0, [], []
    for number in range(-(-size // 256)):
        width = min(256, size - 256 * number)
        tile, bundle = fetch(tile_path(0, number, width)), fetch(tile_path("entries", number, width))
        assert len(tile) == 32 * width
        while bundle:
            length = int.from_bytes(bundle[:2], "big")
            entries.append(bundle[2 : 2 + length])
            bundle = bundle[2 + length :]
        hashes += [tile[at : at + 32] for at in range(0, len(tile), 32)]
    assert hashes == [leaf(entry) for entry in entries]
    assert mth(hashes) == root
    below = hashes
    while len(below) >= 256:
        level += 1
        below = [mth(below[at : at + 256]) for at in range(0, len(below) - len(below) % 256, 256)]
        for number in range(-(-len(below) // 256)):
            part = below[256 * number : 256 * (number + 1)]
            assert fetch(tile_path(level, number, len(part))) == b"".join(part)
    return note, entries
