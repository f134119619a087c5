"""Who lives there, and what stands in the way? Stations, voters, access and signal per village."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from kawal.rehearsal.world.land import APEX_KM, Land
from kawal.rehearsal.world.names import Namer
from kawal.rehearsal.world.villages import Cell, to_deg

STATIONS_COUNT = 1500
VOTERS_PER_STATION = (228.0, 266.0)  # the mean of 2024 was 248, and 300 the most
VOTERS_SHARE = 0.737  # of the population, as in 2024
ACCESS = ("road", "water", "foot")
ROAD, WATER, FOOT = range(3)
ON_FOOT_FROM, STEEP = 0.6, 0.35  # height
WALK_KM_MAX = 6.0  # as the bird flies: porters with boxes walk there and back in a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    code: str
    district: str
    name: str
    border: BaseGeometry  # degrees
    stations: int
    voters: int
    population: int
    steep: bool
    access: str  # road, water or foot, as the plan room names them
    indicators: Mapping[str, float]  # names of the risk room; all are shares, 0 to 1


def settle(
    land: Land, cells: list[Cell], district_codes: list[str], namer: Namer, chance: np.random.Generator
) -> list[Village]:
    points = np.array([cell.middle_km for cell in cells])
    heights = land.height(points)
    weights = chance.lognormal(0.0, 0.45, len(cells)) * (
        1.0 + 2.4 * np.exp(-((np.hypot(*(points - np.array(APEX_KM)).T) / 7.0) ** 2)) - 0.45 * heights
    )
    stations = _shared_out(weights, STATIONS_COUNT)
    voters = np.round(stations * chance.uniform(*VOTERS_PER_STATION, len(cells))).astype(int)
    access = _access(land, cells, points, heights, voters)
    signal = _signal(points, heights, access, chance)
    given = _indicators(land, points, heights, access, signal, stations, chance)
    codes = _codes(cells, points, district_codes)
    grounds = _grounds(land, points, heights, access)
    return sorted(
        (
            Village(
                code=codes[i],
                district=district_codes[cells[i].district],
                name=namer.name(grounds[i]),
                border=cells[i].border,
                stations=int(stations[i]),
                voters=int(voters[i]),
                population=round(int(voters[i]) / VOTERS_SHARE),
                steep=bool(heights[i] > STEEP),
                access=ACCESS[access[i]],
                indicators={name: round(float(values[i]), 2) for name, values in given.items()},
            )
            for i in range(len(cells))
        ),
        key=lambda village: village.code,
    )


def _access(
    land: Land,
    cells: list[Cell],
    points: NDArray[np.float64],
    heights: NDArray[np.float64],
    voters: NDArray[np.int64],
) -> NDArray[np.int64]:
    """By water where the village is no part of the mainland; on foot where it is high, and a day's walk."""
    mainland = shapely.transform(max(land.surface.geoms, key=lambda piece: piece.area), to_deg)
    borders = np.array([cell.border for cell in cells], dtype=object)
    on_mainland = shapely.area(shapely.intersection(borders, mainland)) > 0.5 * shapely.area(borders)
    halls = np.array([_hall(cells, cell.district, voters) for cell in cells])
    walk_km = np.hypot(*(points - points[halls]).T)
    on_foot = (heights > ON_FOOT_FROM) & (walk_km > 0) & (walk_km < WALK_KM_MAX)
    access: NDArray[np.int64] = np.where(on_mainland, np.where(on_foot, FOOT, ROAD), WATER)
    return access


def _hall(cells: list[Cell], district: int, voters: NDArray[np.int64]) -> int:
    """The biggest village of a district: its PPK sits there."""
    members = [number for number, cell in enumerate(cells) if cell.district == district]
    return max(members, key=lambda number: voters[number])


