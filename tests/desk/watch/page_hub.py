"""A hub for the browser tests of plan and alerts: `python -m tests.desk.watch.page_hub`, in its own home.

A small regency on an evening before the vote on which nothing has left its warehouse. Prints one line of JSON
{url, link, trip, alert} when it answers, and ends when its input is closed.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import django

from tests.desk import shown_hub

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawal.desk.site.settings")

EVENING = datetime(2024, 2, 12, 11, tzinfo=UTC)
DISTRICTS = {"16.07.01": (104.5, "Betung"), "16.07.02": (105.0, "Air Saleh")}
VILLAGES_EACH, STATIONS_EACH = 4, 3


def _square(lon: float, lat: float, half: float) -> str:
    ring = [
        [lon - half, lat - half],
        [lon + half, lat - half],
        [lon + half, lat + half],
        [lon - half, lat + half],
    ]
    return json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})


def _places() -> None:
    from kawal.desk.places import models
    from kawal.rules.places.codes import level_of, station_code

    def area(code: str, name: str, lon: float, lat: float, half: float) -> None:
        models.Area.objects.create(
            code=code, level=level_of(code), name=name, lat=lat, lon=lon, area_km2=40.0
        )
        models.Border.objects.create(area_id=code, geometry=_square(lon, lat, half))

    area("16", "Sumatera Selatan", 104.75, -2.5, 1.0)
    area("16.07", "Kabupaten Banyuasin", 104.75, -2.5, 0.6)
    for district, (lon, name) in DISTRICTS.items():
        area(district, name, lon, -2.5, 0.24)
        for number in range(VILLAGES_EACH):
            village = f"{district}.200{number + 1}"
            at = lon - 0.15 + 0.1 * number, -2.5 + (-0.1 if number % 2 else 0.1)
            area(village, f"Desa {name} {number + 1}", *at, 0.04)
            for station in range(1, STATIONS_EACH + 1):
                models.Station.objects.create(
                    code=station_code(village, station), village_id=village, number=station, voters=240,
                    voter_list="test", source="given", lat=at[1] + station / 200, lon=at[0],
                )  # fmt: skip


def _world() -> dict[str, object]:
    from kawal.desk.clock import actions as clock
    from kawal.desk.needs import actions as needs
    from kawal.desk.people import actions as people
    from kawal.desk.people import links
    from kawal.desk.places import reads as places
    from kawal.desk.plan import actions as plan
    from kawal.desk.plan import reads as plans
    from kawal.desk.watch import actions as watch
    from kawal.desk.watch import reads as alerts

    _places()
    people.found_posts([places.area(""), places.area("16"), places.area("16.07"), *places.subtree("16.07")])
    people.add_officer("piket", post="polri/id", role="duty", password=None)
    needs.compute("16.07", now=EVENING)
    made = plan.make(
        "16.07", voting_day=date(2024, 2, 14), seed=1, reason="", by="Logistik", now=EVENING, workers=1
    )
    _tell_roads(made, plans.trips(made))
    _leaves_its_way(plans.trips(made))
    clock.begin(name="16.07", seed=1, sim_at=EVENING, speed=0.0, token="t")
    for looks in range(4):  # nobody answers: it climbs to the top
        now = EVENING + looks * timedelta(minutes=31)
        clock.move(now, 0.0)
        watch.sweep(now=now)
    token = links.make("piket", purpose=links.Purpose.EXERCISE, valid=timedelta(hours=1), now=_real_now())
    return {
        "link": f"/sign-in/{token}",
        "trip": plans.trips(made)[0].code,
        "alert": next(row.id for row in alerts.alerts("16.07") if row.kind == "late"),
        "off": next(row.id for row in alerts.alerts("16.07") if row.kind == "off_corridor"),
    }


def _tell_roads(plan_id: int, trips: list[Any]) -> None:
    """Of every leg a road in zigzag, as if a network had told it."""
    from kawal.desk.plan import models
    from kawal.rules.plan.journey.told import Told, to_bytes

    lines = {}
    for trip in trips:
        for here, there in pairwise(trip.stops):
            ends = (here.lat, here.lon), (there.lat, there.lon)
            north, east = ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]
            bends = tuple(
                (ends[0][0] + north * share + east * aside, ends[0][1] + east * share - north * aside)
                for share, aside in ((0.2, 0.15), (0.5, -0.1), (0.8, 0.12))
            )
            if ends[0] != ends[1]:
                lines[trip.mode, *ends] = (ends[0], *bends, ends[1])
    models.Travel.objects.create(plan_id=plan_id, told=to_bytes(Told(name="roads", blocks={}, lines=lines)))


def _leaves_its_way(trips: list[Any]) -> None:
    """The last trip that should be underway left, stood for an hour, and then drives away to the south."""
    from kawal.desk.custody import models
    from kawal.rules.custody.track import Spot, encoded, track_of

    trip = [one for one in trips if one.depart_at < EVENING][-1]
    left_at = EVENING - timedelta(hours=3)
    here = trip.stops[0]
    models.Milestone.objects.create(
        trip_code=trip.code, site_code=here.site, kind="departed", happened_at=left_at,
        received_at=left_at, entry_index=1,
    )  # fmt: skip
    spots = []
    for number in range(18):
        at_ms = round((left_at + number * timedelta(minutes=10)).timestamp() * 1000)
        south = 0.03 * max(0, number - 8)
        lat, lon = here.lat - 0.005 * min(number, 2) - south, here.lon + 0.008 * min(number, 2)
        spots.append(Spot(at_ms, at_ms + 4000, round(lat * 1e7), round(lon * 1e7), 12))
    models.Position.objects.create(
        trip_code=trip.code, lat=lat, lon=lon, accuracy_m=12, happened_at=EVENING, received_at=EVENING,
        heard_at=EVENING, entry_index=2, track=encoded(track_of(spots)),
    )  # fmt: skip


def _real_now() -> datetime:
    from kawal.desk.clock.reads import real_now

    return real_now()


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    told = _world()
    from kawal.serve.hub import application

    shown_hub.serve(told, lambda url: application("page_hub", url))


if __name__ == "__main__":
    main()
