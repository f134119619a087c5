"""kawal risk: answers for people and for programs, refusals with exit code 1."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.risk.commands import risk
from kawal.desk.risk.models import RiskOverride

from ..needs.places_of import regency

VILLAGE, NEAR = "16.07.04.2001", "16.07.03.2001"
pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[int, str]:
    with override("en"):
        result = CliRunner().invoke(risk, list(words))
    return result.exit_code, result.output


def test_compute_counts_classes() -> None:
    regency()
    code, told = run("compute", "--area", "16.07")
    assert (code, told.splitlines()[0]) == (0, "16.07: 3 villages")
    answer = json.loads(run("compute", "--area", "16.07", "--json")[1])
    assert sum(answer["classes"].values()) == answer["villages_count"] == 3


def test_show_tells_reasons_and_what_is_not_known() -> None:
    regency()
    run("compute", "--area", "16.07")
    code, told = run("show", VILLAGE)
    assert code == 0
    assert "Way from the warehouse: 152 km, +" in told
    assert "Not known: Crossing of water or of another regency, Share of the way by water" in told
    answer = json.loads(run("show", VILLAGE, "--json")[1])
    assert answer["reasons"][0]["indicator"]["code"] == "warehouse_km"
    assert "villages" in run("show", "16.07", "--json")[1]


def test_an_override_is_said_with_who_and_why() -> None:
    regency()
    run("compute", "--area", "16.07")
    words = ("override", NEAR, "--class", "4", "--reason", "Banjir", "--by", "Kapolres")
    code, told = run(*words, "--until", "2999-02-14T18:00")
    assert (code, told) == (0, f"{NEAR} is now at least: special\n")
    until = RiskOverride.objects.get().until
    assert until is not None
    assert until.isoformat() == "2999-02-14T11:00:00+00:00"  # 18:00 WIB
    assert "Decided by Kapolres instead of" in run("show", NEAR)[1]


def test_a_lower_class_waits_for_the_second_person_and_is_then_exact() -> None:
    regency()
    run("compute", "--area", "16.07")
    run("override", VILLAGE, "--class", "4", "--reason", "Banjir", "--by", "piket", "--until", "2999-02-14")
    lower = (
        "override",
        VILLAGE,
        "--class",
        "1",
        "--reason",
        "Surut",
        "--by",
        "piket",
        "--until",
        "2999-02-14",
    )
    told = run(*lower)[1]
    number = str(RiskOverride.objects.latest("id").pk)
    assert told == f"Decision {number} on {VILLAGE} (low risk) waits for a second person.\n"
    assert run("confirm", number, "--by", "piket", "--post", "polri/16.07")[0] == 1
    assert run("confirm", number, "--by", "kapolsek", "--post", "polri/16.07.04")[0] == 1
    assert run("confirm", number, "--by", "kapolres", "--post", "polri/16.07") == (
        0,
        f"{VILLAGE} is now: low risk\n",
    )
    assert run("decline", number, "--by", "kapolda", "--post", "polri/16", "--reason", "Tidak")[0] == 1


def test_the_table_is_printed_changed_and_refused_where_it_guards_a_worse_class_less(tmp_path: Path) -> None:
    regency()
    shipped = run("table")[1]
    path = tmp_path / "table.toml"
    path.write_text(shipped.replace("stations_per_vehicle = 8", "stations_per_vehicle = 6"))
    words = ("table", "16.07", "--set", str(path), "--by", "Kapolres", "--post", "polri/16.07")
    assert run(*words)[0] == 1  # no reason
    assert run(*words, "--reason", "Perahu kecil") == (0, "Table 1 of 16.07 is in force.\n")
    assert "stations_per_vehicle = 6" in run("table", "16.07")[1]
    assert run("table")[1] == shipped
    path.write_text(shipped.replace("stations_per_vehicle = 8", "stations_per_vehicle = 80"))
    code, told = run(*words, "--reason", "Lebih banyak")
    assert (code, told) == (
        1,
        "Error: The rule file is wrong at special: guard this class at least as well as the one before it.\n",
    )


def test_import_tells_notices_and_fails_on_an_error(tmp_path: Path) -> None:
    regency()
    path = tmp_path / "given.csv"
    path.write_text("area,indicator,value\n16.07,signal,0.5\n")
    words = ("import", str(path), "--source", "Bawaslu", "--date", "2024-01-15")
    assert run(*words) == (0, "1 values taken in\n")
    path.write_text("area,indicator,value\n16.07,signal,2\n")
    code, told = run(*words)
    assert code == 1
    assert "R11 error given.csv:2 2 is out of range (0 - 1). Correct it." in told
    code, told = run(*words, "--json")
    assert (code, json.loads(told)["saved"]) == (1, False)


def test_a_refusal_is_told_in_words_with_exit_code_one() -> None:
    regency()
    assert run("show", VILLAGE) == (1, f"Error: The risk of {VILLAGE} has not been computed yet.\n")
    assert run("compute", "--area", "16.07.03")[0] == 1
    words = ("override", VILLAGE, "--class", "4", "--by", "Kapolres", "--until")
    assert run(*words, "2999-02-14", "--reason", " ") == (
        1,
        "Error: An override needs its reason. Write why.\n",
    )
    assert (
        run(*words, "tomorrow", "--reason", "Banjir")[1]
        == "Error: tomorrow is no time. Write it like 2024-02-14T18:00.\n"
    )


def test_a_wrong_spec_is_refused_with_key_and_mend(tmp_path: Path) -> None:
    regency()
    own = tmp_path / "own.toml"
    own.write_text('name = "own"\n')
    code, told = run("compute", "--area", "16.07", "--spec", str(own))
    assert (code, told) == (
        1,
        "Error: The spec file is wrong:\n"
        "S02 error indicator: Something is missing here. Add it, such as [[indicator]].\n",
    )
