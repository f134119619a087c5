"""Numbers, times and ages as readers of both languages write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some

from kawal.desk.site import formats, laying

NOON = datetime(2024, 2, 13, 11, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(("language", "text"), [("id", "2.546"), ("en", "2,546")])
def test_thousands_are_parted_as_the_language_does(language: str, text: str) -> None:
    with translation.override(language):
        assert formats.number(2546) == text


@pytest.mark.parametrize(
    ("language", "area", "text"),
    [
        ("id", "16.07", "13 Feb 18.00 WIB"),
        ("en", "16.07", "13 Feb 18:00 WIB"),
        ("id", "73.71", "13 Feb 19.00 WITA"),
        ("id", "9401010001001", "13 Feb 20.00 WIT"),
        ("id", "", "13 Feb 18.00 WIB"),
    ],
)
def test_a_time_is_shown_in_the_zone_of_its_area(language: str, area: str, text: str) -> None:
    with translation.override(language):
        assert formats.local(NOON, area) == text


def test_a_long_time_names_day_year_and_second() -> None:
    with translation.override("id"):
        assert formats.local_long(NOON, "16") == "Selasa, 13 Februari 2024 18.00.05 WIB"


def test_a_time_without_a_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="zone"):
        formats.local(NOON.replace(tzinfo=None), "16")


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=59), "59 detik lalu"),
        (timedelta(minutes=4), "4 menit lalu"),
        (timedelta(hours=47), "47 jam lalu"),
        (timedelta(days=3), "3 hari lalu"),
        (timedelta(minutes=-11), "11 menit lagi"),
    ],
)
def test_an_age_has_one_unit(passed: timedelta, text: str) -> None:
    with translation.override("id"):
        assert formats.age(NOON - passed, NOON) == text


@pytest.mark.parametrize(("share", "text"), [(1.0, "100%"), (0.9999, "99,9%"), (0.5, "50%"), (0.0, "0%")])
def test_a_hundred_percent_means_all(share: float, text: str) -> None:
    with translation.override("id"):
        assert formats.percent(share) == text


def test_what_is_not_known_is_a_dash() -> None:
    page = Template("{% load site %}{{ at|local:'16' }}{{ n|number }}{{ at|age:at }}{{ n|percent }}")
    assert page.render(Context({"at": None, "n": None})) == "––––"


@given(some.lists(some.integers(0, 100_000), max_size=12))
def test_parts_of_a_bar_fill_it_without_gap_and_nobody_is_too_thin_to_see(counts: list[int]) -> None:
    laid = laying.laid_out([{"count": count} for count in counts])
    edge = 0.0
    for part, count in zip(laid, counts, strict=True):
        assert part["x"] == pytest.approx(edge, abs=0.05)
        assert part["width"] >= laying.SLIVER if count else part["width"] == 0
        edge += part["width"]
    assert edge == pytest.approx(laying.WHOLE if any(counts) else 0, abs=0.1)
