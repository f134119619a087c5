"""Officers of one post put on duties, as many seats as can be."""

from __future__ import annotations

from kawal.rules.plan.roster.crews import crews


def _day(day: int, days: int = 1) -> tuple[range, dict[int, int]]:
    return range(3 * day, 3 * (day + days)), dict.fromkeys(range(day, day + days), 1)


def test_all_seats_are_filled_where_uneven_weeks_fit_only_one_way() -> None:
    jobs = [_day(0, 2), _day(2, 2), _day(4), _day(5), _day(6)]
    crew = crews(jobs, [1, 1, 1, 2, 2], 2)
    assert sum(map(len, crew)) == 7
    for places in crew:
        assert sum(len(jobs[place][1]) for place in places) <= 5


def test_what_does_not_fit_stays_empty_and_nobody_is_twice_in_one_place() -> None:
    crew = crews([_day(0), _day(0), _day(1)], [1, 1, 2], 1)
    assert sorted(map(len, crew)) == [2] and len(crew[0] & {0, 1}) == 1
    assert crews([_day(day) for day in range(7)], [1] * 7, 0) == []
