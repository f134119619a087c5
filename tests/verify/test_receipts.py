"""`kawal verify` with one receipt: what it proves, or the first thing that is wrong; exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kawal.verify.commands import verify_
from kawal.verify.receipt_words import RECEIPT

ROOT = Path(__file__).parents[2]
CASES = {
    case["name"]: case for case in json.loads((ROOT / "vectors" / "receipts.json").read_text())["receipts"]
}
WHOLE = CASES["whole"]


def verified(folder: Path, receipt: str, policy: str, *more: str) -> Result:
    (folder / "one.tlog-proof").write_text(receipt)
    (folder / "policy.txt").write_text(policy)
    words = [str(folder / "one.tlog-proof"), "--policy", str(folder / "policy.txt"), *more]
    return CliRunner().invoke(verify_, words)


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vectors were cosigned in 2029: a cosignature from the future counts nothing."""
    monkeypatch.setattr("kawal.verify.commands.time.time", lambda: 1_900_000_000.0)


def test_a_receipt_that_holds_says_what_it_proves_in_both_languages(tmp_path: Path) -> None:
    said = verified(tmp_path, WHOLE["receipt"], WHOLE["policy"])
    assert said.exit_code == 0
    for told in (
        "BUKTI INI SAH",
        "THE RECEIPT HOLDS",
        "GDG-16.07",
        "OFFER",
        WHOLE["leaf_hash"],
        "2029-02-11T",
    ):
        assert told in said.output, told


def test_a_program_is_told_the_same(tmp_path: Path) -> None:
    told = json.loads(verified(tmp_path, WHOLE["receipt"], WHOLE["policy"], "--json", "-").output)
    assert told["whole"] is True
    assert told["receipt"]["event"]["site"] == "GDG-16.07"
    assert [each["witness"] for each in told["log"]["cosigned"]] == ["a", "b"]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "refused" in case])
def test_a_broken_receipt_is_named_and_ends_with_1(tmp_path: Path, name: str) -> None:
    said = verified(tmp_path, CASES[name]["receipt"], WHOLE["policy"], "--json", "-")
    assert said.exit_code == 1
    assert json.loads(said.output)["broken"][0]["code"] == CASES[name]["refused"]
    words = verified(tmp_path, CASES[name]["receipt"], WHOLE["policy"], "--language", "en").output
    assert CASES[name]["refused"] not in words


def test_trust_comes_from_the_policy(tmp_path: Path) -> None:
    log_only = WHOLE["policy"].split("\n")[0] + "\nquorum none\n"
    assert "by the log's own word" in verified(tmp_path, WHOLE["receipt"], log_only).output
    assert verified(tmp_path, WHOLE["receipt"], "quorum none\n").exit_code == 1
    three = verified(tmp_path, WHOLE["receipt"], WHOLE["policy"].replace("two 2", "two 3"))
    assert three.exit_code == 1 and "(two) stand behind it: a, b" in three.output
    assert verified(tmp_path, WHOLE["receipt"], "log\n").exit_code == 2


def test_a_cosignature_from_the_future_counts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kawal.verify.commands.time.time", lambda: 1_800_000_000.0)
    assert verified(tmp_path, WHOLE["receipt"], WHOLE["policy"]).exit_code == 1


def test_what_is_not_brought_along_is_told(tmp_path: Path) -> None:
    for name, words in {
        "the leaf hash only": "hash of the event only",
        "without the key": "signature was not checked",
        "an entry that is no event": "a statement about keys",
    }.items():
        said = verified(tmp_path, CASES[name]["receipt"], WHOLE["policy"])
        assert said.exit_code == 0 and words in said.output


def test_both_languages_name_the_same_facts() -> None:
    for english, indonesian in RECEIPT.values():
        assert set(re.findall(r"%\(\w+\)s", english)) == set(re.findall(r"%\(\w+\)s", indonesian))
