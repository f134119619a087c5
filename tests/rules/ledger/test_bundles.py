import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.ledger import bundles
from kawal.rules.refusals import Refused


def test_each_entry_stands_after_its_length() -> None:
    assert bundles.bundle([b"", b"ab", b"x" * 256]) == b"\0\0" + b"\0\2ab" + b"\1\0" + b"x" * 256


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_reads_back(entries: list[bytes]) -> None:
    assert bundles.entries_in(bundles.bundle(entries)) == entries


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5), st.data())
def test_a_bundle_cut_inside_an_entry_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    whole = bundles.bundle(entries)
    cut = data.draw(st.integers(1, len(entries[-1]) + 1))
    with pytest.raises(Refused, match="bad_bundle"):
        bundles.entries_in(whole[:-cut])


def test_an_entry_too_long_for_the_format_is_a_bug() -> None:
    assert len(bundles.bundle([b"x" * 65_535])) == 65_537
    with pytest.raises(ValueError, match="65536"):
        bundles.bundle([b"x" * 65_536])
