"""Jetties and airstrips: where what goes by water or air changes from the road, and which serves whom.

With none given everything is as without them: boats and aircraft start at the site that sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from kawal.rules.places.facts import SiteKind
from kawal.rules.plan.facts import Access
from kawal.rules.plan.journey.roads import pieces_m
from kawal.rules.plan.problem import Gateway

ACCESS_OF: Final = {SiteKind.JETTY: Access.WATER, SiteKind.AIRSTRIP: Access.AIR}
OFF_ROAD_WEIGHS: Final = 2.0  # a metre by boat or aircraft, in metres of road (assumed)

Place = tuple[float, float]


def serving(gateways: Sequence[Gateway], access: Access, warehouse: Place, site: Place) -> Gateway | None:
    """The gateway by which a place is reached from the warehouse: that of the least way, road and rest.

    None for places on the road or on foot, and where no gateway of this access is given.
    """

    def far(gateway: Gateway) -> tuple[float, str]:
        road_m, rest_m = pieces_m(np.array([warehouse, (gateway.lat, gateway.lon), site]))
        return float(road_m + OFF_ROAD_WEIGHS * rest_m), gateway.site

    return min(_of_access(gateways, access), key=far, default=None)


def _of_access(gateways: Iterable[Gateway], access: Access) -> list[Gateway]:
    return [gateway for gateway in gateways if gateway.access is access]
