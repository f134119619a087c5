"""Computing needs: parcels and seals once, harmless to repeat, honest about what changed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kawal.desk.needs import actions, reads, rulefiles
from kawal.desk.needs.models import NeedsRun, Parcel, SealRange
from kawal.desk.places.models import Station
from kawal.rules.needs.quantities import first_seal
from kawal.rules.places.codes import village_of
from kawal.rules.refusals import Refused

from .places_of import areas, regency, stations

NOW = datetime(2024, 2, 1, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def seals() -> dict[int, tuple[int | None, int]]:
    return {row.code: (row.seal_first, row.seals_count) for row in Parcel.objects.all()}


def test_a_regency_gets_five_boxes_and_a_bundle_per_station() -> None:
    codes = regency()
    run = actions.compute("16.07", now=NOW)
    assert (run.stations_count, run.voters_count, run.parcels_count) == (5, 901, 30)
    assert run.changes == {"made": 30, "changed": 0, "unchanged": 0, "removed": 0}
    assert run.totals["ballot_dpr"] == 306 + 255 + 257 + 102 + 0
    assert (run.totals["box"], run.totals["booth"], run.totals["plastic_seal"]) == (25, 20, 150)
    parcels = reads.parcels_of(codes)
    assert [parcel.kind for parcel in parcels[codes[0]]] == [
        "ppwp",
        "dpr",
        "dpd",
        "dprd_prov",
        "dprd_kab",
        "bundle",
    ]
    assert sum(p.ballots_count for found in parcels.values() for p in found if p.kind == "dpr") == 920


def test_every_seal_number_is_used_once_and_belongs_to_the_regency() -> None:
    codes = regency() + stations("16.08.01.2001", 200)
    actions.compute("16", now=NOW)
    found = reads.parcels_of(codes)
    numbers = [seal for parcels in found.values() for parcel in parcels for seal in parcel.seals]
    assert len(numbers) == len(set(numbers)) == 6 * 5 * 6
    assert {str(seal)[:4] for seal in numbers} == {"1607", "1608"}
    assert min(numbers) == first_seal("16.07")


def test_computing_again_keeps_parcels_and_seals() -> None:
    regency()
    actions.compute("16.07", now=NOW)
    before = seals()
    again = actions.compute("16.07", now=NOW)
    assert again.changes == {"made": 0, "changed": 0, "unchanged": 30, "removed": 0}
    assert seals() == before
    part = actions.compute("16.07.03", now=NOW)
    assert part.changes["unchanged"] == 18
    assert seals() == before


def test_changed_voters_change_the_ballots_and_never_the_seals() -> None:
    codes = regency()
    actions.compute("16.07", now=NOW)
    before = seals()
    Station.objects.filter(code=codes[0]).update(voters=310)
    again = actions.compute("16.07", now=NOW)
    assert again.changes == {"made": 0, "changed": 5, "unchanged": 25, "removed": 0}
    assert [p.ballots_count for p in reads.parcels_of(codes[:1])[codes[0]]] == [317] * 5 + [0]
    assert seals() == before


def test_new_stations_take_new_seals_and_a_number_is_never_given_twice() -> None:
    codes = regency()
    actions.compute("16.07", now=NOW)
    before = seals()
    Station.objects.filter(code=codes[-1]).delete()
    gone = actions.compute("16.07", now=NOW)
    assert gone.changes == {"made": 0, "changed": 0, "unchanged": 24, "removed": 6}
    stations("16.07.03.2002", 251, 222)
    grown = actions.compute("16.07", now=NOW)
    assert grown.changes == {"made": 6, "changed": 0, "unchanged": 24, "removed": 0}
    used = {first for first, _ in before.values() if first}
    new = {first for code, (first, _) in seals().items() if code not in before and first}
    assert new and not new & used
    assert min(new) > max(used)


def test_an_area_of_one_district_leaves_the_others_alone() -> None:
    regency()
    actions.compute("16.07", now=NOW)
    Station.objects.filter(village_id="16.07.03.2001").delete()
    run = actions.compute("16.07.03", now=NOW)
    assert run.changes == {"made": 0, "changed": 0, "unchanged": 6, "removed": 12}
    assert Parcel.objects.count() == 18


@pytest.mark.parametrize(("area", "code"), [("17.01", "unknown_area"), ("16.09", "no_stations")])
def test_what_cannot_be_computed_is_refused_and_nothing_is_saved(area: str, code: str) -> None:
    regency()
    areas("16.09")
    with pytest.raises(Refused) as refused:
        actions.compute(area, now=NOW)
    assert refused.value.code == code
    assert not Parcel.objects.exists()
    assert not NeedsRun.objects.exists()


def test_a_regency_that_runs_out_of_seals_is_refused_and_nothing_is_saved() -> None:
    regency()
    SealRange.objects.create(regency="16.07", seal_next=first_seal("16.07") + 999_900)
    with pytest.raises(Refused) as refused:
        actions.compute("16.07", now=NOW)
    assert refused.value.code == "seals_exhausted"
    assert not Parcel.objects.exists()


def test_rules_of_ones_own_are_kept_and_explain_the_result_later(tmp_path: Path) -> None:
    codes = regency()
    text = rulefiles.read("pemilu-2024").text
    own = tmp_path / "own.toml"
    own.write_text(
        text.replace('"pemilu-2024"', '"simulasi"').replace("reserve_percent = 2", "reserve_percent = 2.5")
    )
    run = actions.compute("16.07", now=NOW, rules=str(own))
    own.unlink()
    assert run.rules_name == "simulasi"
    needed = {need.item: need for need in reads.station_needs(codes[1])}
    assert needed["ballot_dpr"].quantity == 257  # 256.25
    assert needed["ballot_dpr"].working.rules == "simulasi"


@pytest.mark.parametrize(
    ("text", "key"),
    [("name = ", "Invalid value"), ('name = "x"', "title"), ("\udcff", "own.toml")],
)
def test_a_wrong_rule_file_is_refused_with_its_place(tmp_path: Path, text: str, key: str) -> None:
    regency()
    own = tmp_path / "own.toml"
    own.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(Refused) as refused:
        actions.compute("16.07", now=NOW, rules=str(own))
    assert refused.value.code == "wrong_rules"
    assert key in str(refused.value.facts["key"])


def test_unknown_rules_are_refused_naming_what_is_shipped() -> None:
    regency()
    with pytest.raises(Refused) as refused:
        actions.compute("16.07", now=NOW, rules="pemilu-2099")
    assert refused.value.facts == {"rules": "pemilu-2099", "known": "pemilu-2024"}


def test_totals_of_a_part_are_those_of_its_stations() -> None:
    codes = regency()
    run = actions.compute("16", now=NOW)
    assert reads.totals("16") == run.totals
    assert reads.totals("16.07") == run.totals
    parts = [reads.totals(district) for district in ("16.07.03", "16.07.04")]
    assert {item: sum(part[item] for part in parts) for item in run.totals} == run.totals
    latest = reads.latest_run(village_of(codes[0]))
    assert latest is not None
    assert latest.id == run.id


def test_needs_before_any_run_are_refused() -> None:
    codes = regency()
    assert reads.latest_run("16.07") is None
    with pytest.raises(Refused) as refused:
        reads.station_needs(codes[0])
    assert refused.value.code == "needs_not_computed"


def test_stocks_of_a_nation_count_its_provinces() -> None:
    areas("16.07", "31.74")
    rules = rulefiles.read("pemilu-2024").rules
    found = {
        area: {s.ballot_type: s.quantity for s in reads.stocks(area, rules)} for area in ("", "16", "16.07")
    }
    assert [found[area]["dpd"] for area in ("", "16", "16.07")] == [2000, 1000, 0]
    assert found["16.07"]["dprd_kab"] is None
