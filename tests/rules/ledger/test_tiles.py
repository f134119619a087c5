import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.ledger import tiles, tree
from kawal.rules.refusals import Refused
from kawal.rules.signing.hashes import leaf_hash

LEAVES = [leaf_hash(b"%d" % n) for n in range(66_000)]


class Stored(dict[tuple[int, int], bytes]):
    """Tiles in memory, grown as the ledger grows them."""

    size = 0

    def add(self, count: int) -> None:
        partial = {place: self[place] for place in tiles.edge(self.size)}
        self.update(tiles.grow(partial, self.size, LEAVES[self.size : self.size + count]))
        self.size += count

    def read(self, level: int, number: int) -> bytes:
        return self[level, number]


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537])
def test_the_root_read_from_the_partial_tiles_is_the_root_of_the_leaves(size: int) -> None:
    stored = Stored()
    stored.add(size)
    edge = {place: stored[place] for place in tiles.edge(size)}
    assert tiles.root_of(size, lambda level, number: edge[level, number]) == tree.root_of(
        size, tree.subtree_of(LEAVES)
    )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=8))
def test_any_batches_end_in_the_same_tiles(batches: list[int]) -> None:
    grown, at_once = Stored(), Stored()
    for count in batches:
        grown.add(count)
    at_once.add(sum(batches))
    assert grown == at_once
    expected = {(level, number): hashes for level, number, hashes in tiles.places(grown.size)}
    assert {place: len(tile) // 32 for place, tile in grown.items()} == expected


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 1500), st.data())
def test_proofs_from_tiles_are_proofs_from_leaves(size: int, data: st.DataObject) -> None:
    stored = Stored()
    stored.add(size)
    by_tiles, by_leaves = tiles.subtree_of(stored.read), tree.subtree_of(LEAVES)
    index, old_size = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    assert tree.prove_inclusion(index, size, by_tiles) == tree.prove_inclusion(index, size, by_leaves)
    assert tree.prove_consistency(old_size, size, by_tiles) == tree.prove_consistency(
        old_size, size, by_leaves
    )


def test_the_example_of_the_format_has_its_tiles() -> None:
    """C2SP tlog-tiles: a log of 70,000 entries."""
    places = list(tiles.places(70_000))
    assert [place for place in places if place[0] == 0][-2:] == [(0, 272, 256), (0, 273, 112)]
    assert [place for place in places if place[0] >= 1] == [(1, 0, 256), (1, 1, 17), (2, 0, 1)]
    assert tiles.edge(70_000) == [(0, 273), (1, 1), (2, 0)]


def test_a_full_tile_stands_beside_a_first_hash_above() -> None:
    assert list(tiles.places(256)) == [(0, 0, 256), (1, 0, 1)]
    assert tiles.edge(256) == [(1, 0)]
    assert list(tiles.places(0)) == []


@pytest.mark.parametrize(
    ("number", "path"),
    [(0, "000"), (5, "005"), (999, "999"), (1000, "x001/000"), (1_234_067, "x001/x234/067")],
)
def test_numbers_are_written_in_groups_of_three(number: int, path: str) -> None:
    assert tiles.number_path(number) == path
    assert tiles.number_of(path) == number


@given(st.integers(0, 2**55))
def test_every_number_reads_back(number: int) -> None:
    assert tiles.number_of(tiles.number_path(number)) == number


@pytest.mark.parametrize(
    "path", ["", "5", "0005", "x000/005", "001/005", "x001/5", "x001", "٠٠٥", "-01", "x001/" * 20 + "001"]
)
def test_another_spelling_of_a_number_is_refused(path: str) -> None:
    with pytest.raises(Refused, match="no_such_tile"):
        tiles.number_of(path)


def test_addresses_tell_partial_from_full() -> None:
    assert tiles.path(0, 273, 112) == "tile/0/273.p/112"
    assert tiles.path(1, 1234, 256) == "tile/1/x001/234"
    assert tiles.bundle_path(273, 112) == "tile/entries/273.p/112"
    assert tiles.bundle_path(7) == "tile/entries/007"


def test_a_tile_cut_short_is_a_bug_of_its_reader() -> None:
    with pytest.raises(ValueError, match="has only 1 hashes"):
        tiles.root_of(3, lambda level, number: LEAVES[0])
