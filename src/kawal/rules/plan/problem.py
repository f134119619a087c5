"""What is to be planned: one regency with its stations, as the desk read it from its tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from kawal.rules.plan.facts import Access, Terrain
from kawal.rules.risk.classes import RiskClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A station as freight. `lat`, `lon` only where the user's file gave them, else None."""

    station: str
    parcels_count: int
    weight_kg: int
    volume_l: int = 0
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    code: str
    site: str  # its PPS
    lat: float
    lon: float
    access: Access
    terrain: Terrain
    risk: RiskClass
    spread_m: int  # from the PPS to a station, or between two, where no point is given
    loads: tuple[Load, ...]
    over_sea: bool = False  # on another piece of land than the warehouse, as far as borders are known
    landing: str = ""  # site of the gateway by which it is reached from its PPK; empty: straight from there

    @property
    def inside(self) -> Access:
        """How its stations are reached from the PPS: nobody flies within a village."""
        return Access.FOOT if self.access is Access.AIR else self.access


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A jetty or an airstrip: lorries bring there what boats or aircraft carry on."""

    site: str  # DMG-<area>-<n>, BDR-<area>-<n>
    lat: float
    lon: float
    terrain: Terrain
    access: Access  # of what goes on from there


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    code: str
    site: str  # its PPK
    lat: float
    lon: float
    access: Access
    terrain: Terrain
    villages: tuple[Village, ...]
    gateway: str = ""  # site by which it is reached from the warehouse; empty: straight from there
    landings: tuple[Gateway, ...] = ()  # those by which its villages are reached from its PPK

    def served_by(self, landing: Gateway) -> tuple[Village, ...]:
        return tuple(village for village in self.villages if village.landing == landing.site)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    regency: str
    site: str  # its warehouse
    lat: float
    lon: float
    terrain: Terrain
    districts: tuple[District, ...]
    gateways: tuple[Gateway, ...] = ()

    def villages(self) -> Iterator[Village]:
        return (village for district in self.districts for village in district.villages)

    def gateway_of(self) -> dict[str, str]:
        """Station -> the site of the gateway by which it is reached, for those that are."""
        return {
            load.station: district.gateway
            for district in self.districts
            if district.gateway
            for village in district.villages
            for load in village.loads
        }

    def landing_of(self) -> dict[str, str]:
        """Station -> the site of the gateway by which it is reached from its PPK, for those that are."""
        return {
            load.station: village.landing
            for village in self.villages()
            if village.landing
            for load in village.loads
        }

    def served_by(self, gateway: Gateway) -> tuple[District, ...]:
        return tuple(district for district in self.districts if district.gateway == gateway.site)

    def stations_by_access(self) -> Iterator[tuple[str, str, dict[Access, int]]]:
        """Level, area and its stations by how they are reached: what the size of a fleet goes by."""
        yield (
            "regency",
            self.regency,
            _counted((Access.ROAD if d.gateway else d.access, v) for d in self.districts for v in d.villages),
        )
        for gateway in self.gateways:  # its boats or aircraft stand there
            yield (
                "regency",
                gateway.site,
                _counted((d.access, v) for d in self.served_by(gateway) for v in d.villages),
            )
        for district in self.districts:
            yield (
                "district",
                district.code,
                _counted((Access.ROAD if v.landing else v.access, v) for v in district.villages),
            )
            for landing in district.landings:
                yield (
                    "district",
                    landing.site,
                    _counted((v.access, v) for v in district.served_by(landing)),
                )
            for village in district.villages:
                yield "village", village.code, _counted([(village.inside, village)])

    def sha256(self, *settings: str) -> str:
        """Hash of the problem and of all that decides its plan (fleet, calendar, seed, effort)."""
        told = json.dumps([self, *settings], default=_fields_of, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(told.encode()).hexdigest()


def _fields_of(part: Any) -> dict[str, Any]:
    """What is not given is not told: so problems hash as they did before there were landings."""
    told = ((one.name, getattr(part, one.name)) for one in fields(part))
    return {name: value for name, value in told if value or name not in ("landing", "landings")}


def _counted(villages: Iterable[tuple[Access, Village]]) -> dict[Access, int]:
    stations = dict.fromkeys(Access, 0)
    for access, village in villages:
        stations[access] += len(village.loads)
    return stations