def _signal(
    points: NDArray[np.float64],
    heights: NDArray[np.float64],
    access: NDArray[np.int64],
    chance: np.random.Generator,
) -> NDArray[np.float64]:
    off_seat_km = np.hypot(*(points - np.array(APEX_KM)).T)
    far = np.clip(off_seat_km / 40.0, 0.0, 1.0)
    share = 1.02 - 0.6 * heights - 0.22 * far - 0.25 * (access == WATER) + chance.normal(0, 0.08, len(points))
    clipped: NDArray[np.float64] = np.round(np.clip(share, 0.05, 1.0), 2)
    return clipped


def _indicators(
    land: Land,
    points: NDArray[np.float64],
    heights: NDArray[np.float64],
    access: NDArray[np.int64],
    signal: NDArray[np.float64],
    stations: NDArray[np.int64],
    chance: np.random.Generator,
) -> dict[str, NDArray[np.float64]]:
    """Shares of a village's stations, or of its way, to which something applies."""
    count = len(points)

    def share(of: NDArray[np.float64], spread: float) -> NDArray[np.float64]:
        return np.clip(of + chance.normal(0, spread, count) * (of > 0), 0.0, 1.0)

    def of_stations(rate: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.minimum(chance.poisson(rate), stations) / stations

    low = np.clip(1.0 - land.off_river_km(points) / 1.2, 0.0, 1.0) * (heights < 0.2)
    remote = access != ROAD
    # Trouble gathers where help is far: floods and slides, old quarrels, deliveries that came late.
    unrest = (land.relief.level(points) > 0.5) & (chance.random(count) < 0.5) | (
        remote & (chance.random(count) < 0.35)
    )
    return {
        "water": np.clip(share(0.85 * (access == WATER), 0.1), 0.6 * (access == WATER), 1.0),
        "hard_to_reach": share(0.9 * (access == FOOT) + 0.5 * (access == WATER), 0.15),
        "signal": signal,
        "electricity": np.clip(signal - 0.3 * remote + 0.1 + chance.normal(0, 0.06, count), 0.05, 1.0),
        "disaster": share(np.maximum(0.7 * low, 0.6 * remote), 0.2),
        "violence": of_stations(np.where(unrest, 6.0, 0.0)),
        "late_before": of_stations(0.1 + 2.0 * (1.0 - signal) + 4.0 * remote),
        "short_before": of_stations(0.06 + 1.0 * unrest),
        "damaged_before": of_stations(0.03 + 0.15 * remote),
    }


def _shared_out(weights: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Largest remainders, and at least two stations for every village."""
    least = 2
    exact = weights / weights.sum() * (total - least * len(weights))
    whole = np.floor(exact).astype(np.int64)
    for index in np.argsort(-(exact - whole), kind="stable")[: round(exact.sum()) - int(whole.sum())]:
        whole[index] += 1
    counts: NDArray[np.int64] = whole + least
    return counts


def _codes(cells: list[Cell], points: NDArray[np.float64], district_codes: list[str]) -> list[str]:
    """Villages from north to south; the ones around the seat are kelurahan (1001), the others desa (2001)."""
    codes = [""] * len(cells)
    off_seat_km = np.hypot(*(points - np.array(APEX_KM)).T)
    for district, prefix in enumerate(district_codes):
        members = sorted(
            (i for i, cell in enumerate(cells) if cell.district == district), key=lambda i: -points[i][1]
        )
        urban = [i for i in members if district == 0 and off_seat_km[i] < 4.0]
        rural = [i for i in members if i not in urban]
        for first, group in ((1001, urban), (2001, rural)):
            for number, i in enumerate(group):
                codes[i] = f"{prefix}.{first + number}"
    return codes


def _grounds(
    land: Land, points: NDArray[np.float64], heights: NDArray[np.float64], access: NDArray[np.int64]
) -> list[str]:
    off_coast_km, off_river_km = land.off_coast_km(points), land.off_river_km(points)
    grounds = []
    for i in range(len(points)):
        if access[i] == WATER:
            grounds.append("island")
        elif heights[i] > STEEP:
            grounds.append("hill")
        elif off_river_km[i] < 1.6:
            grounds.append("river")
        else:
            grounds.append("coast" if off_coast_km[i] < 1.8 else "plain")
    return grounds
