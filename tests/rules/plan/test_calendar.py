from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kawal.rules.places.codes import WIB, WIT
from kawal.rules.plan.calendar import calendar
from kawal.rules.plan.facts import DIRECT, FORWARD, Leg
from kawal.rules.refusals import Refused


def test_the_deadline_is_the_day_before_the_vote_at_18_local() -> None:
    found = calendar(date(2024, 2, 14), WIB)
    assert found.deadline_at == datetime(2024, 2, 13, 11, tzinfo=UTC)
    assert found.opening_at == datetime(2024, 2, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", [date.min, date(1900, 1, 1), date(2924, 2, 14), date.max])
def test_a_day_on_which_nobody_votes_is_refused(day: date) -> None:
    with pytest.raises(Refused, match="wrong_voting_day"):
        calendar(day, WIB)


def test_papua_is_two_hours_earlier() -> None:
    assert calendar(date(2024, 2, 14), WIT).deadline_at == datetime(2024, 2, 13, 9, tzinfo=UTC)


def test_legs_out_end_before_the_deadline_and_in_order() -> None:
    found = calendar(date(2024, 2, 14), WIB)
    ends = [found.end_of(leg) for leg in FORWARD if leg not in DIRECT]
    assert ends == sorted(ends)
    assert ends[-1] == found.deadline_at


def test_a_direct_leg_has_the_days_of_the_level_that_it_ends_at() -> None:
    found = calendar(date(2024, 2, 14), WIB)
    assert found.shifts[Leg.DIRECT_PPS] == found.shifts[Leg.TO_PPS]
    assert set(found.shifts[Leg.DIRECT_STATION]) < set(found.shifts[Leg.TO_STATION])
    # What serves the PPS on H-2 is not asked for stations on that day as well.
    at_pps_by = found.end_of(Leg.TO_PPS)
    assert all(shift.start > at_pps_by for shift in found.shifts[Leg.DIRECT_STATION])


def test_legs_home_begin_after_the_opening() -> None:
    found = calendar(date(2024, 2, 14), WIB)
    for leg in (Leg.BACK_PPS, Leg.BACK_PPK, Leg.BACK_WAREHOUSE):
        assert min(shift.start for shift in found.shifts[leg]) > found.opening_at


def test_only_stations_may_begin_early() -> None:
    found = calendar(date(2024, 2, 14), WIB)
    assert found.shifts_of(Leg.TO_PPK, early=True) == found.shifts_of(Leg.TO_PPK, early=False)
    early = found.shifts_of(Leg.TO_STATION, early=True)
    assert early[0].start < found.shifts_of(Leg.TO_STATION, early=False)[0].start


def test_no_recapitulation_in_no_time() -> None:
    with pytest.raises(Refused, match="wrong_recap_days"):
        calendar(date(2024, 2, 14), WIB, recap_days=0)
