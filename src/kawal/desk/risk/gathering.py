"""Brings together what the scoring of one regency needs: measures from places, and given values."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Q

from kawal.desk.places import reads as places
from kawal.desk.risk.models import AreaIndicator
from kawal.rules.places.codes import lineage, parent_of, subtree_range
from kawal.rules.places.facts import Area, Site, SiteKind, site_code
from kawal.rules.risk.composite.framework import Missing
from kawal.rules.risk.measures import Point, Values, VillagePlace, measure
from kawal.rules.risk.spec import RiskSpec


@dataclass(frozen=True, slots=True)
class Gathered:
    codes: list[str]  # villages with stations
    voters: list[int]
    values: Values  # (villages, indicators), NaN where missing


def gather(regency: str, spec: RiskSpec) -> Gathered:
    """All villages of a regency that have stations."""
    villages, warehouse = _villages(regency)
    codes = [village.code for village in villages]
    values = np.full((len(codes), len(spec.indicators)), np.nan)
    if codes:
        measured = measure(
            villages,
            warehouse=warehouse,
            border=places.border(regency),
            detour=spec.detour,
            border_slack_km=spec.border_slack_km,
        )
        given = given_values(regency)
        for j, indicator in enumerate(spec.indicators):
            if indicator.code in measured:
                values[:, j] = measured[indicator.code]
            told = given.get(indicator.code, {})
            column = nearest(told, codes)
            if indicator.missing is Missing.LISTED and told:
                column = np.nan_to_num(column, nan=0.0)
            values[:, j] = np.where(np.isnan(column), values[:, j], column)
    return Gathered(codes, [village.voters_count for village in villages], values)


def given_values(area: str) -> dict[str, dict[str, float]]:
    """Indicator -> area -> value, for the area, those below and those above it."""
    rows = AreaIndicator.objects.filter(within(area) | Q(area_code__in=lineage(area)))
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for area_code, indicator, value in rows.values_list("area_code", "indicator", "value"):
        found[indicator][area_code] = value
    return found


def within(area: str) -> Q:
    """The area itself and its subtree; the codes are the tree, so this is a range of an index."""
    return Q(area_code=area) | Q(area_code__range=subtree_range(area))


def nearest(told: dict[str, float], codes: Sequence[str]) -> Values:
    """Each village's own value, or that of the nearest area above it that has one."""
    return np.array(
        [next((told[area] for area in lineage(code) if area in told), np.nan) for code in codes],
        dtype=np.float64,
    )


def _villages(regency: str) -> tuple[list[VillagePlace], Point | None]:
    stations: Counter[str] = Counter()
    voters: Counter[str] = Counter()
    district_voters: Counter[str] = Counter()
    for station in places.stations_under(regency):
        stations[station.village] += 1
        voters[station.village] += station.voters
        district_voters[parent_of(station.village)] += station.voters
    sites = {site.code: site for site in places.sites_under(regency)}
    districts = {area.code: area for area in places.areas_under(regency, "district")}
    villages = []
    for area in places.areas_under(regency, "village"):
        if area.code not in stations:
            continue
        district = districts.get(parent_of(area.code))
        villages.append(
            VillagePlace(
                code=area.code,
                point=_point(sites.get(site_code(SiteKind.PPS, area.code)), area),
                ppk=_point(sites.get(site_code(SiteKind.PPK, parent_of(area.code))), district),
                area_km2=area.area_km2,
                stations_count=stations[area.code],
                voters_count=voters[area.code],
                district_km2=district.area_km2 if district else None,
                district_voters_count=district_voters[parent_of(area.code)],
            )
        )
    return villages, _point(sites.get(site_code(SiteKind.WAREHOUSE, regency)), None)


def _point(site: Site | None, area: Area | None) -> Point | None:
    """The site's point, or else its area's label point."""
    for place in (site, area):
        if place is not None and place.lat is not None and place.lon is not None:
            return place.lat, place.lon
    return None
