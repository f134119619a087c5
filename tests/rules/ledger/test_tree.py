import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.ledger import tree
from kawal.rules.refusals import Refused
from kawal.rules.signing.hashes import EMPTY_ROOT, leaf_hash, node_hash

# The reference tree of certificate-transparency (RFC 6962): eight leaves and the root of each size.
REFERENCE_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
REFERENCE_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = 130
LEAVES = [leaf_hash(b"%d" % n) for n in range(SIZES)]
SUBTREE = tree.subtree_of(LEAVES)
ROOTS = [tree.root_of(size, SUBTREE) for size in range(SIZES + 1)]


def root_by_the_book(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return node_hash(root_by_the_book(leaves[:k]), root_by_the_book(leaves[k:]))


def flipped(hash_: bytes) -> bytes:
    return bytes([hash_[0] ^ 1]) + hash_[1:]


def spoiled(proof: list[bytes]) -> list[list[bytes]]:
    """Every way to spoil a proof by one hash: changed, left out, added, cut short."""
    changed = [[*proof[:at], flipped(proof[at]), *proof[at + 1 :]] for at in range(len(proof))]
    without = [[*proof[:at], *proof[at + 1 :]] for at in range(len(proof))]
    cut = [[*proof[:-1], proof[-1][:-1]]] if proof else []
    return [*changed, *without, *cut, [*proof, LEAVES[0]], [LEAVES[0], *proof]]


@pytest.mark.parametrize("size", range(9))
def test_the_reference_tree_has_its_known_roots(size: int) -> None:
    leaves = [leaf_hash(leaf) for leaf in REFERENCE_LEAVES]
    assert tree.root_of(size, tree.subtree_of(leaves)).hex() == REFERENCE_ROOTS[size]


def test_the_root_of_every_size_is_that_of_the_book() -> None:
    for size in range(SIZES + 1):
        assert ROOTS[size] == root_by_the_book(LEAVES[:size])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 64, 65, 127, 128, 129, 130])
def test_every_entry_is_proven_and_every_spoiled_proof_is_refused(size: int) -> None:
    for index in range(size):
        proof = tree.prove_inclusion(index, size, SUBTREE)
        tree.check_inclusion(LEAVES[index], index, size, proof, ROOTS[size])
        for bad in spoiled(proof):
            with pytest.raises(Refused, match="bad_proof"):
                tree.check_inclusion(LEAVES[index], index, size, bad, ROOTS[size])


def test_every_entry_of_every_size_is_proven_at_its_own_place_only() -> None:
    for size in range(1, SIZES + 1):
        for index in range(size):
            proof = tree.prove_inclusion(index, size, SUBTREE)
            tree.check_inclusion(LEAVES[index], index, size, proof, ROOTS[size])
            for leaf, place in ((flipped(LEAVES[index]), index), (LEAVES[index], index + 1)):
                with pytest.raises(Refused, match="bad_proof"):
                    tree.check_inclusion(leaf, place, size, proof, ROOTS[size])


def test_every_pair_of_sizes_is_proven_consistent() -> None:
    for size in range(SIZES + 1):
        for old_size in range(size + 1):
            proof = tree.prove_consistency(old_size, size, SUBTREE)
            tree.check_consistency(old_size, size, ROOTS[old_size], ROOTS[size], proof)


@pytest.mark.parametrize("size", [2, 3, 6, 7, 8, 9, 33, 64, 65, 130])
def test_every_spoiled_consistency_proof_is_refused(size: int) -> None:
    for old_size in range(1, size):
        proof = tree.prove_consistency(old_size, size, SUBTREE)
        for bad in spoiled(proof):
            with pytest.raises(Refused, match="bad_proof"):
                tree.check_consistency(old_size, size, ROOTS[old_size], ROOTS[size], bad)
        for old_root, root in (
            (flipped(ROOTS[old_size]), ROOTS[size]),
            (ROOTS[old_size], flipped(ROOTS[size])),
        ):
            with pytest.raises(Refused, match="bad_proof"):
                tree.check_consistency(old_size, size, old_root, root, proof)


def test_equal_sizes_need_equal_roots_and_no_proof() -> None:
    tree.check_consistency(7, 7, ROOTS[7], ROOTS[7], [])
    for old_root, proof in ((flipped(ROOTS[7]), []), (ROOTS[7], [ROOTS[7]])):
        with pytest.raises(Refused, match="bad_proof"):
            tree.check_consistency(7, 7, old_root, ROOTS[7], proof)


def test_an_empty_log_begins_every_log_and_proves_nothing() -> None:
    assert tree.prove_consistency(0, 5, SUBTREE) == []
    tree.check_consistency(0, 5, EMPTY_ROOT, ROOTS[5], [])
    tree.check_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    for size, old_root, root, proof in (
        (5, ROOTS[1], ROOTS[5], []),
        (5, EMPTY_ROOT, ROOTS[5], [ROOTS[5]]),
        (0, EMPTY_ROOT, ROOTS[1], []),
    ):
        with pytest.raises(Refused, match="bad_proof"):
            tree.check_consistency(0, size, old_root, root, proof)


def test_sizes_that_cannot_be_are_refused_by_who_checks_and_are_bugs_of_who_proves() -> None:
    for index, size in ((-1, 5), (5, 5), (0, 0)):
        with pytest.raises(Refused, match="bad_proof"):
            tree.check_inclusion(LEAVES[0], index, size, [], ROOTS[5])
        with pytest.raises(ValueError, match="no entry"):
            tree.prove_inclusion(index, size, SUBTREE)
    for old_size, size in ((-1, 5), (6, 5)):
        with pytest.raises(Refused, match="bad_proof"):
            tree.check_consistency(old_size, size, ROOTS[5], ROOTS[5], [])
        with pytest.raises(ValueError, match="does not hold"):
            tree.prove_consistency(old_size, size, SUBTREE)


@given(st.data())
def test_a_proof_fits_no_other_entry_size_or_root(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, SIZES))
    index = data.draw(st.integers(0, size - 1))
    other_size = data.draw(st.integers(0, SIZES))
    other = data.draw(st.integers(0, SIZES - 1))
    proof = tree.prove_inclusion(index, size, SUBTREE)
    if other != index:
        with pytest.raises(Refused):
            tree.check_inclusion(LEAVES[other], index, size, proof, ROOTS[size])
    if other_size != size:
        with pytest.raises(Refused):
            tree.check_inclusion(LEAVES[index], index, size, proof, ROOTS[other_size])


@given(st.integers(1, 400), st.data())
def test_a_log_with_another_past_is_never_consistent(size: int, data: st.DataObject) -> None:
    old_size = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old_size - 1))
    leaves = [leaf_hash(b"%d" % n) for n in range(size)]
    forked = [*leaves[:changed], flipped(leaves[changed]), *leaves[changed + 1 :]]
    ours, theirs = tree.subtree_of(leaves), tree.subtree_of(forked)
    for proof in (
        tree.prove_consistency(old_size, size, ours),
        tree.prove_consistency(old_size, size, theirs),
    ):
        with pytest.raises(Refused):
            tree.check_consistency(
                old_size, size, tree.root_of(old_size, ours), tree.root_of(size, theirs), proof
            )
