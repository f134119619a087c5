import zipfile
from pathlib import Path

import pytest

from kawal.rules.ledger import bundles, tiles
from kawal.rules.refusals import Refused
from kawal.rules.signing.hashes import leaf_hash
from kawal.verify.archive import Archive
from kawal.verify.source import Log, Place
from kawal.verify.web import Web

from .served import Resources, resources, served, zipped

ENTRIES = [f"entry {n}".encode() for n in range(700)]


class Memory:
    def __init__(self, found: Resources, ahead: int = 1) -> None:
        self.found, self.ahead, self.asked = found, ahead, []

    def read(self, path: str, bytes_max: int) -> bytes:
        self.asked.append(path)
        if path not in self.found:
            raise Refused("source_missing", path=path)
        return self.found[path]


def refused(place: Place, ask: str, *args: int) -> str:
    with pytest.raises(Refused) as found:
        list(getattr(Log(place), ask)(*args))
    return found.value.code


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 700])
@pytest.mark.parametrize("kind", ["memory", "zip", "web"])
def test_every_place_gives_the_same_entries_and_the_same_root(tmp_path: Path, kind: str, size: int) -> None:
    entries = ENTRIES[:size]
    found = resources(entries, b"a checkpoint\n")
    root = tiles.root_of(size, lambda *at: tiles.grow({}, 0, [leaf_hash(entry) for entry in entries])[at])

    def look(log: Log) -> None:
        assert log.checkpoint() == "a checkpoint\n"
        assert list(log.entries(0, size)) == entries
        assert list(log.entries(size - 1, size)) == entries[-1:]
        assert list(log.entries(size // 2, size)) == entries[size // 2 :]
        assert tiles.root_of(size, log.tile_of(size)) == root

    if kind == "memory":
        look(Log(Memory(found)))
    elif kind == "zip":
        with Archive(zipped(tmp_path / "log.zip", found)) as archive:
            look(Log(archive))
    else:
        with served(found) as (url, _):
            look(Log(Web(url)))


@pytest.mark.parametrize("ahead", [1, 3])
def test_a_log_that_has_grown_since_its_checkpoint_is_still_read(ahead: int) -> None:
    """C2SP lets a log drop a partial tile once the full one is there."""
    place = Memory(resources(ENTRIES), ahead)
    assert list(Log(place).entries(0, 300)) == ENTRIES[:300]
    assert Log(place).tile(0, 1, 44) == b"".join(map(leaf_hash, ENTRIES[256:300]))
    assert "tile/entries/001.p/44" in place.asked and "tile/entries/001" in place.asked


def test_no_partial_tile_is_asked_for_that_the_checkpoint_does_not_imply() -> None:
    place = Memory(resources(ENTRIES))
    tiles.root_of(700, Log(place).tile_of(700))
    assert set(place.asked) <= {tiles.path(*at) for at in tiles.places(700)}


@pytest.mark.parametrize("ahead", [1, 3])
def test_entries_before_a_missing_bundle_are_still_given(ahead: int) -> None:
    found = resources(ENTRIES)
    del found["tile/entries/001"]
    given = []
    with pytest.raises(Refused) as refused:
        for entry in Log(Memory(found, ahead)).entries(0, 700):
            given.append(entry)
    assert (refused.value.code, refused.value.facts["path"]) == ("source_missing", "tile/entries/001")
    assert given == ENTRIES[:256]


def test_what_has_another_length_than_it_must_is_refused() -> None:
    found = resources(ENTRIES)
    found["tile/entries/000"] = bundles.bundle(ENTRIES[:255])
    found["tile/entries/001"] = bundles.bundle(ENTRIES[:256])[:-1]
    found["tile/0/000"] += bytes(32)
    found["tile/1/000.p/2"] = found["tile/1/000.p/2"][:-1]
    assert refused(Memory(found), "entries", 0, 700) == "bad_bundle"
    assert refused(Memory(found), "entries", 256, 700) == "bad_bundle"
    assert refused(Memory(found), "tile", 0, 0) == "bad_tile"
    assert refused(Memory(found), "tile", 1, 0, 2) == "bad_tile"


def test_a_checkpoint_that_is_no_text_is_refused() -> None:
    with pytest.raises(Refused) as found:
        Log(Memory({"checkpoint": b"\xff"})).checkpoint()
    assert found.value.code == "bad_note"


def test_an_archive_packed_by_hand_is_read_as_well(tmp_path: Path) -> None:
    with Archive(zipped(tmp_path / "log.zip", resources(ENTRIES), zipfile.ZIP_DEFLATED)) as archive:
        assert list(Log(archive).entries(0, 700)) == ENTRIES
