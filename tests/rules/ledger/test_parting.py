from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.ledger import parting, tiles
from kawal.rules.signing.hashes import leaf_hash


def log(leaves: list[bytes]) -> dict[tiles.Place, bytes]:
    return tiles.grow({}, 0, leaves)


def leaves(start: int, count: int) -> list[bytes]:
    return [leaf_hash(n.to_bytes(4, "big")) for n in range(start, start + count)]


sizes = st.integers(0, 700)


@given(shared=sizes, mine=st.integers(0, 300), yours=st.integers(0, 300))
def test_two_logs_part_where_their_entries_do(shared: int, mine: int, yours: int) -> None:
    one = log(leaves(0, shared) + leaves(10_000, mine))
    other = log(leaves(0, shared) + leaves(20_000, yours))
    both = min(shared + mine, shared + yours)
    found = parting.shared_size(lambda *at: one[at], lambda *at: other[at], both)
    assert found == min(shared, both)


@given(size=sizes, more=st.integers(0, 700))
def test_a_log_cut_back_has_the_tiles_it_had_before(size: int, more: int) -> None:
    before, after = log(leaves(0, size)), log(leaves(0, size + more))
    cut = {place: parting.cut(place, hashes, size) for place, hashes in after.items()}
    assert {place: hashes for place, hashes in cut.items() if hashes} == before
