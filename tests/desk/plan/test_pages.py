"""The plan's pages through their addresses: who sees which trips, and what is said of them."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from kawal.desk.people import actions as people
from kawal.desk.places import models as places
from kawal.desk.plan import models, reads, timetable, views
from kawal.rules.places.codes import WIB, level_of
from kawal.rules.places.facts import Area
from kawal.rules.plan.facts import Leg
from tests.desk.plan.conftest import make

SQUARE = '{"type": "Polygon", "coordinates": [[[104.6, -3.0], [104.9, -3.0], [104.9, -2.8], [104.6, -3.0]]]}'


@pytest.fixture
def plan(regency: str) -> int:
    return make(regency)


def signed_in(area: str = "16.07", agency: str = "kpu", role: str = "logistics") -> Client:
    found = [
        Area(code=code, level=level_of(code), name=code)
        for code in ("", "16", "16.07", "16.07.01", "16.07.02")
    ]
    people.found_posts(found)
    post = f"{agency}/{area or 'id'}"
    name = post.replace("/", "-")
    people.add_officer(name, post=post, role=role, password=None)
    client = Client()
    client.force_login(people.user_of(name))
    return client


def text_of(page: Any) -> str:
    assert page.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page.content.decode())))


def trips_on(page: Any) -> set[str]:
    return set(re.findall(r'<tr id="([^"]+)"', page.content.decode()))


def test_the_page_begins_with_one_sentence_whose_numbers_lead_on(plan: int) -> None:
    page = signed_in().get("/plan/16.07")
    trips = len(reads.trips(plan))
    assert f"Rencana versi 1: {trips} perjalanan membawa 108 koli ke 18 TPS." in text_of(page)
    assert "sebelum batas waktu. Tidak ada TPS yang tertinggal." in text_of(page)
    html = page.content.decode()
    last = timetable.delivery(plan, "16.07").last_trip
    for way in ('href="#trips"', 'href="/area/16.07"', f'href="/plan/16.07/trip/{last}"'):
        assert way in html
    assert trips_on(page) == {trip.code for trip in reads.trips(plan)[: views.TRIPS_PER_PAGE]}


def test_a_district_sees_the_trips_of_its_own_stations_and_no_others(plan: int) -> None:
    client = signed_in("16.07.02", "polri", "duty")
    page = client.get("/plan/16.07.02")
    assert trips_on(page) == {trip.code for trip in reads.trips_of_area("16.07.02")}
    assert trips_on(page) < {trip.code for trip in reads.trips(plan)}
    assert "ke 7 TPS" in text_of(page)


@pytest.mark.parametrize("address", ["/plan/16.07", "/plan/16.07.01", "/plan/16.07/map.json", "/plan/id"])
def test_who_belongs_elsewhere_is_told_so(plan: int, address: str) -> None:
    answer = signed_in("16.07.02", "polri", "duty").get(address)
    assert answer.status_code == 403
    assert "melihat wilayahnya sendiri" in answer.content.decode()


def test_strangers_sign_in_first(plan: int) -> None:
    assert Client().get("/plan/16.07").headers["Location"] == "/sign-in?next=/plan/16.07"


@pytest.mark.parametrize(
    ("address", "status"),
    [("/plan/16.07.99", 404), ("/plan/16.07/trip/16.07-to_ppk-999", 404), ("/plan/16.07.77/map.json", 404)],
)
def test_what_is_not_there_is_not_found(plan: int, address: str, status: int) -> None:
    assert signed_in().get(address).status_code == status


def test_a_regency_without_a_plan_is_told_what_to_do(regency: str) -> None:
    client = signed_in()
    assert "Belum ada rencana" in text_of(client.get("/plan/16.07"))
    assert client.get("/plan/16.07/map.json").status_code == 409


@pytest.mark.parametrize(
    ("query", "picks"),
    [
        ("leg=to_pps", lambda run: run.leg is Leg.TO_PPS),
        ("mode=speedboat", lambda run: run.mode == "speedboat"),
        ("leg=to_station&mode=motorbike", lambda run: (run.leg, run.mode) == (Leg.TO_STATION, "motorbike")),
        ("leg=any_to_station", lambda run: run.leg is Leg.TO_STATION),
        ("leg=any_to_pps", lambda run: run.leg is Leg.TO_PPS),
        ("leg=by_air", lambda run: True),
    ],
)
def test_the_filter_shows_what_it_says(plan: int, query: str, picks: Any) -> None:
    runs = [run.code for run in timetable.runs(plan, "16.07") if picks(run)]
    page = signed_in().get(f"/plan/16.07?{query}")
    assert trips_on(page) == set(runs[: views.TRIPS_PER_PAGE])


def test_a_filter_that_nothing_passes_says_so_and_leads_back(plan: int) -> None:
    page = signed_in().get("/plan/16.07?at_risk=on")
    assert "Tidak ada perjalanan seperti itu" in text_of(page)
    assert trips_on(page) == set()


def test_a_day_without_trips_shows_none_and_a_day_that_is_none_shows_all(plan: int) -> None:
    client = signed_in()
    assert trips_on(client.get("/plan/16.07?day=2024-02-01")) == set()
    assert trips_on(client.get("/plan/16.07?day=tomorrow")) == trips_on(client.get("/plan/16.07"))


def test_many_trips_come_in_pages_that_keep_the_filter(plan: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "TRIPS_PER_PAGE", 2)
    client = signed_in()
    runs = [run.code for run in timetable.runs(plan, "16.07") if run.leg is Leg.TO_STATION]
    first, second = (client.get(f"/plan/16.07?leg=to_station&page={page}") for page in (1, 2))
    assert trips_on(first) == set(runs[:2]) and trips_on(second) == set(runs[2:4])
    assert "page=2&amp;leg=to_station" in first.content.decode()


def test_a_trip_that_leaves_too_late_is_marked_and_counted(plan: int) -> None:
    run = next(run for run in timetable.runs(plan, "16.07.02") if run.leg is Leg.TO_STATION)
    models.Trip.objects.filter(code=run.code).update(latest_departure_at=run.depart_at - timedelta(hours=2))
    client = signed_in()
    page = client.get("/plan/16.07?at_risk=on")
    assert trips_on(page) == {run.code}
    assert "2 jam terlalu lambat" in text_of(page)
    assert "2 jam terlalu lambat" in text_of(client.get(f"/plan/16.07/trip/{run.code}"))


def test_stations_left_out_are_named_with_the_reason(plan: int) -> None:
    summary = reads.plan_of_record("16.07").summary | {  # type: ignore[union-attr]
        "unserved": [
            {
                "leg": "to_station",
                "site": "PPS-16.07.02.2002",
                "stations": ["1607022002001"],
                "reason": "too_heavy",
            },
            {
                "leg": "back_pps",
                "site": "PPS-16.07.02.2002",
                "stations": ["1607022002002"],
                "reason": "fleet_too_small",
            },
        ],
        "shortfalls": [{"leg": "to_pps", "area": "16.07.02", "mode": "speedboat", "vehicles_count": 2}],
    }
    models.Plan.objects.update(summary=summary)
    client = signed_in()
    told = text_of(client.get("/plan/16.07"))
    assert "1 TPS tidak terlayani." in told
    assert "melebihi daya angkut" in told
    assert "Kotak dari 1 TPS belum mendapat kendaraan untuk pulang." in told
    assert "Dari TPS kembali ke PPS" in told
    assert "Kekurangan kendaraan" in told
    village, district = (places.Area.objects.get(code=code).name for code in ("16.07.02.2002", "16.07.02"))
    assert f"TPS 001 {village}" in told
    assert f"{district}, dari PPK ke PPS: tambahan 2 sudah cukup" in told
    assert 'href="/station/1607022002001"' in client.get("/plan/16.07.02").content.decode()
    assert "tidak terlayani." not in text_of(client.get("/plan/16.07.01"))


def test_every_version_stands_there_with_its_reason(plan: int, regency: str) -> None:
    make(regency, seed=2, reason="Jembatan putus")
    told = text_of(signed_in().get("/plan/16.07"))
    assert "Jembatan putus" in told and "2 (berlaku)" in told


def test_a_trip_tells_its_stops_its_stations_its_escort_and_why_it_must_leave(plan: int) -> None:
    trip = next(trip for trip in reads.trips(plan) if trip.leg is Leg.TO_PPK)
    page = signed_in().get(f"/plan/16.07/trip/{trip.code}")
    told = text_of(page)
    assert "Gudang KPU" in told and "PPK A" in told
    assert "Muatan dengan waktu paling sempit" in told
    for station in trip.consignments[0].stations:
        assert f'href="/station/{station}"' in page.content.decode()
    assert "petugas, polri/16.07" not in told  # the post has a name
    assert f"{trip.escort.officers_count} petugas" in told


def test_a_trip_home_goes_from_the_stations_to_the_pps(plan: int) -> None:
    trip = next(trip for trip in reads.trips(plan) if trip.leg is Leg.BACK_PPS)
    told = text_of(signed_in().get(f"/plan/16.07/trip/{trip.code}"))
    assert re.search(r"TPS: TPS \d{3} .* → PPS ", told)


def test_a_trip_that_carries_nothing_of_an_area_is_none_of_its_trips(plan: int) -> None:
    elsewhere = next(trip for trip in reads.trips(plan) if trip.area == "16.07.01")
    client = signed_in("16.07.02", "polri", "duty")
    assert client.get(f"/plan/16.07.02/trip/{elsewhere.code}").status_code == 404
    assert client.get(f"/plan/16.07.02/trip/{elsewhere.code}/map.json").status_code == 404


def test_the_class_of_an_area_is_for_those_who_may_see_it(plan: int) -> None:
    assert 'name="risk"' in signed_in().get("/plan/16.07").content.decode()
    page = signed_in("16.07.01", "kpu", "custodian").get("/plan/16.07.01")
    assert 'name="risk"' not in page.content.decode()
    assert "Kurang rawan" not in text_of(page) and "Rawan" not in text_of(page).replace("Rawan terlambat", "")


def test_an_english_reader_reads_english(plan: int) -> None:
    client = signed_in()
    client.cookies["django_language"] = "en"
    assert "Plan version 1:" in text_of(client.get("/plan/16.07"))


def test_the_map_draws_the_trips_that_the_table_lists(plan: int) -> None:
    places.Border.objects.create(area_id="16.07", geometry=SQUARE)
    told = signed_in().get("/plan/16.07/map.json?leg=to_pps").json()
    runs = {run.code: run for run in timetable.runs(plan, "16.07") if run.leg is Leg.TO_PPS}
    lines = told["lines"]["features"]
    assert lines and {line["properties"]["code"] for line in lines} <= set(runs)
    assert {line["properties"]["mode"] for line in lines} <= {"land", "water", "foot"}
    assert all(line["properties"]["state"] == "ontime" for line in lines)
    assert [area["properties"]["code"] for area in told["areas"]["features"]] == ["16.07"]  # the ground
    assert told["bbox"] == pytest.approx([104.6, -3.0, 104.9, -2.8], abs=0.02)


def test_without_a_border_the_ways_say_where_to_look(plan: int) -> None:
    told = signed_in().get("/plan/16.07/map.json?leg=to_pps").json()
    west, south, east, north = told["bbox"]
    lines = told["lines"]["features"]
    spots = [spot for line in lines for spot in line["geometry"]["coordinates"]]
    assert spots and all(west <= lon <= east and south <= lat <= north for lon, lat in spots)


def test_the_map_of_one_trip_shows_that_trip(plan: int) -> None:
    trip = next(trip for trip in reads.trips(plan) if (trip.leg, trip.area) == (Leg.TO_PPS, "16.07.02"))
    told = signed_in().get(f"/plan/16.07/trip/{trip.code}/map.json").json()
    assert [line["properties"]["code"] for line in told["lines"]["features"]] == [trip.code]
    assert {point["properties"]["code"] for point in told["points"]["features"]} == {
        stop.site for stop in trip.stops
    }


def test_larger_areas_list_the_plans_of_their_regencies(plan: int) -> None:
    places.Area.objects.create(code="16.71", level="regency", name="Palembang", lat=-3.0, lon=104.7)
    places.Border.objects.create(area_id="16", geometry=SQUARE)
    client = signed_in("", "polri", "duty")
    for address in ("/plan/id", "/plan/16"):
        told = text_of(client.get(address))
        assert "1 dari 2 kabupaten/kota punya rencana" in told
        assert "Banyuasin" in told and "belum ada rencana" in told
    area = client.get("/plan/id/map.json").json()["areas"]["features"][0]["properties"]
    assert (area["code"], area["state"], area["value"]) == ("16", "unknown", "1 dari 2 punya rencana")


def test_the_lanes_may_be_the_posts_that_guard_with_the_officers_they_need(plan: int) -> None:
    client = signed_in()
    page = client.get("/plan/16.07?by_escort=on")
    told = text_of(page)
    posts = {run.escort_post for run in timetable.runs(plan, "16.07") if run.officers_count}
    assert page.content.decode().count('class="lane"') == len(posts) > 1
    assert "petugas sekaligus" in told
    day = min(run.depart_at for run in timetable.runs(plan, "16.07")).astimezone(WIB).date()
    assert "petugas sekaligus" in text_of(client.get(f"/plan/16.07?by_escort=on&day={day}"))


def test_a_trip_says_why_it_goes_this_way_and_at_this_hour(plan: int) -> None:
    client = signed_in()
    told = [text_of(client.get(f"/plan/16.07/trip/{trip.code}")) for trip in reads.trips(plan)]
    assert all("Mengapa rute ini, mengapa jam ini" in page for page in told)
    assert any("begitu jam kerja" in page for page in told)
    assert any("setelah kendaraannya bebas lagi" in page for page in told)
    assert all("% penuh" in page for page in told)
