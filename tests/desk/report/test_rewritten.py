"""Ten ways to rewrite history in the database, with the hub's own key in hand, and one who notices.

Whoever holds the database and the key of the log can put anything into it and publish it so that every hash
and every signature of the log fits. The outsider holds nothing but the policy and one old checkpoint that
a witness cosigned. Each way is tried on the log itself, over HTTP, and on an archive.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from kawal.desk.ledger import keys as log_keys
from kawal.desk.ledger import publishing, reads
from kawal.desk.ledger.models import Checkpoint
from kawal.desk.report.archive import writing
from kawal.rules.custody.event import Act
from kawal.rules.ledger import bundles, checkpoint, proof, tiles
from kawal.rules.signing import note
from kawal.rules.signing.hashes import leaf_hash
from kawal.rules.signing.keys import SigningKey, key_from_seed, public_bytes
from kawal.rules.trust import statements
from kawal.rules.trust.statements import Certificate, Issuer, Role
from tests.desk.report import recorded
from tests.desk.report.verified import verify
from tests.rules.custody.stories import START, Cast, Phone
from tests.verify.served import Resources, served, zipped

pytestmark = pytest.mark.django_db

append_only = import_module("kawal.desk.ledger.migrations.0002_append_only")

WITNESS = note.VerifierKey("bawaslu.example/w1", public_bytes(key_from_seed(b"w" * 32)), note.COSIGNATURE)
ISSUER = key_from_seed(b"i" * 32)
NOW_S = round(START.timestamp())
COSIGNED_S = 1_790_000_000  # by a clock of this world, not of the exercise
KEPT_SIZE = 20
_SQL = 'INSERT INTO ledger_entry ("index", leaf_hash, signed, received_at) VALUES (%s, %s, %s, %s)'


@dataclass
class Hub:
    """A log that somebody is about to rewrite."""

    cast: Cast
    entries: list[bytes]
    kept: Path  # the old checkpoint, cosigned, in the hands of the outsider
    policy: Path
    client: Client
    key: SigningKey

    def publish(
        self, entries: list[bytes], *, key: SigningKey | None = None, size: int | None = None
    ) -> None:
        """Everything in the database as if it had always been so: entries, tiles and signed heads."""
        append_only.allow(None, connection.schema_editor())
        hashes = [leaf_hash(entry) for entry in entries]
        when = connection.ops.adapt_datetimefield_value(START + timedelta(hours=6))
        with connection.cursor() as cursor:
            for table in ("ledger_entry", "ledger_tile", "ledger_checkpoint", "ledger_publication"):
                cursor.execute(f"DELETE FROM {table}")
            rows = zip(range(len(entries)), hashes, entries, [when] * len(entries), strict=True)
            cursor.executemany(_SQL, list(rows))
            for (level, number), data in tiles.grow({}, 0, hashes).items():
                cursor.execute(
                    "INSERT INTO ledger_tile (level, number, hashes) VALUES (%s, %s, %s)",
                    [level, number, data],
                )
        append_only.forbid(None, connection.schema_editor())
        for signed_size in sorted({KEPT_SIZE, size or len(entries)} & set(range(len(entries) + 1))):
            head = checkpoint.Head(log_keys.verifier_key().name, signed_size, self.root(hashes, signed_size))
            signed = note.sign(checkpoint.text(head), head.origin, key or self.key)
            Checkpoint.objects.create(size=signed_size, root=head.root, note=signed, signed_at=START)
            publishing.begin(signed_size, waits=False, now=START)

    def root(self, hashes: list[bytes], size: int) -> bytes:
        return tiles.root_of(size, lambda *place: tiles.grow({}, 0, hashes[:size])[place])

    def served(self) -> Resources:
        """What the desk hands out for its newest head."""
        newest = checkpoint.head_in(note.parsed(self._get("checkpoint").decode()).text)
        paths = ["checkpoint"]
        for level, number, width in tiles.places(newest.size):
            paths += [tiles.path(level, number, width)]
            paths += [tiles.bundle_path(number, width)] if level == 0 else []
        return {path: self._get(path) for path in paths}

    def _get(self, path: str) -> bytes:
        answer = self.client.get(f"/{path}")
        assert answer.status_code == 200, path
        return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.fixture
def hub(tmp_path: Path, client: Client) -> Hub:
    """Issuer, certificates, then the whole way out and back; a witness cosigned the head of size 20."""
    cast = recorded.cast(2)
    phones = [cast.packer, cast.driver, cast.ppk, cast.rider, cast.pps, cast.escort, *cast.kpps.values()]
    origin = log_keys.verifier_key().name
    first = Issuer(at_s=NOW_S, agency="kpu", public_key=public_bytes(ISSUER), log=origin)
    entries = [statements.sign(first, ISSUER)]
    entries += [certificate(phone, serial) for serial, phone in enumerate(phones, 1)]
    for part in (cast.pack, cast.out, cast.vote, cast.back):
        part()
    entries += [one.signed for one in cast.story.events]
    made = Hub(cast, entries, tmp_path / "kept", tmp_path / "policy", client, log_keys.log_key())
    made.publish(entries)
    old = next(row for row in reads.checkpoints(KEPT_SIZE) if row.size == KEPT_SIZE).note
    text = note.parsed(old).text
    line = note.cosigned(text, WITNESS.name, key_from_seed(b"w" * 32), time_s=COSIGNED_S)
    made.kept.write_text(old + line)
    made.policy.write_text(f"log {log_keys.verifier_key()}\nwitness bawaslu {WITNESS}\nquorum none\n")
    return made


def certificate(phone: Phone, serial: int, key: SigningKey = ISSUER) -> bytes:
    said = Certificate(at_s=NOW_S, public_key=phone.public_key, post="kpu/16.07", role=Role.CUSTODIAN,
                       valid_to_s=NOW_S + statements.VALID_S_MAX, serial=serial)  # fmt: skip
    return statements.sign(said, key)


def by_url(hub: Hub) -> dict[str, Any]:
    with served(hub.served()) as (url, _):
        return _outcome(verify(url, hub.policy, "--since", str(hub.kept)))


def by_archive(hub: Hub) -> dict[str, Any]:
    path = hub.kept.with_name("log.zip")
    writing.write(path, "")
    return _outcome(verify(path, hub.policy, "--since", str(hub.kept)))


def _outcome(done: tuple[int, dict[str, Any]]) -> dict[str, Any]:
    code, told = done
    assert code == (0 if told["whole"] else 1)
    return told


BOTH = pytest.mark.parametrize("outsider", [by_url, by_archive])
Outsider = Callable[[Hub], dict[str, Any]]


def caught(told: dict[str, Any]) -> tuple[str, int]:
    assert not told["whole"]
    return told["broken"][0]["code"], told["broken"][0]["index"]


@BOTH
def test_a_log_that_nobody_changed_passes(hub: Hub, outsider: Outsider) -> None:
    told = outsider(hub)
    assert told["whole"], told["broken"]
    origin = log_keys.verifier_key().name
    assert told["since"] == [{"origin": origin, "size": KEPT_SIZE, "root": reads_root(KEPT_SIZE)}]
    assert told["entries"] == len(hub.entries) and told["devices_on_the_hubs_word"] == 0
    assert told["custody"]["stages"] == {"BACK_HOME": 12} and not told["custody"]["findings"]
    assert told["statements"] == {"ISSUER": 1, "CERTIFICATE": 8}


def reads_root(size: int) -> str:
    return next(row.root.hex() for row in reads.checkpoints(size) if row.size == size)


def test_a_receipt_that_somebody_kept_will_do(hub: Hub) -> None:
    shown = proof.Proof(3, (), hub.kept.read_text())
    hub.kept.write_text(proof.text(shown))
    assert by_url(hub)["whole"]
    hub.publish(hub.entries[:15] + hub.entries[16:])
    assert caught(by_url(hub)) == ("log_forked", KEPT_SIZE)


@BOTH
def test_1_an_entry_deleted(hub: Hub, outsider: Outsider) -> None:
    hub.publish(hub.entries[:15] + hub.entries[16:])
    assert caught(outsider(hub)) == ("log_forked", KEPT_SIZE)


@BOTH
def test_2_an_entry_inserted(hub: Hub, outsider: Outsider) -> None:
    """Signed by a real phone that was made to sign: only its place betrays it."""
    signed = hub.cast.packer.tells(Act.POSITION, position=(1, 2, 3)).signed
    hub.publish([*hub.entries[:12], signed, *hub.entries[12:]])
    assert caught(outsider(hub)) == ("log_forked", KEPT_SIZE)


@BOTH
def test_3_two_entries_swapped(hub: Hub, outsider: Outsider) -> None:
    entries = list(hub.entries)
    entries[10], entries[18] = entries[18], entries[10]
    hub.publish(entries)
    assert caught(outsider(hub)) == ("log_forked", KEPT_SIZE)


@BOTH
def test_4_an_entry_edited(hub: Hub, outsider: Outsider) -> None:
    """The hub's key makes no phone's signature, so it needs not even the old checkpoint."""
    entries = list(hub.entries)
    at = entries[30].index(b"GDG-16.07") if b"GDG-16.07" in entries[30] else 40
    entries[30] = entries[30][:at] + bytes([entries[30][at] ^ 1]) + entries[30][at + 1 :]
    hub.publish(entries)
    assert caught(outsider(hub)) == ("signature_bad", 30)


@BOTH
def test_5_the_log_truncated(hub: Hub, outsider: Outsider) -> None:
    hub.publish(hub.entries[: KEPT_SIZE - 1])
    told = outsider(hub)
    assert caught(told) == ("log_shrunk", KEPT_SIZE - 1)
    assert told["broken"][0]["facts"]["signed_size"] == KEPT_SIZE


@BOTH
def test_6_the_log_forked(hub: Hub, outsider: Outsider) -> None:
    """Another story from entry 18 on, told by the same phones."""
    phone = hub.cast.packer.forked()
    other = [phone.tells(Act.POSITION, position=(n, 2, 3)).signed for n in range(60)]
    hub.publish(hub.entries[:18] + other)
    told = outsider(hub)
    assert caught(told) == ("log_forked", KEPT_SIZE)
    facts = told["broken"][0]["facts"]  # the two heads that prove it, both signed by the log
    assert facts["signed"] == hub.kept.read_text() and facts["checkpoint"] == told["log"]["checkpoint"]


@BOTH
def test_7_an_old_backup_restored_and_used(hub: Hub, outsider: Outsider) -> None:
    phone = hub.cast.rider.forked()
    later = [phone.tells(Act.POSITION, position=(n, 5, 5)).signed for n in range(40)]
    hub.publish(hub.entries[:12] + later)
    assert caught(outsider(hub)) == ("log_forked", KEPT_SIZE)


@BOTH
def test_8_the_tail_signed_again_by_another_phone(hub: Hub, outsider: Outsider) -> None:
    """With a certificate for it from an issuer that plays along, and without."""
    other = Phone(hub.cast.story, "an accomplice")
    tail = [other.tells(Act.POSITION, position=(n, 7, 7)).signed for n in range(30)]
    hub.publish([*hub.entries[:15], certificate(other, 9), *tail])
    assert caught(outsider(hub)) == ("log_forked", KEPT_SIZE)
    hub.publish([*hub.entries[:KEPT_SIZE], *tail])
    assert caught(outsider(hub)) == ("device_unknown", KEPT_SIZE)


@BOTH
def test_9_the_key_of_the_log_replaced(hub: Hub, outsider: Outsider) -> None:
    hub.publish(hub.entries[1:], key=key_from_seed(b"another" + bytes(25)))
    assert caught(outsider(hub)) == ("checkpoint_unsigned", len(hub.entries) - 1)


def test_10_a_tile_edited(hub: Hub, tmp_path: Path) -> None:
    """An archive is written from the entries, so there the file itself is edited."""
    writing.write(tmp_path / "log.zip", "")
    tile = reads.tile(0, 0)
    edited = tile[: 25 * 32] + bytes(32) + tile[26 * 32 :]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_tile SET hashes = %s", [edited])
    assert caught(by_url(hub)) == ("tile_changed", 25)
    with zipfile.ZipFile(tmp_path / "log.zip") as file:
        members = {name: file.read(name) for name in file.namelist()}
    members[tiles.path(0, 0, len(hub.entries))] = edited
    told = _outcome(verify(zipped(tmp_path / "edited.zip", members), hub.policy, "--since", str(hub.kept)))
    assert caught(told) == ("tile_changed", 25)


@BOTH
def test_a_head_that_no_witness_cosigned_is_named_as_well(hub: Hub, outsider: Outsider) -> None:
    hub.policy.write_text(hub.policy.read_text().replace("quorum none", "quorum bawaslu"))
    assert caught(outsider(hub))[0] == "quorum_missing"
    hub.publish(hub.entries[:15] + hub.entries[16:])
    codes = [one["code"] for one in outsider(hub)["broken"]]
    assert codes == ["log_forked", "quorum_missing"]


def test_what_is_taken_away_behind_a_signed_head_is_missed(hub: Hub) -> None:
    found = hub.served()
    whole = found[tiles.bundle_path(0, len(hub.entries))]
    found[tiles.bundle_path(0, len(hub.entries))] = bundles.bundle(bundles.entries_in(whole)[:-1])
    with served(found) as (url, _):
        code, told = verify(url, hub.policy)
    assert code == 1 and caught(told)[0] == "entry_missing"
