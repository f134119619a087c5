"""A log read from an archive file: a zip whose members lie as C2SP tlog-tiles serves them.

Unzipped behind any web server that hands out files, an archive is a log that every client of these
formats reads. Nothing is unpacked to the disk; a member is read up to the bytes that its kind may have.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final

from kawal.rules.refusals import Refused

MEMBERS_MAX: Final = 4_000_000  # of 256 entries or hashes each: a log of half a billion entries
LINE_BYTES_MAX: Final = 4_096
_PIECE_BYTES: Final = 1 << 20
_DIRECTORY_BYTES_MAX: Final = MEMBERS_MAX * 120
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Archive:
    """Refuses `archive_unreadable` where the file is no zip, is damaged, or names a member twice."""

    ahead = 1

    def __init__(self, path: Path) -> None:
        try:
            _check_directory(path)
            self._zip = zipfile.ZipFile(path)
        except (OSError, ValueError, struct.error, zipfile.BadZipFile, RuntimeError) as error:
            raise Refused("archive_unreadable", detail=str(error)[:200] or type(error).__name__) from None
        self._open = ExitStack()  # members that are read line by line
        names = [info.filename for info in self._zip.infolist()]
        if len(names) != len(set(names)):
            self._zip.close()
            raise Refused("archive_unreadable", detail="a member is there twice")

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._open.close()
        self._zip.close()

    def __contains__(self, path: str) -> bool:
        return path in self._zip.NameToInfo

    def names(self, folder: str) -> list[str]:
        """Members below a folder, sorted."""
        return sorted(
            info.filename
            for info in self._zip.infolist()
            if info.filename.startswith(f"{folder}/") and not info.is_dir()
        )

    def read(self, path: str, bytes_max: int) -> bytes:
        """As `source.Place` says; refuses also `archive_unreadable` where the member is damaged."""
        info = self._info(path)
        if info.file_size > bytes_max:
            raise Refused("source_too_large", path=path, bytes_max=bytes_max)
        try:
            with self._zip.open(info) as member:
                data = member.read(bytes_max + 1)
        except _DAMAGE as error:
            raise _damaged(path, error) from None
        if len(data) > bytes_max:
            raise Refused("source_too_large", path=path, bytes_max=bytes_max)
        return data

    def lines(self, path: str) -> Iterator[bytes]:
        """The lines of a member without their ends, one after the other: it need not fit the memory."""
        try:
            # Closed with the archive at the latest: who stops reading in the middle leaves it open.
            with self._open.enter_context(self._zip.open(self._info(path))) as member:
                while line := member.readline(LINE_BYTES_MAX + 1):
                    if len(line) > LINE_BYTES_MAX:
                        raise Refused("source_too_large", path=path, bytes_max=LINE_BYTES_MAX)
                    yield line.removesuffix(b"\n")
        except _DAMAGE as error:
            raise _damaged(path, error) from None

    def pieces(self, path: str) -> Iterator[bytes]:
        """A member of any length, bit by bit."""
        try:
            with self._zip.open(self._info(path)) as member:
                while piece := member.read(_PIECE_BYTES):
                    yield piece
        except _DAMAGE as error:
            raise _damaged(path, error) from None

    def _info(self, path: str) -> zipfile.ZipInfo:
        try:
            info = self._zip.getinfo(path)
        except KeyError:
            raise Refused("source_missing", path=path) from None
        if info.compress_type not in _METHODS or info.flag_bits & 1:  # 1: encrypted
            raise Refused("archive_unreadable", path=path, detail="packed in another way than deflate")
        return info


_DAMAGE: Final = (OSError, EOFError, ValueError, struct.error, zlib.error, zipfile.BadZipFile,
                  RuntimeError)  # fmt: skip


def _damaged(path: str, error: Exception) -> Refused:
    return Refused("archive_unreadable", path=path, detail=str(error)[:200] or type(error).__name__)


def _check_directory(path: Path) -> None:
    """The standard library reads the whole directory of a zip at once: it must be of a bearable size."""
    with path.open("rb") as file:
        # Its own way to find the end of a zip: another reading of the format could be led elsewhere.
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
    if end is None:
        raise zipfile.BadZipFile("not a zip file")
    members, directory_bytes = end[4], end[5]
    if members > MEMBERS_MAX or directory_bytes > _DIRECTORY_BYTES_MAX:
        raise zipfile.BadZipFile(f"{members} members are more than any archive has")
