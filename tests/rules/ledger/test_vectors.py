"""The golden tree, proofs and checkpoints that all verifiers must judge alike (vectors/ledger.json)."""

import json
from pathlib import Path
from typing import Any

import pytest

from kawal.rules.ledger import checkpoint, tiles, tree
from kawal.rules.refusals import Refused
from kawal.rules.signing import note
from kawal.rules.signing.hashes import leaf_hash

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "ledger.json").read_text())
KEY = note.verifier_key(VECTORS["vkey"])


def check_inclusion(case: dict[str, Any]) -> None:
    proof = [bytes.fromhex(part) for part in case["proof"]]
    leaf, root = bytes.fromhex(case["leaf_hash"]), bytes.fromhex(case["root"])
    tree.check_inclusion(leaf, case["index"], case["size"], proof, root)


def check_consistency(case: dict[str, Any]) -> None:
    proof = [bytes.fromhex(part) for part in case["proof"]]
    old_root, root = bytes.fromhex(case["old_root"]), bytes.fromhex(case["root"])
    tree.check_consistency(case["old_size"], case["size"], old_root, root, proof)


def test_the_tree_has_the_roots_written_down() -> None:
    subtree = tree.subtree_of([leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]])
    assert [tree.root_of(size, subtree).hex() for size in range(9)] == VECTORS["roots"]


def test_the_proofs_written_down_hold() -> None:
    for case in VECTORS["inclusion"]:
        check_inclusion(case)
    for case in VECTORS["consistency"]:
        check_consistency(case)
    assert (len(VECTORS["inclusion"]), len(VECTORS["consistency"])) == (36, 45)


@pytest.mark.parametrize("case", VECTORS["inclusion_broken"], ids=lambda case: case["name"])
def test_a_broken_inclusion_proof_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="bad_proof"):
        check_inclusion(case)


@pytest.mark.parametrize("case", VECTORS["consistency_broken"], ids=lambda case: case["name"])
def test_a_broken_consistency_proof_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="bad_proof"):
        check_consistency(case)


@pytest.mark.parametrize("case", VECTORS["checkpoints"], ids=lambda case: case["name"])
def test_checkpoints_are_judged_as_written_down(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(Refused) as refused:
            checkpoint.checked(case["note"], KEY)
        assert refused.value.code == case["refused"]
    else:
        head = checkpoint.checked(case["note"], KEY)
        assert (head.size, head.root.hex()) == (case["size"], case["root"])


def test_tiles_stand_at_the_addresses_written_down() -> None:
    for case in VECTORS["tile_paths"]:
        assert tiles.path(case["level"], case["number"], case["hashes"]) == case["path"]
