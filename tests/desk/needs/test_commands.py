"""kawal needs: answers for people and for programs, refusals with exit code 1."""

import json

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.needs.commands import needs

from .places_of import regency

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[int, str]:
    with override("en"):
        result = CliRunner().invoke(needs, list(words))
    return result.exit_code, result.output


def test_compute_tells_totals_and_what_it_does_not_know() -> None:
    regency()
    code, told = run("compute", "--area", "16.07")
    assert code == 0
    assert "16.07 by pemilu-2024: 5 stations, 901 voters, 30 parcels (30 new" in told
    assert "Polling booth" in told
    assert "?          Ballots for a repeated vote, president" in told


def test_compute_answers_programs_in_json() -> None:
    regency()
    code, told = run("compute", "--area", "16.07", "--json")
    answer = json.loads(told)
    assert (code, answer["parcels_count"], answer["totals"]["box"]) == (0, 30, 25)
    assert {stock["ballot_type"]: stock["quantity"] for stock in answer["stocks"]}["ppwp"] is None


def test_show_gives_each_quantity_its_working() -> None:
    codes = regency()
    run("compute", "--area", "16.07")
    code, told = run("show", codes[0])
    assert code == 0
    assert "300 voters + 2 % = 306 sheets (UU 7/2017 art. 344(2))" in told
    assert "6 per box × 5 boxes = 30 pieces (assumed; " in told
    assert "160703200100118 Box: president: 4994 g, 1607000001-1607000006" in told
    code, told = run("show", codes[2], "--json")
    answer = json.loads(told)
    assert answer["needs"][0]["words"].startswith("251 voters + 2 % = 256.02, rounded up = 257 sheets")
    assert answer["parcels"][0]["seals"] == list(range(1607000061, 1607000067))


def test_a_refusal_is_told_in_words_with_exit_code_one() -> None:
    assert run("compute", "--area", "99") == (1, "Error: No area 99 has been imported.\n")
    assert run("show", "1607032001001") == (1, "Error: No station 1607032001001 has been imported.\n")
    regency()
    code, told = run("compute", "--area", "16", "--rules", "nothing")
    assert code == 1
    assert "There are no rules nothing. Shipped are: pemilu-2024" in told


def test_rules_are_shown_with_their_sources() -> None:
    code, told = run("rules")
    assert code == 0
    assert "ballot_dpr: 1 / voter (dpr) UU 7/2017 art. 344(2)" in told
    code, told = run("rules", "--json")
    assert json.loads(told)["name"] == "pemilu-2024"
