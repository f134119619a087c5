"""Entry bundles (C2SP tlog-tiles): up to 256 entries, each after its length in two bytes."""

from __future__ import annotations

from collections.abc import Iterable

from kawal.rules.refusals import Refused
from kawal.rules.signing.codec import ENTRY_BYTES_MAX

_LENGTH_BYTES = 2


def bundle(entries: Iterable[bytes]) -> bytes:
    parts = []
    for entry in entries:
        if len(entry) > ENTRY_BYTES_MAX:
            raise ValueError(f"an entry of {len(entry)} bytes is not in any log")
        parts += [len(entry).to_bytes(_LENGTH_BYTES, "big"), entry]
    return b"".join(parts)


def entries_in(data: bytes) -> list[bytes]:
    """Refuses `bad_bundle` where the last entry is cut short."""
    entries = []
    at = 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        stop = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or stop > len(data):
            raise Refused("bad_bundle", at=at)
        entries.append(data[start:stop])
        at = stop
    return entries
