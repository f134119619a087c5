"""Which columns a table has, in English or Indonesian, and what kind of table that makes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from kawal.rules.places.facts import SiteKind


class Kind(StrEnum):
    AREAS = "areas"  # or sites by code: a code like PPK-16.07.03 tells, row by row
    SITES = "sites"
    VILLAGES = "stations per village"
    STATIONS = "stations one by one"


NAMES: Final = {
    "code": ("code", "kode", "kode_wilayah", "kode_tps"),
    "parent": ("parent", "induk", "kode_induk"),
    "level": ("level", "tingkat", "tingkatan"),
    "name": ("name", "nama", "nama_wilayah"),
    "lat": ("lat", "latitude", "lintang"),
    "lon": ("lon", "lng", "long", "longitude", "bujur"),
    "inner_lat": ("inner_lat", "lintang_dalam"),
    "inner_lon": ("inner_lon", "bujur_dalam"),
    "area_km2": ("area_km2", "luas", "luas_km2"),
    "population": ("population", "penduduk", "jumlah_penduduk"),
    "village": ("village", "desa", "kelurahan", "desa_kelurahan", "kode_desa", "kode_kelurahan"),
    "stations": ("stations", "tps", "jumlah_tps"),
    "number": ("number", "nomor", "nomor_tps", "no_tps"),
    "voters": ("voters", "pemilih", "jumlah_pemilih", "dpt"),
    "kind": ("kind", "jenis"),
    "area": ("area", "wilayah"),
}
_CANONICAL: Final = {synonym: name for name, synonyms in NAMES.items() for synonym in synonyms}

LEVEL_WORDS: Final = {
    "province": ("province", "provinsi"),
    "regency": ("regency", "kabupaten", "kota", "kabupaten/kota"),
    "district": ("district", "kecamatan", "distrik"),
    "village": ("village", "desa", "kelurahan", "desa/kelurahan"),
}
KIND_WORDS: Final = {
    SiteKind.WAREHOUSE: ("warehouse", "gudang", "gdg"),
    SiteKind.PPK: ("ppk",),
    SiteKind.PPS: ("pps",),
    SiteKind.JETTY: ("jetty", "dermaga", "pelabuhan", "dmg"),
    SiteKind.AIRSTRIP: ("airstrip", "bandara", "lapangan terbang", "bdr"),
}

USED: Final = {
    Kind.AREAS: frozenset(
        {
            *("code", "parent", "level", "name", "lat", "lon"),
            *("inner_lat", "inner_lon", "area_km2", "population"),
        }
    ),
    Kind.SITES: frozenset({"code", "kind", "area", "name", "lat", "lon"}),
    Kind.VILLAGES: frozenset({"village", "stations", "voters"}),
    Kind.STATIONS: frozenset({"code", "village", "number", "voters", "lat", "lon", "name"}),
}


def canonical(header: str) -> str | None:
    """The house's name of a column, or None where Kawal knows no such column."""
    return _CANONICAL.get(re.sub(r"[\s-]+", "_", header.strip().lower()))


def kind_of(columns: Iterable[str]) -> Kind | None:
    """The kind of table that has such columns, even when some are missing still."""
    known = set(columns)
    if "stations" in known:
        return Kind.VILLAGES
    if "voters" in known or "number" in known:
        return Kind.STATIONS
    if "kind" in known or "area" in known:
        return Kind.SITES
    return Kind.AREAS if "code" in known else None


def missing(kind: Kind, columns: Iterable[str]) -> list[str]:
    """Columns without which a table of this kind says nothing; alternatives joined by a bar."""
    known = set(columns)
    needed = {
        Kind.AREAS: [{"code"}, {"name"}],
        Kind.SITES: [{"code"} if "code" in known else {"kind", "area"}, {"name"}, {"lat", "lon"}],
        Kind.VILLAGES: [{"village"}, {"stations"}, {"voters"}],
        Kind.STATIONS: [{"code"} if "code" in known else {"village", "number"}, {"voters"}],
    }[kind]
    needed += [{"lat", "lon"}] if known & {"lat", "lon"} else []
    needed += [{"inner_lat", "inner_lon"}] if known & {"inner_lat", "inner_lon"} else []
    return sorted({name for names in needed for name in names} - known)


def meaning(words: dict[str, tuple[str, ...]] | dict[SiteKind, tuple[str, ...]], text: str) -> str | None:
    """The key under which a word of a cell is listed, as `Kabupaten` -> `regency`."""
    said = text.strip().lower()
    return next((str(key) for key, synonyms in words.items() if said in synonyms), None)
