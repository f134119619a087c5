"""The Merkle tree of a log: root, inclusion proof and consistency proof.

Source: RFC 6962, section 2.1 (what root and proofs are) and RFC 9162, sections 2.1.3.2 and 2.1.4.2
(how they are checked). Whoever proves reads the tree through a `Subtree`; whoever checks needs
nothing but the proof. Hashes are 32 bytes of SHA-256.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kawal.rules.refusals import Refused
from kawal.rules.signing.hashes import EMPTY_ROOT, node_hash

HASH_BYTES = 32

# subtree(level, n): root of the full subtree over the leaves n * 2^level up to (n + 1) * 2^level.
Subtree = Callable[[int, int], bytes]


def split(size: int) -> int:
    """The largest power of two below `size` (2 or more): where a tree of that size parts."""
    return 1 << (size - 1).bit_length() - 1


def subtree_of(leaf_hashes: Sequence[bytes]) -> Subtree:
    """A Subtree over leaf hashes in memory."""

    def subtree(level: int, n: int) -> bytes:
        if level == 0:
            return leaf_hashes[n]
        return node_hash(subtree(level - 1, 2 * n), subtree(level - 1, 2 * n + 1))

    return subtree


def root_of(size: int, subtree: Subtree) -> bytes:
    return _range_root(0, size, subtree) if size else EMPTY_ROOT


def prove_inclusion(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes beside the way from leaf `index` up to the root of `size`, leaf's sibling first."""
    if not 0 <= index < size:
        raise ValueError(f"no entry {index} in a log of {size}")
    proof = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + split(stop - start)
        if index < middle:
            proof.append(_range_root(middle, stop, subtree))
            stop = middle
        else:
            proof.append(_range_root(start, middle, subtree))
            start = middle
    return proof[::-1]


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Refuses `bad_proof` where `leaf` is not proven to be entry `index` of the log (size, root)."""
    if not 0 <= index < size or len(leaf) != HASH_BYTES:
        raise Refused("bad_proof", detail="no such entry")
    at, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0 or len(beside) != HASH_BYTES:
            raise Refused("bad_proof", detail="length")
        if at & 1 or at == last:
            found = node_hash(beside, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        at, last = at >> 1, last >> 1
    if last or found != root:
        raise Refused("bad_proof", detail="root")


def prove_consistency(old_size: int, size: int, subtree: Subtree) -> list[bytes]:
    """Hashes that show the log of `size` to begin with the log of `old_size`; empty for 0 and for equal."""
    if not 0 <= old_size <= size:
        raise ValueError(f"a log of {size} does not hold a log of {old_size}")
    if old_size in (0, size):
        return []
    proof = []
    start, stop, whole = 0, size, True  # whole: the part in hand is still the whole old log
    while old_size != stop:
        middle = start + split(stop - start)
        if old_size <= middle:
            proof.append(_range_root(middle, stop, subtree))
            stop = middle
        else:
            proof.append(_range_root(start, middle, subtree))
            start, whole = middle, False
    if not whole:
        proof.append(_range_root(start, stop, subtree))
    return proof[::-1]


def check_consistency(old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Refuses `bad_proof` where the log (size, root) is not proven to begin with (old_size, old_root)."""
    if not 0 <= old_size <= size or any(len(part) != HASH_BYTES for part in proof):
        raise Refused("bad_proof", detail="sizes")
    if old_size == 0:
        _demand(not proof and old_root == EMPTY_ROOT and (size > 0 or root == EMPTY_ROOT))
        return
    if old_size == size:
        _demand(not proof and old_root == root)
        return
    parts = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    _demand(bool(proof))
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_found = found = parts[0]
    for part in parts[1:]:
        _demand(last != 0)
        if at & 1 or at == last:
            old_found, found = node_hash(part, old_found), node_hash(part, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, part)
        at, last = at >> 1, last >> 1
    _demand(last == 0 and old_found == old_root and found == root)


def _range_root(start: int, stop: int, subtree: Subtree) -> bytes:
    """Root over the leaves start..stop, a part that the tree itself makes: it starts at a full place."""
    size = stop - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return subtree(level, start >> level)
    middle = start + split(size)
    return node_hash(_range_root(start, middle, subtree), _range_root(middle, stop, subtree))


def _demand(holds: bool) -> None:
    if not holds:
        raise Refused("bad_proof", detail="consistency")
