from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kawal.desk.plan import lanes
from kawal.desk.plan.timetable import Run
from kawal.rules.places.codes import WIB
from kawal.rules.plan.facts import Leg, Mode
from kawal.rules.risk.classes import RiskClass

MONDAY = datetime(2024, 2, 12, tzinfo=WIB)
MINUTE = timedelta(minutes=1)


def run(start_min: int, minutes: int, *, late: bool = False) -> Run:
    depart_at = (MONDAY + start_min * MINUTE).astimezone(UTC)
    return Run(
        code=f"16.07-to_pps-{start_min}-{minutes}",
        leg=Leg.TO_PPS,
        area="16.07.01",
        vehicle="speedboat-16.07.01-01",
        mode=Mode.SPEEDBOAT,
        risk=RiskClass.LOW,
        depart_at=depart_at,
        back_at=depart_at + minutes * MINUTE,
        latest_departure_at=depart_at + (-MINUTE if late else MINUTE),
        escort_post="polri/16.07.01",
        officers_count=2,
    )


def percent(told: str) -> float:
    assert told.endswith("%")
    return float(told[:-1])


runs = st.lists(
    st.builds(run, st.integers(0, 5 * 1440), st.integers(1, 1200), late=st.booleans()),
    min_size=1,
    max_size=12,
)


@given(runs)
def test_every_bar_lies_inside_the_picture_whatever_is_drawn(found):
    along = lanes.strip(found, WIB)
    by_number = lanes.by_number(found, along)
    for bar in (*lanes.by_trip(found, along).bars, *by_number.bars):
        assert 0 <= percent(bar.x) <= percent(bar.x) + percent(bar.width) <= 100.01
        assert 0 <= percent(bar.y) <= 100 and percent(bar.height) <= 100
    assert max(percent(bar.height) for bar in by_number.bars) == 100


@given(runs)
def test_the_peak_is_what_counting_every_slot_finds(found):
    along = lanes.strip(found, WIB)
    starts = [
        along.begin(day) + lanes.SLOT * step
        for day in along.days
        for step in range(2 * (along.closes_h - along.opens_h))
    ]
    out = [sum(one.depart_at < at + lanes.SLOT and one.back_at > at for one in found) for at in starts]
    assert lanes.by_number(found, along).peak == max(out)
    assert lanes.most_at_once([found, found[:1]], along) == max(out)


def test_a_vehicle_that_leaves_when_it_is_home_is_never_out_twice_though_within_one_slot():
    found = [run(60, 70), run(130, 20), run(151, 5)]
    along = lanes.strip(found, WIB)
    assert lanes.by_trip(found, along).peak == 1
    assert lanes.by_number(found, along).peak == 2
    assert lanes.by_trip([*found, run(60, 1)], along).peak == 2


@given(runs)
def test_later_never_stands_left_of_earlier(found):
    along = lanes.strip(found, WIB)
    times = sorted(at for one in found for at in (one.depart_at, one.back_at))
    shares = [along.share(at) for at in times]
    assert shares == sorted(shares)


def test_days_on_which_nothing_runs_are_left_out():
    along = lanes.strip([run(6 * 60, 60), run(4 * 1440 + 6 * 60, 60)], WIB)
    assert [day.day for day in along.days] == [12, 16]
    assert along.share(MONDAY + 6 * 60 * MINUTE) == 0
    assert along.share(MONDAY + timedelta(days=2)) == 50  # between the two: at their border
    assert not along.shows(MONDAY + timedelta(days=2, hours=7))
    assert along.shows(MONDAY + timedelta(days=4, hours=7))


def test_a_trip_over_midnight_shows_the_day_to_its_end():
    along = lanes.strip([run(22 * 60, 180)], WIB)
    assert (along.opens_h, along.closes_h) == (22, 24)
    assert lanes.by_trip([run(22 * 60, 180)], along).bars[0].width == "100%"


def test_a_mark_that_is_to_be_seen_has_its_day():
    deadline = MONDAY + timedelta(days=1, hours=18)
    along = lanes.strip([run(6 * 60, 60)], WIB, also=[deadline])
    assert len(along.days) == 2 and along.shows(deadline)


def test_a_lane_scaled_by_another_is_lower():
    along = lanes.strip([run(0, 60)], WIB)
    assert [bar.height for bar in lanes.by_number([run(0, 60)], along, most=4).bars] == ["25%"]


def test_what_leaves_too_late_is_marked():
    good, bad = run(0, 60), run(120, 60, late=True)
    along = lanes.strip([good, bad], WIB)
    assert [bar.is_at_risk for bar in lanes.by_trip([good, bad], along).bars] == [False, True]
    assert not any(bar.is_at_risk for bar in lanes.by_number([good, bad], along).bars)
    assert all(bar.is_at_risk for bar in lanes.by_number([bad], along).bars)


def test_a_window_that_the_picture_does_not_show_is_none():
    along = lanes.strip([run(6 * 60, 60)], WIB)
    assert lanes.stretch(along, MONDAY + timedelta(days=3), MONDAY + timedelta(days=3, hours=4)) is None
    shown = lanes.stretch(along, MONDAY + timedelta(hours=6), MONDAY + timedelta(hours=7))
    assert shown is not None and shown.height == "100%"


def test_officers_are_counted_while_they_are_out_and_who_comes_home_may_leave_again() -> None:
    assert lanes.officers_at_once([]) == 0
    assert lanes.officers_at_once([run(0, 60), run(60, 60)]) == 2
    assert lanes.officers_at_once([run(0, 61), run(60, 60)]) == 4
