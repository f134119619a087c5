from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest
from click.testing import CliRunner

from kawal.desk.plan import models, reads
from kawal.desk.plan.commands import plan as command
from kawal.desk.plan.journey.engines import ByEngine
from kawal.desk.plan.journey.osrm import Osrm
from kawal.desk.plan.journey.speech import decoded
from kawal.desk.plan.journey.valhalla import Valhalla
from kawal.rules.plan.facts import Mode, Terrain
from kawal.rules.plan.journey.told import Asked, Told
from kawal.rules.plan.journey.travel import UNREACHABLE_S, Point
from kawal.rules.refusals import Refused
from tests.desk.plan.conftest import NOW, make
from tests.desk.plan.server import M_PER_DEGREE, World, encoded, serving
from tests.rules.plan.small import fleet

TRUCK = fleet().kinds[Mode.TRUCK]
PLACES = [(-3.0, 105.0), (-3.0, 105.1), (-3.2, 105.0)]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(params=["valhalla", "osrm"])
def engine(request: pytest.FixtureRequest, world: World) -> Iterator[ByEngine]:
    with serving(world) as url:
        found = ByEngine(Valhalla() if request.param == "valhalla" else Osrm(), url)
        yield found
        found.close()


def _asked(places: list[tuple[float, float]]) -> list[Asked]:
    points = tuple(Point(lat=lat, lon=lon, terrain=Terrain.RURAL) for lat, lon in places)
    return [Asked(kind=TRUCK, points=points)]


def test_a_table_comes_back_in_metres_and_seconds(engine: ByEngine) -> None:
    metres, seconds = engine.tables(_asked(PLACES))[0]
    assert metres[0, 1] == pytest.approx(0.1 * M_PER_DEGREE, abs=2)
    assert seconds[0, 2] == pytest.approx(0.2 * M_PER_DEGREE / 10, abs=2)
    assert not metres.diagonal().any() and not seconds.diagonal().any()


def test_a_terse_answer_of_valhalla_means_the_same(world: World) -> None:
    with serving(world) as url:
        engine = ByEngine(Valhalla(), url)
        wordy = engine.tables(_asked(PLACES))[0]
        world.terse = True
        terse = engine.tables(_asked(PLACES))[0]
        engine.close()
    assert all(np.array_equal(one, other) for one, other in zip(wordy, terse, strict=True))


def test_large_tables_are_asked_in_chunks_within_the_limits_of_the_servers(
    engine: ByEngine, world: World
) -> None:
    places = [(-3 - number / 1_000, 105.0) for number in range(120)]
    metres, _ = engine.tables(_asked(places))[0]
    assert metres[0, 119] == pytest.approx(0.119 * M_PER_DEGREE, abs=2)
    assert metres[119, 60] == pytest.approx(0.059 * M_PER_DEGREE, abs=2)
    for path, told in world.asked:
        if path == "/sources_to_targets":
            assert len(told["sources"]) * len(told["targets"]) <= 2_500


def test_a_place_with_no_road_near_is_found_and_the_others_are_answered(
    engine: ByEngine, world: World
) -> None:
    places = [(-3 - number / 1_000, 105.0) for number in range(60)]
    world.no_road_near = {places[17]}
    _, seconds = engine.tables(_asked(places))[0]
    alone = np.full(60, UNREACHABLE_S)
    alone[17] = 0
    assert np.array_equal(seconds[17], alone) and np.array_equal(seconds[:, 17], alone)
    assert (np.delete(np.delete(seconds, 17, 0), 17, 1) < UNREACHABLE_S).all()
    assert len(world.asked) < 30


def test_a_pair_without_a_way_goes_by_the_depot(engine: ByEngine, world: World) -> None:
    world.no_way = {(PLACES[1], PLACES[2])}
    metres, seconds = engine.tables(_asked(PLACES))[0]
    assert metres[1, 2] == pytest.approx(metres[1, 0] + metres[0, 2], abs=2)
    assert seconds[1, 2] >= seconds[2, 1]


def test_a_place_from_which_no_way_leads_home_is_not_reached(engine: ByEngine, world: World) -> None:
    world.no_way = {(PLACES[1], other) for other in PLACES}
    _, seconds = engine.tables(_asked(PLACES))[0]
    assert seconds[0, 1] == seconds[1, 0] == UNREACHABLE_S and seconds[0, 2] < UNREACHABLE_S


def test_a_line_runs_from_end_to_end(engine: ByEngine) -> None:
    found = engine.lines([(Mode.TRUCK, PLACES[0], PLACES[1]), (Mode.SPEEDBOAT, PLACES[0], PLACES[1])])
    assert list(found) == [(Mode.TRUCK, PLACES[0], PLACES[1])]
    assert next(iter(found.values()))[0] == PLACES[0]


