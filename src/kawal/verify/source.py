"""Where a log is read from: a live log by HTTP or an archive file, both in the layout of C2SP tlog-tiles.

A place only needs to hand out static resources by their path (`Place.read`); `Log` makes of them what
a verifier or a witness asks for: the newest checkpoint, hash tiles, entries of a range. What comes out
has the right lengths and nothing more is promised: it proves nothing until somebody checks it.

Source: https://c2sp.org/tlog-tiles
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

from kawal.rules.ledger import bundles, tiles
from kawal.rules.ledger.tree import HASH_BYTES
from kawal.rules.refusals import Refused
from kawal.rules.signing.codec import ENTRY_BYTES_MAX
from kawal.rules.signing.note import NOTE_BYTES_MAX

_Read = TypeVar("_Read")
BUNDLE_BYTES_MAX: Final = tiles.WIDTH * (ENTRY_BYTES_MAX + 2)


class Place(Protocol):
    """Where static resources lie. `ahead`: how many it is worth asking for at once."""

    ahead: int

    def read(self, path: str, bytes_max: int) -> bytes:
        """Refuses `source_missing` where there is no such resource, `source_too_large` where it is longer
        than `bytes_max`, and other codes beginning with `source_` where the place does not answer."""
        ...


class Log:
    """A log as it lies at a place."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def checkpoint(self) -> str:
        """The newest signed head, unchecked. Refuses `bad_note` where it is no text."""
        try:
            return self._place.read("checkpoint", NOTE_BYTES_MAX).decode()
        except UnicodeDecodeError:
            raise Refused("bad_note", detail="not UTF-8") from None

    def tile(self, level: int, number: int, width: int = tiles.WIDTH) -> bytes:
        """Exactly `width` hashes. Refuses `bad_tile`, besides what the place refuses."""
        wanted = width * HASH_BYTES
        data = self._read(
            tiles.path(level, number, width), tiles.path(level, number), tiles.WIDTH * HASH_BYTES
        )
        if len(data) not in (wanted, tiles.WIDTH * HASH_BYTES):
            raise Refused("bad_tile", path=tiles.path(level, number, width), bytes=len(data))
        return data[:wanted]

    def tile_of(self, size: int) -> tiles.ReadTile:
        """Reads tiles as a log of `size` has them: what proofs and roots of that size are made from."""

        def read(level: int, number: int) -> bytes:
            full = size >> tiles.HEIGHT * (level + 1)
            return self.tile(level, number, tiles.WIDTH if number < full else tiles.width(size, level))

        return read

    def bundle(self, number: int, width: int = tiles.WIDTH) -> list[bytes]:
        """Exactly `width` entries. Refuses `bad_bundle`, besides what the place refuses."""
        path = tiles.bundle_path(number, width)
        entries = bundles.entries_in(self._read(path, tiles.bundle_path(number), BUNDLE_BYTES_MAX))
        if len(entries) not in (width, tiles.WIDTH):
            raise Refused("bad_bundle", path=path, entries=len(entries))
        return entries[:width]

    def entries(self, start: int, size: int) -> Iterator[bytes]:
        """The entries from `start` on of a log of `size`, in order; only a few bundles are in memory."""
        for number, found in self.bundles(start // tiles.WIDTH, size):
            yield from found[max(0, start - number * tiles.WIDTH) :]

    def bundles(self, first: int, size: int) -> Iterator[tuple[int, list[bytes]]]:
        """Number and entries of each bundle from `first` on of a log of `size`, in order.

        A place that is far away is asked for several at once; what it refuses is raised in its turn.
        """
        return self._in_turn(self.bundle, first, size)

    def leaves(self, first: int, size: int) -> Iterator[tuple[int, tuple[list[bytes], bytes]]]:
        """The same with the tile of level 0 that goes with each bundle: what it says are its leaf hashes."""

        def read(number: int, width: int) -> tuple[list[bytes], bytes]:
            return self.bundle(number, width), self.tile(0, number, width)

        return self._in_turn(read, first, size)

    def _in_turn(
        self, read: Callable[[int, int], _Read], first: int, size: int
    ) -> Iterator[tuple[int, _Read]]:
        numbers = iter(range(first, -(-size // tiles.WIDTH)))
        if self._place.ahead <= 1:
            yield from ((number, read(number, _width(number, size))) for number in numbers)
            return
        with ThreadPoolExecutor(self._place.ahead) as threads:
            under_way: deque[tuple[int, Future[_Read]]] = deque()
            try:
                for number in numbers:
                    under_way.append((number, threads.submit(read, number, _width(number, size))))
                    if len(under_way) >= self._place.ahead:
                        done, found = under_way.popleft()
                        yield done, found.result()
                while under_way:
                    done, found = under_way.popleft()
                    yield done, found.result()
            finally:
                for _, left in under_way:
                    left.cancel()

    def _read(self, path: str, full_path: str, bytes_max: int) -> bytes:
        """A partial resource, or the full one that has replaced it since the checkpoint was signed."""
        try:
            return self._place.read(path, bytes_max)
        except Refused as refused:
            if refused.code != "source_missing" or path == full_path:
                raise
        try:
            return self._place.read(full_path, bytes_max)
        except Refused as refused:
            if refused.code != "source_missing":
                raise
            raise Refused("source_missing", path=path) from None


def _width(number: int, size: int) -> int:
    return min(tiles.WIDTH, size - number * tiles.WIDTH)
