"""From a phone's signed words to an alert: a boat that stands, leaves its way or falls silent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kawal.desk.custody import actions as custody
from kawal.desk.custody.models import Position
from kawal.desk.plan import models as plan
from kawal.desk.risk import deciding
from kawal.desk.risk import reads as risk
from kawal.desk.risk.models import AreaIndicator, IndicatorImport
from kawal.desk.watch import maps, reads, told, watching, words
from kawal.desk.watch.actions import sweep
from kawal.rules.custody.event import Act
from kawal.rules.custody.track import KEPT_MAX, decoded
from kawal.rules.plan.facts import Trip
from kawal.rules.plan.journey.told import Told, to_bytes
from kawal.rules.watch.climb import Act as Done
from tests.desk.watch.tables import put_areas, put_plan
from tests.rules.custody.stories import Phone, Story
from tests.rules.watch.world import DEADLINE, HOUR, MORNING, VILLAGES, boat, place

pytestmark = pytest.mark.django_db

TRIP = "16.07-to_pps-1"
MINUTE = timedelta(minutes=1)
NOW = MORNING + 3 * HOUR


@pytest.fixture
def courier() -> Phone:
    put_areas()
    phone = Story().phone("courier")
    phone.tells(Act.DEPARTED, trip=TRIP, site="PPK-16.07.03", happened_ms=_ms(MORNING))
    return phone


def unhurried(times: int = 1) -> Trip:
    """A boat that takes so many times as long, and has two days for it: nothing is late soon."""

    def later(at: datetime) -> datetime:
        return MORNING + times * (at - MORNING)

    plain = boat()
    stops = [
        replace(one, arrive_at=later(one.arrive_at), depart_at=later(one.depart_at)) for one in plain.stops
    ]
    loads = [replace(one, arrive_at=later(one.arrive_at), due_at=DEADLINE) for one in plain.consignments]
    return replace(plain, stops=tuple(stops), consignments=tuple(loads), latest_departure_at=DEADLINE)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def tells(phone: Phone, spots: Iterable[tuple[float, float, float]]) -> None:
    """Signs a position for each (minute, km east, km north)."""
    for minute, east_km, north_km in spots:
        lat, lon = place(east_km, north_km)
        phone.tells(
            Act.POSITION,
            trip=TRIP,
            position=(round(lat * 1e7), round(lon * 1e7), 15),
            happened_ms=_ms(MORNING + minute * MINUTE),
        )


def uploads(phone: Phone) -> None:
    """Each event two seconds after it happened."""
    for event in phone.story.events:
        at = MORNING + timedelta(milliseconds=event.event.happened_ms - _ms(MORNING), seconds=2)
        custody.record([event], received_at=at)
    phone.story.events.clear()


STANDS = [(5, 1.5, 0), *((10.0 * n, 3, 0) for n in range(1, 9))]  # from minute 10 to minute 80
OFF = [(10.0 * n, 15, 22) for n in range(2, 6)]


def sentences() -> list[str]:
    found = []
    for language in ("en", "id"):
        with translation.override(language):
            found += [words.sentence(row) for row in reads.alerts("")]
    return found


def test_a_boat_that_stands_becomes_one_alert_that_worsens_when_it_is_late(courier: Phone) -> None:
    put_plan([unhurried()])
    tells(courier, STANDS)
    uploads(courier)
    assert sweep(now=MORNING + 80 * MINUTE).opened == 1
    assert sentences() == [
        "Speedboat 3 to Desa 1 and 2 more: positions come, but it has not moved for 1 h 10 min, since 11 Feb "
        "07:10 WIB; the boxes of 15 polling stations are aboard.",
        "Perahu cepat 3 ke Desa 1 dan 2 tempat lain: posisinya terus masuk, tetapi tidak bergerak selama "
        "1 jam 10 menit, sejak 11 Feb 07.10 WIB; kotak 15 TPS masih dibawa.",
    ]
    plan.Consignment.objects.update(due_at=MORNING + 2 * HOUR)
    watching._kept.clear()
    sweep(now=MORNING + 130 * MINUTE)
    (row,) = reads.alerts("")
    _, acts = reads.alert(row.id)
    assert row.kind == "late" and Done.WORSENED in [act.act for act in acts]
    assert sentences()[0].endswith("It has not moved since 11 Feb 07:10 WIB.")


def test_a_boat_off_its_corridor_is_told_with_its_distance_and_closes_when_it_is_back(courier: Phone) -> None:
    put_plan([unhurried()])
    tells(courier, OFF)
    uploads(courier)
    sweep(now=MORNING + 50 * MINUTE)
    assert [row.kind for row in reads.alerts("")] == ["off_corridor"]
    english, indonesian = sentences()
    assert "km outside of its planned way, off it since 11 Feb 07:20 WIB" in english
    assert "km di luar jalur rencana, keluar sejak 11 Feb 07.20 WIB" in indonesian
    tells(courier, [(60, 16, 0), (66, 17, 0)])
    uploads(courier)
    for minutes in (66, 77):
        sweep(now=MORNING + minutes * MINUTE)
    assert reads.alerts("") == []


BEND = [(0, 0), (0, 9), (11.12, 9), (11.12, 0)]  # km: the road to the first village goes around a swamp


def put_road(row: plan.Plan) -> None:
    """What a network told: around the swamp to the first village, then straight, also on the way home."""
    trip = unhurried()
    places = [(stop.lat, stop.lon) for stop in trip.stops]
    lines = {(trip.mode, *ends): ends for ends in pairwise(places)}
    lines[trip.mode, places[0], places[1]] = (places[0], *(place(*bend) for bend in BEND[1:-1]), places[1])
    plan.Travel.objects.create(plan=row, told=to_bytes(Told(name="roads", blocks={}, lines=lines)))


def test_a_plan_on_roads_is_watched_along_its_roads(courier: Phone) -> None:
    """Nine kilometres beside the straight line are on the way; where the ellipse would reach is off it."""
    row = put_plan([replace(unhurried(), distance_m=80_000)], summary={"unserved": [], "at_risk": []})
    put_road(row)
    tells(courier, [(10.0 * n, 2.5 * n, 9) for n in range(1, 5)])
    uploads(courier)
    assert sweep(now=MORNING + 42 * MINUTE).opened == 0
    tells(courier, [(50, 4, 4.5), (60, 4.5, 4.5), (70, 5, 4.5)])
    uploads(courier)
    plan.Travel.objects.all().delete()
    assert sweep(now=MORNING + 72 * MINUTE).opened == 1, "the way is kept with the trip"
    (row_of_alert,) = reads.alerts("")
    assert row_of_alert.kind == "off_corridor"
    assert "4.5 km outside of its planned way, off it since 11 Feb 07:50 WIB" in sentences()[0]


def test_without_roads_the_same_journey_is_inside_of_what_its_length_allows(courier: Phone) -> None:
    put_plan([replace(unhurried(), distance_m=80_000)])
    tells(courier, [(50, 4, 4.5), (60, 4.5, 4.5), (70, 5, 4.5)])
    uploads(courier)
    assert sweep(now=MORNING + 72 * MINUTE).opened == 0


def test_the_map_of_an_alert_draws_the_planned_road(courier: Phone) -> None:
    put_road(put_plan([unhurried()], summary={"unserved": [], "at_risk": []}))
    tells(courier, [(10.0 * n, 15, 22) for n in range(2, 6)])
    uploads(courier)
    sweep(now=MORNING + 50 * MINUTE)
    (row,) = reads.alerts("")
    planned = maps.alert_map(row)["lines"]["features"][0]["geometry"]["coordinates"]
    for bend in BEND:
        lat, lon = place(*bend)
        assert min(abs(at[0] - lon) + abs(at[1] - lat) for at in planned) < 0.0005


def test_the_map_of_an_alert_draws_the_way_and_where_it_was_seen(courier: Phone) -> None:
    put_plan([unhurried()], summary={"unserved": [], "at_risk": []})
    tells(courier, OFF)
    uploads(courier)
    sweep(now=MORNING + 50 * MINUTE)
    (row,) = reads.alerts("")
    assert maps.has_map(row) and not maps.has_map(replace(row, trip="16.07-to_pps-2"))
    told_map = maps.alert_map(row)
    seen = told_map["lines"]["features"][-1]["geometry"]["coordinates"]
    last = told_map["points"]["features"][-1]
    assert len(seen) == 4 and seen[-1] == last["geometry"]["coordinates"]
    assert last["properties"]["kind"] == "vehicle" and last["properties"]["state"] == "risk"
    west, south, east, north = told_map["bbox"]
    assert all(west < lon < east and south < lat < north for lon, lat in seen)


def test_what_a_phone_without_network_tells_hours_later_sends_nobody_to_where_it_was(courier: Phone) -> None:
    put_plan([unhurried()])
    departed, *_ = courier.story.events
    custody.record([departed], received_at=MORNING)
    courier.story.events.clear()
    tells(courier, STANDS)
    custody.record(courier.story.events, received_at=NOW)
    sweep(now=NOW)
    assert "stopped" not in [row.kind for row in reads.alerts("")]


def test_a_chief_changes_how_long_a_class_may_stand_and_the_watch_follows(courier: Phone) -> None:
    put_plan([unhurried()])
    tells(courier, STANDS[:5])  # thirty minutes
    uploads(courier)
    assert sweep(now=MORNING + 40 * MINUTE).opened == 0
    text = risk.table("16.07").text
    stricter = text.replace("stop_s = 3600", "stop_s = 1500").replace("stop_s = 2700", "stop_s = 1500")
    stricter = stricter.replace("stop_s = 1800", "stop_s = 1500")
    deciding.change_patterns("16.07", stricter, "Perompak di muara", "kapolres", now=NOW)
    assert sweep(now=MORNING + 41 * MINUTE).opened == 1
    assert [row.kind for row in reads.alerts("")] == ["stopped"]


def test_a_chief_narrows_the_corridor_and_the_watch_follows(courier: Phone) -> None:
    put_plan([unhurried()])
    tells(courier, [(10.0 * n, 15, 2) for n in range(2, 6)])  # the planned way is straight: 2 km beside it
    uploads(courier)
    assert sweep(now=MORNING + 50 * MINUTE).opened == 0
    text = risk.table("16.07").text
    for metres in (3000, 2000, 1000):
        text = text.replace(f"corridor_m = {metres}", "corridor_m = 900")
    deciding.change_patterns("16.07", text, "Sungai sempit", "kapolres", now=NOW)
    assert sweep(now=MORNING + 50 * MINUTE).opened == 1


def give_signal(**shares: float) -> None:
    told_by = IndicatorImport.objects.create(
        source="Diskominfo", dated=MORNING.date(), at=MORNING, saved=True, values_count=3, notices=[]
    )
    AreaIndicator.objects.bulk_create(
        AreaIndicator(area_code=area, index="given", indicator="signal", value=share, told=told_by)
        for area, share in shares.items()
    )


def test_a_silent_boat_is_told_on_its_way_where_there_is_a_signal_and_not_in_a_gap(courier: Phone) -> None:
    put_plan([unhurried(8)])
    uploads(courier)
    assert sweep(now=MORNING + 2.5 * HOUR).opened == 0  # nothing is known of signal
    watching.signals._kept.clear()
    give_signal(**dict.fromkeys(VILLAGES, 0.2))
    assert sweep(now=MORNING + 2.5 * HOUR).opened == 0
    watching.signals._kept.clear()
    AreaIndicator.objects.update(value=0.95)
    assert sweep(now=MORNING + 2.5 * HOUR).opened == 1
    assert [row.kind for row in reads.alerts("")] == ["custody_gap"]


def test_the_track_of_a_trip_is_bounded_and_the_same_however_its_words_came(courier: Phone) -> None:
    tells(courier, [(0.5 * n, 0.01 * n, 0) for n in range(800)])
    events = list(courier.story.events)
    custody.record(events[::2], received_at=NOW)
    custody.record(events[1::2], received_at=NOW + HOUR)
    track = decoded(bytes(Position.objects.get().track))
    assert len(track) == KEPT_MAX and Position.objects.get().heard_at == NOW + HOUR
    assert custody.check() == []


def test_a_look_asks_as_many_questions_of_a_thousand_positions_as_of_ten(courier: Phone) -> None:
    put_plan([unhurried()])
    tells(courier, [(10, 3, 0)])
    uploads(courier)

    def asked(now: datetime = MORNING + HOUR / 2) -> int:
        with CaptureQueriesContext(connection) as queries:
            watching.watched_plans(now)
        return len(queries)

    first, again = asked(), asked()
    assert again < first, "a track that did not change is not read again"
    tells(courier, [(10 + n / 20, 3 + n / 100, 0) for n in range(1000)])
    custody.record(courier.story.events, received_at=MORNING + HOUR)
    assert asked() == again, "a phone that tells every second is read once a minute"
    assert asked(MORNING + HOUR / 2 + told.AGAIN_AFTER) == again + 1
    assert 1 < len(told._kept[TRIP].course) <= KEPT_MAX
