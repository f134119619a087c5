"""Signs: kept by the network as somebody drives who remembers the last streets."""

from __future__ import annotations

import heapq
from itertools import count, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.plan.facts import Mode
from kawal.rules.plan.journey.passage import PROFILES
from kawal.rules.plan.journey.roads import Roads
from kawal.rules.plan.journey.signs import Members, sign
from kawal.rules.plan.journey.travel import UNREACHABLE_S, Point
from kawal.rules.plan.journey.ways import Ways
from tests.rules.plan.grid import Grid, point
from tests.rules.plan.small import fleet

KINDS = fleet().kinds
SIZE = 4
Cell = tuple[int, int]


class Town(Grid):
    """Every street between two corners is a way of its own, so that signs can name it."""

    def __init__(self, **tags: str) -> None:
        super().__init__(0)
        self.streets: dict[frozenset[Cell], int] = {}
        for row in range(SIZE):
            for column in range(SIZE):
                for other in ((row + 1, column), (row, column + 1)):
                    if max(other) < SIZE:
                        self.street((row, column), other, **tags)

    def street(self, a: Cell, b: Cell, **tags: str) -> None:
        number = self.streets[frozenset((a, b))] = len(self.streets) + 1
        self.way([a, b], number=number, **(tags or {"highway": "tertiary"}))

    def sign(self, kind: str, *cells: Cell, **tags: str) -> None:
        """Along three corners, or four: over the street between."""
        ways = [self.streets[frozenset(pair)] for pair in pairwise(cells)]
        via = ("n", self.node(*cells[1]), "via") if len(ways) == 2 else ("w", ways[1], "via")
        members: Members = [("w", ways[0], "from"), via, ("w", ways[-1], "to")]
        found = sign({"type": "restriction", "restriction": kind, **tags}, members)
        assert found
        self.drawing.forbid(found)


def _metres(town: Grid, *points: Point, mode: Mode = Mode.TRUCK, profile: str = "truck") -> np.ndarray:
    ways = Ways(town.roads(), profile, points, KINDS[mode], 3_000.0)
    return ways.table(range(len(points)))[0] / 1_111.95


def test_past_no_left_turn_the_way_goes_round_the_block() -> None:
    town = Town()
    ends = point(1.5, 1), point(2, 0.5)
    assert _metres(town, *ends)[0, 1] == pytest.approx(1, abs=0.02)
    town.sign("no_left_turn", (1, 1), (2, 1), (2, 0))
    assert _metres(town, *ends)[0, 1] == pytest.approx(
        3, abs=0.02
    )  # by 1/1 and 1/0 and 2/0: the other way off
    assert _metres(town, *ends)[1, 0] == pytest.approx(1, abs=0.02)


def test_people_on_foot_and_who_is_excepted_turn_all_the_same() -> None:
    town = Town()
    town.sign("no_left_turn", (1, 1), (2, 1), (2, 0), **{"except": "psv;motorcycle"})
    ends = point(1.5, 1), point(2, 0.5)
    assert _metres(town, *ends, mode=Mode.MOTORBIKE, profile="motorbike")[0, 1] == pytest.approx(1, abs=0.02)
    assert _metres(town, *ends, mode=Mode.FOOT, profile="foot")[0, 1] == pytest.approx(1, abs=0.02)
    assert _metres(town, *ends)[0, 1] > 2


def test_a_sign_for_lorries_binds_lorries_alone() -> None:
    town = Town()
    ways = [town.streets[frozenset(pair)] for pair in (((1, 1), (2, 1)), ((2, 1), (2, 0)))]
    tags = {"type": "restriction", "restriction:hgv": "no_left_turn"}
    found = sign(tags, [("w", ways[0], "from"), ("n", town.node(2, 1), "via"), ("w", ways[1], "to")])
    assert found and found.whom == 1 << PROFILES.index("truck")


def test_a_commanded_turn_forbids_all_others() -> None:
    town = Town()
    town.sign("only_straight_on", (0, 1), (1, 1), (2, 1))
    away = _metres(town, point(0.5, 1), point(1, 1.5), point(1, 0.5), point(1.5, 1))[0]
    assert away[3] == pytest.approx(1, abs=0.02)
    assert min(away[1:3]) > 2


def test_a_turn_over_a_street_between_is_forbidden_only_to_whom_came_from_there() -> None:
    town = Town()
    town.sign("no_straight_on", (0, 1), (1, 1), (2, 1), (3, 1))
    table = _metres(town, point(0.5, 1), point(2.5, 1), point(1, 0.5))
    assert table[0, 1] > 3
    assert table[2, 1] == pytest.approx(2, abs=0.02)  # joins the street in the middle
    assert table[1, 0] == pytest.approx(2, abs=0.02)


def test_nobody_turns_round_near_a_sign_but_where_nothing_else_leads_on() -> None:
    town = Town()
    town.street((3, 3), (5, 3), highway="tertiary")
    town.sign("no_u_turn", (2, 3), (3, 3), (2, 3))
    assert _metres(town, point(2.5, 3), point(5, 3))[0, 1] == pytest.approx(2.5, abs=0.02)
    home = _metres(town, point(3, 2.5), point(5, 3))
    assert home[1, 0] == pytest.approx(home[0, 1], abs=0.02)


