"""What the way from suppliers to warehouses is made of. Seconds since 1970 (UTC), kilograms, kilometres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Carriage(StrEnum):
    ROAD = "road"
    SEA = "sea"
    AIR = "air"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """So much of one item that a supplier hands over from a day on."""

    supplier: str
    item: str  # code of the needs rules
    quantity: int
    ready_s: int
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A sea port or an airport: where freight changes from one carriage to another."""

    code: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A way with its timetable; without departures it leaves every day."""

    start: str  # port, supplier or regency code
    end: str
    mode: Carriage
    travel_s: int
    capacity_kg: int | None = None  # of one departure
    departures_s: tuple[int, ...] = ()
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    regency: str
    lat: float
    lon: float
    due_s: int  # latest arrival from which sorting and packing can still be done
    demand: Mapping[str, int]  # item -> quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class UpperProblem:
    supplies: tuple[Supply, ...]
    ports: tuple[Port, ...]
    lanes: tuple[Lane, ...]
    warehouses: tuple[Warehouse, ...]
    weight_g: Mapping[str, float]  # item -> grams of one
    regencies: Mapping[str, tuple[float, float]]  # of the country: whose island a supplier or port is on


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One leg of a consignment."""

    start: str
    end: str
    mode: Carriage
    depart_s: int
    arrive_s: int
    estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """What one supplier sends to one warehouse by one way."""

    supplier: str
    regency: str
    items: Mapping[str, int]
    weight_kg: int
    passages: tuple[Passage, ...]
    due_s: int

    @property
    def arrive_s(self) -> int:
        return self.passages[-1].arrive_s

    @property
    def late_s(self) -> int:
        return max(0, self.arrive_s - self.due_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a warehouse does not get: nobody has it, no way goes there, or the ways are full."""

    regency: str
    item: str
    quantity: int
    reason: str  # supply_short, no_way, lanes_full


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What leaves together: `loads` trucks, containers or aircraft of the assumed size."""

    start: str
    end: str
    mode: Carriage
    depart_s: int
    arrive_s: int
    weight_kg: int
    loads: int
    capacity_kg: int | None
    estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UpperPlan:
    shipments: tuple[Shipment, ...]
    missing: tuple[Missing, ...]
    loads: tuple[Load, ...]
    late_reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (regency, supplier) -> why
