"""A small regency in the tables of places, with its needs computed by the room that computes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kawal.desk.needs import actions as needs
from kawal.desk.places import models as places
from kawal.desk.places import storing
from kawal.desk.plan import actions
from kawal.desk.plan.preparing import Asked
from kawal.rules.places.codes import level_of, station_code
from kawal.rules.plan.facts import Level
from kawal.rules.plan.leg import LIGHT

NOW = datetime(2024, 1, 20, tzinfo=UTC)
VOTING_DAY = date(2024, 2, 14)
ASKED = Asked(voting_day=VOTING_DAY, seed=1, level=Level.VILLAGE, effort=LIGHT)  # of many regencies
VILLAGES = {  # code: stations, voters each, km2, degrees east of the regency's middle
    "16.07.01.1001": (8, 250, 4.0, 0.05),
    "16.07.01.2002": (3, 250, 20.0, 0.12),
    "16.07.02.2001": (5, 200, 15.0, 0.40),
    "16.07.02.2002": (2, 150, 300.0, 0.46),  # one voter per km2: taken to lie on water
}


@pytest.fixture
def regency(db: None) -> str:
    return lay_out()


def lay_out() -> str:
    """The places, stations and needs of the regency."""
    for code, name in (
        ("16", "Sumatera Selatan"),
        ("16.07", "Banyuasin"),
        ("16.07.01", "A"),
        ("16.07.02", "B"),
    ):
        places.Area.objects.create(code=code, level=level_of(code), name=name, lat=-2.9, lon=104.7)
    for code, (stations, voters, km2, east) in VILLAGES.items():
        places.Area.objects.create(
            code=code, level="village", name=code, lat=-2.9, lon=104.7 + east, area_km2=km2
        )
        for number in range(1, stations + 1):
            places.Station.objects.create(
                code=station_code(code, number),
                village_id=code,
                number=number,
                voters=voters,
                voter_list="test",
                source="generated",
            )
    needs.compute("16.07", now=NOW)
    return "16.07"


def make(regency: str, *, seed: int = 1, reason: str = "", **given: Any) -> int:
    return actions.make(
        regency, voting_day=VOTING_DAY, seed=seed, reason=reason, by="Logistics", now=NOW, workers=1, **given
    )


def _regency(code: str, lon: float | None) -> None:
    """A second one, beside that of the fixture."""
    villages = [f"{code}.01.200{number}" for number in range(1, 4)]
    for number, area in enumerate([code, f"{code}.01", *villages]):
        places.Area.objects.create(
            code=area,
            level=level_of(area),
            name=area,
            lat=None if lon is None else -3.0,
            lon=None if lon is None else lon + number / 20,
            area_km2=10,
        )
    for village in villages:
        for number in (1, 2):
            places.Station.objects.create(
                code=station_code(village, number),
                village_id=village,
                number=number,
                voters=240,
                voter_list="test",
                source="generated",
            )


@pytest.fixture
def province(regency: str) -> str:
    places.Area.objects.filter(code="16").update(lat=None, lon=None)
    _regency("16.08", 105.0)
    _regency("16.09", None)  # nobody knows where it lies
    for code, stations in (("16.07", 18), ("16.08", 6), ("16.09", 6)):
        places.AreaTotals.objects.create(area_code=code, stations=stations, voters=1, villages=3, districts=1)
    storing.write_upper_totals()
    return "16"
