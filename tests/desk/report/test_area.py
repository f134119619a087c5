"""The command page of an area through its address: before anything, before the vote, after it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kawal.desk.custody.models import AreaProgress, StationProgress
from kawal.desk.places import models as places
from kawal.desk.risk.models import AreaRisk, RiskOverride, RiskRun
from kawal.rules.custody.stages import Stage
from kawal.rules.places.codes import lineage
from tests.desk.custody.told import record
from tests.desk.report.world import (
    DEADLINE,
    ONE,
    START,
    TWO,
    VILLAGE,
    cast,
    clock_at,
    compute_needs,
    plan_it,
    put_alert,
    put_areas,
    put_stations,
    signed_in,
    text_of,
)

pytestmark = pytest.mark.django_db
UNSERVED = {"site": "PPK-16.07.04", "stations": ["1607042001001"], "reason": "too_heavy"}


@pytest.fixture
def world(db: None) -> None:
    put_areas()
    put_stations()
    compute_needs()
    clock_at(START + timedelta(hours=1))


def test_before_any_station_is_imported_the_page_says_what_to_do_first(db: None) -> None:
    put_areas()
    page = signed_in().get("/area/16.07")
    assert "Belum ada TPS yang diketahui di wilayah ini." in text_of(page)
    assert "kawal places import" in text_of(page)
    assert 'href="/area/16.07.03"' in page.content.decode()


def test_without_a_plan_nothing_is_called_ready(world: None) -> None:
    page = signed_in().get("/area/16.07")
    assert "4 TPS, dan belum ada rencana yang berlaku" in text_of(page)
    assert "kawal plan make" in text_of(page)


def test_with_a_plan_and_before_anything_moves_all_are_expected_in_time(world: None) -> None:
    plan_it()
    told = text_of(signed_in().get("/area/16.07"))
    assert "4 TPS. 4 akan siap sebelum H-1 pukul 18.00, 0 rawan terlambat, 0 terlambat." in told
    assert "2 hari 23 jam" in told
    assert "3 perjalanan; 6 tugas pengawalan" in told


def test_stations_that_the_plan_itself_does_not_reach_in_time_are_at_risk(world: None) -> None:
    plan_it(
        stations_at_risk_count=2,
        stations_at_risk=[ONE, TWO],
        unserved=[
            {"leg": "to_ppk", "site": "PPK-16.07.04", "stations": ["1607042001001"], "reason": "too_heavy"}
        ],
    )
    client = signed_in()
    assert "1 akan siap sebelum H-1 pukul 18.00, 3 rawan terlambat" in text_of(client.get("/area/16.07"))
    assert "0 akan siap sebelum H-1 pukul 18.00, 1 rawan terlambat" in text_of(client.get("/area/16.07.04"))
    assert "2 rawan terlambat" in text_of(client.get(f"/area/{VILLAGE}"))


def test_alerts_make_stations_late_or_at_risk_and_the_numbers_lead_to_them(world: None) -> None:
    plan_it()
    put_alert("predicted_late", [ONE])
    put_alert("late", [TWO])
    client = signed_in()
    page = client.get("/area/16.07")
    assert "2 akan siap sebelum H-1 pukul 18.00, 1 rawan terlambat, 1 terlambat." in text_of(page)
    late = client.get("/area/16.07/stations?show=late")
    assert 'href="/area/16.07/stations?show=late"' in page.content.decode()
    assert f'href="/station/{TWO}"' in late.content.decode()
    assert f'href="/station/{ONE}"' not in late.content.decode()
    assert "1 dari 4 TPS: terlambat." in text_of(late)


def test_what_awaits_the_officer_is_counted_in_the_sentence(world: None) -> None:
    plan_it()
    put_alert("predicted_late", [ONE], post="polri/16.07.03")
    assert "1 peringatan menunggu Anda." in text_of(signed_in("polri/16.07.03", "duty").get("/area/16.07.03"))
    assert "peringatan menunggu Anda." not in text_of(signed_in().get("/area/16.07.03"))


def test_a_whole_story_moves_the_page_from_packing_to_home(world: None) -> None:
    plan_it()
    told = cast()
    client = signed_in()
    told.pack()
    record(told.story.events)
    page = text_of(client.get("/area/16.07"))
    assert "2 belum disegel" in page  # those of the other two villages
    assert "2 tersegel, di gudang" in page
    told.story.events.clear()
    told.out()
    record(told.story.events)
    clock_at(DEADLINE + timedelta(hours=2))
    page = text_of(client.get("/area/16.07.03"))
    assert "2 diterima KPPS tepat waktu, 0 bermasalah, 0 terlambat atau belum diterima." in page
    assert "Belum ada laporan tentang 1." in page
    told.story.events.clear()
    told.vote()
    told.back()
    record(told.story.events)
    assert "2 dalam perjalanan pulang" in text_of(client.get(f"/area/{VILLAGE}"))


def test_what_was_begun_and_not_received_is_missing_after_the_deadline(world: None) -> None:
    plan_it()
    told = cast()
    told.pack()
    record(told.story.events)
    clock_at(DEADLINE + timedelta(minutes=1))
    client = signed_in()
    assert "0 diterima KPPS tepat waktu, 0 bermasalah, 2 terlambat" in text_of(client.get("/area/16.07"))
    assert "2 terlambat atau belum diterima" in text_of(client.get(f"/area/{VILLAGE}"))


def test_findings_of_a_rule_lead_to_their_list(world: None) -> None:
    plan_it()
    told = cast()
    told.pack(count=200)  # not the ballots that are needed
    record(told.story.events)
    client = signed_in(language="en")
    page = client.get("/area/16.07")
    assert 'href="/findings/16.07?rule=C6"' in page.content.decode()
    assert "C6Two people verify the contents when they are packed.10" in text_of(page)
    listed = text_of(client.get("/findings/16.07?rule=C6"))
    assert listed.count("The ballots counted in are not the ballots needed.") == 10
    assert "10" in text_of(client.get(f"/area/{VILLAGE}"))


def test_the_worst_child_comes_first_and_a_column_sorts_when_asked(world: None) -> None:
    plan_it()
    put_alert("late", ["1607042001001"], area="16.07.04")
    client = signed_in()

    def order(address: str) -> list[str]:
        page = client.get(address).content.decode()
        return sorted(("16.07.03", "16.07.04"), key=page.partition("<tbody>")[2].index)

    assert order("/area/16.07") == ["16.07.04", "16.07.03"]
    assert order("/area/16.07?sort=name") == ["16.07.03", "16.07.04"]
    assert order("/area/16.07?sort=stations") == ["16.07.03", "16.07.04"]
    assert 'aria-sort="descending"' in client.get("/area/16.07?sort=late").content.decode()


def test_the_classes_of_risk_are_for_those_who_may_see_them(world: None) -> None:
    run = RiskRun.objects.create(area_code="16.07", spec_name="s", spec_sha256="", at=START, villages_count=3)
    for code in ("16.07", "16.07.03", "16.07.04"):
        AreaRisk.objects.create(area_code=code, run=run, score=50, klass=2, reasons=[], indicators={})
    RiskOverride.objects.create(area_code="16.07.04", klass=4, reason="x", by="k", at=START)
    police = signed_in("polri/16.07", "chief")
    page = text_of(police.get("/area/16.07?layer=risk"))
    assert "kurang rawan" in page  # in the legend
    assert "khusus" in page
    areas = police.get("/area/16.07/map.json?layer=risk").json()["areas"]["features"]
    assert {one["properties"]["code"]: one["properties"]["state"] for one in areas} == {
        "16.07.03": "risk",
        "16.07.04": "grave",
    }
    soldier = signed_in("tni/16.07", "duty")
    page = text_of(soldier.get("/area/16.07?layer=risk"))
    assert "Kelas kerawanan" not in page
    assert page.count("Kerawanan") == 1  # the tab alone, which leads to counts without names
    hidden = soldier.get("/area/16.07/map.json?layer=risk").json()["areas"]["features"]
    assert {one["properties"]["state"] for one in hidden} == {"unknown"}


@pytest.mark.parametrize("address", ["/area/16.07", "/area/id", "/area/16.07/map.json", "/findings/16.07",
                                     "/area/16.07/stations", "/station/1607042001001"])  # fmt: skip
def test_another_areas_officer_is_told_whose_it_is(world: None, address: str) -> None:
    answer = signed_in("polri/16.07.03", "duty").get(address)
    assert answer.status_code == 403
    assert "melihat wilayahnya sendiri" in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/area/16.07.09", "/area/x", "/findings/16.07.09", "/station/1607032001099", "/station/1"]
)
def test_an_unknown_code_is_nothing_at_all(world: None, address: str) -> None:
    assert signed_in().get(address).status_code == 404


def test_a_stranger_signs_in_first(world: None) -> None:
    assert Client().get("/area/16.07").headers["Location"] == "/sign-in?next=/area/16.07"


def test_stations_are_not_listed_for_a_province(world: None) -> None:
    answer = signed_in("polri/16", "duty").get("/area/16/stations?show=late")
    assert answer.status_code == 409
    assert "TPS didaftar untuk kabupaten/kota" in answer.content.decode()


def test_a_page_of_many_children_asks_no_more_than_a_page_of_few(world: None) -> None:
    plan_it()
    client = signed_in("polri/id", "duty")

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    few = queries("/area/16"), queries("/area/16/map.json")
    for number in range(20, 60):
        places.Area.objects.create(code=f"16.{number}", level="regency", name=f"R {number}", lat=-2, lon=104)
        places.AreaTotals.objects.create(
            area_code=f"16.{number}", stations=9, voters=9, villages=1, districts=1
        )
        AreaProgress.objects.create(area_code=f"16.{number}", parent_code="16", stations_by_stage={"3": 2})
    assert (queries("/area/16"), queries("/area/16/map.json")) == few


def test_the_table_the_sentence_and_the_list_of_stations_agree(world: None) -> None:
    """Counts come from roll-ups, rows from the stations: they are one truth."""
    plan_it()
    put_alert("seal_mismatch", [ONE])
    for code, stage, on_time in ((ONE, Stage.AT_STATION, True), (TWO, Stage.AT_STATION, False)):
        StationProgress.objects.create(
            station_code=code, village_code=VILLAGE, stage=stage, on_time=on_time, received_at=DEADLINE
        )
    for area in lineage(VILLAGE):
        AreaProgress.objects.create(
            area_code=area, parent_code=area.rpartition(".")[0] if area else "-",
            stations_by_stage={str(int(Stage.AT_STATION)): 2}, received_on_time=1, received_late=1,
        )  # fmt: skip
    clock_at(DEADLINE + timedelta(hours=1))
    client = signed_in()
    sentence = "0 diterima KPPS tepat waktu, 1 bermasalah, 1 terlambat atau belum diterima."
    assert sentence in text_of(client.get("/area/16.07"))
    assert sentence in text_of(client.get(f"/area/{VILLAGE}"))
    for show, station in (("late", TWO), ("risk", ONE)):
        listed = client.get(f"/area/16.07/stations?show={show}")
        assert f"1 dari 4 TPS: {'terlambat' if show == 'late' else 'rawan terlambat'}." in text_of(listed)
        assert f'href="/station/{station}"' in listed.content.decode()
