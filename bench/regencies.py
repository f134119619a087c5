"""Real regencies as flat problems, from the shared data; made-up ones where that is missing.

One warehouse, villages split to stops of what the smallest vehicle of their access takes, trucks and pickups
on the road, speedboats from the jetty nearest to the warehouse, several runs a day, tides on every second
stop by water. Boxes, fleet, tides and costs are invented: they compare solvers and say nothing of real money.
"""

from __future__ import annotations

import csv
import gzip
import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from random import Random

import numpy as np

from kawal.rules.plan.facts import Mode, Terrain
from kawal.rules.plan.fleet import Kind, fleet_of
from kawal.rules.plan.journey.travel import ESTIMATE, Point, terrain_of
from kawal.rules.plan.routing.flat import Call, Flat, Rank

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "indonesia"
FILES = [DATA / "areas.csv.gz", DATA / "stations.csv.gz"]

BOXES_PER_STATION = 5
LOAD_S, STOP_S, BOX_S = 40 * 60, 20 * 60, 10
WATER_BELOW_PER_KM2 = 60  # voters
ROAD, WATER = frozenset({0, 1}), frozenset({2})
SHARE = {Mode.TRUCK: 1.2, Mode.PICKUP: 0.3, Mode.SPEEDBOAT: 1.5}  # of what straight full loads need
SPEEDBOAT_KMH = 30.0
HOUR = 3_600
TIDE = (8 * HOUR, 15 * HOUR)


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    lat: float
    lon: float
    stations: int
    voters_per_km2: float | None

    @property
    def by_water(self) -> bool:
        return self.voters_per_km2 is not None and self.voters_per_km2 < WATER_BELOW_PER_KM2


@dataclass(frozen=True, slots=True)
class Regency:
    code: str
    flat: Flat
    too_far: int  # stops that no vehicle brings there and is home again in a day: left out
    points: tuple[Point, ...]  # of each row of the tables
    jetty: Point | None  # where boats have their depot


def available() -> bool:
    return all(path.is_file() for path in FILES)


