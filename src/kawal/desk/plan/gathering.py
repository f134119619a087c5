"""Brings together what the planner needs of a regency, and says what had to be assumed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.resources import files

from kawal.desk.needs import reads as needs
from kawal.desk.places import reads as places
from kawal.desk.risk import reads as risk
from kawal.desk.risk.gathering import given_values
from kawal.rules.places.codes import level_of, lineage, parent_of
from kawal.rules.places.facts import Area, Site, SiteKind, Source, Station, site_code
from kawal.rules.plan.access import access_at
from kawal.rules.plan.facts import Access, Level, Terrain
from kawal.rules.plan.gateways import ACCESS_OF, of_regency, with_gateway, with_landings
from kawal.rules.plan.journey.land import Land
from kawal.rules.plan.journey.travel import REMOTE_VOTERS_PER_KM2, spread_of, terrain_of
from kawal.rules.plan.landscape import HIGHLANDS
from kawal.rules.plan.problem import District, Gateway, Load, Problem, Village
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass

BY_WATER_SHARE = 0.5  # of the way, by the given indicator `water`
UNASSESSED = RiskClass.VULNERABLE  # where nobody has assessed the risk
GRAMS_PER_KG = CM3_PER_L = 1_000


def default_delays() -> str:
    return (files("kawal.rules.plan") / "delays-default.toml").read_text("utf-8")


def problem_of(
    area: str, told: Mapping[str, Access], *, now: datetime, level: Level = Level.STATION
) -> tuple[Problem, Counter[str]]:
    """A regency as a problem, and how often each assumption was made (`told`: rules.plan.access).

    Down to the stations every parcel must have been computed; down to the villages the needs rules tell
    how many there will be.
    Refuses `unknown_area`, `plan_needs_regency`, `no_stations`, `needs_not_computed`.
    """
    if level_of(places.area(area).code) != "regency":
        raise Refused("plan_needs_regency", area=area)
    return _Regency(area, told, now, level).problem()


class _Regency:
    """The tables of one regency, read once."""

    def __init__(self, area: str, told: Mapping[str, Access], now: datetime, level: Level) -> None:
        self.code = area
        self.level = level
        self.told = told
        self.assumed: Counter[str] = Counter()
        self.areas = {found.code: found for found in (places.area(area), *places.subtree(area))}
        self.sites = {site.code: site for site in places.sites_under(area)}
        self.stations: defaultdict[str, list[Station]] = defaultdict(list)
        for station in places.stations_under(area):
            self.stations[station.village].append(station)
        if not self.stations:
            raise Refused("no_stations", area=area)
        self.water = given_values(area).get("water", {})
        self.classes = risk.classes(area, now=now)
        self.land = _land(area)
        self.freight = self._freight() if level is Level.STATION else self._freight_by_rules()

    def problem(self) -> tuple[Problem, Counter[str]]:
        districts = sorted({parent_of(village) for village in self.stations})
        self.warehouse = warehouse = self._point(SiteKind.WAREHOUSE, self.code)
        self.gateways = tuple(self._gateways())
        found = [self._district(code) for code in districts]
        above = of_regency(self.gateways, found)
        problem = Problem(
            regency=self.code,
            site=site_code(SiteKind.WAREHOUSE, self.code),
            lat=warehouse[0],
            lon=warehouse[1],
            terrain=Terrain.RURAL,
            districts=tuple(with_gateway(district, above, warehouse) for district in found),
            gateways=self.gateways,
        )
        self.assumed["travel_estimated"] = len(self.stations)
        self.assumed["calendar_assumed"] = self.assumed["escort_follows"] = 1
        if self.level is Level.VILLAGE:
            self.assumed["last_leg_estimated"] = sum(1 for _ in problem.villages())
            del self.assumed["stations_spread"]
        return problem, self.assumed

    def _district(self, code: str) -> District:
        lat, lon = self.ppk = self._point(SiteKind.PPK, code)
        own = sorted(village for village in self.stations if parent_of(village) == code)
        villages = tuple(self._village(village) for village in own)
        voters = sum(station.voters for village in own for station in self.stations[village])
        density = _density(voters, self.areas.get(code))
        access = (
            access_at(code, self.told)
            or self._over_sea(self.warehouse, (lat, lon))
            or self._best({village.access for village in villages}, density)
        )
        district = District(
            code=code,
            site=site_code(SiteKind.PPK, code),
            lat=lat,
            lon=lon,
            access=access,
            terrain=terrain_of(density),
            villages=villages,
        )
        return with_landings(district, self.gateways)

    def _gateways(self) -> Iterator[Gateway]:
        for site in sorted(self.sites.values(), key=lambda site: site.code):
            if site.kind in ACCESS_OF and (point := _known(site)) is not None:
                yield Gateway(
                    site=site.code,
                    lat=point[0],
                    lon=point[1],
                    terrain=Terrain.RURAL,
                    access=ACCESS_OF[site.kind],
                )

    def _village(self, code: str) -> Village:
        lat, lon = self._point(SiteKind.PPS, code)
        stations = self.stations[code]
        area = self.areas.get(code)
        density = _density(sum(station.voters for station in stations), area)
        if code not in self.classes:
            self.assumed["risk_not_assessed"] += 1
        if density is None:
            self.assumed["village_area_unknown"] += 1
        return Village(
            code=code,
            site=site_code(SiteKind.PPS, code),
            lat=lat,
            lon=lon,
            access=self._access(code, density, (lat, lon)),
            terrain=terrain_of(density),
            risk=self.classes.get(code, UNASSESSED),
            spread_m=spread_of(area.area_km2 if area else None),
            loads=tuple(self._load(station) for station in stations),
            over_sea=self.land is not None and not self.land.same(self.warehouse, (lat, lon)),
        )

    def _best(self, reached: set[Access], density: float | None) -> Access:
        """The committee sits where the district is best reached; a sparse highland is flown to."""
        if self.code in HIGHLANDS and (Access.ROAD not in reached or _sparse(density)):
            return Access.AIR
        return next(way for way in (Access.ROAD, Access.WATER, Access.FOOT, Access.AIR) if way in reached)

    def _over_sea(self, here: tuple[float, float], there: tuple[float, float]) -> Access | None:
        """By water where the places lie on two pieces of land, and nobody told of a bridge or a ferry."""
        if self.land is None or self.land.same(here, there):
            return None
        self.assumed["access_over_sea"] += 1
        return Access.WATER

    def _access(self, code: str, density: float | None, at: tuple[float, float]) -> Access:
        """As told; else by the given share of water; else over the sea; else the sparsest have no road: one
        gets there by water, in the highlands on foot."""
        told = access_at(code, self.told)
        if told is not None:
            return told
        share = next((self.water[above] for above in lineage(code) if above in self.water), None)
        if share is not None:
            return Access.WATER if share >= BY_WATER_SHARE else Access.ROAD
        if self._over_sea(self.ppk, at) is not None:
            return Access.WATER
        self.assumed["access_by_density"] += 1
        if not _sparse(density):
            return Access.ROAD
        return Access.FOOT if self.code in HIGHLANDS else Access.WATER

    def _load(self, station: Station) -> Load:
        given = station.source is Source.GIVEN and station.lat is not None and station.lon is not None
        if not given:
            self.assumed["stations_spread"] += 1
        parcels, weight_g, volume_cm3 = self.freight[station.code]
        return Load(
            station=station.code,
            parcels_count=parcels,
            weight_kg=-(-weight_g // GRAMS_PER_KG),
            volume_l=-(-volume_cm3 // CM3_PER_L),
            lat=station.lat if given else None,
            lon=station.lon if given else None,
        )

    def _freight(self) -> dict[str, tuple[int, int, int]]:
        """Station -> parcels, grams and cm3."""
        codes = [station.code for found in self.stations.values() for station in found]
        freight = {
            code: (
                len(parcels),
                sum(parcel.weight_g for parcel in parcels),
                sum(parcel.volume_cm3 for parcel in parcels),
            )
            for code, parcels in needs.parcels_of(codes).items()
        }
        if not all(parcels for parcels, _, _ in freight.values()):
            raise Refused("needs_not_computed", area=self.code)
        return freight

    def _freight_by_rules(self) -> dict[str, tuple[int, int, int]]:
        rules, computed = needs.rules_of_record(self.code)
        if not computed:
            self.assumed["needs_not_computed"] = 1
        return needs.freight_of((one for found in self.stations.values() for one in found), rules)

    def _point(self, kind: SiteKind, code: str) -> tuple[float, float]:
        """Of the site; else of its area; else of the nearest area above that has one."""
        site = self.sites.get(site_code(kind, code))
        if site is None or site.source is not Source.GIVEN:
            self.assumed["site_points_generated"] += 1
        for found in (site, *(self.areas.get(above) for above in lineage(code))):
            if found is not None and (point := _known(found)) is not None:
                return point
        raise Refused("no_coordinates", area=code)


def _land(regency: str) -> Land | None:
    """None where the regency is one piece of land, or nobody gave its border."""
    own = places.border_text(regency)
    if own is None or Land([own]).is_one():
        return None
    # Two pieces may hang together by a neighbour.
    near = [area.code for area in places.areas_under(parent_of(regency), "regency")]
    return Land(places.borders(near).values())


def _known(place: Site | Area) -> tuple[float, float] | None:
    return None if place.lat is None or place.lon is None else (place.lat, place.lon)


def _sparse(density: float | None) -> bool:
    return density is not None and density < REMOTE_VOTERS_PER_KM2


def _density(voters: int, area: Area | None) -> float | None:
    """Voters per km2, None where the area is not known."""
    return voters / area.area_km2 if area and area.area_km2 else None
