"""The lists of alerts and the page of one, through their addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from kawal.desk.clock import actions as clock
from kawal.desk.clock.models import Exercise
from kawal.desk.people import actions as people
from kawal.desk.places.models import Area as AreaRow
from kawal.desk.watch import actions, pages
from kawal.desk.watch.models import Alert, AlertAct
from kawal.rules.places.codes import level_of
from kawal.rules.places.facts import Area
from tests.desk.watch.tables import find, put_areas, put_plan
from tests.rules.watch.world import HOUR, MORNING, boat, stations

pytestmark = pytest.mark.django_db
LATE = MORNING + 3 * HOUR
STATION = stations()[0]


@pytest.fixture(autouse=True)
def exercise() -> None:
    clock.begin(name="16.07", seed=1, sim_at=MORNING, speed=0.0, token="t")
    put_areas()
    AreaRow.objects.create(code="16.07.04", level="district", name="Air Saleh")
    found = [Area(code=code, level=level_of(code), name=f"Wilayah {code}") for code in POSTS]
    people.found_posts(found)


POSTS = ("", "16", "16.07", "16.07.03", "16.07.04")


def look(at: Any = LATE) -> None:
    clock.move(at, 0.0)
    actions.sweep(now=at)


@pytest.fixture
def alert() -> Alert:
    """A boat that should have left: the Polsek is asked."""
    put_plan([boat()])
    look()
    return Alert.objects.get()


def signed_in(area: str = "16.07.03", agency: str = "polri", role: str = "duty") -> Client:
    post = f"{agency}/{area or 'id'}"
    name = post.replace("/", "-")
    people.add_officer(name, post=post, role=role, password=None)
    client = Client()
    client.force_login(people.user_of(name))
    return client


def text_of(page: Any) -> str:
    assert page.status_code == 200
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", main)))


def listed(page: Any) -> list[int]:
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    return [int(found) for found in re.findall(r'class="alert__what" href="/alert/(\d+)"', main)]


@pytest.fixture
def storm(alert: Alert) -> Iterator[list[int]]:
    """The boat's alert, a broken seal in a village, and a count that differed and was closed."""
    find("seals_differ", STATION, LATE)
    find("short", STATION, LATE, box=2)
    look(LATE + timedelta(minutes=1))
    closed = Alert.objects.get(kind="count_mismatch")
    actions.close(closed.pk, officer_post="polri/16.07.03", by="piket", now=LATE, reason="Dihitung ulang.")
    yield list(Alert.objects.order_by("pk").values_list("pk", flat=True))


def test_the_list_begins_with_what_awaits_the_officer(storm: list[int]) -> None:
    told = text_of(signed_in().get("/alerts/16.07.03"))
    assert "2 peringatan menunggu Polsek Wilayah 16.07.03, paling lama sejak 1 menit lalu." in told
    assert "2 terbuka di wilayah ini; dari 3 sampai kini 0 telah naik jenjang." in told
    calm = text_of(signed_in("16.07.04").get("/alerts/16.07.04"))
    assert "Tidak ada peringatan yang menunggu Polsek Wilayah 16.07.04." in calm
    assert "Tidak ada peringatan terbuka di sini" in calm


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("", ["seal_mismatch", "late"]),
        ("state=closed", ["count_mismatch"]),
        ("state=all", ["seal_mismatch", "count_mismatch", "late"]),
        ("kind=late", ["late"]),
        ("kind=lost", ["seal_mismatch", "late"]),
        ("severity=3", ["seal_mismatch"]),
        ("climbed=on", []),
        ("mine=on", ["seal_mismatch", "late"]),
    ],
)
def test_the_filter_shows_what_it_says(storm: list[int], query: str, kinds: list[str]) -> None:
    found = listed(signed_in().get(f"/alerts/16.07.03?{query}"))
    assert [Alert.objects.get(pk=one).kind for one in found] == kinds


def test_what_climbed_is_found_again(alert: Alert) -> None:
    look(LATE + timedelta(minutes=16))
    assert listed(signed_in().get("/alerts/16.07.03?climbed=on")) == [alert.pk]


def test_only_what_awaits_this_post_is_mine(storm: list[int]) -> None:
    assert listed(signed_in("16.07", "polri").get("/alerts/16.07?mine=on")) == [
        Alert.objects.get(kind="seal_mismatch").pk  # what may be a crime is told to the regency at once
    ]


