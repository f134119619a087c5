"""Our questions to the real servers, over a made-up regency; and our own roads against their answers."""

from __future__ import annotations

import importlib.util
import random
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from kawal.desk.plan import models, reads
from kawal.desk.plan.commands import plan
from kawal.desk.plan.journey import osm, served
from kawal.desk.plan.journey.engines import ByEngine
from kawal.desk.plan.journey.osrm import Osrm
from kawal.desk.plan.journey.travel_commands import engine_of
from kawal.desk.plan.journey.travelling import ByRoads
from kawal.desk.plan.journey.valhalla import Valhalla
from kawal.rules.plan.facts import Mode, Terrain
from kawal.rules.plan.journey.roads import pieces_m
from kawal.rules.plan.journey.told import Asked, Told
from kawal.rules.plan.journey.travel import UNREACHABLE_S, Point
from kawal.rules.plan.journey.ways import Ways
from kawal.rules.refusals import Refused
from tests.desk.plan.countryside import BOX, BY_CAR, BY_MOTORBIKE, BY_NOTHING, TOWN, countryside
from tests.desk.plan.extract import grid
from tests.desk.plan.signposted import signposted
from tests.desk.plan.tagged import BOX as TAGGED_BOX
from tests.desk.plan.tagged import ROWS, tagged
from tests.rules.plan.small import fleet

PLACES = {"town": TOWN, **BY_CAR, **BY_MOTORBIKE, **BY_NOTHING}
SPEECHES = {"valhalla": Valhalla, "osrm": Osrm}
KINDS = fleet().kinds


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return countryside().write(tmp_path_factory.mktemp("map") / "countryside.osm.pbf")


@pytest.fixture(scope="module", params=["valhalla", "osrm"])
def engine(request: pytest.FixtureRequest, extract: Path) -> Iterator[ByEngine]:
    _needs(request.param)
    with engine_of(SPEECHES[request.param](), str(extract)) as found:
        yield found


def _needs(engine: str) -> None:
    if importlib.util.find_spec(engine) is None and shutil.which(served._PROGRAMS[engine]) is None:
        pytest.skip(f"{engine} is not installed: pip install 'kawal[roads]' with Python 3.12 or newer")


def _asked(mode: Mode, places: list[tuple[float, float]]) -> Asked:
    points = tuple(Point(lat=lat, lon=lon, terrain=Terrain.RURAL) for lat, lon in places)
    return Asked(kind=KINDS[mode], points=points)


def _reached(seconds: np.ndarray) -> set[str]:
    return {name for name, took in zip(PLACES, seconds[0], strict=True) if took < UNREACHABLE_S}


@pytest.mark.slow
@pytest.mark.parametrize("mode", [Mode.TRUCK, Mode.PICKUP, Mode.MOTORBIKE])
def test_real_servers_reach_what_our_roads_reach_and_as_far(
    engine: ByEngine, extract: Path, mode: Mode
) -> None:
    question = _asked(mode, list(PLACES.values()))
    told_m, told_s = engine.tables([question])[0]
    own_m, own_s = ByRoads(osm.read(extract, BOX)).tables([question])[0]
    assert _reached(told_s) >= {"town", *BY_CAR}
    assert _reached(own_s) >= _reached(told_s)  # motorbikes: of ours alone pass bollards, OSRM has cars alone
    assert not _reached(own_s) & set(BY_NOTHING)
    both = (told_s < UNREACHABLE_S) & (own_s < UNREACHABLE_S) & (told_s > 0)
    assert own_m[both] == pytest.approx(told_m[both], rel=0.02, abs=60)
    assert ((own_s[both] / told_s[both] > 0.6) & (own_s[both] / told_s[both] < 2)).all()  # loaded is slower


@pytest.mark.slow
def test_real_servers_answer_large_tables_lines_and_recorded_journeys(engine: ByEngine) -> None:
    chance = random.Random(3)
    nodes = chance.sample(sorted(countryside().nodes.values()), 120)
    metres, seconds = engine.tables([_asked(Mode.PICKUP, [TOWN, *(node[1:3] for node in nodes)])])[0]
    assert (seconds[0] < UNREACHABLE_S).mean() > 0.8
    assert not metres.diagonal().any()
    line = engine.lines([(Mode.PICKUP, TOWN, BY_CAR["hill"])])[Mode.PICKUP, TOWN, BY_CAR["hill"]]
    along = [0.0, *np.cumsum(pieces_m(np.array(line)))]
    assert along[-1] == pytest.approx(20_200, rel=0.02)
    fixes = [
        (1_700_000_000 + int(gone / 8), lat + chance.gauss(0, 5e-5), lon + chance.gauss(0, 5e-5))
        for gone, (lat, lon) in zip(along, line, strict=True)
    ]
    assert engine.trace_m(Mode.PICKUP, [*fixes, fixes[-1]]) == pytest.approx(along[-1], rel=0.04)
    assert engine.trace_m(Mode.PICKUP, [(at, lat + 5, lon) for at, lat, lon in fixes]) is None
    island = engine.lines([(Mode.PICKUP, TOWN, BY_NOTHING["island"])])
    assert not island


