"""A small regency that lives: two indices, a forecast, an incident, a waiting decision, officers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from kawal.desk.people import actions as people
from kawal.desk.places import models, reads
from kawal.desk.risk import actions, deciding, importing, moving, weather
from kawal.rules.places.codes import level_of, station_code
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.happening import Happening

NOW = datetime(2024, 2, 12, 11, tzinfo=UTC)
DISTRICTS = {"16.07.01": (104.5, "Betung"), "16.07.02": (105.0, "Air Saleh"), "16.07.03": (105.4, "Sungsang")}
VILLAGES_EACH, STATIONS_EACH = 6, 3
OFFICERS = {
    "kapolres": ("polri/16.07", "chief"),
    "kapolda": ("polri/16", "chief"),
    "piket": ("polri/16.07", "duty"),
    "kapolsek": ("polri/16.07.01", "chief"),
    "logistik": ("kpu/16.07", "logistics"),
    "panwas": ("bawaslu/16.07", "supervisor"),
    "dandim": ("tni/16.07", "chief"),
    "ppk": ("kpu/16.07.01", "custodian"),
}
IKP = 'index = "ikp-2024"\npublisher = "Bawaslu RI"\ndate = 2022-12-16\n[area]\ncode = "kode"\n' + (
    '[[value]]\ncolumn = "skor"\nmeasure = "score"\n'
)
TPS = (
    'index = "tps-rawan-2024"\npublisher = "Bawaslu Banyuasin"\ndate = 2024-02-08\n[area]\ncode = "kode"\n'
    + (
        '[[value]]\ncolumn = "internet"\nmeasure = "no_internet"\nunit = "stations"\n'
        '[[value]]\ncolumn = "terlambat"\nmeasure = "late_before"\nunit = "stations"\n'
    )
)


def villages() -> list[str]:
    return [f"{district}.200{number + 1}" for district in DISTRICTS for number in range(VILLAGES_EACH)]


def places() -> None:
    def square(lon: float, lat: float, half: float) -> str:
        ring = [
            [lon - half, lat - half],
            [lon + half, lat - half],
            [lon + half, lat + half],
            [lon - half, lat + half],
        ]
        return json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})

    def area(code: str, name: str, lon: float, lat: float, half: float) -> None:
        models.Area.objects.create(
            code=code, level=level_of(code), name=name, lat=lat, lon=lon, area_km2=60.0
        )
        models.Border.objects.create(area_id=code, geometry=square(lon, lat, half))

    area("16", "Sumatera Selatan", 104.95, -2.5, 1.2)
    area("16.07", "Kabupaten Banyuasin", 104.95, -2.5, 0.8)
    models.Site.objects.create(
        code="GDG-16.07",
        kind="warehouse",
        area_id="16.07",
        name="Gudang",
        lat=-2.9,
        lon=104.4,
        source="given",
    )
    for district, (lon, name) in DISTRICTS.items():
        area(district, name, lon, -2.5, 0.2)
        for number in range(VILLAGES_EACH):
            village = f"{district}.200{number + 1}"
            at = lon - 0.15 + 0.06 * number, -2.5 + (-0.08 if number % 2 else 0.08)
            area(village, f"Desa {name} {number + 1}", *at, 0.03)
            for station in range(1, STATIONS_EACH + 1):
                models.Station.objects.create(
                    code=station_code(village, station), village_id=village, number=station, voters=240,
                    voter_list="test", source="given", lat=at[1], lon=at[0],
                )  # fmt: skip
            models.AreaTotals.objects.create(
                area_code=village, stations=3, voters=720, villages=1, districts=0
            )


def officers() -> None:
    people.found_posts([reads.area(code) for code in ("16", "16.07", *DISTRICTS)])
    for name, (post, role) in OFFICERS.items():
        people.add_officer(name, post=post, role=role, password=None)


def living(*, now: datetime = NOW) -> None:
    """Computed yesterday; since then a flood, a forecast for the evening, and a proposal to lower."""
    before = now - timedelta(days=1)
    importing.take_in(b"kode,skor\n16.07,35.07\n", "ikp.csv", IKP, by="logistik", now=before)
    rows = "".join(f"{code},{n % 4},{(n * 2) % 3}\n" for n, code in enumerate(villages()))
    importing.take_in(f"kode,internet,terlambat\n{rows}".encode(), "tps.csv", TPS, by="logistik", now=before)
    actions.compute("16", now=before)
    moving.refresh(now=before)
    moving.tell(
        [
            Happening(
                key="incident:1",
                kind="incident.flood",
                area_code="16.07.01.2001",
                begins_at=now,
                source="#12",
            )
        ],
        now=now,
    )
    weather.take_in(json.dumps([_rain(code, now) for code in villages()[6:9]]).encode(), now=now)
    ends = now + timedelta(days=2)
    raised, lowered = RiskClass.SPECIAL, RiskClass.VULNERABLE
    deciding.decide("16.07.02", raised, "Ancaman di pasar", ends, "kapolres", now=now, post="polri/16.07")
    moving.refresh(now=now)
    deciding.decide("16.07.02", lowered, "Massa sudah bubar", ends, "piket", now=now, post="polri/16.07")


def _rain(code: str, now: datetime) -> dict[str, object]:
    hours = [
        {"utc_datetime": f"{now + timedelta(hours=h):%Y-%m-%d %H:00:00}", "weather": 63, "tp": 14.0, "ws": 20}
        for h in (-1, 2, 5, 8)
    ]
    return {"lokasi": {"adm4": code}, "data": [{"lokasi": {"adm4": code}, "cuaca": [hours]}]}