def test_a_long_list_comes_in_pages_that_keep_the_filter(
    storm: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ALERTS_PER_PAGE", 1)
    client = signed_in()
    first, second = (client.get(f"/alerts/16.07.03?state=all&page={page}") for page in (1, 2))
    assert len(listed(first)) == len(listed(second)) == 1 and listed(first) != listed(second)
    assert "page=2&amp;state=all" in first.content.decode()


def test_a_number_that_is_a_province_is_the_list_of_a_province(alert: Alert) -> None:
    client = signed_in("", "polri")
    assert listed(client.get("/alerts/16")) == [alert.pk] == listed(client.get("/alerts/id"))
    assert client.get("/alerts/16.07.99").status_code == 404


@pytest.mark.parametrize("address", ["/alerts/16.07.03", "/alerts/id", "/alert/{alert}"])
def test_who_belongs_elsewhere_is_told_so(alert: Alert, address: str) -> None:
    answer = signed_in("16.07.04").get(address.format(alert=alert.pk))
    assert answer.status_code == 403
    assert "melihat wilayahnya sendiri" in answer.content.decode()


def test_strangers_sign_in_first_and_unknown_alerts_are_not_found(alert: Alert) -> None:
    for address in ("/alerts/16.07.03", f"/alert/{alert.pk}", "/alerts/mine.json"):
        assert Client().get(address).headers["Location"] == f"/sign-in?next={address}"
    answer = signed_in().get("/alert/999")
    assert answer.status_code == 404 and "Tidak ada peringatan nomor 999" in answer.content.decode()


def test_programs_hear_what_awaits_the_own_post_and_nothing_else(alert: Alert) -> None:
    told = signed_in().get("/alerts/mine.json").json()
    assert told == [{"id": alert.pk, "opened_at": "2024-02-11T03:00:00Z", "step_post": "polri/16.07.03"}]
    assert signed_in("16.07", "polri").get("/alerts/mine.json").json() == []  # it has not climbed yet
    look(LATE + timedelta(minutes=16))
    assert [one["id"] for one in signed_in("16.07", "kpu", "chief").get("/alerts/mine.json").json()] == [
        alert.pk
    ]


def test_the_page_of_an_alert_tells_facts_ladder_acts_stations_and_the_trip(alert: Alert) -> None:
    page = signed_in().get(f"/alert/{alert.pk}")
    told = text_of(page)
    assert "belum berangkat" in told and "menunggu Anda." in told
    for word in ("Terlambat", "Batas aman berangkat", "di sini sekarang, menunggu 0 menit", "belum sampai"):
        assert word in told
    for post in ("Polsek Wilayah 16.07.03", "Polres Wilayah 16.07", "Polda Wilayah 16", "Mabes Polri"):
        assert post in told
    html = page.content.decode()
    assert f'href="/plan/16.07.03/trip/{alert.trip_code}"' in html
    assert f'href="/station/{STATION}"' in html
    assert 'href="/area/16.07.03.2001"' in html


def test_a_finding_is_told_in_words(storm: list[int]) -> None:
    seal = Alert.objects.get(kind="seal_mismatch")
    told = text_of(signed_in().get(f"/alert/{seal.pk}"))
    assert "Temuan" in told and "seals_differ" not in told


def test_an_officer_answers_with_a_note_and_everybody_reads_it(alert: Alert) -> None:
    client = signed_in()
    form = {"note": "Kapal sedang dimuat.", "next": f"/alert/{alert.pk}"}
    page = client.post(f"/alerts/{alert.pk}/acknowledge", form, follow=True, headers={"Accept": "text/html"})
    told = text_of(page)
    assert "Tercatat: pos Anda menangani peringatan ini" in told
    assert "Kapal sedang dimuat." in told and "ditanggapi" in told
    assert "/acknowledge" not in page.content.decode()  # nothing is left to answer
    assert "Kapal sedang dimuat." in text_of(signed_in("16.07").get(f"/alert/{alert.pk}"))


def test_a_post_that_was_only_told_is_told_that_this_stops_nothing(alert: Alert) -> None:
    client = signed_in("16.07.03", "kpu", "duty")
    page = client.post(
        f"/alerts/{alert.pk}/acknowledge",
        {"next": f"/alert/{alert.pk}"},
        follow=True,
        headers={"Accept": "text/html"},
    )
    assert "pos yang dituju tetap harus menanggapi" in text_of(page)
    assert f"/alerts/{alert.pk}/close" not in page.content.decode()


def test_closing_needs_a_reason_and_says_so_where_the_form_stands(alert: Alert) -> None:
    client = signed_in()
    send = {"path": f"/alerts/{alert.pk}/close", "follow": True, "headers": {"Accept": "text/html"}}
    here = f"/alert/{alert.pk}"
    refused = client.post(data={"reason": " ", "next": here}, **send)
    assert "Peringatan ditutup dengan menyebutkan alasan." in text_of(refused)
    assert Alert.objects.get().closed_at is None
    closed = client.post(data={"reason": "Sudah berangkat.", "next": here}, **send)
    assert "Peringatan ditutup." in text_of(closed)
    assert "Terlambat (ditutup)" in text_of(closed) and "Sudah berangkat." in text_of(closed)
    again = client.post(data={"reason": "Lagi.", "next": here}, **send)
    assert "sudah ditutup" in text_of(again)
    assert AlertAct.objects.filter(act="closed").count() == 1


def test_a_post_below_may_no_longer_close_what_has_climbed(alert: Alert) -> None:
    look(LATE + timedelta(minutes=16))
    client = signed_in()
    assert f"/alerts/{alert.pk}/close" not in client.get(f"/alert/{alert.pk}").content.decode()
    page = client.post(
        f"/alerts/{alert.pk}/close",
        {"reason": "Selesai.", "next": f"/alert/{alert.pk}"},
        follow=True,
        headers={"Accept": "text/html"},
    )
    assert "Polsek Wilayah 16.07.03" in text_of(page) and Alert.objects.get().closed_at is None
    above = signed_in("16.07").get("/alerts/16.07").content.decode()
    assert f'action="/alerts/{alert.pk}/close"' in above


def test_a_supervisor_answers_but_does_not_close(storm: list[int]) -> None:
    html = signed_in("16.07.03", "bawaslu", "supervisor").get("/alerts/16.07.03").content.decode()
    assert "/acknowledge" in html and "/close" not in html


def test_an_english_reader_reads_english(alert: Alert) -> None:
    client = signed_in()
    client.cookies["django_language"] = "en"
    assert "it waits for you." in text_of(client.get(f"/alert/{alert.pk}"))
    assert "1 alert awaits" in text_of(client.get("/alerts/16.07.03"))


def test_the_alert_of_a_real_day_has_no_exercise_on_its_page(alert: Alert) -> None:
    Exercise.objects.all().delete()
    assert "LATIHAN" not in signed_in().get(f"/alert/{alert.pk}").content.decode()
