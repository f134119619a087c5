"""A plan on roads: what is told once is kept, judged again and drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from django.core.exceptions import ObjectDoesNotExist

from kawal.desk.places import reads as places
from kawal.desk.plan import models, reads, timetable
from kawal.desk.plan.commands import plan as command
from kawal.desk.plan.journey import osm
from kawal.desk.plan.journey.travelling import ByRoads
from kawal.desk.plan.maps import plan_map
from kawal.desk.plan.showing import names_under
from kawal.rules.plan.facts import Mode
from kawal.rules.plan.journey.told import Told, of_bytes, to_bytes
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import NOW, make
from tests.desk.plan.extract import Extract, grid

BOX = (-3.2, 104.4, -2.6, 105.4)


def _roads(tmp_path: Path, found: Extract | None = None) -> ByRoads:
    extract = found or grid(-2.94, 104.68, 4, 26)
    return ByRoads(osm.read(extract.write(tmp_path / "roads.osm.pbf"), BOX))


def _cut() -> Extract:
    """Streets of the first district alone: the second lies across the water."""
    found = grid(-2.94, 104.68, 4, 10)
    for row in range(4):
        for column in range(20, 26):
            found.node(f"island {row}/{column}", -2.94 + row * 0.02, 104.68 + column * 0.02)
        found.way(*(f"island {row}/{column}" for column in range(20, 26)), highway="secondary")
    found.way(*(f"island {row}/22" for row in range(4)), highway="secondary")
    return found


def test_a_plan_on_roads_keeps_its_ways_and_holds_when_it_is_judged_again(
    regency: str, tmp_path: Path
) -> None:
    made = make(regency, teller=_roads(tmp_path))
    told = reads.travel_of(made)
    assert isinstance(told, Told) and told.blocks and told.lines
    assert reads.check_plan(made, now=NOW) == []
    summary = reads.plan_of_record(regency).summary  # type: ignore[union-attr]
    assert summary["assumed_counts"]["travel_told"] == 3
    assert summary["assumed_counts"]["travel_estimated"] == 1  # the village on the water


def test_roads_change_the_plan_and_its_hash_and_the_same_roads_give_the_same_plan(
    regency: str, tmp_path: Path
) -> None:
    first = make(regency)
    second, third = (make(regency, reason="Jalan", teller=_roads(tmp_path)) for _ in range(2))
    hashes = [models.Plan.objects.get(pk=pk).problem_sha256 for pk in (first, second, third)]
    assert hashes[0] != hashes[1] == hashes[2]
    assert reads.trips(second) == reads.trips(third)
    assert reads.trips(first) != reads.trips(second)


def test_a_plan_that_was_estimated_keeps_nothing(regency: str) -> None:
    made = make(regency)
    with pytest.raises(ObjectDoesNotExist):
        models.Travel.objects.get(plan_id=made)


def test_where_no_road_leads_is_named_and_the_rest_is_planned(regency: str, tmp_path: Path) -> None:
    made = make(regency, teller=_roads(tmp_path, _cut()))
    found = reads.unserved(reads.plan_of_record(regency).summary)  # type: ignore[union-attr]
    assert {(row.site, row.reason) for row in found} == {("PPS-16.07.02.2001", "no_road")}
    assert reads.check_plan(made, now=NOW) == []
    assert {trip.area for trip in reads.trips(made)} >= {"16.07.01", "16.07.01.1001"}


def test_a_ferry_that_takes_cars_reaches_the_other_shore(regency: str, tmp_path: Path) -> None:
    found = _cut()
    found.way("1/9", "island 1/20", route="ferry", duration="00:40", motor_vehicle="yes")
    make(regency, teller=_roads(tmp_path, found))
    assert reads.unserved(reads.plan_of_record(regency).summary) == []  # type: ignore[union-attr]


def test_roads_of_another_place_are_refused_before_anything_is_saved(regency: str, tmp_path: Path) -> None:
    far = osm.read(grid(3, 98, 3, 3).write(tmp_path / "a.osm.pbf"), (2, 97, 4, 99))
    with pytest.raises(Refused, match="roads_elsewhere"):
        make(regency, teller=ByRoads(far))
    assert not models.Plan.objects.exists()


def test_lines_follow_the_roads(regency: str, tmp_path: Path) -> None:
    made = make(regency, teller=_roads(tmp_path))
    told = reads.travel_of(made)
    assert isinstance(told, Told)
    cars = [line for (mode, _, _), line in told.lines.items() if mode is Mode.PICKUP]
    assert cars and all(len(line) > 2 for line in cars)


def test_what_is_kept_reads_back_as_it_was_and_else_is_refused(regency: str, tmp_path: Path) -> None:
    told = reads.travel_of(make(regency, teller=_roads(tmp_path)))
    assert isinstance(told, Told)
    kept = to_bytes(told)
    again = of_bytes(kept)
    assert again.told() == told.told() and again.lines == told.lines and to_bytes(again) == kept
    for key, block in told.blocks.items():
        assert np.array_equal(again.blocks[key].seconds, block.seconds)
    for broken in (b"", b"hello", kept[: len(kept) // 2]):
        with pytest.raises(Refused, match="wrong_travel"):
            of_bytes(broken)


def test_the_commands_build_roads_and_plan_on_them(regency: str, tmp_path: Path) -> None:
    extract = grid(-2.94, 104.68, 4, 26).write(tmp_path / "sumsel.osm.pbf")
    out = tmp_path / "roads.npz"
    run = CliRunner().invoke(command, ["roads", str(extract), "--area", regency, "--out", str(out)])
    assert run.exit_code == 0, run.output
    assert out.exists() and "km" in run.output
    run = CliRunner().invoke(command, ["make", "--area", regency, "--by", "A", "--roads", str(out)])
    assert run.exit_code == 0, run.output
    assert models.Travel.objects.count() == 1


def test_the_commands_refuse_what_is_no_road_file_and_no_extract(regency: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.osm"
    wrong.write_text("hello")
    for arguments in (["roads", str(wrong)], ["make", "--by", "A", "--roads", str(wrong)]):
        run = CliRunner().invoke(command, [*arguments, "--area", regency])
        assert run.exit_code == 1 and "wrong.osm" in run.output
    assert not models.Plan.objects.exists()


def test_the_map_follows_the_roads_where_they_were_told_and_is_straight_where_not(
    regency: str, tmp_path: Path
) -> None:
    def corners(plan_id: int) -> list[int]:
        area, plan = places.area(regency), reads.plan_of_record(regency)
        assert plan is not None
        runs, delivery = timetable.runs(plan_id, regency), timetable.delivery(plan_id, regency)
        drawn = plan_map(area, plan, runs, delivery, names_under(regency))["lines"]["features"]
        cars = [one for one in drawn if one["properties"]["code"].startswith("16.07-to_pps")]
        return [len(one["geometry"]["coordinates"]) for one in cars]

    straight = corners(make(regency))
    bent = corners(make(regency, reason="Jalan", teller=_roads(tmp_path, _crooked())))
    assert straight and max(straight) < max(bent)


def _crooked() -> Extract:
    """One road that runs up and down all the way east."""
    found = Extract()
    names = [found.node(str(n), -2.9 + 0.01 * (n % 2), 104.68 + 0.01 * n) for n in range(50)]
    found.way(*names, highway="primary")
    return found
