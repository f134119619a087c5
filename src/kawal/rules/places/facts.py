"""What the rules know of a place: areas, sites and stations as frozen facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kawal.rules.places.codes import is_station, village_of


class SiteKind(StrEnum):
    """A place that holds things, warehouse, committees and stations in the order of the way."""

    WAREHOUSE = "warehouse"  # gudang KPU kabupaten/kota, code GDG-<regency>
    PPK = "ppk"  # district committee, code PPK-<district>
    PPS = "pps"  # village committee, code PPS-<village>
    STATION = "station"  # TPS, code = its 13 digits
    JETTY = "jetty"  # dermaga, code DMG-<area it lies in>-<n>: from road to boat
    AIRSTRIP = "airstrip"  # bandara perintis, code BDR-<area it lies in>-<n>: from road to aircraft


class Source(StrEnum):
    """Where a coordinate comes from: said by the user's file, or made by Kawal and shown as such."""

    GIVEN = "given"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    code: str
    level: str  # one of codes.LEVELS
    name: str
    lat: float | None = None  # WGS 84 degrees, a point inside the area where known, else its centroid
    lon: float | None = None
    area_km2: float | None = None
    population: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    code: str
    kind: SiteKind
    area: str  # regency, district or village; a station's village
    name: str
    lat: float | None
    lon: float | None
    source: Source
    precision_m: int | None  # how far off the point may be; None where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    code: str
    village: str
    number: int
    voters: int
    voter_list: str  # version of the list the number of voters was read from
    lat: float | None = None
    lon: float | None = None
    source: Source = Source.GENERATED
    precision_m: int | None = None
    name: str = ""  # where it stands, when the file says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What lies in an area, the area itself counted too."""

    area: str
    stations: int
    voters: int
    villages: int
    districts: int


GATEWAYS: Final = (SiteKind.JETTY, SiteKind.AIRSTRIP)
PREFIXES: Final = {
    SiteKind.WAREHOUSE: "GDG",
    SiteKind.PPK: "PPK",
    SiteKind.PPS: "PPS",
    SiteKind.JETTY: "DMG",
    SiteKind.AIRSTRIP: "BDR",
}
KIND_OF_PREFIX: Final = {prefix: kind for kind, prefix in PREFIXES.items()}


def is_gateway(site: str) -> bool:
    return KIND_OF_PREFIX.get(site[:3]) in GATEWAYS


def area_of_site(site: str) -> str:
    """`PPS-16.07.03.2001` -> `16.07.03.2001`, `DMG-16.07.03-1` -> `16.07.03`; a station's village."""
    return village_of(site) if is_station(site) else site.partition("-")[2].partition("-")[0]


def site_code(kind: SiteKind, area: str) -> str:
    """Of a gateway `area` is its area and number, such as 16.07.03-1."""
    return f"{PREFIXES[kind]}-{area}"
