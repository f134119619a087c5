"""The pages of a station, an entry and the findings: what is told, and what is not for everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from kawal.desk.ledger import actions as ledger
from kawal.desk.needs.models import NeedsRun, Parcel
from kawal.desk.risk import deciding
from kawal.desk.risk import reads as risk
from kawal.desk.risk.models import AreaRisk, RiskRun
from kawal.rules.custody.event import Act, Mismatch
from kawal.rules.places.codes import station_code
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
from tests.rules.custody.stories import PPS, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> None:
    put_areas()
    put_stations()
    compute_needs()
    plan_it()
    clock_at(START + timedelta(hours=1))


@pytest.fixture
def told(world: None) -> Cast:
    found = cast()
    found.pack()
    found.out()
    record(found.story.events)
    return found


def entry_of(told: Cast, act: Act, by: bytes) -> int:
    return next(
        index for index, one in enumerate(told.story.events) if one.event.act is act and one.kid == by
    )


def test_a_station_that_was_never_computed_says_what_is_missing(world: None) -> None:
    NeedsRun.objects.all().delete()
    Parcel.objects.all().delete()
    page = text_of(signed_in().get(f"/station/{ONE}"))
    assert "Kebutuhan TPS ini belum dihitung." in page
    assert "kawal needs compute" in page
    assert "Belum ada laporan" in page


def test_before_packing_the_plan_and_the_needs_stand_there(world: None) -> None:
    page = text_of(signed_in().get(f"/station/{ONE}"))
    assert "6 koli: belum dikemas. Akan siap sebelum H-1 pukul 18.00 sesuai rencana." in page
    assert "16.07-to_station-1" in page
    assert "Polsek Betung" in page
    assert "250 pemilih + 2 % = 255 lembar" in page
    assert "ditetapkan" in page  # seal numbers that nobody has put on yet


def test_a_station_on_no_plan_says_so(world: None) -> None:
    elsewhere = station_code("16.07.04.2001", 1)
    assert "Belum ada rencana yang memuat TPS ini" in text_of(signed_in().get(f"/station/{elsewhere}"))


def test_received_in_time_says_when_and_how_long_before_the_deadline(told: Cast) -> None:
    page = text_of(signed_in(language="en").get(f"/station/{ONE}"))
    assert "6 parcels: received by KPPS" in page
    assert "before the deadline." in page
    assert "Now" not in page  # it has not moved on
    assert f"{PPS[4:]}" not in page  # places stand there by name
    assert "PPS Lubuk Karet" in page


def test_every_event_stands_once_with_its_three_times_and_its_entry(told: Cast) -> None:
    page = signed_in(language="en").get(f"/station/{ONE}").content.decode()
    timeline = page[page.index('<ol class="timeline">') :]
    about = [
        index
        for index, one in enumerate(told.story.events)
        if {line.parcel // 100 for line in one.event.manifest} & {int(ONE)}
    ]
    assert [timeline.count(f'href="/entry/{index}"') for index in about] == [1] * len(about)
    assert timeline.count("received by the hub") == len(about)


def test_the_way_shows_what_was_told_beside_what_was_planned(told: Cast) -> None:
    page = signed_in(language="en").get(f"/station/{ONE}").content.decode()
    departed = entry_of(told, Act.DEPARTED, told.driver.kid)
    way = page[page.index('id="way"') : page.index('id="told"')]
    assert f'href="/entry/{departed}"' in way
    assert "underway" in way  # the leg that departed; no acceptance named its trip
    assert way.count("to come") == 2


def test_a_finding_is_said_in_words_and_an_explained_one_is_folded_away(told: Cast) -> None:
    told.story.events.clear()
    kpps = told.kpps[ONE]
    box = next(row for row in told.lines(ONE) if row.seals)
    wrong = type(box)(box.parcel, (1, 2, 3, 4, 5, 6))
    kpps.tells(Act.SEAL_CHECK, site=ONE, manifest=(wrong,))
    record(told.story.events)
    page = text_of(signed_in(language="en").get(f"/station/{ONE}"))
    assert "1 finding is open." in page
    assert "The seals seen are not the seals last put on." in page
    assert "seen 1, 2, 3, 4, 5, 6" in page


def test_alerts_that_name_the_station_stand_on_its_page_and_no_others(world: None) -> None:
    put_alert("seal_mismatch", [ONE])
    put_alert("predicted_late", [TWO], trip="16.07-to_pps-1", area="16.07.03")
    client = signed_in(language="en")
    assert "Seal differs" in text_of(client.get(f"/station/{ONE}"))
    assert "Seal differs" not in text_of(client.get(f"/station/{TWO}"))


def test_the_police_see_neither_ballots_nor_what_is_inside(told: Cast) -> None:
    police = text_of(signed_in("polri/16.07", "chief", language="en").get(f"/station/{ONE}"))
    supervisor = text_of(signed_in("bawaslu/16.07", "supervisor", language="en").get(f"/station/{ONE}"))
    assert "What is inside the boxes is not for your role." in police
    assert "255" not in police
    assert "255" in supervisor
    assert "Polling booth" in police


def test_a_kpps_sees_its_own_station_and_not_its_neighbour(world: None) -> None:
    from kawal.desk.people.models import Post

    own = signed_in()
    Post.objects.create(code=f"kpu/{ONE}", agency="kpu", area_code=ONE, name="KPPS TPS 001 Lubuk Karet")
    own = signed_in(f"kpu/{ONE}", "custodian")
    assert own.get(f"/station/{ONE}").status_code == 200
    assert own.get(f"/station/{TWO}").status_code == 403


def test_an_entry_tells_its_fields_its_place_and_its_proof(told: Cast) -> None:
    ledger.publish_checkpoint(now=START + timedelta(hours=1))
    index = entry_of(told, Act.ACCEPT, told.kpps[ONE].kid)
    page = signed_in(language="en").get(f"/entry/{index}")
    event = told.story.events[index]
    offer = next(n for n, one in enumerate(told.story.events) if one.id == event.event.offer)
    assert "It stands in the checkpoint signed" in text_of(page)
    assert event.id.hex() in text_of(page)
    assert event.signed.hex()[:8] in text_of(page)
    html = page.content.decode()
    size = len(told.story.events)
    for way in (f"/entry/{offer}", f"/tile/entries/000.p/{size}", "/checkpoint", f"/station/{ONE}"):
        assert f'href="{way}"' in html


def test_before_a_checkpoint_the_entry_says_that_one_will_come(told: Cast) -> None:
    assert "Akan tercakup dalam titik periksa berikutnya." in text_of(signed_in().get("/entry/0"))


def test_counts_of_an_entry_and_the_bytes_that_hold_them_are_not_for_the_police(told: Cast) -> None:
    police = signed_in("polri/16.07", "chief", language="en")
    packed = entry_of(told, Act.PACKED, told.packer.kid)
    assert "255" not in text_of(police.get(f"/entry/{packed}"))
    assert "not for your role" in text_of(police.get(f"/entry/{packed}"))
    departed = entry_of(told, Act.DEPARTED, told.driver.kid)
    assert told.story.events[departed].signed.hex()[:8] in text_of(police.get(f"/entry/{departed}"))
    assert "255" in text_of(signed_in(language="en").get(f"/entry/{packed}"))


def test_an_entry_is_for_those_whose_stations_it_names(told: Cast) -> None:
    index = entry_of(told, Act.OFFER, told.packer.kid)  # at the warehouse, with parcels of the village
    assert signed_in(f"kpu/{VILLAGE}", "custodian").get(f"/entry/{index}").status_code == 200
    answer = signed_in("polri/16.07.04", "duty").get(f"/entry/{index}")
    assert answer.status_code == 403
    assert "melihat wilayahnya sendiri" in answer.content.decode()


def test_an_entry_that_the_log_does_not_hold_is_nothing(told: Cast) -> None:
    assert signed_in().get("/entry/99999").status_code == 404


def test_what_the_receiver_missed_stands_on_the_entry(told: Cast) -> None:
    told.story.events.clear()
    offer = told.story.offered(told.kpps[ONE], told.pps, PPS, told.lines(ONE))
    rows = told.lines(ONE)
    told.story.accepted(told.pps, offer, PPS, rows[1:], exceptions=((rows[0].parcel, Mismatch.SHORT),))
    record(told.story.events)
    from kawal.desk.ledger import reads

    page = text_of(signed_in(language="en").get(f"/entry/{reads.size() - 1}"))
    assert f"{rows[0].parcel:015d}" in page
    assert "Missing" in page
    assert "Offered, but the receiver did not find it." in page


def test_findings_are_listed_open_first_and_the_explained_on_demand(told: Cast) -> None:
    client: Client = signed_in(language="en")
    assert "No finding so far" in text_of(client.get("/findings/16.07"))
    told.story.events.clear()
    box = next(row for row in told.lines(ONE) if row.seals)
    told.kpps[ONE].tells(Act.SEAL_CHECK, site=ONE, manifest=(type(box)(box.parcel, (9,)),))
    record(told.story.events)
    page = client.get("/findings/16.07")
    assert "1 open finding; 0 more were explained" in text_of(page)
    assert f'href="/station/{ONE}"' in page.content.decode()
    assert "There is no such finding" in text_of(client.get("/findings/16.07?rule=C8"))
    assert "There is no such finding" in text_of(client.get("/findings/16.07?state=cleared"))
    assert client.get("/findings/16.07?rule=C99").status_code == 404
    assert client.get("/findings/16.07?state=else").status_code == 404


def test_a_late_delivery_says_how_late(world: None) -> None:
    told = cast()
    told.pack()
    told.story.now = DEADLINE + timedelta(hours=5)
    told.out()
    record(told.story.events)
    clock_at(told.story.now)
    page = text_of(signed_in(language="en").get(f"/station/{ONE}"))
    assert "after the deadline" in page


def test_a_station_of_a_grave_class_says_how_many_second_checks_its_boxes_lack(told: Cast) -> None:
    run = RiskRun.objects.create(area_code="16.07", spec_name="s", spec_sha256="", at=START, villages_count=1)
    AreaRisk.objects.create(area_code=VILLAGE, run=run, score=90, klass=4, reasons=[], indicators={})
    page = text_of(signed_in("polri/16.07", "chief").get(f"/station/{ONE}"))
    assert "Pemeriksaan kedua segel: 0 dari 2" in page
    text = risk.table("16.07").text.replace("second_checks = 2", "second_checks = 3")
    deciding.change_patterns("16.07", text, "Ancaman", "kapolres", now=START)
    page = text_of(signed_in("bawaslu/16.07", "chief").get(f"/station/{ONE}"))
    assert "Pemeriksaan kedua segel: 0 dari 3" in page  # the table in force decides
    soldier = text_of(signed_in("tni/16.07", "chief").get(f"/station/{ONE}"))
    assert "Pemeriksaan kedua" not in soldier  # it would tell the class
