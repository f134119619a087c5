"""The reference tree of RFC 6962 and addresses of tiles; tests/test_vectors.py judges the rest."""

import json
from pathlib import Path

from kawal.rules.ledger import tiles, tree
from kawal.rules.signing.hashes import leaf_hash

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "ledger.json").read_text())


def test_the_tree_has_the_roots_written_down() -> None:
    subtree = tree.subtree_of([leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]])
    assert [tree.root_of(size, subtree).hex() for size in range(9)] == VECTORS["roots"]


def test_tiles_stand_at_the_addresses_written_down() -> None:
    for case in VECTORS["tile_paths"]:
        assert tiles.path(case["level"], case["number"], case["hashes"]) == case["path"]
