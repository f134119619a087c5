"""Jetties and airstrips: where what goes by water or air changes from the road, and which serves whom.

One whose code names a district, or a village of it, is a landing where the PPK of that district is reached by
road: it serves the villages there that are reached by its access, if there are any, and nothing else. All
others serve the districts of the regency, each that of the least way. With none given everything is as
without them: boats and aircraft start at the site that sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from kawal.rules.places.codes import covers
from kawal.rules.places.facts import SiteKind, area_of_site
from kawal.rules.plan.facts import Access
from kawal.rules.plan.journey.roads import pieces_m
from kawal.rules.plan.problem import District, Gateway, Village

ACCESS_OF: Final = {SiteKind.JETTY: Access.WATER, SiteKind.AIRSTRIP: Access.AIR}
OFF_ROAD_WEIGHS: Final = 2.0  # a metre by boat or aircraft, in metres of road (assumed)

Place = tuple[float, float]


def serving(gateways: Sequence[Gateway], access: Access, sender: Place, site: Place) -> Gateway | None:
    """The gateway by which a place is reached from who sends: that of the least way, road and rest.

    None for places on the road or on foot, and where no gateway of this access is given.
    """

    def far(gateway: Gateway) -> tuple[float, str]:
        road_m, rest_m = pieces_m(np.array([sender, (gateway.lat, gateway.lon), site]))
        return float(road_m + OFF_ROAD_WEIGHS * rest_m), gateway.site

    return min(_of_access(gateways, access), key=far, default=None)


def with_landings(
    district: District, gateways: Sequence[Gateway], taken: Mapping[str, str] = MappingProxyType({})
) -> District:
    """The district with the landings by which its villages are reached from its PPK.

    `taken`: village -> the landing by which something has gone already, empty for none; it stays so.
    """
    near = [one for one in gateways if covers(district.code, area_of_site(one.site))]
    by_road = district.access is Access.ROAD
    ppk = district.lat, district.lon

    def of(village: Village) -> str:
        if village.code in taken:
            return taken[village.code]
        found = serving(near, village.access, ppk, (village.lat, village.lon)) if by_road else None
        return found.site if found else ""

    villages = tuple(replace(village, landing=of(village)) for village in district.villages)
    served = {village.landing for village in villages}
    return replace(district, villages=villages, landings=tuple(one for one in gateways if one.site in served))


def with_gateway(district: District, gateways: Sequence[Gateway], warehouse: Place) -> District:
    """The district with the gateway by which it is reached from the warehouse. `gateways`: no landings."""
    found = serving(gateways, district.access, warehouse, (district.lat, district.lon))
    return replace(district, gateway=found.site if found else "")


def of_regency(gateways: Iterable[Gateway], districts: Iterable[District]) -> list[Gateway]:
    """Those that are no landings."""
    landings = {landing.site for district in districts for landing in district.landings}
    return [gateway for gateway in gateways if gateway.site not in landings]


def _of_access(gateways: Iterable[Gateway], access: Access) -> list[Gateway]:
    return [gateway for gateway in gateways if gateway.access is access]
