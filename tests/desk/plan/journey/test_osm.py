from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from kawal.desk.plan.journey import osm, roadfiles
from kawal.rules.refusals import Refused
from tests.desk.plan.countryside import countryside
from tests.desk.plan.extract import Extract, grid

BOX = (-3.2, 104.4, -2.6, 105.4)


def _code(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        osm.read(path, BOX)
    return refused.value.code


@pytest.mark.parametrize("name", ["grid.osm.pbf", "grid.osm", "grid.osm.gz"])
def test_an_extract_becomes_junctions_and_edges(tmp_path: Path, name: str) -> None:
    roads = osm.read(grid(-3, 104.7, 3, 4).write(tmp_path / name), BOX)
    assert roads.junctions == 12
    assert len(roads.metres) == 3 * 3 + 4 * 2
    assert roads.name == name


def test_only_what_touches_the_box_is_kept(tmp_path: Path) -> None:
    found = grid(-3, 104.7, 2, 2)
    found.node("far", 1.0, 110.0)
    found.node("farther", 1.1, 110.0)
    found.way("far", "farther", highway="primary")
    assert osm.read(found.write(tmp_path / "a.osm.pbf"), BOX).junctions == 4


def test_what_is_no_road_is_passed_over(tmp_path: Path) -> None:
    found = grid(-3, 104.7, 2, 2)
    found.way("0/0", "1/1", building="yes")
    found.way("0/0", "1/1", highway="proposed")
    found.way("0/0", "1/1", highway="primary", access="no")
    assert len(osm.read(found.write(tmp_path / "a.osm.pbf"), BOX).metres) == 4


def test_a_way_whose_nodes_are_partly_missing_keeps_the_parts_that_are_there(tmp_path: Path) -> None:
    found = Extract()
    for number in range(5):
        found.node(str(number), -3 + number * 0.01, 105)
    found.way("0", "1", "2", "3", "4", highway="primary")
    del found.nodes["2"]
    found.nodes["2"] = (99, 0, 0, {})
    path = tmp_path / "a.osm"
    found.write(path)
    path.write_text("".join(line for line in path.read_text().splitlines(True) if 'node id="99"' not in line))
    roads = osm.read(path, BOX)
    assert len(roads.metres) == 2


def test_a_ferry_that_says_nothing_of_cars_is_counted(tmp_path: Path) -> None:
    found = grid(-3, 104.7, 2, 2)
    found.node("quay", -3, 105)
    found.way("0/1", "quay", route="ferry", duration="PT20M")
    roads = osm.read(found.write(tmp_path / "a.osm.pbf"), BOX)
    assert roads.told == {"ferries_without_cars": 1}
    ferry = int(roads.metres.argmax())
    assert np.isinf(roads.forward_s[:2, ferry]).all() and roads.forward_s[2:, ferry] == pytest.approx(1_200)


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    whole = grid(-3, 104.7, 20, 20).write(tmp_path / "a.osm.pbf").read_bytes()
    for length in (len(whole) - 10, len(whole) // 2, 20):
        (tmp_path / "cut.osm.pbf").write_bytes(whole[:length])
        assert _code(tmp_path / "cut.osm.pbf") == "roads_unreadable"


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.osm.pbf", ""), ("a.osm", ""), ("a.osm", "<osm><node"), ("a.zip", "PK"), ("a.osm", "{}")],
)
def test_what_is_no_extract_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert _code(tmp_path / name) == "roads_unreadable"


def test_an_extract_without_roads_is_refused(tmp_path: Path) -> None:
    found = Extract()
    found.node("a", -3, 105)
    assert _code(found.write(tmp_path / "a.osm.pbf")) == "roads_empty"


def test_an_extract_of_another_province_is_refused(tmp_path: Path) -> None:
    assert _code(grid(3, 98, 3, 3).write(tmp_path / "medan.osm.pbf")) == "roads_elsewhere"


def test_ways_without_their_nodes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.osm"
    path.write_text(
        '<osm version="0.6"><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way></osm>'
    )
    assert _code(path) == "roads_unplaced"


def test_signs_are_read_and_what_cannot_be_kept_is_counted(tmp_path: Path) -> None:
    found = Extract()
    for name, lat, lon in (("a", -3, 105), ("b", -3, 105.01), ("c", -3, 105.02), ("d", -3.01, 105.01)):
        found.node(name, lat, lon)
    ways = [found.way(*pair, highway="tertiary") for pair in (("a", "b"), ("b", "c"), ("b", "d"))]
    found.turn("no_right_turn", ways[0], "b", ways[2])
    found.turn("no_left_turn", ways[1], "b", ways[2], **{"restriction:conditional": "no_left_turn @ (Mo)"})
    found.turn("no_left_turn", ways[2], "b", 99)
    roads = osm.read(found.write(tmp_path / "a.osm.pbf"), BOX)
    assert roads.bans("truck") == roads.bans("motorbike") == [(0, 4)]
    assert roads.bans("foot") == [] and roads.told == {"signs_unread": 1}


def test_a_road_file_is_read_back_as_it_was(tmp_path: Path) -> None:
    roads = osm.read(countryside().write(tmp_path / "a.osm.pbf"), BOX)
    roadfiles.save(roads, tmp_path / "a.npz")
    again = roadfiles.load(tmp_path / "a.npz")
    assert again.sha256() == roads.sha256() and again.box == roads.box and again.told == roads.told
    assert again.bans("truck") == roads.bans("truck") != []
    assert_array_equal(again.metres, roads.metres)
    assert not list(tmp_path.glob("*.part"))


def test_a_broken_road_file_is_refused(tmp_path: Path) -> None:
    roads = osm.read(grid(-3, 104.7, 3, 3).write(tmp_path / "a.osm.pbf"), BOX)
    path = tmp_path / "a.npz"
    roadfiles.save(roads, path)
    whole = path.read_bytes()
    for broken in (b"", b"hello", whole[: len(whole) // 2], whole[:-10]):
        path.write_bytes(broken)
        with pytest.raises(Refused, match="wrong_roads"):
            roadfiles.load(path)


def _changed(tmp_path: Path, **parts: object) -> Path:
    roads = osm.read(countryside().write(tmp_path / "a.osm.pbf"), BOX)
    roadfiles.save(roads, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as file:
        whole = dict(file)
    for key, part in parts.items():
        whole[key] = np.array(part(whole[key])) if callable(part) else np.array(part)
    np.savez(tmp_path / "b.npz", **whole)
    return tmp_path / "b.npz"


@pytest.mark.parametrize(
    "parts",
    [
        {"form": 1},
        {"start": lambda one: one - 1},
        {"end": lambda one: one + 10**12},
        {"start": lambda one: one.astype(float)},
        {"metres": lambda one: one * np.nan},
        {"metres": lambda one: one * 1e300},
        {"forward_s": lambda one: -one},
        {"backward_s": lambda one: np.where(one > 100, np.nan, one)},
        {"forward_s": lambda one: one[:2]},
        {"shape": lambda one: one + 100},
        {"shape_at": lambda one: one[::-1]},
        {"turn": lambda one: one + 10**9},
        {"turn_at": lambda one: one * 2},
        {"turn_whom": [1]},
        {"junctions": 10**12},
        {"box": [1, 2]},
        {"told": "[]"},
        {"told": '{"hello": 1}'},
        {"name": lambda one: np.array([{"a": 1}], dtype=object)},
        {key: [] for key in ("start", "end", "metres", "turn", "turn_whom")},
    ],
    ids=lambda parts: "-".join(parts),
)
def test_a_road_file_whose_parts_do_not_fit_is_refused(tmp_path: Path, parts: dict[str, object]) -> None:
    with pytest.raises(Refused, match="wrong_roads"):
        roadfiles.load(_changed(tmp_path, **parts))


def test_a_road_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out, out.open("start.npy", "w") as part:
        part.write(bytes(2**20))
    whole = bytearray(path.read_bytes())
    at = whole.rindex(b"PK\x01\x02") + 24  # the size that the directory tells
    whole[at : at + 4] = (2**32 - 2).to_bytes(4, "little")
    path.write_bytes(whole)
    with pytest.raises(Refused) as refused:
        roadfiles.load(path)
    assert "more than" in str(refused.value)


def _xml(tmp_path: Path, nodes: str, ways: str = "1 2", head: str = "") -> Path:
    path = tmp_path / "a.osm"
    placed = "".join(
        '<node id="{}" lat="{}" lon="{}"/>'.format(*node.split(",")) for node in nodes.split()
    )  # fmt: skip
    refs = "".join(f'<nd ref="{ref}"/>' for ref in ways.split())
    way = f'<way id="1">{refs}<tag k="highway" v="path"/></way>'
    path.write_text(f'<?xml version="1.0"?>{head}<osm version="0.6">{placed}{way}</osm>')
    return path


@pytest.mark.parametrize(
    ("nodes", "ways", "code"),
    [
        ("1,-300,105 2,-3,105", "1 2", "roads_unreadable"),
        ("1,nan,105 2,-3,inf", "1 2", "roads_unreadable"),
        ("1,95,105 2,-3,200", "1 2", "roads_unplaced"),
        (f"{2**64},-3,105 2,-3,105.1", f"{2**64} 2", "roads_unreadable"),
        ("-1,-3,105 -2,-3,105.1", "-1 -2", "roads_unplaced"),
        ("1,-3,105 2,-3,105.1", "1", "roads_unplaced"),
        ("1,-3,105 2,-3,105.1", "7 8", "roads_unplaced"),
    ],
)
def test_nodes_that_cannot_be_are_refused(tmp_path: Path, nodes: str, ways: str, code: str) -> None:
    assert _code(_xml(tmp_path, nodes, ways)) == code


def test_a_way_that_stays_where_it_is_does_no_harm(tmp_path: Path) -> None:
    roads = osm.read(_xml(tmp_path, "1,-3,105 2,-3,105.1", "1 1 2 2 1 1"), BOX)
    assert np.isfinite(roads.metres).all() and roads.metres.sum() > 20_000
    roadfiles.save(roads, tmp_path / "a.npz")
    assert roadfiles.load(tmp_path / "a.npz").sha256() == roads.sha256()


@pytest.mark.parametrize("entity", ['"x"', '"&a;&a;"', 'SYSTEM "file:///etc/passwd"'])
def test_entities_are_refused(tmp_path: Path, entity: str) -> None:
    path = _xml(tmp_path, "1,-3,105 2,-3,105.1", head=f"<!DOCTYPE osm [<!ENTITY b {entity}>]>")
    assert _code(path) == "roads_unreadable"


def test_a_block_that_unpacks_to_more_than_it_says_is_refused(tmp_path: Path) -> None:
    whole = grid(-3, 104.7, 2, 2).write(tmp_path / "a.osm.pbf").read_bytes()
    packed = zlib.compress(bytes(64 * 2**20), 9)
    blob = b"\x10" + _varint(2**20) + b"\x1a" + _varint(len(packed)) + packed
    head = b"\x0a\x07OSMData\x18" + _varint(len(blob))
    (tmp_path / "bomb.osm.pbf").write_bytes(whole + len(head).to_bytes(4, "big") + head + blob)
    assert _code(tmp_path / "bomb.osm.pbf") == "roads_unreadable"


def test_a_file_or_an_area_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = grid(-3, 104.7, 20, 20).write(tmp_path / "a.osm.pbf")
    monkeypatch.setattr(osm, "PLACES_MAX", 100)
    assert _code(path) == "roads_too_large"
    monkeypatch.setattr(osm, "FILE_BYTES_MAX", 100)
    assert _code(path) == "roads_too_large"


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])
