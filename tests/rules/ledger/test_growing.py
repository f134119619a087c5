from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.ledger import tiles, tree
from kawal.rules.ledger.growing import Growing, first_differing_leaf
from kawal.rules.signing.hashes import leaf_hash

LEAVES = [leaf_hash(bytes([n % 256, n // 256])) for n in range(900)]


@given(st.lists(st.integers(0, 300), max_size=6))
def test_every_tile_is_compared_once_however_the_entries_come(batches: list[int]) -> None:
    compared: dict[tiles.Place, bytes] = {}

    def compare(place: tiles.Place, hashes: bytes) -> None:
        assert place not in compared
        compared[place] = hashes

    grown, told = Growing(compare), 0
    for count in batches:
        some = LEAVES[told : told + count]
        grown.add(some)
        told += len(some)
        assert grown.root() == tree.root_of(told, tree.subtree_of(LEAVES))
    grown.compare_edge()
    assert compared == tiles.grow({}, 0, LEAVES[:told])
    assert sorted(compared) == sorted((level, number) for level, number, _ in tiles.places(told))


def test_the_first_entry_below_a_hash_that_differs_is_named() -> None:
    hashes = b"".join(LEAVES[:3])
    assert first_differing_leaf((0, 2), hashes, hashes + LEAVES[9]) is None
    assert first_differing_leaf((0, 2), hashes, hashes[:64] + bytes(32)) == 514
    assert first_differing_leaf((1, 0), hashes, hashes[:32]) == 256
    assert first_differing_leaf((2, 1), hashes, b"") == 256 * 65_536
