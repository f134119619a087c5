"""The log's page answers in its first sentence who stands behind the log, in every state there is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from kawal.desk.ledger import policies
from kawal.desk.people import actions as people
from kawal.desk.people.models import Post
from kawal.home import home

from .conftest import POST
from .log_hub import put

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Iterator[Client]:
    from django.contrib.auth import get_user_model

    Post.objects.create(code=POST, agency="kpu", area_code="16.07.03", name="PPK Betung")
    people.add_officer("ppk", post=POST, role="custodian", password=None)
    client = Client()
    client.force_login(get_user_model().objects.get(username="ppk"))
    client.cookies["django_language"] = "en"
    yield client
    (home() / policies.FILE).unlink(missing_ok=True)


def sentence(client: Client) -> str:
    answer = client.get("/ledger")
    assert answer.status_code == 200
    found = re.search(r'sentence__text">(.*?)</p>', answer.content.decode(), re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]*>", "", found[1]).split())


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("none", "The log holds 2,546 entries. No other agency witnesses it: "),
        ("whole", r"The log holds 2,549 entries; 3 of 3 witnesses have cosigned all but the last \d+ s\."),
        ("silent", r"2 of 3 witnesses have cosigned all but the last \d+ s\. Silent: tni\."),
        ("forked", r"2 of 3 witnesses have cosigned all but the last \d+ s\. polda contradicts it\."),
    ],
)
def test_the_first_sentence_says_who_stands_behind_the_log(client: Client, state: str, told: str) -> None:
    put(state)
    assert re.search(told, sentence(client))


def test_a_witness_that_is_silent_is_shown_with_what_it_lacks_and_why(client: Client) -> None:
    put("silent")
    page = client.get("/ledger").content.decode()
    assert "Cannot be reached" in page
    assert "2,509" in page  # entries that it has not cosigned
    assert "went out without its quorum" in page


def test_a_witness_with_another_history_is_an_alarm(client: Client) -> None:
    put("forked")
    page = client.get("/ledger").content.decode()
    assert 'id="contradiction"' in page
    assert "Remembers another history of this log" in page


def test_an_empty_log_has_a_page_too(client: Client) -> None:
    assert sentence(client).startswith("The log holds 0 entries.")


def test_a_policy_that_cannot_be_used_is_told(client: Client) -> None:
    (home() / policies.FILE).write_text("quorum nobody\n")
    assert "policy cannot be used" in sentence(client)
    assert 'id="policy-wrong"' in client.get("/ledger").content.decode()


def test_the_page_is_for_officers_and_the_log_itself_for_everybody() -> None:
    stranger = Client()
    assert stranger.get("/ledger").status_code == 302
    assert stranger.get("/checkpoint").status_code == 404  # none yet
    assert stranger.get("/tile/0/000").status_code == 404
    assert stranger.post("/add-cosignature").status_code == 400
