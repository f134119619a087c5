from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.watch.facts import Kind
from kawal.rules.watch.outlook import (
    PLAN_DOUBTS,
    Counts,
    Expectation,
    Told,
    expectation,
    kinds_by_station,
    outlook,
    together,
)

STATIONS = [f"16070320010{number:02d}" for number in range(1, 13)]
UNTOLD = Told()
UNDERWAY = Told(begun=True)
IN_TIME = Told(begun=True, received=True, on_time=True)
TOO_LATE = Told(begun=True, received=True, on_time=False)
UNMEASURED = Told(begun=True, received=True)  # no plan said until when


@pytest.mark.parametrize(
    ("told", "planned", "past_deadline", "kinds", "expected"),
    [
        (UNTOLD, False, False, [], Expectation.UNKNOWN),
        (UNTOLD, True, False, [], Expectation.ONTIME),
        (UNTOLD, True, True, [], Expectation.UNKNOWN),
        (UNTOLD, True, False, [PLAN_DOUBTS], Expectation.RISK),
        (UNDERWAY, True, False, [Kind.PREDICTED_LATE], Expectation.RISK),
        (UNDERWAY, True, False, [Kind.LATE, Kind.PREDICTED_LATE], Expectation.LATE),
        (UNDERWAY, True, True, [], Expectation.LATE),
        (UNDERWAY, False, True, [], Expectation.UNKNOWN),
        (IN_TIME, True, True, [], Expectation.ONTIME),
        (IN_TIME, True, True, [Kind.LATE, PLAN_DOUBTS], Expectation.ONTIME),
        (IN_TIME, True, True, [Kind.SEAL_MISMATCH], Expectation.RISK),
        (TOO_LATE, True, True, [], Expectation.LATE),
        (UNMEASURED, False, False, [], Expectation.UNKNOWN),
    ],
)
def test_a_station_is_in_the_first_state_that_fits(
    told: Told, planned: bool, past_deadline: bool, kinds: list[str], expected: Expectation
) -> None:
    assert expectation(told, planned=planned, past_deadline=past_deadline, kinds=kinds) is expected


def test_alerts_and_the_plan_together_say_why_a_station_is_named() -> None:
    alerts = [
        (Kind.LATE, {"stations": STATIONS[:2]}),
        (Kind.SEAL_MISMATCH, {"stations": STATIONS[1:3]}),
        (Kind.DISPUTED, {}),
    ]
    assert kinds_by_station(alerts, STATIONS[2:4]) == {
        STATIONS[0]: {"late"},
        STATIONS[1]: {"late", "seal_mismatch"},
        STATIONS[2]: {"seal_mismatch", PLAN_DOUBTS},
        STATIONS[3]: {PLAN_DOUBTS},
    }


def test_a_province_where_one_regency_has_a_plan_knows_nothing_of_the_others() -> None:
    told = outlook(Counts(total=1000, planned=100), past_deadline=False, named={}, told={})
    assert (told.ontime, told.unknown, told.state) == (100, 900, Expectation.ONTIME)


def test_an_area_is_coloured_by_its_worst_station() -> None:
    parts = [
        outlook(Counts(total=10, planned=10), past_deadline=False, named={}, told={}),
        outlook(
            Counts(total=5, planned=5),
            past_deadline=False,
            named={STATIONS[0]: Expectation.RISK, STATIONS[1]: Expectation.LATE},
            told={},
        ),
    ]
    whole = together(parts)
    assert [part.state for part in (*parts, whole)] == ["ontime", "late", "late"]
    assert (whole.total, whole.ontime, whole.risk, whole.late, whole.unknown) == (15, 13, 1, 1, 0)


station_told = st.sampled_from([UNTOLD, UNDERWAY, IN_TIME, TOO_LATE])
reasons = st.sets(st.sampled_from([*Kind, PLAN_DOUBTS]), max_size=3)


@given(st.lists(st.tuples(station_told, reasons), max_size=len(STATIONS)), st.booleans(), st.booleans())
def test_the_counts_of_an_area_are_those_of_its_stations_one_by_one(
    stations: list[tuple[Told, set[str]]], planned: bool, past_deadline: bool
) -> None:
    """What the roll-ups give for a nation is what a look at each station gives."""
    if not planned:  # then nothing is measured against a deadline
        stations = [
            (Told(begun=told.begun, received=told.received), kinds - {PLAN_DOUBTS})
            for told, kinds in stations
        ]
        past_deadline = False
    told = {code: facts for code, (facts, _) in zip(STATIONS, stations, strict=False)}
    single = {
        code: expectation(told[code], planned=planned, past_deadline=past_deadline, kinds=kinds)
        for code, (_, kinds) in zip(STATIONS, stations, strict=False)
    }
    counts = Counts(
        total=len(told),
        planned=len(told) if planned else 0,
        begun=sum(facts.begun for facts in told.values()),
        received=sum(facts.received for facts in told.values()),
        received_on_time=sum(facts.on_time is True for facts in told.values()),
        received_late=sum(facts.on_time is False for facts in told.values()),
    )
    named = {code: single[code] for code, (_, kinds) in zip(STATIONS, stations, strict=False) if kinds}
    found = outlook(counts, past_deadline=past_deadline, named=named, told=told)
    for state in Expectation:
        assert getattr(found, state) == sum(one is state for one in single.values()), state
