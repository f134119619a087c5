"""Python and JavaScript judge every golden vector alike, and as it is written down (vectors/)."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from vectors import judged, make

from kawal.desk.site import build
from kawal.rules.custody import event
from kawal.rules.ledger import tree
from kawal.rules.signing.hashes import leaf_hash

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "vectors"
FEW = 40  # sizes of trees in the quick test; all of them in the slow one
JUDGES: dict[str, dict[str, judged.Judge]] = {
    "ed25519": {"cases": judged.ed25519},
    "notes": {"vkeys": judged.vkey, "notes": judged.note_},
    "policies": {"policies": judged.policy_},
    "proofs": {"cases": judged.proof_},
    "receipts": {"receipts": judged.receipt_, "slips": judged.slip_},
    "requests": {"cases": judged.request},
    "signing": {"signed": judged.signed, "payloads": judged.payload},
    "ledger": {
        "inclusion": judged.inclusion,
        "inclusion_broken": judged.inclusion,
        "consistency": judged.consistency,
        "consistency_broken": judged.consistency,
        "checkpoints": judged.checkpoint_,
    },
    "edited": {"cases": judged.edited},
}
SUBTREE = tree.subtree_of([leaf_hash(judged.entry(at)) for at in range(301)])


def vectors(file: str) -> Any:
    return json.loads((FOLDER / f"{file}.json").read_text())


def cases(file: str, section: str) -> list[dict[str, Any]]:
    whole = vectors(file)
    around = {"vkey": whole["vkey"]} if "vkey" in whole else {}
    return [{**around, **case} for case in whole[section]]


def in_python(file: str, section: str) -> list[dict[str, Any]]:
    return [JUDGES[file][section](case) for case in cases(file, section)]


def in_javascript(*more: str) -> Any:
    if not (ROOT / "node_modules" / "vite").exists():
        pytest.skip("the packages of the pages are not there: make setup brings them")
    node = build.node_and_npm()[0]
    bundle = [*node, "node_modules/vite/bin/vite.js", "build", "--config", "vectors/vite.config.ts"]
    subprocess.run(bundle, cwd=ROOT, env={**os.environ, "NODE_NO_WARNINGS": "1"}, check=True)
    told = subprocess.run(
        [*node, "build/vectors/check.mjs", str(FOLDER), *more], cwd=ROOT, capture_output=True, check=True
    )
    return json.loads(told.stdout)


@pytest.mark.parametrize("file", [file for file in JUDGES if file != "edited"])
def test_python_judges_as_written_down(file: str) -> None:
    for section in JUDGES[file]:
        for case, told in zip(cases(file, section), in_python(file, section), strict=True):
            assert told.get("refused") == case.get("refused", "bad_proof" if "broken" in section else None)
            assert told.items() <= {"refused": "bad_proof", **case}.items(), case.get("name")


def test_javascript_judges_as_python_does() -> None:
    told = in_javascript(str(FEW))
    for file, sections in JUDGES.items():
        for section in sections if file != "edited" else ():
            assert told[file][section] == in_python(file, section), (file, section)
    assert told["trees"]["sizes"] == vectors("trees")["sizes"][:FEW]


@pytest.mark.slow
def test_every_proof_of_every_tree_and_every_edit_is_judged_alike() -> None:
    told, trees = in_javascript(), vectors("trees")["sizes"]
    assert told["trees"]["sizes"] == trees
    assert [judged.size_of_tree(size, SUBTREE) for size in range(len(trees))] == trees
    for case, in_js, in_py in zip(
        cases("edited", "cases"), told["edited"]["cases"], in_python("edited", "cases"), strict=True
    ):
        assert in_js == in_py
        assert in_py.items() <= case.items()


@pytest.mark.slow
def test_the_vectors_are_what_their_script_writes(tmp_path: Path) -> None:
    make.main(tmp_path)
    for written in tmp_path.glob("*.json"):
        assert written.read_text() == (FOLDER / written.name).read_text(), written.name


def test_no_signature_at_the_edges_of_ed25519_counts_but_the_plain_ones() -> None:
    for case in vectors("ed25519")["cases"]:
        plain = case["name"].startswith("plain")
        assert (case["key_valid"] and case["holds"]) is plain, case["name"]


def test_a_payload_that_counts_is_written_again_in_the_same_bytes() -> None:
    whole = [case for case in vectors("signing")["payloads"] if "refused" not in case]
    assert whole
    for case in whole:
        assert event.payload(event.of(bytes.fromhex(case["payload"]))).hex() == case["payload"]
