"""A copy of a log that was pulled and verified, in the layout of C2SP tlog-tiles.

`pulled` entries lie here; the first `checked` of them are those of a checkpoint that the log signed,
and only these are shown to others. What turns out not to belong to a signed head is cut off again.
"""

from __future__ import annotations

from dataclasses import dataclass

from kawal.rules.ledger import bundles, tiles
from kawal.rules.ledger.tree import HASH_BYTES
from kawal.rules.refusals import Refused
from kawal.rules.signing.hashes import leaf_hash
from kawal.witness.state import State


@dataclass(frozen=True, slots=True)
class Held:
    pulled: int = 0
    checked: int = 0
    note: str = ""  # the checkpoint of `checked`, with the log's lines
    private: bool = False  # pulled with a token: not everybody may read the entries


class Mirror:
    """The copy of one log in a witness's state."""

    def __init__(self, state: State, origin: str) -> None:
        self._state, self._origin = state, origin

    @property
    def held(self) -> Held:
        rows = self._state.ask(
            "SELECT pulled, checked, note, private FROM mirror WHERE origin = ?", self._origin
        )
        return next((Held(row[0], row[1], row[2], bool(row[3])) for row in rows), Held())

    def tile(self, level: int, number: int) -> bytes:
        """The hashes there are; none where the copy has not grown that far."""
        rows = self._state.ask(
            "SELECT hashes FROM tile WHERE origin = ? AND level = ? AND number = ?",
            self._origin, level, number,
        )  # fmt: skip
        return bytes(rows[0][0]) if rows else b""

    def entries(self, number: int) -> list[bytes]:
        """The entries of a bundle that there are."""
        rows = self._state.ask(
            "SELECT entries FROM bundle WHERE origin = ? AND number = ?", self._origin, number
        )
        return bundles.entries_in(rows[0][0]) if rows else []

    def root(self, size: int) -> bytes:
        """Root of the copy when it had that size, at most `pulled`."""
        return tiles.root_of(size, self.tile)

    def add(self, entries: list[bytes]) -> None:
        """Entries that follow on what is pulled, within one bundle; in a transaction of its own."""
        with self._state.transaction():
            held = self.held
            number, start = divmod(held.pulled, tiles.WIDTH)
            if start + len(entries) > tiles.WIDTH:
                raise ValueError("entries of two bundles")
            below = self.entries(number) if start else []
            self._put_bundle(number, [*below, *entries])
            partial = {place: self.tile(*place) for place in tiles.edge(held.pulled)}
            grown = tiles.grow(partial, held.pulled, [leaf_hash(entry) for entry in entries])
            for (level, at), hashes in grown.items():
                self._put_tile(level, at, hashes)
            self._put(Held(held.pulled + len(entries), held.checked, held.note, held.private))

    def check_off(self, size: int, signed_note: str, *, private: bool) -> None:
        """The first `size` entries are those of this checkpoint."""
        held = self.held
        if size >= held.checked:
            self._put(Held(held.pulled, size, signed_note, private))

    def cut_off(self) -> None:
        """Forget what was pulled beyond the last checkpoint that held."""
        with self._state.transaction():
            held = self.held
            size = held.checked
            number, width = divmod(size, tiles.WIDTH)
            kept = self.entries(number)[:width]
            self._state.ask("DELETE FROM bundle WHERE origin = ? AND number >= ?", self._origin, number)
            if kept:
                self._put_bundle(number, kept)
            edge = {place: self.tile(*place) for place in tiles.edge(size)}
            for level in range(64 // tiles.HEIGHT):
                self._state.ask(
                    "DELETE FROM tile WHERE origin = ? AND level = ? AND number >= ?",
                    self._origin, level, size >> tiles.HEIGHT * (level + 1),
                )  # fmt: skip
            for (level, at), hashes in edge.items():
                self._put_tile(level, at, hashes[: tiles.width(size, level) * HASH_BYTES])
            self._put(Held(size, size, held.note, held.private))

    def tile_served(self, level: int, number: int, width: int) -> bytes:
        """Exactly that many hashes of the copy as it was checked. Refuses `no_such_tile`."""
        hashes = self.held.checked >> tiles.HEIGHT * level
        if not 1 <= width <= tiles.WIDTH or number * tiles.WIDTH + width > hashes:
            raise Refused("no_such_tile", level=level, number=number, hashes=width)
        return self.tile(level, number)[: width * HASH_BYTES]

    def bundle_served(self, number: int, width: int) -> bytes:
        """Exactly that many entries of the copy as it was checked. Refuses `no_such_tile`."""
        if not 1 <= width <= tiles.WIDTH or number * tiles.WIDTH + width > self.held.checked:
            raise Refused("no_such_tile", number=number, entries=width)
        return bundles.bundle(self.entries(number)[:width])

    def _put(self, held: Held) -> None:
        self._state.ask(
            "INSERT OR REPLACE INTO mirror VALUES (?, ?, ?, ?, ?)",
            self._origin, held.pulled, held.checked, held.note, held.private,
        )  # fmt: skip

    def _put_bundle(self, number: int, entries: list[bytes]) -> None:
        self._state.ask(
            "INSERT OR REPLACE INTO bundle VALUES (?, ?, ?)", self._origin, number, bundles.bundle(entries)
        )

    def _put_tile(self, level: int, number: int, hashes: bytes) -> None:
        self._state.ask(
            "INSERT OR REPLACE INTO tile VALUES (?, ?, ?, ?)", self._origin, level, number, hashes
        )
