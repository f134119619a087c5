"""Brings together what the scoring of one regency needs: measures from places, and given values."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.db.models import Q, QuerySet

from kawal.desk.clock import reads as clock
from kawal.desk.places import reads as places
from kawal.desk.risk import specfiles
from kawal.desk.risk.models import AreaIndicator, IndexUse
from kawal.rules.places.codes import NATION, covers, lineage, parent_of, subtree_range
from kawal.rules.places.facts import Area, Site, SiteKind, site_code
from kawal.rules.risk.composite.framework import Indicator, Missing
from kawal.rules.risk.indices import GIVEN
from kawal.rules.risk.measures import Point, Values, VillagePlace, measure
from kawal.rules.risk.spec import RiskSpec

_AREAS_AT_ONCE = 200  # a query of as many ranges; SQLite takes a thousand


@dataclass(frozen=True, slots=True)
class Gathered:
    codes: list[str]  # villages with stations
    voters: list[int]
    values: Values  # (villages, indicators), NaN where missing


def gather(regency: str, spec: RiskSpec, *, now: datetime) -> Gathered:
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
        given = fed(regency, spec, now=now)
        for j, indicator in enumerate(spec.indicators):
            if indicator.code in measured:
                values[:, j] = measured[indicator.code]
            told = {area: one.value for area, one in given.get(indicator.code, {}).items()}
            column = nearest(told, codes)
            if indicator.missing is Missing.LISTED and told:
                column = np.nan_to_num(column, nan=0.0)
            values[:, j] = np.where(np.isnan(column), values[:, j], column)
    return Gathered(codes, [village.voters_count for village in villages], values)


@dataclass(frozen=True, slots=True)
class Fed:
    """A given value as the composite takes it, and where it is from."""

    value: float  # on the indicator's own scale
    index: str
    measure: str
    publisher: str
    dated: date
    use: int | None  # the decision (IndexUse) without which it would not count


def fed(area: str, spec: RiskSpec, *, now: datetime) -> dict[str, dict[str, Fed]]:
    """Indicator -> area -> value, for the area, those below and those above it.

    Of several indices that tell the same of an area the one with the newest data counts; of several measures
    of one index the worst. An index that answers another question counts only by a decision that holds, and
    only where nothing else is told.
    """
    rows = AreaIndicator.objects.filter(within(area) | Q(area_code__in=lineage(area)))
    return _fed(rows, uses_in(area, now=now), spec)


def fed_of(areas: Sequence[str], indicator: str, spec: RiskSpec, *, now: datetime) -> dict[str, Fed]:
    """The same of one indicator for many areas, those below and those above them, in few queries."""
    uses = uses_in(NATION, now=now)
    measures = [one for index in specfiles.indices().by_code.values() for one in index.measures.values()]
    codes = {indicator, *(one.code for one in measures if one.indicator == indicator)}
    codes |= {one.measure for one in uses if one.indicator == indicator}
    found: dict[str, Fed] = {}
    for start in range(0, len(areas), _AREAS_AT_ONCE):
        some = areas[start : start + _AREAS_AT_ONCE]
        where = Q(area_code__in={above for area in some for above in lineage(area)})
        for area in some:
            where |= within(area)
        rows = AreaIndicator.objects.filter(where, indicator__in=codes)
        found.update(_fed(rows, uses, spec).get(indicator, {}))
    return found


def _fed(
    rows: QuerySet[AreaIndicator], uses: Sequence[IndexUse], spec: RiskSpec
) -> dict[str, dict[str, Fed]]:
    catalogue = specfiles.indices()
    indicators = {one.code: one for one in spec.indicators}
    found: defaultdict[str, dict[str, Fed]] = defaultdict(dict)
    for at, index, code, value, publisher, dated in rows.order_by("told__dated", "told_id", "id").values_list(
        "area_code", "index", "indicator", "value", "told__source", "told__dated"
    ):
        if index == GIVEN:
            if code in indicators:
                found[code][at] = Fed(value, index, code, publisher, dated, None)
            continue
        measure = catalogue.measure(index, code)
        use = None if catalogue.index(index).routes else use_of(at, index, code, uses)
        fits = use.indicator if use else measure.indicator if catalogue.index(index).routes else ""
        if fits not in indicators:
            continue
        onto = indicators[fits]
        told = Fed(
            measure.onto(value, onto.safe, onto.worst), index, code, publisher, dated, use.pk if use else None
        )
        found[fits][at] = _preferred(found[fits].get(at), told, onto)
    return found


def uses_in(area: str, *, now: datetime) -> list[IndexUse]:
    """Decisions that hold now to use an index that answers another question, here, above or below."""
    rows = IndexUse.objects.filter(within(area) | Q(area_code__in=lineage(area)))
    return list(rows.filter(ended_at=None, at__lte=now, until__gt=now).order_by("at", "id"))


def use_of(area: str, index: str, measure: str, uses: Sequence[IndexUse]) -> IndexUse | None:
    """The last decision that covers the area, or of which the area covers some part."""
    fitting = [
        one
        for one in uses
        if (one.index, one.measure) == (index, measure)
        and (covers(one.area_code, area) or covers(area, one.area_code))
    ]
    return fitting[-1] if fitting else None


def _preferred(before: Fed | None, told: Fed, onto: Indicator) -> Fed:
    if before is None or (before.use is not None and told.use is None):
        return told
    if told.use is not None and before.use is None:
        return before
    if (before.index, before.dated) == (told.index, told.dated):
        return max(before, told, key=lambda one: (one.value - onto.safe) / (onto.worst - onto.safe))
    return told


def given_values(area: str, *, now: datetime | None = None) -> dict[str, dict[str, float]]:
    """Indicator of the shipped composite -> area -> value, for the area, those below and those above it."""
    spec = specfiles.read().spec
    told = fed(area, spec, now=now or clock.now())
    return {code: {at: one.value for at, one in areas.items()} for code, areas in told.items()}


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
