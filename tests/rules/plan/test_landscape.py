"""A landscape is told by how stations are reached, and each has a default fleet that carries them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kawal.rules.plan.facts import Access
from kawal.rules.plan.landscape import HIGHLANDS, Landscape, landscape_of
from kawal.rules.plan.problem import Problem
from tests.rules.plan.small import district, regency, village


def _of(access: Access, *, over_sea: bool = False, share: int = 50, code: str = "16.07") -> Problem:
    """A regency of 100 stations, so many of them reached in this way."""
    some = replace(village("16.07.01.2001", share, access=access), over_sea=over_sea)
    rest = village("16.07.01.2002", 100 - share)
    return replace(regency(district("16.07.01", some, rest)), regency=code)


@pytest.mark.parametrize(
    ("problem", "landscape", "stations"),
    [
        (_of(Access.ROAD), Landscape.LAND, 100),
        (_of(Access.ROAD, code="16.71"), Landscape.CITY, 100),
        (_of(Access.WATER), Landscape.RIVERS, 50),
        (_of(Access.WATER, share=5), Landscape.RIVERS, 5),
        (_of(Access.WATER, share=4), Landscape.LAND, 100),
        (_of(Access.WATER, over_sea=True), Landscape.ISLANDS, 50),
        (_of(Access.WATER, over_sea=True, share=25, code="21.71"), Landscape.ISLANDS, 25),
        (_of(Access.WATER, over_sea=True, share=24), Landscape.RIVERS, 24),
        (_of(Access.ROAD, over_sea=True), Landscape.LAND, 100),  # by a bridge that somebody told of
        (_of(Access.FOOT), Landscape.MOUNTAINS, 50),
        (_of(Access.AIR, share=25), Landscape.MOUNTAINS, 25),
        (_of(Access.FOOT, share=24), Landscape.LAND, 100),
        (_of(Access.FOOT, share=3, code="95.03"), Landscape.MOUNTAINS, 3),
    ],
)
def test_a_landscape_is_told_with_the_stations_that_make_it_so(
    problem: Problem, landscape: Landscape, stations: int
) -> None:
    assert landscape_of(problem) == (landscape, stations)


def test_a_district_beyond_the_air_makes_mountains_of_villages_on_foot() -> None:
    flown = replace(district("16.07.01", village("16.07.01.2001", 9)), access=Access.AIR)
    assert landscape_of(regency(flown)) == (Landscape.MOUNTAINS, 9)


def test_a_regency_without_stations_is_land() -> None:
    assert landscape_of(regency(district("16.07.01", village("16.07.01.2001", 0))))[0] is Landscape.LAND


def test_the_highlands_are_regencies_of_the_mountain_provinces() -> None:
    assert {code[:2] for code in HIGHLANDS} == {"94", "95"} and "94.04" not in HIGHLANDS
