"""Builds the fictional regency: `build(seed, folder)` writes its files and tells what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from kawal.rehearsal.world import write
from kawal.rehearsal.world.land import raise_land
from kawal.rehearsal.world.names import PROVINCE, REGENCY, Namer
from kawal.rehearsal.world.people import Village, settle
from kawal.rehearsal.world.villages import DISTRICTS_COUNT, divide

PROVINCE_CODE = "99"  # no province has it, and none is planned (Kepmendagri 300.2.2-2430 of 2025)
AREA = "99.01"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    seed: int
    area: str  # the regency's code
    place_files: list[Path]  # for the places room, to be imported together
    indicators_file: Path  # for the risk room
    access_file: Path  # for the plan room
    districts: int
    villages: int
    stations: int
    voters: int


def build(seed: int, folder: Path) -> World:
    """A fictional regency of 12 districts, about 180 villages and 1,500 stations.

    The same seed gives the same bytes. Existing files of the same names are written anew.
    """
    folder.mkdir(parents=True, exist_ok=True)
    villages, district_names = _imagine(seed)
    return World(
        seed=seed,
        area=AREA,
        place_files=_places(folder, villages, district_names),
        indicators_file=write.indicators(folder / "indicators.csv", villages),
        access_file=write.access(folder / "access.csv", villages),
        districts=len(district_names),
        villages=len(villages),
        stations=sum(village.stations for village in villages),
        voters=sum(village.voters for village in villages),
    )


def _imagine(seed: int) -> tuple[list[Village], dict[str, str]]:
    """The villages by code, and the districts' names by code."""
    chance = np.random.default_rng(seed)
    land = raise_land(chance)
    cells = divide(land, chance)
    codes = [f"{AREA}.{number + 1:02d}" for number in range(DISTRICTS_COUNT)]
    namer = Namer(chance)
    villages = settle(land, cells, codes, namer, chance)
    names = {codes[0]: "Teladan Kota"}
    for code in codes[1:]:
        members = [village for village in villages if village.district == code]
        by_water = sum(village.access == "water" for village in members) > 0.4 * len(members)
        steep = sum(village.steep for village in members) > 0.4 * len(members)
        names[code] = namer.name("island" if by_water else "hill" if steep else "river")
    return villages, names


def _places(folder: Path, villages: Sequence[Village], district_names: dict[str, str]) -> list[Path]:
    by_district = {
        code: list(members) for code, members in groupby(villages, key=lambda village: village.district)
    }
    borders = {code: _union(members) for code, members in by_district.items()}
    regency = shapely.normalize(shapely.coverage_union_all(list(borders.values())))
    people = {code: sum(village.population for village in members) for code, members in by_district.items()}
    names = ["areas.csv", "stations.csv", "sites.csv"]
    names += [f"{level}.geojson" for level in ("province", "regency", "districts", "villages")]
    paths = {name: folder / name for name in names}
    write.areas(
        paths["areas.csv"],
        [
            (PROVINCE_CODE, "province", PROVINCE, regency, sum(people.values())),
            (AREA, "regency", REGENCY, regency, sum(people.values())),
            *((code, "district", name, borders[code], people[code]) for code, name in district_names.items()),
            *((one.code, "village", one.name, one.border, one.population) for one in villages),
        ],
    )
    write.stations(paths["stations.csv"], villages)
    write.sites(paths["sites.csv"], _sites(by_district, district_names))
    write.borders(paths["province.geojson"], [(PROVINCE_CODE, PROVINCE, regency)])
    write.borders(paths["regency.geojson"], [(AREA, REGENCY, regency)])
    write.borders(
        paths["districts.geojson"], [(code, name, borders[code]) for code, name in district_names.items()]
    )
    write.borders(paths["villages.geojson"], [(one.code, one.name, one.border) for one in villages])
    return list(paths.values())


def _union(villages: Sequence[Village]) -> BaseGeometry:
    return shapely.normalize(shapely.coverage_union_all([village.border for village in villages]))


def _sites(
    by_district: dict[str, list[Village]], district_names: dict[str, str]
) -> list[tuple[str, str, str, BaseGeometry]]:
    """The warehouse in the seat's biggest village, each PPK in the biggest village of its district."""
    halls = {
        code: shapely.point_on_surface(max(members, key=lambda village: village.voters).border)
        for code, members in by_district.items()
    }
    seat = min(halls)
    warehouse = shapely.affinity.translate(halls[seat], 0.004, -0.003)
    return [
        ("warehouse", AREA, f"Gudang KPU {REGENCY}", warehouse),
        *(("ppk", code, f"PPK {district_names[code]}", hall) for code, hall in halls.items()),
    ]