@pytest.mark.slow
def test_the_piece_between_a_place_and_its_road_counts_as_on_our_own_roads(
    engine: ByEngine, extract: Path
) -> None:
    question = _asked(Mode.PICKUP, [TOWN, BY_CAR["paddy"], (-3.1203, 105.0698)])  # 2 km off
    told_m, told_s = engine.tables([question])[0]
    own_m, own_s = ByRoads(osm.read(extract, BOX)).tables([question])[0]
    assert told_m[0] == pytest.approx(own_m[0], rel=0.03)
    assert told_s[0, 2] - told_s[0, 1] == pytest.approx(own_s[0, 2] - own_s[0, 1], rel=0.4)


@pytest.mark.slow
def test_what_an_engine_built_is_used_again_and_named_by_the_extract(engine: ByEngine, extract: Path) -> None:
    name = engine.name.split()[0]
    assert served.name_of(name, extract) == engine.name and "127.0.0.1" not in engine.name
    said: list[str] = []
    with served.serving(name, extract, said.append) as url:
        assert url.startswith("http://127.0.0.1:")
    assert not said and not list(extract.parent.glob("*.part"))


@pytest.mark.slow
def test_a_plan_is_made_with_an_extract_in_the_place_of_an_address(regency: str, tmp_path: Path) -> None:
    _needs("osrm")
    extract = grid(-2.94, 104.68, 4, 26).write(tmp_path / "sumsel.osm.pbf")
    run = CliRunner().invoke(plan, ["make", "--area", regency, "--by", "A", "--osrm", str(extract)])
    assert run.exit_code == 0, run.output
    told = reads.travel_of(models.Plan.objects.get().pk)
    assert isinstance(told, Told) and told.name == served.name_of("osrm", extract)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["valhalla", "osrm"])
def test_an_engine_that_cannot_read_the_extract_is_told_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    _needs(name)
    wrong = tmp_path / "wrong.osm.pbf"
    wrong.write_bytes(b"hello" * 100)
    with pytest.raises(Refused, match="engine_unbuilt"), served.serving(name, wrong):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.osm.pbf"]


MODES = (Mode.TRUCK, Mode.PICKUP, Mode.MOTORBIKE, Mode.FOOT)


def _who(teller: ByEngine | ByRoads, places: list[tuple[float, float]]) -> list[str]:
    """For each place the modes that reach it from the first."""
    answers = teller.tables([_asked(mode, places) for mode in MODES])
    tables = [answers[number][1] if number in answers else None for number in range(len(MODES))]
    return [
        "".join(
            letter if table is not None and table[0, place] < UNREACHABLE_S else "."
            for letter, table in zip("TPMF", tables, strict=True)
        )
        for place in range(len(places))
    ]


def test_our_roads_let_pass_who_may(tmp_path: Path) -> None:
    found, places = tagged()
    roads = osm.read(found.write(tmp_path / "tags.osm.pbf"), TAGGED_BOX)
    assert roads.told == {"roads_when_dry": 1, "fords": 2, "ferries_without_cars": 1}
    told = _who(ByRoads(roads), places)
    assert [(row[0], who) for row, who in zip(ROWS, told, strict=True)] == [row[:2] for row in ROWS]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["valhalla", "osrm"])
def test_real_servers_differ_from_our_roads_where_it_is_told(name: str, tmp_path: Path) -> None:
    _needs(name)
    found, places = tagged()
    with engine_of(SPEECHES[name](), str(found.write(tmp_path / "tags.osm.pbf"))) as engine:
        told = _who(engine, places)
    column = {"valhalla": 2, "osrm": 3}[name]
    expected = [(row[0], row[column]) for row in ROWS]
    assert [(row[0], who) for row, who in zip(ROWS, told, strict=True)] == expected


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_signs_are_kept_as_osrm_keeps_them_with_the_same_speeds(seed: int, tmp_path: Path) -> None:
    _needs("osrm")
    found, places = signposted(seed) if seed else (countryside(), [TOWN, *BY_CAR.values()])
    extract = found.write(tmp_path / "town.osm.pbf")
    roads = osm.read(extract, BOX)
    points = _asked(Mode.PICKUP, places).points
    ways = Ways(roads, "pickup", points, KINDS[Mode.PICKUP], 100.0)
    # A street that leads nowhere is none to us: places there are left out.
    question = _asked(Mode.PICKUP, [place for place, off in zip(places, ways.off_m, strict=True) if off < 50])
    profile = Path(__file__).with_name("pickup.lua")
    with served.serving("osrm", extract, profile=profile) as url, closing(ByEngine(Osrm(), url)) as engine:
        _, told_s = engine.tables([question])[0]
    _, own_s = ByRoads(roads).tables([question])[0]
    bare = replace(roads, turn=roads.turn[:0], turn_at=roads.turn_at[:1], turn_whom=roads.turn_whom[:0])
    assert own_s == pytest.approx(told_s, rel=0.01, abs=2)  # OSRM counts tenths of a second for each piece
    if seed:
        assert (ByRoads(bare).tables([question])[0][1] < own_s - 10).any()


def test_where_the_programs_are_not_installed_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "osrm", None)  # as where it is not installed
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Refused, match="engine_missing"), served.serving("osrm", Path(__file__)):
        pass
