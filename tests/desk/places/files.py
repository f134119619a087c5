"""Small files of a fictional corner of regency 16.07, for the tests of the desk."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

AREAS = """code,parent,level,name,lat,lon,area_km2
16,,province,Sumatera Selatan,-3.2,104.1,86771
16.07,16,regency,Kabupaten Banyuasin,-2.6,104.75,12361
16.07.03,16.07,district,Betung,-2.7,104.5,300
16.07.03.2001,16.07.03,village,Satu,-2.71,104.51,20
16.07.03.2002,16.07.03,village,Dua,-2.72,104.52,30
"""
STATIONS = "village,stations,voters\n16.07.03.2001,3,700\n16.07.03.2002,2,400\n"
SITES = "kind,area,name,lat,lon\nwarehouse,16.07,Gudang Pangkalan Balai,-2.60000,104.75000\n"
RING = [[104.0, -3.0], [105.5, -3.0], [105.5, -2.0], [104.0, -2.0], [104.0, -3.0]]


def borders(*features: dict[str, object]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def feature(code: object = "16.07", ring: object = RING, kind: str = "Polygon") -> dict[str, object]:
    geometry = {"type": kind, "coordinates": [ring]}
    return {"type": "Feature", "properties": {"code": code, "name": "x"}, "geometry": geometry}


def write(folder: Path, **contents: str | bytes) -> list[Path]:
    """Files by name, where two underscores stand for the dot: `areas__csv`."""
    paths = []
    for name, content in contents.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        paths.append(path)
    return paths


def whole(folder: Path) -> list[Path]:
    return write(
        folder,
        areas__csv=AREAS,
        borders__geojson=borders(feature()),
        sites__csv=SITES,
        stations__csv=STATIONS,
    )
