"""Data that is old says how old: pages tell how far their counts are behind the log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from kawal.desk.clock import reads as clock
from kawal.desk.custody import actions
from kawal.desk.custody.models import Unfolded
from kawal.desk.ledger import actions as ledger
from kawal.desk.people import actions as people
from kawal.desk.places.models import Area as AreaRow
from kawal.rules.places.facts import Area
from tests.rules.custody.stories import BOX, Story, line

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client) -> str:
    AreaRow.objects.create(code="16.07", level="regency", name="Kabupaten Banyuasin")
    people.found_posts([Area(code="16.07", level="regency", name="Kabupaten Banyuasin")])
    people.add_officer("piket", post="polri/16.07", role="duty", password=None)
    client.force_login(people.user_of("piket"))
    return "/area/16.07"


def told(count: int, ago: timedelta) -> None:
    story = Story()
    phone = story.phone("packer")
    for _ in range(count):
        story.packed(phone, [line(BOX, (), 255)])
    ledger.append_new([(one.id, one.signed) for one in story.events], received_at=clock.now() - ago)


def test_a_page_that_is_behind_says_how_old_it_is_and_what_is_missing(client: Client, page: str) -> None:
    told(3, timedelta(minutes=4))
    shown = client.get(page).content.decode()
    assert "Halaman ini menunjukkan keadaan 4 menit lalu" in shown
    assert "3 peristiwa sudah aman dalam log tetapi belum dihitung di sini" in shown
    client.post("/language", {"language": "en", "next": page})
    shown = client.get(page).content.decode()
    assert "This page shows how it was 4 min ago" in shown
    assert "3 events are safe in the log and are not counted here yet" in shown
    actions.catch_up()
    assert "not counted here yet" not in client.get(page).content.decode()


def test_a_moment_behind_is_not_worth_a_word(client: Client, page: str) -> None:
    told(3, timedelta(seconds=1))
    assert "keadaan" not in client.get(page).content.decode()


def test_events_at_which_the_program_failed_are_told_as_missing(client: Client, page: str) -> None:
    assert "belum termasuk" not in client.get(page).content.decode()
    Unfolded.objects.create(entry_index=0, received_at=clock.now(), error="ZeroDivisionError()")
    assert "1 peristiwa belum termasuk dalam yang Anda lihat" in client.get(page).content.decode()
