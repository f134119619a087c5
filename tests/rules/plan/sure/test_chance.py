"""Windows of shuffled rows: each scenario has the law, and all scenarios together the error that is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from kawal.rules.plan.make import make_plan
from kawal.rules.plan.sure.chance import BLOCK, MAYBES, SPREADS, few, maybes, spread_rows
from kawal.rules.plan.sure.flow import Flow, flow_of
from tests.rules.plan import small
from tests.rules.plan.sure.test_simulation import SETTINGS, harsh, lived


@pytest.fixture(scope="module")
def flow() -> Flow:
    return flow_of(make_plan(small.ordinary(), SETTINGS).trips, SETTINGS.fleet, SETTINGS.calendar.zone)


def test_two_windows_multiplied_have_the_lognormal_law_to_its_tails() -> None:
    """All pairs of places are as likely: the share of them below a factor is a mean over one row."""
    halves = np.sort(np.log(spread_rows((1.0,))[0, :SPREADS].astype(np.float64)))
    for level in np.linspace(-4, 4, 33):
        below = np.searchsorted(halves, level - halves).mean() / SPREADS
        assert abs(below - ndtr(level)) < 2e-5, level
        assert min(below, 1 - below) == pytest.approx(ndtr(-abs(level)), rel=0.1)


def test_a_window_that_reaches_beyond_the_end_goes_on_at_the_beginning() -> None:
    rows, row = spread_rows((0.2, 0.4)), maybes()
    assert (rows[:, SPREADS:] == rows[:, :BLOCK]).all()
    assert (row.steps[MAYBES:] == row.steps[:BLOCK]).all()
    assert sorted(row.steps[:MAYBES]) == list(range(MAYBES))


@settings(max_examples=150, deadline=None)
@given(
    begin=st.integers(0, MAYBES - 1), below=st.integers(0, MAYBES), count=st.integers(1, BLOCK),
    seen_before=st.sets(st.integers(0, BLOCK - 1), max_size=20),
)  # fmt: skip
def test_the_lists_find_whom_the_row_itself_tells_each_once(
    begin: int, below: int, count: int, seen_before: set[int]
) -> None:
    row = maybes()
    seen, lanes = np.full(count, -1, np.int32), np.empty(count, np.int64)
    before = [lane for lane in seen_before if lane < count]
    seen[before] = 7
    found = few.py_func(row, np.uint64(begin), below, seen, 7, lanes, 0)
    told = {lane for lane in range(count) if row.steps[begin + lane] < below} - set(before)
    assert sorted(lanes[:found]) == sorted(told)


def test_scenarios_of_a_block_lean_so_little_on_each_other_that_the_error_stays(flow: Flow) -> None:
    """Sixty answers of other seeds differ by as much as drawing each scenario by itself would make them."""
    outcomes = [lived(flow, harsh(), scenarios=1_024, seed=seed) for seed in range(60)]
    ratios = []
    for station in sorted(outcomes[0].stations):
        shares = np.array([outcome.stations[station] for outcome in outcomes])
        mean = shares.mean()
        if mean < 0.995:
            ratios.append(shares.var(ddof=1) / (mean * (1 - mean) / 1_024))
    assert len(ratios) > 10
    assert 0.6 < np.mean(ratios) < 1.5  # of one, a fifth is chance
