"""What an exercise's risk page lives on: two invented indices, a forecast, a decision that waits.

Nothing of it is about a real place.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import numpy as np

from kawal.desk.places import reads as places
from kawal.desk.risk import checking, deciding, importing, moving, reads, weather
from kawal.rules.places.codes import parent_of, post_code, zone_of
from kawal.rules.risk.classes import RiskClass

CHECKS: Final = 200
RAIN_H: Final = 12
_REACH: Final = 3.5  # points that so much rain adds to a village in the middle of the scale
_IKP: Final = """index = "ikp-2024"
publisher = "Bawaslu (latihan)"
date = {day}
[area]
code = "kode"
[[value]]
column = "skor"
measure = "score"
"""
_TPS: Final = """index = "tps-rawan-2024"
publisher = "Bawaslu (latihan)"
date = {day}
[area]
code = "kode"
[[value]]
column = "internet"
measure = "no_internet"
unit = "percent"
[[value]]
column = "terlambat"
measure = "late_before"
unit = "percent"
"""


def indices(area: str, *, seed: int, day: date, by: str, now: datetime) -> None:
    """Figures by the seed, dated before what the exercise gives itself: shown beside it, not in its place."""
    chance = np.random.default_rng([seed, 5])
    villages = places.areas_under(area, "village")
    districts = places.areas_under(area, "district")
    told = {"day": (day - timedelta(days=60)).isoformat()}
    scores = [f"{one.code},{chance.uniform(8, 60):.2f}" for one in [places.area(area), *districts]]
    data = "\n".join(["kode,skor", *scores]).encode()
    importing.take_in(data, "ikp-latihan.csv", _IKP.format(**told), by=by, now=now)
    shares = [f"{one.code},{chance.integers(0, 80)},{chance.integers(0, 40)}" for one in villages]
    data = "\n".join(["kode,internet,terlambat", *shares]).encode()
    importing.take_in(data, "tps-rawan-latihan.csv", _TPS.format(**told), by=by, now=now)


def happenings(area: str, *, voting_day: date, now: datetime) -> None:
    """Heavy rain ahead where it changes most, at noon of H-3; and a proposal to lower one class."""
    checking.check(area, now=now, replications=CHECKS)
    moving.refresh(now=now)
    begins = datetime.combine(voting_day - timedelta(days=3), time(12), zone_of(area)).astimezone(UTC)
    district = _nearest_to_worse(area)
    villages = [one.code for one in places.areas_under(district, "village")]
    weather.take_in(json.dumps([_rain(code, begins) for code in villages]).encode(), now=now)
    moving.refresh(now=now)
    # A district where one stands out, else the hardest village.
    classes = reads.classes_of_children(area, now=now)
    if max(classes.values(), default=RiskClass.LOW) is RiskClass.LOW:
        classes = reads.classes(area, now=now)
    hardest = max(sorted(classes), key=lambda code: classes[code], default="")
    if hardest and classes[hardest] > RiskClass.LOW:
        deciding.decide(
            hardest,
            RiskClass(classes[hardest] - 1),
            "Jembatan sudah dapat dilalui lagi",
            begins + timedelta(days=4),
            "piket-polres",
            now=now,
            post=post_code("polri", area),
        )


def _nearest_to_worse(area: str) -> str:
    """The district in which most villages stand a little below the next class."""
    near: Counter[str] = Counter()
    for code, gap in reads.gaps(area).items():
        near[parent_of(code)] += gap <= _REACH
    return max(sorted(near), key=lambda code: near[code])


def _rain(code: str, begins: datetime) -> dict[str, object]:
    hours = [
        {
            "utc_datetime": f"{begins + timedelta(hours=h):%Y-%m-%d %H:%M:%S}",
            "weather": 63,
            "weather_desc": "Hujan Lebat",
            "tp": 15.0,
            "ws": 20.0,
        }
        for h in range(0, RAIN_H, 3)
    ]
    place: dict[str, Any] = {"adm4": code, "timezone": "Asia/Jakarta"}
    return {"lokasi": place, "data": [{"lokasi": place | {"type": "adm4"}, "cuaca": [hours]}]}
