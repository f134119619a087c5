"""A small regency in the tables of places, with its needs computed by the room that computes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kawal.desk.needs import actions as needs
from kawal.desk.places import models as places
from kawal.desk.plan import actions
from kawal.rules.places.codes import level_of, station_code

NOW = datetime(2024, 1, 20, tzinfo=UTC)
VOTING_DAY = date(2024, 2, 14)
VILLAGES = {  # code: stations, voters each, km2, degrees east of the regency's middle
    "16.07.01.1001": (8, 250, 4.0, 0.05),
    "16.07.01.2002": (3, 250, 20.0, 0.12),
    "16.07.02.2001": (5, 200, 15.0, 0.40),
    "16.07.02.2002": (2, 150, 300.0, 0.46),  # one voter per km2: taken to lie on water
}


@pytest.fixture
def regency(db: None) -> str:
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
