"""`kawal verify` as it is called: a log over HTTP, a policy, and answers that programs can rely on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kawal.rules.ledger import policy
from kawal.rules.signing.keys import key_from_seed, public_bytes
from kawal.verify.broken import CODES
from kawal.verify.commands import verify_
from tests.verify import logs
from tests.verify.served import Handler, Resources, served

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "verify.md"


def distribution() -> list[bytes]:
    cast = logs.cast()
    start = logs.certified(cast)
    cast.pack()
    cast.out()
    return start + logs.told(cast)


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    (tmp_path / "policy").write_text(policy.text(logs.POLICY))
    return tmp_path / "policy"


def called(url: str, trusted: Path, *words: object) -> Result:
    return CliRunner().invoke(verify_, [url, "--policy", str(trusted), *map(str, words)])


def test_the_members_of_the_answer_and_all_codes_stand_in_the_document(trusted: Path) -> None:
    with served(logs.served(distribution())) as (url, _):
        told = json.loads(called(url, trusted, "--json", "-").stdout)
    documented = set(re.findall(r"`([a-z_]+)`", DOCUMENT.read_text()))
    assert set(told) <= documented
    assert set(CODES) <= documented
    assert set(told["custody"]) <= documented


def test_the_answer_goes_to_a_file_and_the_report_to_the_person(trusted: Path, tmp_path: Path) -> None:
    with served(logs.served(distribution())) as (url, _):
        done = called(url, trusted, "--json", tmp_path / "out.json", "--parcels", tmp_path / "parcels",
                      "--language", "en")  # fmt: skip
    assert done.exit_code == 0 and done.stdout.startswith("WHOLE.")
    assert json.loads((tmp_path / "out.json").read_text())["whole"] is True
    (parcel,) = [json.loads(line) for line in (tmp_path / "parcels").read_text().splitlines()]
    assert parcel["stage"] == "AT_STATION" and parcel["received"].endswith("Z")


def test_both_languages_come_unasked(trusted: Path) -> None:
    with served(logs.served(distribution())) as (url, _):
        told = called(url, trusted).stdout
    assert told.startswith("UTUH.") and "\nWHOLE." in told


def test_issuers_that_the_outsider_names_are_the_only_ones(trusted: Path, tmp_path: Path) -> None:
    issuers = tmp_path / "issuers"
    with served(logs.served(distribution())) as (url, _):
        for key, code in ((logs.ISSUER, 0), (key_from_seed(b"o" * 32), 1)):
            issuers.write_text(f"# the commission's\nkpu {public_bytes(key).hex()}\n")
            assert called(url, trusted, "--issuers", issuers).exit_code == code


@pytest.mark.parametrize("text", ["kpu", "kpu zz", "nobody " + "00" * 32, "kpu " + "00" * 32, "\x00"])
def test_a_file_of_issuers_that_is_none_is_refused(trusted: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "issuers").write_text(text)
    done = called("http://127.0.0.1:9", trusted, "--issuers", tmp_path / "issuers")
    assert done.exit_code == 2 and "bad_issuers" in done.stderr


def test_entries_that_are_not_public_yet_are_read_with_the_token(trusted: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a secret\n")
    found: Resources = logs.served(distribution())

    def answer(self: Handler, path: str) -> None:
        is_shut = "entries" in path and self.headers["Authorization"] != "Bearer a secret"
        self.send(401 if is_shut else 200 if path in found else 404, found.get(path, b""))

    with served(found, answer) as (url, _):
        assert called(url, trusted, "--token-file", tmp_path / "token").exit_code == 0
        done = called(url, trusted)
    assert done.exit_code == 2 and "source_status" in done.stderr and "401" in done.stderr


def test_a_refusal_is_told_to_programs_as_well(trusted: Path) -> None:
    done = called("http://", trusted, "--json", "-")
    assert done.exit_code == 2 and json.loads(done.stdout)["refused"] == "source_address"