def test_a_recorded_journey_is_matched_to_the_road(engine: ByEngine, world: World) -> None:
    fixes = [(1_700_000_000 + 60 * n, -3 - n / 1_000, 105.0) for n in range(250)]
    gone = engine.trace_m(Mode.TRUCK, fixes)
    assert gone == pytest.approx(0.249 * M_PER_DEGREE, rel=1e-3)
    assert engine.trace_m(Mode.TRUCK, fixes[:1]) is None
    assert engine.trace_m(Mode.SPEEDBOAT, fixes) is None


@pytest.mark.parametrize(
    "raw", [b"", b"<html>", b"[]", b'{"code":"Ok"}', b'{"sources_to_targets":[[]]}', b"[" * 9_999]
)
def test_an_answer_in_no_known_format_is_refused(engine: ByEngine, world: World, raw: bytes) -> None:
    world.raw = raw
    with pytest.raises(Refused) as refused:
        engine.tables(_asked(PLACES))
    assert refused.value.code in ("engine_garbled", "engine_refuses")


def test_what_a_server_refuses_is_told_in_its_words(engine: ByEngine, world: World) -> None:
    world.raw, world.status = b'{"error_code":125,"error":"No costing method found","code":"InvalidUrl"}', 400
    with pytest.raises(Refused, match="engine_refuses"):
        engine.tables(_asked(PLACES))


def test_a_server_whose_map_lies_elsewhere_is_refused(engine: ByEngine, world: World) -> None:
    world.no_road_near = set(PLACES)
    with pytest.raises(Refused, match="engine_elsewhere"):
        engine.tables(_asked(PLACES))


def test_where_nobody_answers_it_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        engine = ByEngine(Osrm(), f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(Refused, match="engine_silent"):
            engine.tables(_asked(PLACES))


@pytest.mark.parametrize(
    "url", ["", "localhost:8002", "ftp://host", "http://", "http://a/?b=c", "http://u:p@host"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="engine_address"):
        ByEngine(Osrm(), url)


def test_the_example_of_valhallas_documentation_is_understood() -> None:
    told = {
        "sources_to_targets": {"durations": [[0, 105], [108, 0]], "distances": [[0.0, 0.147], [0.147, 0.0]]},
        "units": "kilometers",
        "algorithm": "timedistancematrix",
    }
    cells = Valhalla()._cells(told, PLACES[:2], PLACES[:2])
    assert [[one[:2] for one in row] for row in cells] == [[(0, 0), (147, 105)], [(147, 108), (0, 0)]]


def test_the_shape_of_valhallas_documentation_runs_between_its_two_places() -> None:
    shape = (
        "kdmdcBq|{rXYvGMzBa@`IqDWiAKeGw@sAQsAQsAQmEk@mJwAmB]iMuC}XmGsEgAoMyCeAWiCi@f@kCPiAR}@z@"
        "sELq@|B_MzAsK~@oH"
    )
    places = decoded(shape)
    assert len(places) == 27  # end_shape_index of its last manoeuvre is 26
    assert places[0] == pytest.approx((52.517973, 13.433304), abs=1e-4)
    assert places[-1] == pytest.approx((52.519604, 13.434299), abs=1e-4)


def test_polylines_are_read_as_they_are_written_and_else_refused() -> None:
    places = [(-3.123456, 105.654321), (-3.2, 105.0), (0.0, 0.0)]
    assert decoded(encoded(places)) == places
    for broken in ("_", "!!", encoded(places)[:-1], "?"):
        with pytest.raises(ValueError, match="polyline"):
            decoded(broken)


def test_a_plan_by_an_engine_is_judged_again_without_it(regency: str, world: World) -> None:
    with serving(world) as url, closing(ByEngine(Valhalla(), url)) as engine:
        made = make(regency, teller=engine)
    told = reads.travel_of(made)
    assert isinstance(told, Told) and told.name.startswith("valhalla http://127.0.0.1")
    assert reads.check_plan(made, now=NOW) == []


def test_the_command_asks_one_server_and_refuses_two(regency: str, world: World) -> None:
    with serving(world) as url:
        base = ["make", "--area", regency, "--by", "A", "--osrm", url]
        run = CliRunner().invoke(command, [*base, "--valhalla", url])
        assert run.exit_code == 1 and not models.Plan.objects.exists()
        run = CliRunner().invoke(command, base)
    assert run.exit_code == 0, run.output
    assert models.Travel.objects.count() == 1
