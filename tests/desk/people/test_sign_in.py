"""Signing in by password and by link, and what stops who guesses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from kawal.desk.clock.models import Exercise
from kawal.desk.people import actions, links, reads
from kawal.desk.people.links import Purpose
from kawal.desk.people.models import SignInFailure
from kawal.rules.places.facts import Area
from kawal.rules.refusals import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 2, 12, 5, tzinfo=UTC)
DAY = timedelta(hours=24)
PASSWORD = "sebuah sandi yang panjang"


@pytest.fixture(autouse=True)
def _people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kawal.desk.people.views.real_now", lambda: NOW)
    actions.found_posts([Area(code="16.07", level="regency", name="Kabupaten Banyuasin")])
    actions.add_officer("piket", post="polri/16.07", role="duty", password=PASSWORD, name="Piket Polres")


def begin_exercise() -> None:
    Exercise.objects.create(name="Gladi", seed=1, sim_at=NOW, real_at=NOW, speed=0, token="t")


def test_a_right_password_opens_and_leads_to_where_one_wanted(client: Client) -> None:
    answer = client.post("/sign-in", {"username": "piket", "password": PASSWORD, "next": "/find"})
    assert answer.headers["Location"] == "/find"
    assert "_auth_user_id" in client.session


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: Client) -> None:
    wrong = client.post("/sign-in", {"username": "piket", "password": "x"})
    unknown = client.post("/sign-in", {"username": "nobody", "password": "x"})
    assert wrong.status_code == unknown.status_code == 403
    told = "Nama pengguna atau kata sandi tidak benar."
    assert told in wrong.content.decode()
    assert told in unknown.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_in_never_leads_to_another_site(client: Client) -> None:
    answer = client.post(
        "/sign-in", {"username": "piket", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert answer.headers["Location"] == "/"


def test_guessing_is_stopped_and_then_even_the_right_password_waits(client: Client) -> None:
    for _ in range(actions.TRIES_PAIR_MAX):
        assert client.post("/sign-in", {"username": "Piket", "password": "x"}).status_code == 403
    answer = client.post("/sign-in", {"username": "piket", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Coba lagi dalam 16 menit" in answer.content.decode()


def test_after_the_window_the_door_opens_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(actions.TRIES_PAIR_MAX):
        client.post("/sign-in", {"username": "piket", "password": "x"})
    monkeypatch.setattr("kawal.desk.people.views.real_now", lambda: NOW + reads.WINDOW)
    assert client.post("/sign-in", {"username": "piket", "password": PASSWORD}).status_code == 302


def test_a_colleague_elsewhere_is_not_locked_out_by_one_who_mistypes() -> None:
    here, there = Client(REMOTE_ADDR="10.0.0.1"), Client(REMOTE_ADDR="10.0.0.2")
    for _ in range(actions.TRIES_PAIR_MAX):
        here.post("/sign-in", {"username": "piket", "password": "x"})
    assert there.post("/sign-in", {"username": "piket", "password": PASSWORD}).status_code == 302


def test_one_address_that_tries_many_names_is_stopped() -> None:
    for number in range(actions.TRIES_ADDRESS_MAX):
        actions.note_failure(f"name-{number}", "10.0.0.9", now=NOW)
    with pytest.raises(Refused) as refused:
        actions.check_tries("piket", "10.0.0.9", now=NOW)
    assert refused.value.code == "too_many_tries"
    actions.check_tries("piket", "10.0.0.8", now=NOW)


def test_a_right_password_forgets_the_tries_before_it(client: Client) -> None:
    client.post("/sign-in", {"username": "piket", "password": "x"})
    client.post("/sign-in", {"username": "piket", "password": PASSWORD})
    assert [row.key for row in SignInFailure.objects.all()] == ["address:127.0.0.1"]


def test_opening_a_link_signs_nobody_in_and_its_button_does(client: Client) -> None:
    token = links.make("piket", purpose=Purpose.OPERATOR, valid=DAY, now=NOW)
    page = client.get(f"/sign-in/{token}")
    assert "Piket Polres" in page.content.decode()
    assert "_auth_user_id" not in client.session
    assert client.post(f"/sign-in/{token}").headers["Location"] == "/"
    assert "_auth_user_id" in client.session


def test_an_operator_s_link_holds_for_one_sign_in(client: Client) -> None:
    token = links.make("piket", purpose=Purpose.OPERATOR, valid=DAY, now=NOW)
    client.post(f"/sign-in/{token}")
    answer = Client().post(f"/sign-in/{token}")
    assert answer.status_code == 403
    assert "sudah pernah dipakai" in answer.content.decode()


def test_a_link_ends(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    token = links.make("piket", purpose=Purpose.OPERATOR, valid=DAY, now=NOW)
    monkeypatch.setattr("kawal.desk.people.views.real_now", lambda: NOW + DAY)
    assert "sudah berakhir" in client.get(f"/sign-in/{token}").content.decode()


def test_a_link_that_was_changed_is_no_link(client: Client) -> None:
    token = links.make("piket", purpose=Purpose.OPERATOR, valid=DAY, now=NOW)
    assert client.get(f"/sign-in/{token[:-1]}").status_code == 403
    assert client.get(f"/sign-in/x{token}").status_code == 403


def test_an_exercise_s_link_opens_again_and_again_but_only_while_it_runs(client: Client) -> None:
    with pytest.raises(Refused) as refused:
        links.make("piket", purpose=Purpose.EXERCISE, valid=DAY, now=NOW)
    assert refused.value.code == "no_exercise"
    begin_exercise()
    token = links.make("piket", purpose=Purpose.EXERCISE, valid=DAY, now=NOW)
    for _ in range(2):
        assert Client().post(f"/sign-in/{token}").status_code == 302
    Exercise.objects.all().delete()
    assert "selama latihan berlangsung" in client.get(f"/sign-in/{token}").content.decode()


def test_an_account_that_was_closed_stays_closed(client: Client, django_user_model: Any) -> None:
    token = links.make("piket", purpose=Purpose.OPERATOR, valid=DAY, now=NOW)
    django_user_model.objects.update(is_active=False)
    assert client.post(f"/sign-in/{token}").status_code == 403
    assert client.post("/sign-in", {"username": "piket", "password": PASSWORD}).status_code == 403


def test_signing_out_ends_the_session_and_needs_a_button(client: Client) -> None:
    client.post("/sign-in", {"username": "piket", "password": PASSWORD})
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert "_auth_user_id" not in client.session
