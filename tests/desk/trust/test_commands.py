"""kawal people enrol, revoke, issuer, list: the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kawal.desk.ledger import reads as log
from kawal.desk.ledger.verify import verify
from kawal.desk.people import devices
from kawal.desk.site.commands import people
from kawal.desk.trust import reads
from kawal.verify.keyring import pinned_in
from tests.rules.trust.makers import kid, public


def run(*arguments: str) -> Any:
    return CliRunner().invoke(people, list(arguments))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "devices.csv"
    rows = [f"{public(name).hex()},kpu/16.07.03,custodian,{name}" for name in ("a", "b")]
    path.write_text("\n".join(["public_key,post,role,label", *rows]) + "\n")
    return path


def test_devices_are_certified_in_bulk_listed_and_revoked(file: Path) -> None:
    assert run("enrol", str(file)).output == "2\n"
    assert run("enrol", str(file)).output == "0\n"
    assert (verify().statements, verify().uncertified) == (3, 0)
    assert run("revoke", kid("a").hex(), "--reason", "lost").exit_code == 0
    told = json.loads(run("list", "--post", "kpu/16.07.03", "--json").output)
    assert {row["kid"]: row["state"] for row in told["devices"]} == {
        kid("a").hex(): "revoked",
        kid("b").hex(): "in force",
    }
    assert reads.revocations(kid("a"))[0].last is None
    assert run("revoke", kid("a").hex(), "--reason", "lost", "--last", "ab" * 32).exit_code == 0
    assert reads.revocations(kid("a"))[1].last == b"\xab" * 32


@pytest.mark.parametrize(
    "words",
    [
        ("revoke", "abc", "--reason", "lost"),
        ("revoke", "ab" * 8, "--reason", "bored"),
        ("revoke", "ab" * 8, "--reason", "lost"),
        ("issuer", "army"),
        ("issuer", "--end", "ab" * 8),
        ("issuer", "kpu", "--replace"),
    ],
)
def test_what_cannot_be_is_refused_and_says_nothing_in_the_log(words: tuple[str, ...]) -> None:
    assert run(*words).exit_code != 0
    assert log.size() == 0


def test_issuers_are_printed_as_a_verifier_reads_them(file: Path) -> None:
    run("enrol", str(file))
    assert run("issuer", "kpu", "--replace").exit_code == 0
    assert run("issuer", "polri").exit_code == 0
    first, second, police = reads.issuers()
    told = pinned_in(run("issuer").output)
    assert {agency: set(keys) for agency, keys in told.items()} == {
        "kpu": {first.public_key, second.public_key},
        "polri": {police.public_key},
    }
    assert run("issuer", "--end", first.kid.hex()).exit_code == 0
    ended = [row["ended"] is not None for row in json.loads(run("issuer", "--json").output)["issuers"]]
    assert ended == [True, False, False]


def test_a_key_of_small_order_is_refused_and_nothing_is_enrolled(file: Path) -> None:
    file.write_text(file.read_text() + f"01{'00' * 31},kpu/16.07.03,custodian,c\n")
    assert run("enrol", str(file)).exit_code == 1
    assert devices.device_key(kid("a")) is None and log.size() == 0
