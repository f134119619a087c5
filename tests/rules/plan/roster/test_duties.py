from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from kawal.rules.places.codes import WIB
from kawal.rules.plan.facts import Trip
from kawal.rules.plan.make import make_plan
from kawal.rules.plan.roster.duties import Passage, duties_of, first_day_of
from kawal.rules.plan.roster.facts import RESERVE, begin_of, shift_of
from tests.rules.plan import small


def trips() -> list[Trip]:
    return list(make_plan(small.ordinary(), small.settings()).trips)


def test_every_guarded_trip_is_in_one_duty_and_no_team_is_in_two_places() -> None:
    found = trips()
    by_code = {trip.code: trip for trip in found}
    duties = duties_of(found, first_day_of(found, WIB), WIB)
    guarded = sorted(trip.code for trip in found if trip.escort.officers_count)
    assert sorted(code for duty in duties for code in duty.trips) == guarded
    for duty in duties:
        chain = [by_code[code] for code in duty.trips]
        assert all(
            trip.escort.post == duty.post and trip.escort.officers_count <= duty.need for trip in chain
        )
        for before, after in pairwise(chain):
            assert before.stops[-1].depart_at <= after.stops[0].arrive_at
            assert before.stops[0].site == after.stops[0].site
        assert duty.begins_at == chain[0].stops[0].arrive_at
        assert duty.ends_at == max(trip.stops[-1].depart_at for trip in chain)


def test_shifts_follow_the_local_clock_and_a_night_belongs_to_its_evening() -> None:
    day = datetime(2024, 2, 9, tzinfo=WIB)
    shifts = [
        shift_of(day + timedelta(hours=hour), day.date(), WIB) for hour in (5, 6, 13, 14, 21, 22, 29, 30)
    ]
    assert shifts == [-1, 0, 0, 1, 1, 2, 2, 3]
    assert begin_of(4, day.date(), WIB) == day + timedelta(days=1, hours=14)


def test_beyond_a_border_the_other_polres_takes_over_and_both_are_named() -> None:
    found = trips()
    trip = next(one for one in found if one.escort.officers_count and one.leg.value == "to_ppk")
    middle = trip.depart_at + (trip.back_at - trip.depart_at) / 2
    passage = Passage(regency="16.02", begins_at=trip.depart_at, ends_at=middle, lat=-3.0, lon=104.1)
    duties = duties_of(found, first_day_of(found, WIB), WIB, {trip.code: [passage]})
    told = [duty for duty in duties if trip.code in duty.trips]
    assert [(duty.post, duty.need) for duty in told] == [
        (trip.escort.post, trip.escort.officers_count),
        ("polri/16.02", trip.escort.officers_count),
    ]
    assert told[1].regency == "16.02" and told[1].ends_at == middle


def test_a_trip_over_days_is_a_duty_of_all_of_them() -> None:
    first = next(one for one in trips() if one.escort.officers_count)
    last = replace(first.stops[-1], arrive_at=first.back_at + timedelta(days=3))
    last = replace(last, depart_at=last.arrive_at)
    walk = replace(first, stops=(*first.stops[:-1], last), back_at=last.arrive_at)
    (duty,) = duties_of([walk], first_day_of([walk], WIB), WIB)
    assert duty.span >= 9


def test_a_second_team_is_on_duty_as_long_as_the_first_and_told_apart() -> None:
    found = trips()
    trip = next(one for one in found if one.escort.officers_count and one.leg.value == "to_ppk")
    stood_by = replace(trip, escort=replace(trip.escort, reserve_post="polri/16.07.01"))
    first_day = first_day_of(found, WIB)
    without = duties_of(found, first_day, WIB)
    with_ = duties_of([stood_by if one is trip else one for one in found], first_day, WIB)
    (more,) = [duty for duty in with_ if duty not in without]
    assert more.code == f"{trip.code}{RESERVE}" and more.trips == (trip.code,)
    assert (more.post, more.need) == ("polri/16.07.01", trip.escort.officers_count)
    assert (more.begins_at, more.ends_at) == (trip.stops[0].arrive_at, trip.stops[-1].depart_at)
    assert [duty for duty in with_ if duty != more] == without
