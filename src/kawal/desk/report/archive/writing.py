"""Writing the archive: one pass over the log, the same bytes for the same log, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import IO

from kawal import __version__
from kawal.desk.ledger import keys, policies, publishing, reads
from kawal.desk.needs import reads as needs
from kawal.desk.report.archive import reads as told
from kawal.rules.ledger import bundles, checkpoint, policy, tiles, tree
from kawal.rules.ledger.growing import Growing
from kawal.rules.refusals import Refused
from kawal.rules.report import archive
from kawal.rules.signing import note

_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Written:
    size: int
    root: bytes
    checkpoints: int
    quorum: bool  # whether the policy's quorum cosigned the head at which it was cut


class _Zip:
    """Members without times or owners, stored as they are: nothing in it depends on when and where it was
    written, or on which compressor. Crash-safe: the file gets its name when it is whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._draft = path.with_name(f".{path.name}.{os.getpid()}")
        self._file = self._draft.open("wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED)
        self.hashes: dict[str, str] = {}  # SHA-256 in hex by member, of what `lines` wrote

    def __enter__(self) -> _Zip:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        try:
            self._zip.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            if kind is None:
                self._draft.replace(self._path)
        finally:
            self._file.close()
            self._draft.unlink(missing_ok=True)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def add(self, name: str, data: bytes) -> None:
        self._zip.writestr(_member(name), data)

    def lines(self, name: str, lines: Iterable[str]) -> None:
        """Read as they come: they need not fit the memory."""
        with tempfile.TemporaryFile() as spool:
            for line in lines:
                spool.write(line.encode())
            self.spooled(name, spool)

    def spooled(self, name: str, spool: IO[bytes]) -> None:
        info = _member(name)
        info.file_size = spool.tell()  # told beforehand, it decides whether the member needs zip64
        spool.seek(0)
        seen = hashlib.sha256()
        with self._zip.open(info, "w") as member:
            while piece := spool.read(_PIECE_BYTES):
                seen.update(piece)
                member.write(piece)
        self.hashes[name] = seen.hexdigest()


def write(path: Path, area: str, *, progressed: Callable[[int], object] = lambda entries: None) -> Written:
    """Cut at the newest head that the policy's quorum cosigned; where there is none, at the newest.

    Refuses `no_checkpoint` and, before the file gets its name, `log_forked` where the entries are not
    those that the head was signed for (`kawal ledger verify` names the first that is wrong).
    """
    trusted = _policy()
    published = publishing.best(trusted)
    if published is None:
        raise Refused("no_checkpoint")
    cut = checkpoint.head_in(note.parsed(published.note).text)
    origin = keys.verifier_key().name
    with _Zip(path) as file:
        about = archive.About(origin=origin, size=cut.size, area=area, kawal=__version__)
        file.add(archive.ABOUT, archive.about_text(about).encode())
        for name in ("README.txt", "check.py"):
            file.add(name, files(__package__).joinpath(name).read_bytes())
        file.add(archive.POLICY, policy.text(trusted).encode())
        file.add("keys/log.txt", f"{keys.verifier_key()}\n".encode())
        file.add("keys/witnesses.txt", "".join(f"{one.key}\n" for one in trusted.witnesses).encode())
        file.add("keys/issuers.txt", "".join(told.issuer_lines()).encode())
        for name, text in chain(told.rules_in_words().items(), _rule_files(area)):
            file.add(name, text.encode())
        checkpoints = 0
        for one in publishing.every(cut.size):
            file.add(archive.checkpoint_path(one.size), one.note.encode())
            checkpoints += 1
        file.add(archive.CHECKPOINT, published.note.encode())
        file.lines(archive.DEVICES, told.device_lines())
        file.lines(archive.NEEDS, told.need_lines(area))
        file.lines(archive.DEADLINES, told.deadline_lines(area))
        file.lines("told/runs.jsonl", told.run_lines(area))
        file.lines("told/areas.jsonl", told.area_lines(area))
        _entries(file, cut, progressed)
        signed = note.sign(archive.told_text(origin, cut.size, file.hashes), origin, keys.log_key())
        file.add(archive.TOLD, signed.encode())
    cosigned = publishing.cosigners(cut.size, trusted)
    return Written(cut.size, cut.root, checkpoints, trusted.satisfied_by(cosigned))


def _entries(file: _Zip, cut: checkpoint.Head, progressed: Callable[[int], object]) -> None:
    grown = Growing(lambda place, hashes: file.add(_tile_path(place, hashes), hashes))
    stored = reads.entries(0, cut.size)
    with tempfile.TemporaryFile() as received:
        for number in range(-(-cut.size // tiles.WIDTH)):
            rows = list(islice(stored, tiles.WIDTH))
            file.add(tiles.bundle_path(number, len(rows)), bundles.bundle(row.signed for row in rows))
            grown.add([row.leaf_hash for row in rows])
            for row in rows:
                received.write(archive.received_line(round(row.received_at.timestamp() * 1000)).encode())
            progressed(len(rows))
        grown.compare_edge()
        if (grown.size, grown.root()) != (cut.size, cut.root):
            raise Refused("log_forked", size=grown.size, signed_size=cut.size, source="database")
        file.spooled(archive.RECEIVED, received)


def _policy() -> policy.Policy:
    """As it is installed; it need not name the log that it is installed for."""
    installed = policies.installed()
    return installed if installed.logs else replace(installed, logs=(policy.Log(keys.verifier_key()),))


def _rule_files(area: str) -> Iterator[tuple[str, str]]:
    hashes = sorted({run.rules_sha256 for run in needs.runs(area)})
    yield from ((f"rules/needs/{sha256}.toml", needs.rules_text(sha256)) for sha256 in hashes)


def _tile_path(place: tiles.Place, hashes: bytes) -> str:
    return tiles.path(*place, len(hashes) // tree.HASH_BYTES)


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # 1 January 1980, as the format begins
    info.create_system = 3  # Unix, also where it is written on another system
    info.external_attr = 0o644 << 16
    return info
