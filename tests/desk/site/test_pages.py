"""The way in, language, theme, search, and the pages that say what went wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from kawal.desk.clock.models import Exercise
from kawal.desk.people import actions as people
from kawal.desk.places.models import Area as AreaRow
from kawal.desk.watch.models import Alert
from kawal.rules.places.facts import Area

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.desk.site.urls")]
NOON = datetime(2024, 2, 12, 5, tzinfo=UTC)


@pytest.fixture
def officer(client: Client, django_user_model: Any) -> Client:
    for code, level, name in [
        ("16", "province", "Sumatera Selatan"),
        ("16.07", "regency", "Kabupaten Banyuasin"),
        ("16.07.03", "district", "Betung"),
        ("16.07.04", "district", "Banyuasin I"),
        ("16.71", "regency", "Kota Palembang"),
    ]:
        AreaRow.objects.create(code=code, level=level, name=name)
    people.found_posts([Area(code="16.07", level="regency", name="Kabupaten Banyuasin")])
    people.add_officer("piket", post="polri/16.07", role="duty", password=None)
    client.force_login(django_user_model.objects.get(username="piket"))
    return client


def test_everybody_begins_at_the_own_area(officer: Client) -> None:
    assert officer.get("/").headers["Location"] == "/area/16.07"


def test_a_stranger_is_asked_to_sign_in_and_led_back(client: Client) -> None:
    assert client.get("/find?q=a").headers["Location"] == "/sign-in?next=/find%3Fq%3Da"


def test_a_user_without_a_post_is_told_so(client: Client, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("nobody"))
    answer = client.get("/")
    assert answer.status_code == 403
    assert "belum memiliki pos" in answer.content.decode()


def test_indonesian_is_the_language_whatever_the_browser_asks(client: Client) -> None:
    answer = client.get("/sign-in", headers={"Accept-Language": "en-GB,en"})
    assert '<html lang="id"' in answer.content.decode()
    assert "Kata sandi" in answer.content.decode()
    assert answer.headers["Content-Language"] == "id"


def test_who_switches_to_english_keeps_it_and_can_switch_back(client: Client) -> None:
    client.post("/language", {"language": "en", "next": "/sign-in"})
    assert "Password" in client.get("/sign-in").content.decode()
    client.post("/language", {"language": "id", "next": "/sign-in"})
    assert "Kata sandi" in client.get("/sign-in").content.decode()


def test_a_language_that_is_not_ours_changes_nothing(client: Client) -> None:
    client.cookies["django_language"] = "xx"
    assert '<html lang="id"' in client.get("/sign-in").content.decode()


def test_day_and_night_stay_on_the_machine_until_it_decides_again(client: Client) -> None:
    answer = client.post("/theme", {"theme": "dark", "next": "/sign-in"})
    assert answer.headers["Location"] == "/sign-in"
    assert 'data-theme="dark"' in client.get("/sign-in").content.decode()
    client.post("/theme", {"theme": "", "next": "/sign-in"})
    assert "data-theme" not in client.get("/sign-in").content.decode()


def test_no_switch_leads_to_another_site(client: Client) -> None:
    assert client.post("/theme", {"next": "https://elsewhere.example/"}).headers["Location"] == "/"


def test_a_search_finds_the_own_subtree_and_nothing_beside_it(officer: Client) -> None:
    page = officer.get("/find", {"q": "banyuasin"}).content.decode()
    assert "Kabupaten Banyuasin" in page
    assert "Banyuasin I" in page
    nothing = officer.get("/find", {"q": "palembang"}).content.decode()
    assert "Kota Palembang" not in nothing
    assert "Tidak ada wilayah" in nothing


def test_a_search_with_one_answer_leads_there(officer: Client) -> None:
    assert officer.get("/find", {"q": "16.07.03"}).headers["Location"] == "/area/16.07.03"


def test_text_in_a_search_stays_text(officer: Client) -> None:
    assert "<script>alert" not in officer.get("/find", {"q": "<script>alert(1)</script>"}).content.decode()


def test_the_rail_shows_what_needs_the_post_and_answers_it(officer: Client) -> None:
    alert = Alert.objects.create(
        cause="not_received:16.07.03",
        kind="late",
        severity=3,
        area_code="16.07.03",
        trip_code="16.07.03-P1-01",
        facts={
            "why": "not_received",
            "deadline_at": NOON.isoformat(),
            "stations_count": 3,
            "sites": ["PPK-16.07.03"],
            "sites_count": 1,
        },
        opened_at=NOON,
        ladder=[{"post": "polri/16.07", "told": [], "wait_s": 900}],
    )
    page = officer.get("/find", {"q": "a"}).content.decode()
    assert f'action="/alerts/{alert.pk}/acknowledge"' in page
    assert "logistik 3 TPS belum diterima KPPS" in page
    assert "Saya tangani" in page


def test_a_quiet_rail_says_so(officer: Client) -> None:
    assert "Tidak ada yang menunggu Anda" in officer.get("/find", {"q": "a"}).content.decode()


def test_an_exercise_is_named_on_every_page_with_its_clock(client: Client) -> None:
    assert "LATIHAN / EXERCISE" not in client.get("/sign-in").content.decode()
    Exercise.objects.create(name="Gladi Banyuasin", seed=1, sim_at=NOON, real_at=NOON, speed=0, token="t")
    page = client.get("/sign-in").content.decode()
    assert "LATIHAN / EXERCISE" in page
    assert "Gladi Banyuasin" in page
    assert ">12.00</time> WIB" in page


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("not_your_area", 403, "Polres Banyuasin melihat wilayahnya sendiri"),
        ("unknown_area", 404, "Wilayah 16.71 belum diimpor"),
        ("never_heard_of", 409, "Ditolak: never_heard_of"),
    ],
)
def test_a_refusal_becomes_a_page_in_words(officer: Client, code: str, status: int, words: str) -> None:
    answer = officer.get(f"/refuse/{code}")
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_an_address_with_nothing_behind_it_says_so_in_both_languages(client: Client) -> None:
    assert "Tidak ada apa pun di alamat ini." in client.get("/nowhere").content.decode()
    client.cookies["django_language"] = "en"
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.content.decode()


def test_a_form_from_elsewhere_is_refused_with_a_page() -> None:
    answer = Client(enforce_csrf_checks=True).post("/theme", {"theme": "dark"})
    assert answer.status_code == 403
    assert "Formulir terlalu lama" in answer.content.decode()


def test_a_bug_shows_a_page_that_needs_no_database(officer: Client) -> None:
    officer.raise_request_exception = False
    answer = officer.get("/break")
    assert answer.status_code == 500
    assert "This page could not be made" in answer.content.decode()


def test_no_page_allows_scripts_or_styles_from_elsewhere_or_inline(client: Client) -> None:
    policy = client.get("/sign-in").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_the_log_is_open_to_everybody(client: Client) -> None:
    assert client.get("/checkpoint").status_code == 404  # none published yet, and nobody asked to sign in
