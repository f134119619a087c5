"""Suppliers to the warehouses of a province: from files to shipments, their page and their refusals."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kawal.desk.needs import reads as needs
from kawal.desk.plan import models
from kawal.desk.plan.commands import plan
from kawal.desk.plan.wide import upper, upper_escorts_words, upper_words
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import NOW, VOTING_DAY, make
from tests.desk.plan.test_pages import signed_in, text_of

SUPPLY = "supplier,item,quantity,ready,lat,lon\n"
ENOUGH = SUPPLY + "Kudus,ballot_dpr,20000,2024-01-02,-6.8,110.8\nKlaten,box,500,2024-01-02,-7.7,110.6\n"
PORTS = "port,lat,lon\nTanjung Priok,-6.1,106.88\nBoom Baru,-2.98,104.78\n"
LANES = (
    "from,to,mode,hours,capacity_kg,departures\n"
    "Tanjung Priok,Boom Baru,sea,30,5000,2024-01-08;2024-01-15\n"
    "Kudus,Tanjung Priok,road,14,,\nKlaten,Tanjung Priok,road,14,,\n"
)


def _make(supply: str = ENOUGH, lanes: str = LANES, **given: object) -> models.UpperPlan:
    files = upper.Files(supply=supply, ports=PORTS, lanes=lanes)
    told: dict[str, object] = {"reason": "", "by": "Logistics", "now": NOW, "voting_day": VOTING_DAY, **given}
    return models.UpperPlan.objects.get(pk=upper.make("16", files, **told)[0])  # type: ignore[arg-type]


def test_every_warehouse_gets_what_its_stations_need(province: str) -> None:
    row = _make()
    rules, _ = needs.rules_of_record("16")
    sent = upper.shipments(row.pk, "16.07")
    assert sum(one.items.get("ballot_dpr", 0) for one in sent) == needs.totals("16.07")["ballot_dpr"]
    assert sum(one.items.get("box", 0) for one in sent) == needs.totals_by_rules("16.07", rules)["box"]
    assert row.summary["late"] == row.summary["missing"] == []
    ship = [step for one in sent for step in one.passages if step["mode"] == "sea"]
    assert ship and {step["depart_at"][:10] for step in ship} == {"2024-01-08"}


def test_what_a_plan_needs_first_is_due_so_many_days_before_it_sets_out(province: str) -> None:
    row = _make()
    own = models.Plan.objects.get(pk=make("16.07"))
    again = _make(reason="The regency has a plan now", handling_days=3)
    assert (row.summary["planned_warehouses_count"], again.summary["planned_warehouses_count"]) == (0, 1)
    (due_at,) = {one.due_at for one in upper.shipments(again.pk, "16.07")}
    assert due_at == datetime.fromisoformat(own.summary["first_departure_at"]) - timedelta(days=3)
    assert again.version == 2 and upper.of_record("16") == again


def test_a_supplier_that_has_too_little_or_comes_too_late_is_told(province: str) -> None:
    row = _make(SUPPLY + "Kudus,ballot_dpr,1000,2024-02-01,-6.8,110.8\n", lanes="")
    assert row.summary["missing"] and {one["reason"] for one in row.summary["missing"]} <= {
        "supply_short",
        "lanes_full",
        "no_way",
    }
    assert row.summary["late"] and row.summary["late"][0]["reason"] == "too_far"
    client = signed_in("")
    told = text_of(client.get("/plan/16"))
    assert "Dari pemasok ke gudang" in told and "tiba terlambat" in told and "kurang" in told
    assert "Surat suara DPR 1.000" in told and "ballot_dpr" not in told
    with override("en"):
        assert "Suppliers: 1. Shipments: 1, of 0.0 tonnes" in upper_words.headline(row.summary)
    assert "Belum ada rencana bagaimana pemasok" in text_of(client.get("/plan/id"))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"by": ""}, "by_required"),
        ({"handling_days": 61}, "wrong_handling_days"),
        ({"supply": SUPPLY}, "wrong_supply_file"),
        ({"supply": SUPPLY + "Kudus,ballot,1,2024-01-02,-6.8,110.8\n"}, "wrong_supply_file"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_saved(
    province: str, given: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused, match=code):
        _make(**given)
    assert not models.UpperPlan.objects.exists()


def test_a_second_version_needs_its_reason(province: str) -> None:
    _make()
    with pytest.raises(Refused, match="reason_required"):
        _make()


def test_the_command_plans_and_names_every_wrong_row(province: str, tmp_path: Path) -> None:
    supply = tmp_path / "supply.csv"
    supply.write_text(ENOUGH)
    (tmp_path / "ports.csv").write_text(PORTS)
    (tmp_path / "lanes.csv").write_text(LANES)
    files = [
        "--supply",
        str(supply),
        "--ports",
        str(tmp_path / "ports.csv"),
        "--lanes",
        str(tmp_path / "lanes.csv"),
    ]
    result = CliRunner().invoke(plan, ["upper", "--area", "16", *files, "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["summary"]["warehouses_count"] == 2
    supply.write_text(ENOUGH + "Kudus,box,many,2024-01-02,-6.8,110.8\nKudus,pen,3,2024-01-02,-6.8,110.8\n")
    with override("en"):
        result = CliRunner().invoke(plan, ["upper", "--area", "16", *files, "--reason", "More"])
    assert "U04 suppliers, row 4 (many): write a number in quantity" in result.output
    assert "U07 suppliers, row 5 (pen): write an item of the needs rules" in result.output
    supply.write_bytes(b"\xff\xfe")
    with override("en"):
        result = CliRunner().invoke(plan, ["upper", "--area", "16", *files, "--reason", "More"])
    assert "U11" in result.output and models.UpperPlan.objects.count() == 1


def test_freight_is_guarded_by_the_polda_on_its_way_and_who_is_missing_is_told(province: str) -> None:
    escorts = _make().summary["escorts"]
    assert escorts["short_count"] == 0 and escorts["needed_count"] > 0
    assert "polri/16" in {one["post"] for one in escorts["posts"]}
    told = text_of(signed_in("").get("/plan/16"))
    assert "Siapa mengawal kiriman" in told and "Polda Sumatera Selatan" in told and "semuanya ada" in told
    beyond = {one["post"] for one in escorts["posts"]} - {"polri/16"}
    assert beyond and f"{escorts['needed_count']} petugas" in told  # theirs too
    nobody = "post,officers\n16,0\nid,0\n"
    row = _make(reason="Nobody can go", strength=nobody.encode())
    short = [one for one in row.summary["escorts"]["duties"] if one["short_count"]]
    assert short and {one["post"] for one in short} == {"polri/16"}
    with override("en"):
        (line,) = upper_escorts_words.told(row.summary["escorts"], "16")["headline"].splitlines()
    assert line.endswith("missing.")


def test_a_table_of_strengths_that_is_wrong_changes_nothing(province: str) -> None:
    with pytest.raises(Refused) as refused:
        _make(strength=b"post,officers\n16,many\n")
    assert refused.value.code == "wrong_strength" and not models.UpperPlan.objects.exists()
