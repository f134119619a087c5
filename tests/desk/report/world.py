"""A district of three villages, in the tables of the rooms below, and a story that its phones tell."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from django.test import Client

from kawal.desk.clock.models import Exercise
from kawal.desk.needs import actions as needs
from kawal.desk.needs import reads as needs_reads
from kawal.desk.people import actions as people
from kawal.desk.people.devices import NewDevice, enrol
from kawal.desk.places import models as places
from kawal.desk.plan.models import Plan
from kawal.desk.watch.models import Alert
from kawal.rules.places.codes import lineage, station_code
from kawal.rules.places.facts import Area
from kawal.rules.plan.facts import Consignment, Escort, Leg, Mode, Stop, Trip
from kawal.rules.risk.classes import RiskClass
from tests.desk.watch.tables import put_plan
from tests.rules.custody.stories import GDG, PPK, PPS, START, Cast, Story

DEADLINE = START + timedelta(days=3)
HOUR = timedelta(hours=1)
AREAS = {
    "16": "Sumatera Selatan",
    "16.07": "Kabupaten Banyuasin",
    "16.07.03": "Betung",
    "16.07.04": "Pulau Rimau",
    "16.07.03.2001": "Lubuk Karet",  # the village of the stories
    "16.07.03.2002": "Taja Mulya",
    "16.07.04.2001": "Dana Mulya",
}
STATIONS = {"16.07.03.2001": 2, "16.07.03.2002": 1, "16.07.04.2001": 1}
BORDERED = ("16", "16.07", "16.07.03", "16.07.04", "16.07.03.2001")
VILLAGE = "16.07.03.2001"
ONE, TWO = station_code(VILLAGE, 1), station_code(VILLAGE, 2)
WHY = {"late": "not_received", "predicted_late": "silent"}  # facts["why"] of the kinds that need one
VOTERS = 250  # and 2 % more ballots: the 255 of the stories
SUMMARY: dict[str, Any] = {
    "stations_count": 4,
    "trips_count": 3,
    "escort": {"officers_count": 6, "officers_peak_count": 2},
    "unserved": [],
    "at_risk": [],
}


def put_areas() -> None:
    for number, (code, name) in enumerate(AREAS.items()):
        level = {2: "province", 5: "regency", 8: "district", 13: "village"}[len(code)]
        west, south = 104.0 + number / 10, -2.5
        places.Area.objects.create(code=code, level=level, name=name, lat=south + 0.04, lon=west + 0.04)
        if code in BORDERED:
            ring = [[west, south], [west + 0.08, south], [west + 0.08, south + 0.08], [west, south]]
            shape = json.dumps({"type": "Polygon", "coordinates": [ring]})
            places.Border.objects.create(area_id=code, geometry=shape)


def put_stations() -> None:
    counts: dict[str, int] = {}
    for village, count in STATIONS.items():
        for number in range(1, count + 1):
            places.Station.objects.create(
                code=station_code(village, number), village_id=village, number=number, voters=VOTERS,
                voter_list="DPT 2029", source="given", lat=-2.46, lon=104.4 + number / 100,
            )  # fmt: skip
        for area in lineage(village):
            counts[area] = counts.get(area, 0) + count
    for area, count in counts.items():
        places.AreaTotals.objects.create(
            area_code=area, stations=count, voters=count * VOTERS, villages=1, districts=1
        )


def compute_needs() -> None:
    needs.compute("16.07", now=START)


def plan_it(**summary: Any) -> Plan:
    """To the district's committee, to the village, to its two stations: a leg each day."""
    at = START + HOUR
    trips = [
        _trip("16.07-to_ppk-1", Leg.TO_PPK, Mode.TRUCK, "truck-16.07-01", GDG, [PPK], at),
        _trip("16.07-to_pps-1", Leg.TO_PPS, Mode.SPEEDBOAT, "speedboat-16.07.03-01", PPK, [PPS],
              at + 24 * HOUR),
        _trip("16.07-to_station-1", Leg.TO_STATION, Mode.MOTORBIKE, "motorbike-16.07.03.2001-01", PPS,
              [ONE, TWO], at + 48 * HOUR),
    ]  # fmt: skip
    return put_plan(trips, deadline_at=DEADLINE, summary={**SUMMARY, **summary})


