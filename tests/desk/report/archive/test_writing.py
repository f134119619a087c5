"""One file for a court: complete, the same bytes for the same log, whole or not at all."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from kawal.desk.ledger import actions as ledger
from kawal.desk.ledger import keys, policies, publishing, reads
from kawal.desk.people import devices
from kawal.desk.report.archive import check, writing
from kawal.desk.report.commands import report
from kawal.desk.trust import actions as trust
from kawal.rules.ledger import bundles, checkpoint, tiles
from kawal.rules.refusals import Refused
from kawal.rules.report import archive
from kawal.rules.signing import keys as signing
from kawal.rules.signing import note
from tests.desk.ledger.conftest import POST, entries
from tests.desk.report import recorded
from tests.desk.report.verified import policy_file, verify
from tests.rules.custody.stories import START

pytestmark = pytest.mark.django_db
WITNESS = signing.key_from_seed(b"w" * 32)


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def by_hand(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", str(Path(check.__file__)), *words],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def small(tmp_path: Path) -> Path:
    recorded.told(recorded.cast(), "pack", "out")
    writing.write(tmp_path / "log.zip", "")
    return tmp_path / "log.zip"


def test_the_archive_holds_what_the_log_serves(small: Path) -> None:
    found = members(small)
    size = reads.size()
    assert found["checkpoint"].decode() == reads.latest_checkpoint().note
    for level, number, width in tiles.places(size):
        assert found[tiles.path(level, number, width)] == reads.tile_served(level, number, width)
    assert bundles.entries_in(found[tiles.bundle_path(0, size)]) == [
        row.signed for row in reads.entries(0, size)
    ]
    published = [name for name in found if name.startswith("checkpoints/")]
    assert [int(name.rpartition("/")[2]) for name in published] == [
        row.size for row in reads.checkpoints(size)
    ]


def test_what_the_hub_tells_is_there_and_signed_by_it(small: Path) -> None:
    found = members(small)
    signed = note.parsed(found[archive.TOLD].decode())
    note.check(signed, [keys.verifier_key()])
    origin, size, hashes = archive.told_in(signed.text)
    assert (origin, size) == (keys.verifier_key().name, reads.size())
    told = {name for name in found if name.startswith("told/")} | {archive.DEVICES}
    assert hashes.keys() == told
    needed = [archive.needed_in(line) for line in found[archive.NEEDS].splitlines()]
    assert len(needed) == 12 and needed[0].ballots_count == 255 and len(needed[0].seals) == 6
    assert [archive.device_in(line).post for line in found[archive.DEVICES].splitlines()] == ["kpu/16.07"] * 8
    received = [archive.received_in(line) for line in found[archive.RECEIVED].splitlines()]
    assert len(received) == size and min(received) > START.timestamp() * 1000
    assert found[archive.DEADLINES].count(b"\n") == 1


def test_it_is_cut_at_the_newest_head_that_the_witnesses_stand_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = note.VerifierKey("bawaslu.example/w1", signing.public_bytes(WITNESS), note.COSIGNATURE)
    (tmp_path / "policy").write_text(f"witness bawaslu {witness}\nquorum bawaslu\n")
    monkeypatch.setenv("KAWAL_LEDGER_POLICY", str(tmp_path / "policy"))
    trusted = policies.installed()
    cast = recorded.cast()
    recorded.told(cast, "pack")
    signed = publishing.newest(published=False)
    text = note.parsed(signed.note).text
    line = note.cosigned(text, witness.name, WITNESS, time_s=1_790_000_000)
    publishing.add_cosignatures(signed.size, line, trusted.witnesses, now=datetime.now(UTC))
    publishing.publish(signed.size, quorum=True, now=START)
    recorded.told(cast, "out")
    publishing.publish(reads.size(), quorum=False, now=START)
    written = writing.write(tmp_path / "log.zip", "")
    assert (written.size, written.quorum, written.checkpoints) == (signed.size, True, 1)
    assert line in members(tmp_path / "log.zip")["checkpoint"].decode()
    code, told = verify(tmp_path / "log.zip", tmp_path / "policy")
    assert code == 1 and told["broken"][0]["code"] == "checkpoint_unsigned"  # it names no log
    policy = policy_file(tmp_path, f"log {keys.verifier_key()}\nwitness w {witness}\nquorum w\n")
    code, told = verify(tmp_path / "log.zip", policy)
    assert code == 0 and told["quorum"] == {"name": "w", "there": True}
    assert told["log"]["cosigned"] == [{"witness": "w", "time": "2026-09-21T14:13:20Z"}]


def test_no_name_of_a_device_leaves_the_house(small: Path) -> None:
    assert b"label" not in members(small)[archive.DEVICES]


def test_the_same_log_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    writing.write(tmp_path / "again.zip", "")
    assert (tmp_path / "again.zip").read_bytes() == small.read_bytes()


def test_needs_of_one_area_only_and_entries_of_all(small: Path, tmp_path: Path) -> None:
    writing.write(tmp_path / "other.zip", "16.08")
    found, whole = members(tmp_path / "other.zip"), members(small)
    assert found[archive.NEEDS] == b"" and archive.about_in(found[archive.ABOUT]).area == "16.08"
    assert {name: found[name] for name in found if name.startswith("tile/")} == {
        name: whole[name] for name in whole if name.startswith("tile/")
    }


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_a_log_of_any_size_is_checked_by_hand(enrolled: None, tmp_path: Path, size: int) -> None:
    for start in range(0, size, 100):
        ledger.append(entries(min(100, size - start), start), received_at=START)
        ledger.publish_checkpoint(now=START)
    writing.write(tmp_path / "log.zip", "")
    done = by_hand(tmp_path, "log.zip")
    assert done.returncode == 0, done.stderr
    root = checkpoint.checked(reads.latest_checkpoint().note, keys.verifier_key()).root
    assert root.hex() in done.stdout


def test_a_flipped_bit_of_an_entry_is_found_by_hand(small: Path, tmp_path: Path) -> None:
    found = members(small)
    name = next(name for name in found if name.startswith("tile/entries/"))
    found[name] = found[name][:-1] + bytes([found[name][-1] ^ 1])
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as file:
        for member, data in found.items():
            file.writestr(member, data)
    done = by_hand(tmp_path, "changed.zip")
    assert done.returncode == 1 and "BROKEN" in done.stderr


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs OpenSSL on the path")
def test_signatures_are_checked_by_hand_with_openssl(small: Path, tmp_path: Path) -> None:
    done = by_hand(tmp_path, "log.zip", "3")
    commands = done.stdout.splitlines()
    assert done.returncode == 0 and len(commands) == 2, done.stderr
    for command in commands:
        verified = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
        assert verified.returncode == 0, verified.stderr
    (tmp_path / "entry-3.message").write_bytes(b"something else")
    assert subprocess.run(commands[1].split(), cwd=tmp_path, capture_output=True, check=False).returncode


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs OpenSSL on the path")
def test_certificates_are_checked_by_hand_with_openssl_too(
    enrolled: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAWAL_HOME", str(tmp_path / "home"))  # with an issuer of its own
    device = signing.key_from_seed(b"d" * 32)
    trust.enrol([devices.NewDevice(signing.public_bytes(device), POST, "custodian")], now=START)
    ledger.publish_checkpoint(now=START)
    writing.write(tmp_path / "log.zip", "")
    for index in range(reads.size()):
        commands = by_hand(tmp_path, "log.zip", str(index)).stdout.splitlines()
        verified = subprocess.run(commands[1].split(), cwd=tmp_path, capture_output=True, check=False)
        assert verified.returncode == 0, (index, verified.stderr)
    assert reads.size() >= 2  # the issuer, its certificate


def test_a_log_that_was_changed_gives_no_archive(small: Path, tmp_path: Path, tamper: object) -> None:
    leaf, signed = entries(1, 9000)[0]
    tamper('UPDATE ledger_entry SET leaf_hash = %s, signed = %s WHERE "index" = 2', leaf, signed)
    before = small.read_bytes()
    with pytest.raises(Refused) as found:
        writing.write(small, "")
    assert found.value.code == "log_forked"
    assert small.read_bytes() == before and list(tmp_path.iterdir()) == [small]


def test_a_log_without_a_signed_head_gives_no_archive(tmp_path: Path) -> None:
    done = CliRunner().invoke(report, ["archive", str(tmp_path / "log.zip"), "--json"])
    assert done.exit_code == 1 and json.loads(done.stdout) == {"refused": "no_checkpoint"}
    assert not list(tmp_path.iterdir())


def test_the_command_says_what_it_wrote(small: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(report, ["archive", str(tmp_path / "again.zip"), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["size"] == reads.size() and told["checkpoints"] == 2


def test_a_folder_that_is_not_there_is_named(small: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(report, ["archive", str(tmp_path / "none" / "log.zip")])
    assert done.exit_code == 2 and "none" in done.stderr


def test_an_area_that_nobody_knows_is_refused(small: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(report, ["archive", str(tmp_path / "x.zip"), "--area", "99"])
    assert done.exit_code == 1 and not (tmp_path / "x.zip").exists()
