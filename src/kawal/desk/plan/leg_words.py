"""The legs in words, by where their boxes begin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy

from kawal.desk.plan.timetable import Goal
from kawal.rules.places.facts import is_gateway
from kawal.rules.plan.facts import FORWARD, Leg, Trip
from kawal.rules.plan.fleet import base_of

LEGS = {
    Leg.TO_GATEWAY: gettext_lazy("from the warehouse to jetties and airstrips"),
    Leg.TO_PPK: gettext_lazy("from the warehouse to the district committees (PPK)"),
    Leg.TO_LANDING: gettext_lazy("from the PPK to jetties and airstrips"),
    Leg.TO_PPS: gettext_lazy("from the PPK to the village committees (PPS)"),
    Leg.DIRECT_PPS: gettext_lazy("from the warehouse straight to the village committees (PPS)"),
    Leg.TO_STATION: gettext_lazy("from the PPS to the polling stations"),
    Leg.DIRECT_STATION: gettext_lazy("from the PPK straight to the polling stations"),
    Leg.BACK_PPS: gettext_lazy("from the polling stations back to the PPS"),
    Leg.BACK_LANDING: gettext_lazy("from the PPS back to jetties and airstrips"),
    Leg.BACK_PPK: gettext_lazy("from the PPS back to the PPK"),
    Leg.BACK_GATEWAY: gettext_lazy("from the PPK back to jetties and airstrips"),
    Leg.BACK_WAREHOUSE: gettext_lazy("from the PPK back to the warehouse"),
}
GOALS: Final = {
    Goal.PPS: gettext_lazy("to the village committees (PPS), by any leg"),
    Goal.STATION: gettext_lazy("to the polling stations, by any leg"),
}
_FROM_GATEWAY: Final = {
    Leg.TO_PPK: gettext_lazy("from jetties and airstrips to the district committees (PPK)"),
    Leg.TO_PPS: gettext_lazy("from jetties and airstrips to the village committees (PPS)"),
    Leg.BACK_PPK: gettext_lazy("from jetties and airstrips back to the PPK"),
    Leg.BACK_WAREHOUSE: gettext_lazy("from jetties and airstrips back to the warehouse"),
}


def leg_of(trip: Trip) -> str:
    return leg_from(trip.leg, (part.from_site for part in trip.consignments))


def leg_from(leg: Leg, sites: Iterable[str]) -> str:
    """`sites`: where the boxes are taken aboard."""
    return str((_FROM_GATEWAY if all(map(is_gateway, sites)) else LEGS).get(leg, LEGS[leg]))


def leg_by(leg: Leg, vehicle: str) -> str:
    """Where only the vehicle is known: what stands at a gateway takes its boxes out from there."""
    return leg_from(leg, [base_of(vehicle)]) if leg in FORWARD else str(LEGS[leg])