def real(codes: Sequence[str]) -> Iterator[Regency]:
    """The regencies in the order of `codes`."""
    villages: defaultdict[str, list[Place]] = defaultdict(list)
    homes: dict[str, tuple[float, float]] = {}
    with gzip.open(FILES[1], "rt", encoding="utf-8") as lines:
        counted = {
            row["village"]: (int(row["stations"] or 0), int(row["voters"] or 0))
            for row in csv.DictReader(lines)
            if row["village"][:5] in codes
        }
    with gzip.open(FILES[0], "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if row["code"] in codes:
                homes[row["code"]] = float(row["inner_lat"]), float(row["inner_lon"])
            stations, voters = counted.get(row["code"], (0, 0))
            if stations and row["inner_lat"]:
                area = float(row["area_km2"] or 0)
                place = Place(
                    row["code"],
                    float(row["inner_lat"]),
                    float(row["inner_lon"]),
                    stations,
                    voters / area if area else None,
                )
                villages[row["code"][:5]].append(place)
    for code in codes:
        yield regency(code, homes[code], villages[code])


def drawn(count: int, seed: int, known: Collection[str]) -> list[str]:
    """Codes of regencies by lot, of all that have stations but the known ones."""
    with gzip.open(FILES[1], "rt", encoding="utf-8") as lines:
        codes = {row["village"][:5] for row in csv.DictReader(lines)}
    return Random(seed).sample(sorted(codes - {*known}), count)


def made(count: int, seed: int) -> Iterator[Regency]:
    """Invented regencies of 20 to 400 villages, a third of them with a delta."""
    chance = Random(seed)
    for number in range(count):
        size = chance.choice([20, 40, 80, 150, 250, 400])
        wide = chance.uniform(0.2, 0.7)
        river = chance.random() < 0.34
        towns = [(chance.uniform(-wide, wide), chance.uniform(-wide, wide)) for _ in range(5)]
        places = []
        for village in range(size):
            town = chance.choice(towns)
            lat, lon = (middle + chance.gauss(0, wide / 4) for middle in town)
            density = 15.0 if river and lon > 0.1 else chance.uniform(40, 2_000)
            places.append(Place(f"{number}.{village}", lat, lon, 1 + int(chance.expovariate(0.14)), density))
        yield regency(f"made-{number + 1:02d}", (0.0, 0.0), places)


def regency(code: str, home: tuple[float, float], places: Sequence[Place]) -> Regency:
    kinds = _kinds()
    shares = [(place, boxes) for place in places for boxes in _shares(place, kinds)]
    points = [_point(place) for place, _ in shares]
    jetty = min(
        (_point(place) for place in places if place.by_water),
        key=lambda point: (point.lat - home[0]) ** 2 + (point.lon - home[1]) ** 2,
        default=None,
    )
    depot = Point(lat=home[0], lon=home[1], terrain=terrain_of(None))
    tables = [
        ESTIMATE.matrices([jetty if kind.mode is Mode.SPEEDBOAT and jetty else depot, *points], kind)
        for kind in kinds
    ]
    money = [_money(metres, seconds, kind) for (metres, seconds), kind in zip(tables, kinds, strict=True)]
    times = [seconds for _, seconds in tables]
    calls, far = [], 0
    for number, (place, boxes) in enumerate(shares, start=1):
        call = _call(place, number, boxes)
        if all(_too_far(call, kinds[profile], times[profile]) for profile in call.profiles or ()):
            far += 1
        else:
            calls.append(call)
    flat = Flat(
        calls=tuple(calls), ranks=_fleet(calls, kinds, times), money=tuple(money), seconds=tuple(times),
        load_s=LOAD_S,
    )  # fmt: skip
    return Regency(code, flat, far, (depot, *points), jetty)


def _kinds() -> list[Kind]:
    """Of the stated default fleet, but for the boat: a speedboat here."""
    fleet = fleet_of((files("kawal.rules.plan") / "fleet-default.toml").read_text("utf-8"))
    boat = replace(fleet.kinds[Mode.SPEEDBOAT], speed_kmh=dict.fromkeys(Terrain, SPEEDBOAT_KMH))
    return [fleet.kinds[Mode.TRUCK], fleet.kinds[Mode.PICKUP], boat]


def _shares(place: Place, kinds: Sequence[Kind]) -> list[int]:
    most = kinds[2].parcels if place.by_water else kinds[1].parcels
    boxes = place.stations * BOXES_PER_STATION
    parts = math.ceil(boxes / most)
    return [boxes // parts + (number < boxes % parts) for number in range(parts)]


def _call(place: Place, number: int, boxes: int) -> Call:
    opens_s, closes_s = TIDE if place.by_water and number % 2 else (0, 24 * HOUR)
    return Call(
        node=number,
        amounts=(boxes,),
        service_s=STOP_S + BOX_S * boxes,
        opens_s=opens_s,
        closes_s=closes_s,
        profiles=WATER if place.by_water else ROAD,
    )


def _fleet(calls: Sequence[Call], kinds: Sequence[Kind], times: Sequence[np.ndarray]) -> tuple[Rank, ...]:
    """As many as full loads straight there and back would keep busy, and some more; a few pickups."""
    counts = []
    for profile, kind in enumerate(kinds):
        days = sum(_days(call, kind, times[profile]) for call in calls if profile in (call.profiles or ()))
        counts.append(math.ceil(SHARE[kind.mode] * days) + 2 if days else 0)
    return tuple(
        Rank(
            count=count, profile=profile, capacity=(kind.parcels,), rp_per_day=kind.rp_per_day,
            opens_s=_hours(kind)[0], closes_s=_hours(kind)[1],
        )
        for profile, (kind, count) in enumerate(zip(kinds, counts, strict=True))
        if count
    )  # fmt: skip


def _hours(kind: Kind) -> tuple[int, int]:
    return kind.opens.hour * HOUR, kind.closes.hour * HOUR


def _days(call: Call, kind: Kind, seconds: np.ndarray) -> float:
    """The part of a vehicle's day that the call takes, if all its runs go straight there and home."""
    opens_s, closes_s = _hours(kind)
    if _too_far(call, kind, seconds):
        return 0
    out_and_home_s = LOAD_S + int(seconds[0, call.node] + seconds[call.node, 0]) + call.service_s
    runs = max(1, (closes_s - opens_s) // out_and_home_s)
    return call.amounts[0] / kind.parcels / runs + call.service_s / (closes_s - opens_s)


def _too_far(call: Call, kind: Kind, seconds: np.ndarray) -> bool:
    opens_s, closes_s = _hours(kind)
    there = max(opens_s + LOAD_S + int(seconds[0, call.node]), call.opens_s)
    back = there + call.service_s + int(seconds[call.node, 0])
    return call.amounts[0] > kind.parcels or there > call.closes_s or back > closes_s


def _money(metres: np.ndarray, seconds: np.ndarray, kind: Kind) -> np.ndarray:
    return np.rint(metres / 1_000 * kind.rp_per_km + seconds / HOUR * kind.rp_per_hour).astype(np.int64)


def _point(place: Place) -> Point:
    return Point(lat=place.lat, lon=place.lon, terrain=terrain_of(place.voters_per_km2))
