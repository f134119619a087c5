"""What is told of a fleet, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from django.utils.translation import override

from kawal.desk.plan.fleets.fleet_words import own_figures
from kawal.rules.plan.facts import Mode
from tests.rules.plan.small import fleet

BOAT = fleet().kinds[Mode.SPEEDBOAT]


def test_a_vehicle_as_its_mode_has_no_figures_of_its_own() -> None:
    assert own_figures(BOAT, BOAT) == []


def test_each_figure_in_which_a_vehicle_differs_is_told() -> None:
    own = replace(
        BOAT,
        quicker=1.4,
        speed_kmh={terrain: 1.4 * speed for terrain, speed in BOAT.speed_kmh.items()},
        parcels=90,
        range_m=120_000,
        rp_per_km=15_000,
        opens=time(6, 30),
    )
    with override("en"):
        assert own_figures(own, BOAT) == [
            "28 km/h in the country",
            "120 km without refuelling",
            "90 parcels",
            "Rp 15,000 a km",
            "at work from 06:30 to 17:00",
        ]
    slow = replace(own, speed_kmh=dict.fromkeys(BOAT.speed_kmh, 18.52))
    with override("id"):
        assert "18,5 km/jam di luar kota" in own_figures(slow, BOAT)
        assert "Rp 15.000 per km" in own_figures(own, BOAT)
