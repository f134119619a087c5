"""The distribution-route map on paper (peta jalur distribusi): ways, and eight factors for each village.

The commission's rules ask for voters, stations, geography, distance, travel time, climate and weather,
vulnerability, and what transport there is. Same plan, language and rights, same bytes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from importlib.resources import files
from typing import Any, Final

import typst
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

from kawal.desk.places import reads as places
from kawal.desk.plan import maps, overview, reads, timetable, words
from kawal.desk.plan.showing import names_under
from kawal.desk.plan.taken.drawing import WAYS, drawing
from kawal.desk.risk import reads as risk
from kawal.desk.risk.words import CLASSES
from kawal.rules.places.codes import covers, parent_of, zone_of
from kawal.rules.places.facts import Area
from kawal.rules.plan.facts import PlanFacts
from kawal.rules.plan.journey.travel import terrain_of
from kawal.rules.plan.village_ways import VillageWay, village_ways

FONT: Final = "Libertinus Serif"  # comes with typst
_UNKNOWN: Final = "–"


def paper(area: Area, plan: PlanFacts, *, sees_risk: bool) -> bytes:
    """PDF/A-2b. Without `sees_risk` the column of the class says that it is restricted."""
    return bytes(
        typst.compile(
            (files("kawal.desk.plan") / "route-map.typ").read_bytes(),
            sys_inputs={"data": json.dumps(_told(area, plan, sees_risk), ensure_ascii=False)},
            ignore_system_fonts=True,
            pdf_standards=["a-2b"],
        )
    )


def _told(area: Area, plan: PlanFacts, sees_risk: bool) -> dict[str, Any]:
    zone = zone_of(area.code)
    runs = timetable.runs(plan.id, area.code)
    delivery = timetable.delivery(plan.id, area.code)
    names = names_under(area.code)
    ways = {
        code: way
        for code, way in village_ways(reads.trips_of_area(area.code)).items()
        if covers(area.code, code)
    }
    told = maps.plan_map(area, plan, runs, delivery, names)
    last = overview.last_received_at(plan)
    made = gettext("Version %(version)s of %(at)s, made by %(by)s") % {
        "version": plan.version, "at": _local(plan.made_at, zone), "by": plan.made_by,
    }  # fmt: skip
    return {
        "lang": (get_language() or "id")[:2],
        "font": FONT,
        "title": gettext("Distribution routes of election logistics: %(name)s") % {"name": area.name},
        "made": made,
        "date": {part: getattr(plan.made_at, part) for part in ("year", "month", "day")},
        "sentence": _sentence(plan, len(ways), delivery, last, zone),
        "restricted": gettext("Restricted: KPU, Polri, Bawaslu.") if sees_risk else "",
        "map": drawing(told, font=FONT),
        "legend": [{"word": str(words.WAYS[way]), "colour": ink, "dashes": dash != "none"}
                   for way, (ink, dash) in WAYS.items()],
        "late": gettext("red: leaves later than is safe"),
        "head": _head(),
        "districts": list(_districts(area, ways, names.areas, sees_risk, zone)),
        "notes": [capfirst(words.assumption(code, plan.summary["assumed_counts"][code]))
                  for code in plan.summary["assumptions"]],
        "assumed": gettext("What this plan takes for granted"),
        "none": gettext("There is no border or point to draw a map from."),
    }  # fmt: skip


def _sentence(
    plan: PlanFacts, villages_count: int, delivery: timetable.Delivery, last: datetime | None, zone: tzinfo
) -> str:
    told = gettext(
        "%(stations)s polling stations in %(villages)s villages; deadline %(deadline)s (all times %(zone)s)."
    ) % {
        "zone": zone.tzname(None) or "",
        "stations": words.number(delivery.stations_count),
        "villages": words.number(villages_count),
        "deadline": _local(plan.deadline_at, zone),
    }
    if last is not None:
        told += " " + gettext("The last station receives on %(at)s.") % {"at": _local(last, zone)}
    if delivery.unserved:
        left = words.number(len(delivery.unserved))
        told += " " + gettext("%(unserved_told)s stations are not reached.") % {"unserved_told": left}
    return told


def _head() -> list[str]:
    return [
        gettext("Village"), gettext("Voters"), gettext("Stations"), gettext("Geography"),
        gettext("Distance, km"), gettext("Under way"), gettext("Weather and hazards"), gettext("Class"),
        gettext("Transport"), gettext("Sent"), gettext("Received"),
    ]  # fmt: skip


def _districts(
    area: Area, ways: Mapping[str, VillageWay], names: Mapping[str, str], sees_risk: bool, zone: tzinfo
) -> Iterator[dict[str, Any]]:
    stations: defaultdict[str, list[int]] = defaultdict(list)  # village -> the voters of each
    for station in places.stations_under(area.code):
        stations[station.village].append(station.voters)
    values = {code: found.values for code, found in risk.village_values(area.code[:5]).items()}
    known = places.areas(ways)
    for district in sorted({parent_of(village) for village in ways}):
        rows = []
        for code in sorted(village for village in ways if parent_of(village) == district):
            way, voters, village = ways[code], sum(stations[code]), known[code]
            density = voters / village.area_km2 if village.area_km2 else None
            rows.append(
                [
                    village.name,
                    words.number(voters),
                    words.number(len(stations[code])),
                    str(words.TERRAINS[terrain_of(density)]),
                    number_format(way.distance_m / 1_000, 1),
                    words.span(way.travel_s),
                    _weather(values.get(code, {})),
                    str(CLASSES[way.risk]) if sees_risk else gettext("restricted"),
                    _transport(way),
                    _local(way.departs_at, zone),
                    _local(way.received_at, zone),
                ]
            )
        yield {"name": names.get(district, district), "rows": rows}


def _weather(values: Mapping[str, float | None]) -> str:
    """The forecast and the disasters that somebody gave; a dash where nobody did."""
    told = []
    if (weather := values.get("weather")) is not None:
        told.append(gettext("forecast %(share)s %%") % {"share": round(100 * weather)})
    if (disaster := values.get("disaster")) is not None:
        told.append(gettext("hazard %(share)s %%") % {"share": round(100 * disaster)})
    return ", ".join(told) or _UNKNOWN


def _transport(way: VillageWay) -> str:
    """The modes leg by leg, each run of the same once: `truck → boat`."""
    legs = ["/".join(str(words.MODES[mode]) for mode in modes) for _, modes in way.modes]
    return " → ".join(leg for place, leg in enumerate(legs) if place == 0 or legs[place - 1] != leg)


def _local(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%d-%m %H:%M}"
