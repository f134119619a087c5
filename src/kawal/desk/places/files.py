"""The files of an import on disk: which they are, their fingerprints, their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kawal.rules.places.notices import Code, Notices

_ENDINGS: Final = (".csv", ".csv.gz", ".geojson", ".geojson.gz")
_CHUNK_BYTES: Final = 2**18
VOTER_LIST_CHARS_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Found:
    path: Path
    size_bytes: int
    sha256: str

    @property
    def name(self) -> str:
        return self.path.name

    def voter_list(self) -> str:
        """The version a voter list goes by when nobody names it: its file's name and fingerprint."""
        stem = self.name.split(".")[0]
        return f"{stem[: VOTER_LIST_CHARS_MAX - 9]}-{self.sha256[:8]}"


def found(paths: Sequence[Path], notices: Notices) -> list[Found]:
    """Every file named, and of every folder named the tables and borders in it, by name."""
    files = []
    for path in _listed(paths, notices):
        try:
            if not path.is_file():  # a pipe or device would never end
                raise OSError("not a file")
            with path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            files.append(Found(path, path.stat().st_size, sha256))
        except OSError as wrong:
            notices.add(Code.FILE_UNREADABLE, file=path.name, value=wrong.strerror or wrong)
    return files


def _listed(paths: Sequence[Path], notices: Notices) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(entry for entry in path.iterdir() if entry.name.lower().endswith(_ENDINGS))
        if not inside:
            notices.add(Code.FILE_UNREADABLE, file=path.name, expected=", ".join(_ENDINGS))
        yield from inside


def chunks(path: Path, passed: Callable[[int], None]) -> Iterator[bytes]:
    """The file's bytes; `passed` hears how many were read each time. Raises OSError."""
    with path.open("rb") as stream:
        while data := stream.read(_CHUNK_BYTES):
            passed(len(data))
            yield data
