"""What the inner loops read: moments that others wait for stay until the last of them has read them."""

from __future__ import annotations

from importlib.resources import files

import pytest

from kawal.rules.plan.make import make_plan
from kawal.rules.plan.sure.arrays import ways_of
from kawal.rules.plan.sure.delays import law_of
from kawal.rules.plan.sure.flow import DAY_S, Flow, flow_of
from tests.rules.plan import small

SETTINGS = small.settings()
LAW = law_of((files("kawal.rules.plan") / "delays-default.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def flow() -> Flow:
    villages = [small.village(f"16.07.02.{2001 + n}", 3 + n % 9, km=5 + n) for n in range(30)]
    made = make_plan(small.regency(small.district("16.07.02", *villages)), SETTINGS)
    return flow_of(made.trips, SETTINGS.fleet, SETTINGS.calendar.zone)


def test_whoever_waits_reads_the_moment_of_whom_it_waits_for_and_no_other(flow: Flow) -> None:
    ways = ways_of(flow, LAW, 5 * DAY_S)
    whose: dict[int, tuple[str, int]] = {}
    for t, trip in enumerate(ways.trips):
        if trip["before"] >= 0:
            assert whose[int(ways.trips["row"][trip["before"]])] == ("home", trip["before"])
        for s in ways.supply[slice(*trip["supply"])]:
            assert whose[int(ways.stops["row"][s])] == ("served", s)
        for s in range(*trip["stops"]):
            if ways.stops["row"][s] >= 0:
                whose[int(ways.stops["row"][s])] = "served", s
        if trip["row"] >= 0:
            whose[int(trip["row"])] = "home", t
    assert len(whose) == ways.rows


def test_no_more_rows_are_kept_than_are_waited_for_at_a_time(flow: Flow) -> None:
    ways = ways_of(flow, LAW, 5 * DAY_S)
    waited_for = (ways.trips["row"] >= 0).sum() + (ways.stops["row"] >= 0).sum()
    assert 0 < ways.rows < waited_for
