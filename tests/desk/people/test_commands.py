"""kawal people: the commands, as an operator and as a program call them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from kawal.desk.people.models import Device, Officer, Post
from kawal.desk.places.models import Area, Station
from kawal.desk.site.commands import people

pytestmark = pytest.mark.django_db
KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # RFC 8032, test 1


@pytest.fixture(autouse=True)
def _places() -> None:
    for code, level, name in [
        ("16", "province", "Sumatera Selatan"),
        ("16.07", "regency", "Kabupaten Banyuasin"),
        ("16.07.03", "district", "Betung"),
        ("16.07.03.2001", "village", "Lubuk Karet"),
    ]:
        Area.objects.create(code=code, level=level, name=name)
    Station.objects.create(
        code="1607032001004",
        village_id="16.07.03.2001",
        number=4,
        voters=250,
        voter_list="DPT",
        source="given",
    )


def run(*arguments: str) -> Any:
    return CliRunner().invoke(people, list(arguments))


def test_posts_are_founded_for_an_area_above_and_below_it() -> None:
    assert json.loads(run("posts", "--area", "16.07", "--json").output) == {"area": "16.07", "founded": 26}
    assert Post.objects.filter(code="kpu/1607032001004").exists()
    assert run("posts", "--area", "16.07").output == "0\n"


def test_an_area_that_was_not_imported_is_refused() -> None:
    answer = run("posts", "--area", "99.99")
    assert answer.exit_code == 1
    assert Post.objects.count() == 0


def test_a_password_is_made_and_printed_once() -> None:
    run("posts", "--area", "16.07")
    answer = run("add-officer", "piket", "--post", "polri/16.07.03", "--role", "duty", "--json")
    told = json.loads(answer.output)
    assert Officer.objects.get().user.check_password(told["password"])


def test_a_password_that_is_asked_is_not_printed() -> None:
    run("posts", "--area", "16.07")
    answer = CliRunner().invoke(
        people,
        ["add-officer", "piket", "--post", "polri/16.07", "--role", "duty", "--ask"],
        input="rahasia\n" * 2,
    )
    assert "rahasia" not in answer.output
    assert Officer.objects.get().user.check_password("rahasia")


def test_a_refusal_ends_with_words_and_code_one() -> None:
    answer = run("add-officer", "piket", "--post", "polri/99", "--role", "duty")
    assert answer.exit_code == 1
    assert "polri/99" in answer.output


def test_a_link_opens_the_desk() -> None:
    run("posts", "--area", "16.07")
    run("add-officer", "piket", "--post", "polri/16.07", "--role", "duty")
    link = json.loads(run("sign-in-link", "piket", "--json").output)["link"]
    assert link.startswith("http://127.0.0.1:8000/sign-in/")
    assert Client().post(link.removeprefix("http://127.0.0.1:8000")).status_code == 302
    assert run("sign-in-link", "nobody").exit_code == 1


def test_devices_are_enrolled_from_a_table(tmp_path: Path) -> None:
    run("posts", "--area", "16.07")
    table = tmp_path / "devices.csv"
    table.write_text(f"public_key,post,role,label\n{KEY},kpu/16.07,custodian,Gudang 1\n")
    assert json.loads(run("enrol", str(table), "--json").output) == {"enrolled": 1}
    assert Device.objects.get().label == "Gudang 1"
    listed = json.loads(run("list", "--json").output)
    assert [(row["code"], row["devices_count"]) for row in listed["posts"]] == [("kpu/16.07", 1)]


@pytest.mark.parametrize(
    "text",
    [
        f"key,post\n{KEY},kpu/16.07\n",
        "public_key,post,role,label\nnot hexadecimal,kpu/16.07,custodian,x\n",
        f"public_key,post,role,label\n{KEY},kpu/16.07\n",
        f"public_key,post,role,label\n{KEY},kpu/99,custodian,x\n",
        f"public_key,post,role,label\n{KEY[:-2]},kpu/16.07,custodian,x\n",
    ],
)
def test_a_table_that_is_wrong_enrols_nothing_and_says_where(tmp_path: Path, text: str) -> None:
    run("posts", "--area", "16.07")
    table = tmp_path / "devices.csv"
    table.write_text(text)
    answer = run("enrol", str(table))
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: ")
    assert Device.objects.count() == 0
