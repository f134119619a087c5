"""A small regency in the tables of places, as an import would have left it."""

from kawal.desk.places.models import Area, Site, Station
from kawal.rules.places.codes import level_of, lineage, station_code
from kawal.rules.places.facts import SiteKind, site_code

VILLAGES = {
    "16.07.03.2001": (-2.60, 104.70),
    "16.07.03.2002": (-2.40, 104.95),
    "16.07.04.2001": (-2.20, 105.30),
}
POINTS = {**VILLAGES, "16.07": (-2.95, 104.70), "16.07.03": (-2.60, 104.75), "16.07.04": (-2.30, 105.10)}


def areas(*codes: str) -> None:
    """The areas and all above them."""
    for code in sorted({above for one in codes for above in lineage(one) if above}):
        lat, lon = POINTS.get(code, (None, None))
        level = level_of(code)
        km2 = {"regency": 12_000.0, "district": 400.0, "village": 36.0}.get(level)
        Area.objects.get_or_create(
            code=code, defaults={"level": level, "name": code, "lat": lat, "lon": lon, "area_km2": km2}
        )


def stations(village: str, *voters: int) -> list[str]:
    """Stations 1, 2 ... of a village; answers their codes."""
    areas(village)
    codes = [station_code(village, number) for number in range(1, len(voters) + 1)]
    for code, count in zip(codes, voters, strict=True):
        Station.objects.update_or_create(
            code=code,
            defaults={
                "village_id": village,
                "number": int(code[-3:]),
                "voters": count,
                "voter_list": "DPT 2024",
                "source": "generated",
            },
        )
    return codes


def regency() -> list[str]:
    """16.07 with two districts, three villages and five stations, its warehouse, PPKs and PPSs."""
    codes = stations("16.07.03.2001", 300, 250) + stations("16.07.03.2002", 251)
    codes += stations("16.07.04.2001", 100, 0)
    for kind, area in [
        (SiteKind.WAREHOUSE, "16.07"),
        *((SiteKind.PPK, district) for district in ("16.07.03", "16.07.04")),
        *((SiteKind.PPS, village) for village in VILLAGES),
    ]:
        lat, lon = POINTS[area]
        Site.objects.create(
            code=site_code(kind, area),
            kind=kind,
            area_id=area,
            name=site_code(kind, area),
            lat=lat,
            lon=lon,
            source="given",
        )
    return codes
