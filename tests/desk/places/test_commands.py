"""`kawal places`: import, check, show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from kawal.cli import main
from kawal.desk.places import models
from kawal.rules.places.notices import Code
from tests.desk.places.files import whole, write

pytestmark = pytest.mark.django_db


def _run(*arguments: object) -> Result:
    with translation.override("en"):
        return CliRunner().invoke(main, ["places", *map(str, arguments)])


def test_an_import_prints_its_notices_with_what_to_do_and_what_was_saved(tmp_path: Path) -> None:
    result = _run("import", *whole(tmp_path))
    assert result.exit_code == 0, result.output
    assert "P26 information (1): Import the stations one by one" in result.stdout
    assert "Saved: 5 areas, 1 borders, 4 sites, 5 polling stations written" in result.stdout


def test_an_import_with_an_error_exits_1_and_says_where(tmp_path: Path) -> None:
    result = _run("import", *whole(tmp_path), *write(tmp_path, bad__csv="code,name\n16.8,x\n"))
    assert result.exit_code == 1
    assert "P13 error (1)" in result.stdout and "bad.csv:2: 16.8 in code is not a code." in result.stdout
    assert "Nothing was saved." in result.stdout and not models.Area.objects.exists()


def test_many_equal_notices_are_shown_once_with_their_number(tmp_path: Path) -> None:
    bad = write(tmp_path, bad__csv="code,name\n" + "16.8,x\n" * 1200)
    result = _run("import", *bad)
    assert "P13 error (1,200)" in result.stdout and "and 1,195 more" in result.stdout
    assert len(result.stdout.splitlines()) < 20


def test_an_import_answers_programs_in_json(tmp_path: Path) -> None:
    answer = json.loads(_run("import", *whole(tmp_path), "--voter-list", "DPT 2024", "--json").stdout)
    assert answer["saved"] is True and answer["counts"]["stations"] == 5
    assert answer["notice_counts"] == {"P26": 1, "P42": 1}
    (spread,) = [notice for notice in answer["notices"] if notice["code"] == Code.VOTERS_SPREAD]
    assert spread["expected"] == "DPT 2024" and spread["severity"] == "info" and spread["mend"]


def test_checking_files_saves_nothing_and_exits_as_the_import_would(tmp_path: Path) -> None:
    paths = whole(tmp_path)
    assert _run("check", *paths).exit_code == 0
    assert _run("check", *paths, "--area", "16.09").exit_code == 1
    assert not models.Area.objects.exists()


def test_checking_without_files_looks_at_what_is_stored(tmp_path: Path) -> None:
    _run("import", *whole(tmp_path))
    result = _run("check", "--area", "16.07")
    assert result.exit_code == 0
    assert (
        "Kabupaten Banyuasin (regency or city): 2 villages, 5 polling stations, 1,100 voters."
        in result.stdout
    )
    assert json.loads(_run("check", "--json").stdout)["totals"]["voters"] == 1100
    models.Area.objects.filter(code="16.07.03.2001").update(lat=2.7)
    assert _run("check").exit_code == 1


def test_show_tells_an_area_its_sites_and_children(tmp_path: Path) -> None:
    _run("import", *whole(tmp_path))
    result = _run("show", "16.07.03")
    assert "PPK-16.07.03" in result.stdout and "16.07.03.2002" in result.stdout
    answer = json.loads(_run("show", "16.07.03", "--json").stdout)
    assert answer["area"]["name"] == "Betung" and answer["totals"]["stations"] == 5
    assert [child["totals"]["stations"] for child in answer["children"]] == [3, 2]


@pytest.mark.parametrize("arguments", [("show", "16.07"), ("check", "--area", "16.07"), ("import",)])
def test_what_cannot_be_is_refused_in_words(arguments: tuple[str, ...]) -> None:
    result = _run(*arguments)
    assert result.exit_code in (1, 2) and "Traceback" not in result.output
    assert (
        "There is no area with the code 16.07." in result.output or "Name at least one file" in result.output
    )
