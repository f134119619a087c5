"""Entries per second that an outsider verifies from an archive, beside the signatures alone.

The log holds what the intake's bench sends: positions of vehicles, packings, sealings and hand-overs. The
verifier reads the file, checks each entry's format, certificate and signature, grows the tree, compares every
tile and replays custody. The bare side is one process that checks the same signatures with libsodium.
"""

from __future__ import annotations

import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from bench import Row
from bench.intake import START_MS, Phones, _verify
from kawal.rules.ledger import bundles, checkpoint, tiles
from kawal.rules.ledger.policy import NONE, Log, Policy
from kawal.rules.signing import cose, keys, note
from kawal.rules.signing.hashes import leaf_hash
from kawal.rules.trust import statements
from kawal.rules.trust.statements import Certificate, Issuer, Role
from kawal.verify import source
from kawal.verify.archive import Archive
from kawal.verify.verifying import Asked, Outcome, verify

ROUNDS_OF_EVENTS = 4
ROUNDS = 3
ORIGIN = "bench.example/log"


def measure() -> list[Row]:
    phones = Phones()
    log_key, issuer = keys.key_from_seed(b"l" * 32), keys.key_from_seed(b"i" * 32)
    events = [one for _ in range(ROUNDS_OF_EVENTS) for one in _round(phones)]
    said = [Issuer(at_s=START_MS // 1000, agency="kpu", public_key=keys.public_bytes(issuer), log=ORIGIN)]
    said += [_certificate(phone.key, serial) for serial, phone in enumerate(phones.all, 1)]
    entries = [*(statements.sign(one, issuer) for one in said), *events]
    public = {keys.kid_of(keys.public_bytes(phone.key)): keys.public_bytes(phone.key) for phone in phones.all}
    opened = map(cose.opened, events)
    pairs = [(one.signature + one.to_be_signed, public[one.kid]) for one in opened]
    asked = Asked(
        policy=Policy(NONE, (Log(note.VerifierKey(ORIGIN, keys.public_bytes(log_key))),)),
        now_s=START_MS // 1000,
    )
    bare, whole = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.zip"
        _write(path, entries, log_key)
        for _ in range(ROUNDS):
            bare.append(len(pairs) / _seconds(partial(_verify, pairs)))
            whole.append(len(entries) / _seconds(partial(_verified, path, asked)))
    value = median(whole)
    how = f"{len(entries)} entries, median of {ROUNDS} rounds, all cores, replay included"
    return [
        Row("verifier, to signatures", value, "events/s",
            f"bare libsodium verification in one process ({median(bare):,.0f}/s)", value / median(bare), how)
    ]  # fmt: skip


def _round(phones: Phones) -> list[bytes]:
    return [*phones.positions(), *phones.packings(), *phones.hand_overs()]


def _verified(path: Path, asked: Asked) -> Outcome:
    with Archive(path) as archive:
        outcome = verify(source.Log(archive), archive, asked)
    if outcome.broken:
        raise RuntimeError(f"the bench made a log that does not hold: {outcome.broken}")
    return outcome


def _seconds(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def _certificate(key: keys.SigningKey, serial: int) -> Certificate:
    return Certificate(at_s=START_MS // 1000, public_key=keys.public_bytes(key), post="kpu/16.07",
                       role=Role.CUSTODIAN, valid_to_s=START_MS // 1000 + statements.VALID_S_MAX,
                       serial=serial)  # fmt: skip


def _write(path: Path, entries: list[bytes], log_key: keys.SigningKey) -> None:
    """The log as it is served: no more of an archive is needed."""
    grown = tiles.grow({}, 0, [leaf_hash(entry) for entry in entries])
    size = len(entries)
    head = checkpoint.Head(ORIGIN, size, tiles.root_of(size, lambda *place: grown[place]))
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("checkpoint", note.sign(checkpoint.text(head), ORIGIN, log_key))
        for level, number, width in tiles.places(size):
            file.writestr(tiles.path(level, number, width), grown[level, number])
        for at in range(0, size, tiles.WIDTH):
            some = entries[at : at + tiles.WIDTH]
            file.writestr(tiles.bundle_path(at // tiles.WIDTH, len(some)), bundles.bundle(some))
