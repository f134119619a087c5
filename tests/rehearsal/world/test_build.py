"""The fictional regency: the same by seed, whole as a map, readable by the rooms that import it."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from kawal.desk.places import actions as places
from kawal.desk.risk import actions as risk
from kawal.rehearsal.world import AREA, World, build
from kawal.rules.places.codes import level_of, parent_of
from kawal.rules.plan.access import access_of

NOW = datetime(2029, 2, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(2024, tmp_path_factory.mktemp("world"))


def _files(world: World) -> list[Path]:
    return [*world.place_files, world.indicators_file, world.access_file]


def _file(world: World, name: str) -> Path:
    return next(path for path in _files(world) if path.name == name)


def _rows(world: World, name: str) -> list[dict[str, str]]:
    with _file(world, name).open(newline="") as file:
        return list(csv.DictReader(file))


def _borders(world: World, name: str) -> dict[str, BaseGeometry]:
    features = json.loads(_file(world, name).read_text())["features"]
    return {one["properties"]["code"]: shape(one["geometry"]) for one in features}


def test_the_same_seed_gives_the_same_bytes(world: World, tmp_path: Path) -> None:
    again = build(2024, tmp_path)
    for one, other in zip(_files(world), _files(again), strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_another_seed_gives_another_land_of_the_same_size(world: World, tmp_path: Path) -> None:
    other = build(7, tmp_path)
    assert _file(other, "villages.geojson").read_bytes() != _file(world, "villages.geojson").read_bytes()
    assert (other.districts, other.villages, other.stations) == (12, 180, 1500)


def test_it_has_the_size_of_a_regency(world: World) -> None:
    assert (world.area, world.districts, world.villages, world.stations) == (AREA, 12, 180, 1500)
    assert 350_000 < world.voters < 390_000
    stations = _rows(world, "stations.csv")
    assert sum(int(row["stations"]) for row in stations) == world.stations
    assert sum(int(row["voters"]) for row in stations) == world.voters
    assert all(int(row["voters"]) <= 300 * int(row["stations"]) for row in stations)


def test_villages_tile_the_land_without_gap_or_overlap(world: World) -> None:
    villages, districts = _borders(world, "villages.geojson"), _borders(world, "districts.geojson")
    regency = _borders(world, "regency.geojson")[AREA]
    assert shapely.coverage_is_valid(list(villages.values()))
    assert shapely.coverage_is_valid(list(districts.values()))
    assert shapely.coverage_union_all(list(villages.values())).equals(regency)
    for code, border in districts.items():
        own = [village for below, village in villages.items() if parent_of(below) == code]
        assert shapely.coverage_union_all(own).equals(border)


def test_borders_wobble_and_cost_few_bytes(world: World) -> None:
    vertices = sorted(
        shapely.get_num_coordinates(border) for border in _borders(world, "villages.geojson").values()
    )
    assert vertices[0] >= 12
    assert 30 <= vertices[len(vertices) // 2] <= 70
    assert sum(path.stat().st_size for path in world.place_files) < 1_500_000


def test_rivers_cut_islands_off_the_mainland(world: World) -> None:
    regency = _borders(world, "regency.geojson")[AREA]
    pieces = sorted(shapely.get_parts(regency), key=lambda piece: -piece.area)
    assert len(pieces) > 5
    assert pieces[0].area > 0.6 * regency.area


def test_every_area_has_its_parent_and_a_point_inside(world: World) -> None:
    rows = _rows(world, "areas.csv")
    codes = {row["code"] for row in rows}
    borders = {
        code: border
        for level in ("province", "regency", "districts", "villages")
        for code, border in _borders(world, f"{level}.geojson").items()
    }
    assert codes == set(borders)
    for row in rows:
        assert row["level"] == level_of(row["code"])
        assert row["parent"] == parent_of(row["code"])
        assert row["parent"] in codes | {""}
        assert borders[row["code"]].contains(shapely.Point(float(row["inner_lon"]), float(row["inner_lat"])))


def test_names_say_that_it_is_fictional_and_are_told_once(world: World) -> None:
    rows = _rows(world, "areas.csv")
    assert all("(fiktif)" in row["name"] for row in rows[:2])
    names = [row["name"] for row in rows]
    assert len(names) == len(set(names))


def test_sites_lie_in_their_areas(world: World) -> None:
    borders = _borders(world, "districts.geojson") | _borders(world, "regency.geojson")
    sites = _rows(world, "sites.csv")
    assert [site["kind"] for site in sites] == ["warehouse", *["ppk"] * 12]
    for site in sites:
        assert borders[site["area"]].contains(shapely.Point(float(site["lon"]), float(site["lat"])))


def test_some_are_reached_by_water_few_on_foot(world: World) -> None:
    told = list(access_of(world.access_file.read_text()).values())
    assert len(told) == world.villages
    assert 10 <= told.count("water") <= 60
    assert told.count("road") > 100


@pytest.mark.django_db
def test_the_desk_imports_it_without_error_or_warning(world: World) -> None:
    result = places.import_files(world.place_files, area=AREA, by="test", now=NOW, progress=None)
    assert result.saved
    assert not [notice for notice in result.notices if notice.severity != "info"]
    given = risk.import_indicators(world.indicators_file, source="test", date=date(2029, 1, 1), now=NOW)
    assert given.saved
    assert not given.notices
