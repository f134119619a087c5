from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.watch.facts import Kind
from kawal.rules.watch.outlook import Expectation, expectation, outlook, threatened

STATIONS = [f"16070320010{number:02d}" for number in range(1, 30)]


def test_a_station_named_by_a_late_alert_is_late_even_where_another_alert_only_predicts_it() -> None:
    alerts = [
        (Kind.LATE, {"stations": STATIONS[:2]}),
        (Kind.PREDICTED_LATE, {"stations": STATIONS[1:4]}),
    ]
    told = threatened(alerts)
    assert [told[code] for code in STATIONS[:4]] == [Expectation.LATE] * 2 + [Expectation.RISK] * 2


def test_without_a_plan_nothing_is_called_ready() -> None:
    told = outlook(total=10, planned=False, received_late=0, threatened={})
    assert (told.ontime, told.unknown, told.state) == (0, 10, Expectation.UNKNOWN)
    assert expectation(planned=False, received_late=False, kinds=()) is Expectation.UNKNOWN


def test_what_was_received_late_stays_late_when_its_alert_has_closed() -> None:
    told = outlook(total=10, planned=True, received_late=3, threatened={})
    assert (told.late, told.ontime, told.state) == (3, 7, Expectation.LATE)


def test_a_seal_that_does_not_fit_puts_a_station_at_risk_not_late() -> None:
    assert expectation(planned=True, received_late=False, kinds=[Kind.SEAL_MISMATCH]) is Expectation.RISK
    assert expectation(planned=True, received_late=True, kinds=[]) is Expectation.LATE


@given(
    total=st.integers(0, 40),
    planned=st.booleans(),
    received_late=st.integers(0, 40),
    named=st.dictionaries(st.sampled_from(STATIONS), st.sampled_from([Expectation.LATE, Expectation.RISK])),
)
def test_the_four_states_always_add_up_to_all_stations(
    total: int, planned: bool, received_late: int, named: dict[str, Expectation]
) -> None:
    told = outlook(total=total, planned=planned, received_late=received_late, threatened=named)
    parts = (told.ontime, told.risk, told.late, told.unknown)
    assert sum(parts) == total and min(parts) >= 0