def test_a_sign_whose_ways_pass_by_is_counted_and_forbids_nothing() -> None:
    town = Town()
    town.way([(0, 3), (0, 4), (0, 5), (0, 6)], number=90, highway="tertiary")
    town.way([(0, 4), (1, 4)], number=91, highway="tertiary")
    found = sign(
        {"type": "restriction", "restriction": "no_left_turn"},
        [("w", 90, "from"), ("n", town.node(0, 4), "via"), ("w", 91, "to")],
    )
    assert found
    town.drawing.forbid(found)
    roads = town.roads()
    assert not roads.bans("truck") and roads.told == {"signs_unread": 1}


@pytest.mark.parametrize(
    "tags",
    [
        {"restriction": "no_parking"},
        {"restriction": "no_left_turn", "restriction:conditional": "no_left_turn @ (06:00-09:00)"},
        {"restriction:bicycle": "no_left_turn"},
        {"restriction": "no_left_turn", "hour_on": "06:00"},
    ],
)
def test_what_is_no_sign_for_us_or_holds_for_hours_is_not_read(tags: dict[str, str]) -> None:
    assert sign(tags, [("w", 1, "from"), ("n", 1, "via"), ("w", 2, "to")]) is None


@pytest.mark.parametrize("members", [[], [("w", 1, "from"), ("w", 2, "to")], [("r", 1, "from")]])
def test_a_sign_without_its_members_is_not_read(members: Members) -> None:
    assert sign({"restriction": "no_left_turn"}, members) is None


corners = st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1))
signs = st.lists(
    st.tuples(
        st.sampled_from(["no_left_turn", "only_straight_on"]), corners, st.randoms(use_true_random=False)
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=30, deadline=None)
@given(signs)
def test_ways_take_as_long_as_somebody_needs_who_remembers_every_street(drawn: list) -> None:
    town, begun = Town(), set()
    for kind, corner, chance in drawn:
        path = [corner]
        for _ in range(chance.choice([2, 3]) if kind.startswith("no") else 2):
            path.append(chance.choice([one for one in _around(path[-1]) if one not in path[-2:]]))
        if (path[0], path[1]) not in begun:
            begun.add((path[0], path[1]))
            town.sign(kind, *path)
    roads = town.roads()
    points = [point(0.5, 0), point(1, 1.5), point(2.5, 2), point(3, 0.4), point(1.5, 3)]
    ways = Ways(roads, "truck", points, KINDS[Mode.TRUCK], 3_000.0)
    _, seconds = ways.table(range(len(points)))
    for row in range(len(points)):
        for column in range(len(points)):
            if row != column:
                there, back = (_driven(roads, ways, *pair) for pair in ((row, column), (column, row)))
                if max(there, back) < np.inf:
                    assert seconds[row, column] == pytest.approx(there, abs=1.01)
                else:
                    assert seconds[row, column] == UNREACHABLE_S


def _around(cell: Cell) -> list[Cell]:
    row, column = cell
    near = ((row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1))
    return [one for one in near if min(one) >= 0 and max(one) < SIZE]


def _driven(roads: Roads, ways: Ways, source: int, goal: int) -> float:
    """Dijkstra over the last two streets of everybody, written without our network's nodes."""
    bans, seconds = set(roads.bans("truck")), (roads.forward_s[0], roads.backward_s[0])
    ends = (roads.start, roads.end)
    number = count()

    def share(place: int, directed: int) -> float:
        gone = ways.along_m[place] / roads.metres[directed // 2]
        return float(1 - gone if directed & 1 else gone)

    waiting = []
    for directed in (2 * ways.edge[source], 2 * ways.edge[source] + 1):
        took = seconds[directed & 1][directed // 2] * (1 - share(source, directed))
        waiting.append((took, next(number), (int(directed),)))
    heapq.heapify(waiting)
    best, seen = np.inf, set()
    while waiting:
        took, _, history = heapq.heappop(waiting)
        if history in seen or took >= best:
            continue
        seen.add(history)
        last = history[-1]
        corner = ends[1 - (last & 1)][last // 2]
        on = [2 * int(e) for e in np.flatnonzero(ends[0] == corner)]
        on += [2 * int(e) + 1 for e in np.flatnonzero(ends[1] == corner)]
        allowed = [one for one in on if not {(*history, one)[cut:] for cut in range(len(history))} & bans]
        for one in [one for one in allowed if one != last ^ 1] or allowed:
            whole = seconds[one & 1][one // 2]
            if one // 2 == ways.edge[goal]:
                best = min(best, took + whole * share(goal, one))
            heapq.heappush(waiting, (took + whole, next(number), (*history, one)[-2:]))
    off_s = ways.off_s[source] + ways.off_s[goal]
    return float(best + off_s)