def _trip(code: str, leg: Leg, mode: Mode, vehicle: str, start: str, goals: list[str], at: datetime) -> Trip:
    sites = [start, *goals, start]
    stops = [
        Stop(site=site, lat=-2.46, lon=104.4, arrive_at=at + n * HOUR, depart_at=at + n * HOUR)
        for n, site in enumerate(sites)
    ]
    parts = [
        Consignment(
            code=f"{code}/{n}", from_site=start, to_site=goal, parcels_count=6,
            stations=(goal,) if leg is Leg.TO_STATION else (ONE, TWO),
            arrive_at=at + n * HOUR, due_at=DEADLINE - HOUR,
        )
        for n, goal in enumerate(goals, start=1)
    ]  # fmt: skip
    return Trip(
        code=code, leg=leg, area="16.07.03", vehicle=vehicle, mode=mode, risk=RiskClass.LOW, depart_at=at,
        back_at=stops[-1].arrive_at, latest_departure_at=at + 12 * HOUR, distance_m=10_000,
        parcels_count=12, escort=Escort(post="polri/16.07.03", officers_count=2, linmas_count=0),
        stops=tuple(stops), consignments=tuple(parts),
    )  # fmt: skip


def put_alert(
    kind: str, stations: list[str], *, area: str = VILLAGE, trip: str = "", post: str = ""
) -> Alert:
    facts: dict[str, Any] = {
        "why": kind, "stations": stations, "stations_count": len(stations), "count": len(stations),
        "parcels": [], "parcels_count": 1, "deadline_at": DEADLINE.isoformat(),
        "sites": [f"PPS-{VILLAGE}"], "sites_count": 1,
    }  # fmt: skip
    if kind in WHY:
        facts |= {
            "why": WHY[kind],
            "vehicle": "speedboat-16.07.03-01",
            "mode": "speedboat",
            "heard_at": START.isoformat(),
        }
    return Alert.objects.create(
        cause=f"{kind}:{area}:{trip}", kind=kind, severity=3, area_code=area, trip_code=trip, facts=facts,
        opened_at=START, ladder=[{"post": post or "polri/16.07.03", "told": [], "wait_s": 900}],
    )  # fmt: skip


def cast() -> Cast:
    """The phones of the story, enrolled at their posts, with the parcels that were computed."""
    codes = [ONE, TWO]
    parcels = [one for found in needs_reads.parcels_of(codes).values() for one in found]
    seals = {one.code: one.seals for one in parcels if one.seals}
    again = {code: tuple(seal + 10_000 for seal in numbers) for code, numbers in seals.items()}
    told = Cast(Story(), [one.code for one in parcels], first=seals, second=again)
    seats = {
        "kpu/16.07": [told.packer, told.driver],
        "kpu/16.07.03": [told.ppk, told.rider],
        "kpu/16.07.03.2001": [told.pps],
        "polri/16.07.03": [told.escort],
    }
    found_posts()
    rows = [
        NewDevice(phone.public_key, post, "escort" if post.startswith("polri") else "custodian")
        for post, phones in seats.items()
        for phone in phones
    ]
    enrol(rows, now=START)
    return told


def found_posts() -> None:
    levels = ("nation", "province", "regency", "district", "village")
    found = [
        Area(code=code, level=levels[code.count(".") + 1 if code else 0], name=AREAS.get(code, "Indonesia"))
        for code in ("", *AREAS)
    ]
    people.found_posts(found)


def clock_at(now: datetime) -> None:
    Exercise.objects.update_or_create(
        pk=1, defaults={"name": "Gladi", "seed": 1, "sim_at": now, "real_at": now, "speed": 0, "token": "t"}
    )


def signed_in(post: str = "kpu/16.07", role: str = "logistics", *, language: str = "id") -> Client:
    found_posts()
    name = post.replace("/", "-") + f"-{role}"
    people.add_officer(name, post=post, role=role, password=None)
    client = Client()
    client.force_login(people.user_of(name))
    client.cookies["django_language"] = language
    return client


def text_of(page: Any) -> str:
    assert page.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page.content.decode())))
