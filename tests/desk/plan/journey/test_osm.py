from __future__ import annotations

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


def test_a_road_file_whose_parts_do_not_fit_is_refused(tmp_path: Path) -> None:
    roads = osm.read(grid(-3, 104.7, 3, 3).write(tmp_path / "a.osm.pbf"), BOX)
    roadfiles.save(roads, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as file:
        parts = dict(file)
    parts["end"] = parts["end"] + 1_000
    np.savez(tmp_path / "b.npz", **parts)
    with pytest.raises(Refused, match="wrong_roads"):
        roadfiles.load(tmp_path / "b.npz")
