"""How sure is it? The fast simulation against a plain one, and what must hold of any plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from random import Random

import numpy as np
import pytest

from kawal.rules.plan.facts import FORWARD, Leg, Mode
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.sure.delays import Law, ModeLaw, law_of
from kawal.rules.plan.sure.flow import Flow, flow_of
from kawal.rules.plan.sure.simulation import Outcome, home_on_time, simulate, weather
from kawal.rules.plan.windows import ALWAYS, Opening, Windows
from tests.rules.plan import small
from tests.rules.plan.oracle import World, by_district
from tests.rules.plan.sure.test_delays import TEXT

SETTINGS = small.settings()
DEADLINE, OPENING = SETTINGS.calendar.deadline_at, SETTINGS.calendar.opening_at


@pytest.fixture(scope="module")
def made() -> PlanMade:
    return make_plan(small.ordinary(), SETTINGS)


@pytest.fixture(scope="module")
def flow(made: PlanMade) -> Flow:
    return flow_of(made.trips, SETTINGS.fleet, SETTINGS.calendar.zone)


def lived(
    flow: Flow, law: Law, *, later: timedelta = timedelta(), scenarios: int = 4_000, seed: int = 1,
    threads: int = 0,
) -> Outcome:  # fmt: skip
    first = flow.first_day
    return simulate(
        flow, law, "16.07", deadline_s=int((DEADLINE + later - first).total_seconds()),
        opening_s=int((OPENING - first).total_seconds()), seed=seed, scenarios=scenarios,
        threads=threads,
    )  # fmt: skip


def calm(**changes: float) -> Law:
    """No delays at all but those named."""
    still = ModeLaw(spread=0, weather=0, closed_share=0, breakdowns_per_hour=0, repair_s=60)
    return Law(
        name="calm", national_share=0, district_share=0, day_to_day=0, absent_share=0, wait_s=1_800,
        modes={mode: replace(still, **changes) for mode in Mode},
    )  # fmt: skip


def harsh() -> Law:
    """Worse than the shipped law, so that what is rare there can be counted here."""
    law = law_of(TEXT)
    worse = {
        mode: replace(one, spread=2 * one.spread, breakdowns_per_hour=0.2, closed_share=0.05)
        for mode, one in law.modes.items()
    }
    return replace(law, modes=worse, absent_share=0.1, wait_s=3_600)


def test_without_delays_everything_comes_as_planned(made: PlanMade, flow: Flow) -> None:
    last = max(
        part.arrive_at for trip in made.trips if trip.leg is Leg.TO_STATION for part in trip.consignments
    )
    outcome = lived(flow, calm(), later=last - DEADLINE, scenarios=100)
    assert set(outcome.stations.values()) == {1.0}
    assert outcome.regency == 1.0
    a_second_less = lived(flow, calm(), later=last - DEADLINE - timedelta(seconds=1), scenarios=100)
    assert a_second_less.regency == 0.0
    assert 0.0 in a_second_less.stations.values()


def by_events(made: PlanMade, settings: Settings, flow: Flow, law: Law, worlds: int) -> list[set[str]]:
    """The stations that are late in each world of a plain event simulation."""
    anchor = (DEADLINE - flow.first_day).days
    levels = weather(
        law, "16.07", flow.districts, seed=1, scenarios=worlds, days=max(flow.days, anchor + 2), anchor=anchor
    )
    late = []
    for scenario in range(worlds):
        world = World(
            made.trips, settings.fleet, law, settings.calendar.zone, by_district(flow, levels, scenario),
            Random(scenario), settings.windows(),
        )  # fmt: skip
        late.append({station for station, at in world.live().items() if at > DEADLINE})
    return late


def agree(outcome: Outcome, late: list[set[str]]) -> None:
    worlds = len(late)
    for station, share in outcome.stations.items():
        plain = 1 - sum(station in behind for behind in late) / worlds
        error = np.sqrt(share * (1 - share) * (1 / worlds + 1 / outcome.scenarios)) + 1 / worlds
        assert abs(share - plain) < 4.5 * error, station
    error = np.sqrt(outcome.regency * (1 - outcome.regency) / worlds)
    assert abs(outcome.regency - sum(not behind for behind in late) / worlds) < 4.5 * error


def test_it_agrees_with_a_plain_event_simulation_within_the_error(made: PlanMade, flow: Flow) -> None:
    outcome = lived(flow, harsh(), scenarios=60_000)
    assert min(outcome.stations.values()) < 0.97, "too calm a law tells nothing"
    agree(outcome, by_events(made, SETTINGS, flow, harsh(), 500))


def test_who_misses_the_tide_waits_for_the_next_one_as_in_the_plain_simulation() -> None:
    """Two tides a day at a village on the water: missed on the way, or before it was left."""
    tide = Opening(
        kind="tide", where="16.07.02.2001", modes=(), vehicle="", day=None, opens=time(6), closes=time(10)
    )
    tides = replace(small.fleet(), openings=(tide, replace(tide, opens=time(16), closes=time(17, 30))))
    settings = small.settings(by=tides)
    made = make_plan(small.ordinary(), settings)
    flow = flow_of(made.trips, tides, settings.calendar.zone, settings.windows())
    outcome = lived(flow, harsh(), scenarios=40_000)
    agree(outcome, by_events(made, settings, flow, harsh(), 120))
    always = flow_of(made.trips, tides, settings.calendar.zone)
    waiting = {
        code
        for hours in range(2, 40, 6)
        for code, share in lived(flow, harsh(), later=-timedelta(hours=hours)).stations.items()
        if share < lived(always, harsh(), later=-timedelta(hours=hours)).stations[code] - 0.01
    }
    assert waiting and {code[:10] for code in waiting} == {"1607022001"}


def test_who_misses_the_last_slot_does_not_come_at_all() -> None:
    tide = Opening(
        kind="slot", where="16.07.02.2001", modes=(), vehicle="", day=None, opens=time(6), closes=time(18)
    )
    settings = small.settings(by=replace(small.fleet(), openings=(tide,)))
    made = make_plan(small.ordinary(), settings)
    windows = Windows([replace(tide, day=date(2023, 12, 1))], [], small.VOTING_DAY, settings.calendar.zone)
    flow = flow_of(made.trips, settings.fleet, settings.calendar.zone, windows)
    outcome = lived(flow, calm(), later=timedelta(days=20), scenarios=10)
    assert {code for code, share in outcome.stations.items() if share == 0} == {
        code for code in outcome.stations if code.startswith("1607022001")
    }


def test_the_same_seed_gives_the_same_answer_and_another_does_not(flow: Flow) -> None:
    assert lived(flow, harsh()) == lived(flow, harsh())
    assert lived(flow, harsh()) != lived(flow, harsh(), seed=2)


def test_the_way_home_is_lived_through_too(made: PlanMade) -> None:
    def home(law: Law) -> Mapping[str, float]:
        return home_on_time(
            made.trips, SETTINGS.fleet, SETTINGS.calendar.zone, ALWAYS, law, "16.07", seed=1, scenarios=1_000
        )

    assert set(home(calm()).values()) == {1.0}
    assert set(home(calm())) == {
        load.station for village in small.ordinary().villages() for load in village.loads
    }
    assert min(home(harsh()).values()) < 1
    only_out = [trip for trip in made.trips if trip.leg in FORWARD]
    zone = SETTINGS.calendar.zone
    assert home_on_time(only_out, SETTINGS.fleet, zone, ALWAYS, calm(), "16.07", seed=1) == {}


def test_it_does_not_matter_how_many_processors_work_at_it(flow: Flow) -> None:
    alone = lived(flow, harsh(), scenarios=1_000, threads=1)
    assert lived(flow, harsh(), scenarios=1_000, threads=3) == alone


def test_more_scenarios_leave_the_first_ones_as_they_were(flow: Flow) -> None:
    """Also where the last block is not full: lateness is only ever added."""
    before = dict.fromkeys(lived(flow, harsh(), scenarios=1).stations, 0.0)
    for scenarios in (1, 7, 100, 128, 129, 300):
        outcome = lived(flow, harsh(), scenarios=scenarios)
        late = {code: round(scenarios * (1 - share)) for code, share in outcome.stations.items()}
        assert all(late[code] >= count for code, count in before.items())
        before = dict(late)


def test_a_later_deadline_never_makes_the_promise_worse(flow: Flow) -> None:
    before = lived(flow, harsh())
    for hours in (1, 3, 13):
        after = lived(flow, harsh(), later=timedelta(hours=hours))
        assert all(after.stations[code] >= share for code, share in before.stations.items())
        assert after.regency >= before.regency
        before = after


def test_fewer_delays_of_any_kind_never_make_it_worse(flow: Flow) -> None:
    worse = lived(flow, harsh())
    for change in ({"breakdowns_per_hour": 0.0}, {"closed_share": 0.0}):
        law = replace(harsh(), modes={mode: replace(one, **change) for mode, one in harsh().modes.items()})
        better = lived(flow, law)
        assert all(better.stations[code] >= share for code, share in worse.stations.items())


def test_who_shares_a_trip_shares_its_fate(flow: Flow) -> None:
    outcome = lived(flow, harsh())
    for stations in flow.stations:
        assert len({outcome.stations[station] for station in stations}) <= 1
    for code, share in outcome.districts.items():
        villages = [one for village, one in outcome.villages.items() if village.startswith(code)]
        assert share <= min(villages) + 1e-12
        assert share >= 1 - sum(1 - one for one in villages) - 1e-12
    assert outcome.regency <= min(outcome.districts.values())


def test_blame_falls_on_the_trip_that_lost_the_time(made: PlanMade, flow: Flow) -> None:
    """Only boats are slow: nobody else is to blame, also where others wait for a boat."""
    law = calm()
    law = replace(law, modes={**law.modes, Mode.SPEEDBOAT: replace(law.modes[Mode.SPEEDBOAT], spread=1.2)})
    outcome = lived(flow, law, scenarios=40_000)
    modes = {trip.code: trip.mode for trip in made.trips}
    assert outcome.blame
    assert {modes[code] for code in outcome.blame} == {Mode.SPEEDBOAT}


def test_every_parcel_that_a_trip_loads_was_brought_by_an_earlier_one(flow: Flow) -> None:
    carrier = np.repeat(np.arange(len(flow.codes)), np.diff(flow.stops_at))
    for number in range(len(flow.codes)):
        for stop in flow.supply[flow.supply_at[number] : flow.supply_at[number + 1]]:
            assert carrier[stop] < number
        assert flow.vehicle_before[number] < number


def test_only_the_way_out_is_lived_through(made: PlanMade, flow: Flow) -> None:
    assert set(flow.codes) == {trip.code for trip in made.trips if trip.leg in FORWARD}
    with pytest.raises(ValueError, match="needs a trip"):
        flow_of([], SETTINGS.fleet, SETTINGS.calendar.zone)


def test_the_error_shrinks_with_the_scenarios_and_is_never_zero(flow: Flow) -> None:
    few, many = lived(flow, calm(), scenarios=100), lived(flow, calm(), scenarios=10_000)
    assert few.error(1.0) > many.error(1.0) > 0
    assert few.error(0.5) == pytest.approx(0.05)
