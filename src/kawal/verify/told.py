"""What an archive tells beside the log: the hub's own word, taken only as far as the hub signed it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from kawal.rules.refusals import Refused
from kawal.rules.report import archive as format
from kawal.rules.report.archive import Device, NeededParcel
from kawal.rules.signing import note
from kawal.verify.archive import Archive
from kawal.verify.broken import Broken
from kawal.verify.heads import SignedHead
from kawal.verify.replay import TheHubSays

_SMALL_BYTES_MAX: Final = 100_000
_AREAS_MAX: Final = 10_000


class Told:
    """Raises Broken where it is not signed by the log (`told_unsigned`), is not what was signed
    (`told_changed`), or belongs to another log or size (`archive_mixed`)."""

    def __init__(self, archive: Archive, head: SignedHead) -> None:
        self._archive = archive
        about = format.about_in(archive.read(format.ABOUT, _SMALL_BYTES_MAX))
        size = head.head.size
        if (about.origin, about.size) != (head.head.origin, size):
            raise Broken("archive_mixed", size, origin=about.origin, told_size=about.size)
        self.area, self.written_by = about.area, about.kawal
        for name, sha256 in sorted(_signed_hashes(archive, head).items()):
            if _sha256(archive, name) != sha256:
                raise Broken("told_changed", size, member=name)

    def devices(self) -> Iterator[Device]:
        return (format.device_in(line) for line in self._archive.lines(format.DEVICES))

    def received_ms(self) -> Iterator[int]:
        return (format.received_in(line) for line in self._archive.lines(format.RECEIVED))

    def said(self) -> TheHubSays:
        deadlines = {}
        for line in self._archive.lines(format.DEADLINES):
            area, deadline_ms = format.deadline_in(line)
            deadlines[area] = deadline_ms
            if len(deadlines) > _AREAS_MAX:
                raise Refused("bad_line", field="area")
        return TheHubSays(needed=self._needed(), deadlines_ms=deadlines, area=self.area)

    def _needed(self) -> Iterator[NeededParcel]:
        before = -1
        for line in self._archive.lines(format.NEEDS):
            needed = format.needed_in(line)
            if needed.parcel <= before:
                raise Refused("bad_line", field="parcel")
            before = needed.parcel
            yield needed


def _signed_hashes(archive: Archive, head: SignedHead) -> dict[str, str]:
    size = head.head.size
    try:
        signed = note.parsed(archive.read(format.TOLD, note.NOTE_BYTES_MAX).decode())
        note.check(signed, [head.key])
        origin, told_size, hashes = format.told_in(signed.text)
    except (Refused, UnicodeDecodeError) as error:
        code = error.code if isinstance(error, Refused) else "bad_note"
        raise Broken("told_unsigned", size, refused=code) from None
    if (origin, told_size) != (head.head.origin, size):
        raise Broken("archive_mixed", size, origin=origin, told_size=told_size)
    for name in (format.DEVICES, format.NEEDS, format.DEADLINES, format.RECEIVED):
        if name not in hashes:
            raise Broken("told_unsigned", size, member=name)
    return hashes


def _sha256(archive: Archive, name: str) -> str:
    """In hex; nothing where there is no such member."""
    if name not in archive:
        return ""
    seen = hashlib.sha256()
    for piece in archive.pieces(name):
        seen.update(piece)
    return seen.hexdigest()
