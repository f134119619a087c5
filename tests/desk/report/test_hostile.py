"""Archives that somebody meddled with: a clear word and an exit code, never a traceback."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from kawal.desk.ledger import actions as ledger
from kawal.desk.report.archive import writing
from kawal.rules.custody.event import Act
from kawal.rules.report import archive
from kawal.verify.commands import verify_
from tests.desk.custody.told import record
from tests.desk.report import recorded
from tests.desk.report.verified import policy_file, verify
from tests.rules.custody.stories import START
from tests.verify.served import zipped

pytestmark = pytest.mark.django_db

Members = dict[str, bytes]
# What is only there for a person to read.
FOR_READERS = ("README.txt", "check.py", "policy.txt", "rules/", "keys/log.txt", "keys/witnesses.txt",
               "keys/issuers.txt")  # fmt: skip


@pytest.fixture
def members(tmp_path: Path) -> Members:
    recorded.told(recorded.cast(2), "pack", "out")
    writing.write(tmp_path / "log.zip", "")
    with zipfile.ZipFile(tmp_path / "log.zip") as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.fixture
def answer(tmp_path: Path) -> Callable[[Members], tuple[int, str]]:
    """Exit code and the code that is told."""
    policy = policy_file(tmp_path)

    def answer(found: Members) -> tuple[int, str]:
        code, told = verify(zipped(tmp_path / "meddled.zip", found), policy)
        return code, told.get("refused") or (told["broken"][0]["code"] if told["broken"] else "whole")

    return answer


Answer = Callable[[Members], tuple[int, str]]


def test_the_hubs_word_counts_only_as_it_was_signed(members: Members, answer: Answer) -> None:
    for name in (archive.NEEDS, archive.DEVICES, archive.DEADLINES, archive.RECEIVED, "told/areas.jsonl"):
        assert answer(members | {name: members[name] + b"\n"}) == (1, "told_changed")
        assert answer({key: data for key, data in members.items() if key != name})[0] == 1
    needs = members[archive.NEEDS].replace(b'"ballots":255', b'"ballots":254')
    assert answer(members | {archive.NEEDS: needs}) == (1, "told_changed")


def test_the_hubs_word_without_its_signature_counts_nothing(members: Members, answer: Answer) -> None:
    without = {name: data for name, data in members.items() if name != archive.TOLD}
    assert answer(without) == (1, "told_unsigned")
    signed = members[archive.TOLD]
    other = signed.replace(b" told/areas.jsonl\n", b" told/areas.json1\n")
    assert answer(members | {archive.TOLD: other}) == (1, "told_unsigned")
    assert answer(members | {archive.TOLD: members["checkpoint"]}) == (1, "told_unsigned")


def test_parts_of_another_archive_are_noticed(members: Members, answer: Answer) -> None:
    older = next(data for name, data in sorted(members.items()) if name.startswith("checkpoints/"))
    assert answer(members | {"checkpoint": older}) == (1, "archive_mixed")
    about = json.loads(members[archive.ABOUT])
    for change in ({"size": about["size"] - 1}, {"origin": "other"}):
        changed = json.dumps(about | change).encode()
        assert answer(members | {archive.ABOUT: changed}) == (1, "archive_mixed")
    newer = {"checkpoints/9999999999999999": older}
    assert answer(members | newer) == (1, "archive_mixed")


@pytest.mark.parametrize("about", [b"", b"{", b"[]", b'{"kawal_archive":2}', b"\xff", b"[" * 90_000])
def test_an_archive_of_another_kind_is_refused(members: Members, answer: Answer, about: bytes) -> None:
    assert answer(members | {archive.ABOUT: about}) == (2, "bad_line")


def test_a_published_head_that_nobody_signed_is_noticed(members: Members, answer: Answer) -> None:
    name = next(name for name in sorted(members) if name.startswith("checkpoints/"))
    assert answer(members | {name: b"x"}) == (1, "checkpoint_unreadable")
    forged = members[name].replace(b"\n4\n", b"\n3\n")
    assert answer(members | {name: forged}) == (1, "checkpoint_unsigned")


def test_a_log_alone_in_a_zip_is_read_as_a_log(members: Members, tmp_path: Path) -> None:
    log = {name: data for name, data in members.items() if name.startswith(("tile/", "checkpoint"))}
    code, told = verify(zipped(tmp_path / "log.zip", log), policy_file(tmp_path))
    assert (code, told["broken"][0]["code"], told["told_by_the_hub"]) == (1, "device_unknown", False)


def test_any_flipped_bit_is_noticed_where_it_matters(members: Members, answer: Answer) -> None:
    chance = random.Random(2029)
    for name, data in members.items():
        for _ in range(12 if name.startswith("tile/") else 4):
            if not data:
                continue
            at = chance.randrange(len(data))
            flipped = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
            code, what = answer(members | {name: flipped})
            if name.startswith(FOR_READERS):
                assert (code, what) == (0, "whole")
            elif name == archive.ABOUT:  # not signed itself: it says again what others say
                assert code in {0, 1, 2}
            else:
                assert code in {1, 2}, (name, at, what)


def test_members_left_out_are_noticed_where_they_matter(members: Members, answer: Answer) -> None:
    for name in members:
        code, what = answer({other: data for other, data in members.items() if other != name})
        kept = name.startswith(FOR_READERS) or name.startswith("checkpoints/")
        if name == archive.ABOUT:
            assert what == "device_unknown"  # a log alone
        elif name == "checkpoint":
            assert (code, what) == (2, "source_missing")
        else:
            assert code == (0 if kept else 1), name


def test_names_that_lead_elsewhere_are_never_written(
    members: Members, answer: Answer, tmp_path: Path
) -> None:
    tricks = {"../../escaped": b"x", "/etc/escaped": b"x", "tile/../../escaped": b"x", "C:\\escaped": b"x"}
    assert answer(members | tricks) == (0, "whole")
    assert not list(tmp_path.parent.rglob("escaped"))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["{zip}"], "policy"),
        (["{zip}", "--policy", "{none}"], "file_unreadable"),
        (["{zip}", "--policy", "{zip}"], "bad_policy"),
        (["{none}", "--policy", "{policy}"], "source_address"),
        (["{folder}", "--policy", "{policy}"], "archive_unreadable"),
        (["{policy}", "--policy", "{policy}"], "archive_unreadable"),
        (["ftp://x/", "--policy", "{policy}"], "source_address"),
        (["http://127.0.0.1:9/", "--policy", "{policy}"], "source_unreachable"),
        (["{zip}", "--policy", "{policy}", "--since", "{policy}"], "since_unusable"),
        (["{zip}", "--policy", "{policy}", "--since", "{none}"], "file_unreadable"),
        (["{zip}", "--policy", "{policy}", "--issuers", "{policy}"], "bad_issuers"),
        (["{zip}", "--policy", "{policy}", "--parcels", "{none}/x"], "file_unwritable"),
    ],
)
def test_what_cannot_be_used_is_said_in_words(
    members: Members, tmp_path: Path, words: list[str], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kawal.verify.web.time.sleep", lambda seconds: None)
    names = {"zip": tmp_path / "log.zip", "policy": policy_file(tmp_path), "none": tmp_path / "none",
             "folder": tmp_path}  # fmt: skip
    done = CliRunner().invoke(verify_, [word.format(**names) for word in words])
    assert done.exit_code == 2 and code in done.stderr and "Traceback" not in done.output
    assert isinstance(done.exception, SystemExit)


def test_the_report_names_what_is_wrong_in_the_language_asked_for(members: Members, tmp_path: Path) -> None:
    name = next(name for name in members if name.startswith("tile/entries/"))
    data = members[name]
    at = data.index(b"GDG-16.07")
    members[name] = data[:at] + b"H" + data[at + 1 :]
    path, policy = zipped(tmp_path / "m.zip", members), policy_file(tmp_path)
    for language, first in (("en", "NOT WHOLE. The signature"), ("id", "TIDAK UTUH. Tanda tangan")):
        done = CliRunner().invoke(verify_, [str(path), "--policy", str(policy), "--language", language])
        assert done.exit_code == 1 and done.stdout.startswith(first), done.output
        assert "signature_bad" in done.stdout


def test_the_report_shows_a_fork_with_its_proof(tmp_path: Path) -> None:
    cast = recorded.cast()
    cast.pack()
    cast.packer.forked().tells(Act.POSITION, position=(1, 2, 3))
    cast.packer.tells(Act.POSITION, position=(4, 5, 6))
    record(cast.story.events)
    ledger.publish_checkpoint(now=START)
    writing.write(tmp_path / "log.zip", "")
    words = [str(tmp_path / "log.zip"), "--policy", str(policy_file(tmp_path)), "--language", "en"]
    done = CliRunner().invoke(verify_, words)
    assert done.exit_code == 0, done.output
    assert f"Device {cast.packer.kid.hex()} signed different events" in done.stdout
    assert all(one.id.hex() in done.stdout for one in cast.story.events[-2:])
