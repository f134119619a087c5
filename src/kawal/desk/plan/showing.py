"""Trips as the pages show them: places, vehicles and escorts in words, times left as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from kawal.desk.people import reads as people
from kawal.desk.people.access import Officer, can_see
from kawal.desk.places import reads as places
from kawal.desk.plan import words
from kawal.desk.plan.leg_words import LEGS, leg_of
from kawal.desk.risk.words import CLASSES
from kawal.rules.places.codes import covers, is_station, village_of
from kawal.rules.places.facts import area_of_site, is_gateway
from kawal.rules.plan.at_risk import too_late_for
from kawal.rules.plan.facts import FORWARD, HALT, Consignment, Escort, Leg, Mode, Stop, Substitute, Trip

_TOLD_MAX: Final = 3  # destinations named in a row of a table; the trip's own page names all
_OFFICES: Final = {"PPK", "PPS"}


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the areas and posts that some trips touch, asked for at once."""

    areas: Mapping[str, str]
    posts: Mapping[str, str]

    def site(self, code: str) -> str:
        """`PPS-16.07.03.2001` -> `PPS Mariana`; a station by its number and village."""
        if is_station(code):
            village = village_of(code)
            told = gettext("TPS %(number)s %(village)s")
            return told % {"number": code[-3:], "village": self.areas.get(village, village)}
        kind, area = code[:3], area_of(code)
        name = self.areas.get(area, area)
        if kind == HALT:
            return gettext("halt near %(place)s") % {"place": name}
        if is_gateway(code):
            told = gettext("jetty %(place)s") if kind == "DMG" else gettext("airstrip %(place)s")
            return told % {"place": f"{name} {code.rpartition('-')[2]}"}
        return f"{kind} {name}" if kind in _OFFICES else gettext("KPU warehouse")

    def base(self, code: str) -> str:
        """Where vehicles stand: an area, or a jetty or an airstrip; empty for what is not known."""
        return self.site(code) if is_gateway(code) else self.areas.get(code, "")

    def post(self, code: str) -> str:
        return self.posts.get(code, code)


def names_of(trips: Iterable[Trip]) -> Names:
    trips = list(trips)
    codes = {area_of(stop.site) for trip in trips for stop in trip.stops}
    codes |= {
        village_of(station) for trip in trips for part in trip.consignments for station in part.stations
    }
    return Names(
        areas={code: area.name for code, area in places.areas(sorted(codes)).items()},
        posts=people.post_names(sorted({post for trip in trips for post in trip.escort.posts})),
    )


def names_under(area: str) -> Names:
    """Names of all areas of the regency that an area is or lies in."""
    regency = area[:5]
    found = [places.area(regency), *places.subtree(regency)]
    return Names(areas={one.code: one.name for one in found}, posts={})


def vehicle(name: str, mode: Mode) -> str:
    """`speedboat-16.07.03-02` -> `Speedboat 2`."""
    own = name.rpartition("-")[2]  # a number, or the name that its people call it by
    return f"{capfirst(str(words.MODES[mode]))} {int(own) if own.isdecimal() else own}"


def vehicle_of(name: str, mode: Mode, areas: Mapping[str, str]) -> str:
    """`speedboat-16.07.03-02` -> `Speedboat 2, Banyuasin II`. `areas`: names by code."""
    base = areas.get(base_of(name))
    return f"{vehicle(name, mode)}, {base}" if base else vehicle(name, mode)


def area_of(site: str) -> str:
    """`PPS-16.07.03.2001` -> `16.07.03.2001`; a station's village."""
    return area_of_site(site)


def base_of(vehicle_name: str) -> str:
    """`speedboat-16.07.03-02` -> `16.07.03`, where it belongs; what stands at a gateway, to its area."""
    return area_of_base(vehicle_name.rpartition("-")[0].partition("-")[2])


def area_of_base(base: str) -> str:
    return area_of_site(base) if is_gateway(base) else base


def trip_row(
    trip: Trip, names: Names, *, area: str, officer: Officer, at_risk: Collection[str]
) -> dict[str, Any]:
    """One row of the table of trips. `area`: whose page it is. `at_risk`: stations of the plan."""
    start, goal = way(trip, names)
    return {
        "code": trip.code,
        "href": reverse("plan:trip", args=[area, trip.code]),
        "state": state(trip.depart_at, trip.latest_departure_at),
        "leg": leg_of(trip),
        "vehicle": vehicle(trip.vehicle, trip.mode),
        "start": start,
        "goal": goal,
        "depart_at": trip.depart_at,
        "latest_at": trip.latest_departure_at,
        "slack": slack(trip.depart_at, trip.latest_departure_at),
        "arrive_at": max(part.arrive_at for part in trip.consignments),
        "stations": stations_count(trip),
        "at_risk": len(too_late_for(trip, at_risk)),
        "parcels": trip.parcels_count,
        "escort": escort(trip.escort, names),
        "risk": CLASSES[trip.risk],
    }


def escort(told: Escort, names: Names) -> dict[str, str]:
    """Who rides along, from which post, and what stands in writing where no officer can."""
    riding = []
    if told.officers_count:
        count = words.number(told.officers_count)
        riding.append(ngettext("%(n)s officer", "%(n)s officers", told.officers_count) % {"n": count})
    if told.linmas_count:
        riding.append(gettext("%(n)s Linmas") % {"n": words.number(told.linmas_count)})
    if told.reserve_post:
        riding.append(gettext("second team of %(post)s") % {"post": names.post(told.reserve_post)})
    return {
        "riding": " + ".join(riding),
        "post": names.post(told.post),
        "substitute": str(words.SUBSTITUTES[Substitute(told.substitute)]) if told.substitute else "",
    }


def state(depart_at: datetime, latest_at: datetime) -> str:
    return "risk" if depart_at > latest_at else "ontime"


def slack(depart_at: datetime, latest_at: datetime) -> str:
    """How much later it may leave, or how much too late it is planned."""
    left_s = int((latest_at - depart_at).total_seconds())
    if left_s < 0:
        return gettext("%(time)s too late") % {"time": words.span(-left_s)}
    return gettext("%(time)s to spare") % {"time": words.span(left_s)}


def way(trip: Trip, names: Names) -> tuple[str, str]:
    """From where to where it carries: out from one site to several, home from several to one."""
    return way_of(trip.leg, [stop.site for stop in trip.stops], names)


def way_of(leg: Leg, sites: Sequence[str], names: Names) -> tuple[str, str]:
    """`sites`: of its stops; the first and the last are the same."""
    home = names.site(sites[0])
    visited = list(dict.fromkeys(site for site in sites[1:-1] if not site.startswith(HALT)))
    told = ", ".join(names.site(site) for site in visited[:_TOLD_MAX])
    more = len(visited) - _TOLD_MAX
    if more > 0:
        told = gettext("%(places)s and %(n)s more") % {"places": told, "n": words.number(more)}
    return (home, told) if leg in FORWARD else (told, home)


def stations_count(trip: Trip) -> int:
    return len({station for part in trip.consignments for station in part.stations})


def stop_rows(trip: Trip, names: Names, *, officer: Officer) -> list[dict[str, Any]]:
    """Every stop with what is handed over there; stations of somebody else's area are counted, not named."""
    rows = []
    last = len(trip.stops) - 1
    for place, stop in enumerate(trip.stops):
        parts = [part for part in trip.consignments if _belongs(part, stop)] if 0 < place < last else []
        rows.append(
            {
                "number": place,
                "site": names.site(stop.site),
                "code": stop.site,
                "arrive_at": stop.arrive_at if place else None,
                "depart_at": stop.depart_at if place < last else None,
                "consignments": [_consignment(part, names, officer) for part in parts],
            }
        )
    return rows


def _belongs(part: Consignment, stop: Stop) -> bool:
    return stop.site in (part.from_site, part.to_site)


def _consignment(part: Consignment, names: Names, officer: Officer) -> dict[str, Any]:
    seen = [station for station in part.stations if can_see(officer, station)]
    villages: dict[str, list[dict[str, str]]] = {}
    for station in seen:
        link = {"number": station[-3:], "href": reverse("report:station", args=[station])}
        villages.setdefault(village_of(station), []).append(link)
    return {
        "code": part.code,
        "villages": [
            {"name": names.areas.get(code, code), "stations": links} for code, links in villages.items()
        ],
        "others": len(part.stations) - len(seen),
        "parcels": part.parcels_count,
        "due_at": part.due_at,
        "slack": slack(part.arrive_at, part.due_at),
    }


def unserved_rows(rows: Sequence[Mapping[str, Any]], area: str, names: Names) -> list[dict[str, Any]]:
    """What the plan cannot bring, in words; of `area` alone."""
    found = []
    for row in rows:
        stations = [
            {"code": code, "name": names.site(code)} for code in row["stations"] if _lies_in(code, area)
        ]
        if stations:
            leg = Leg(row["leg"])
            told = {"leg": LEGS[leg], "why": words.why_unserved(row)}
            found.append({**told, "stations": stations, "state": "late" if leg in FORWARD else "risk"})
    return found


def _lies_in(station: str, area: str) -> bool:
    return covers(area, village_of(station))
