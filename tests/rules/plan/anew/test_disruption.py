from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kawal.rules.places.codes import WIB
from kawal.rules.plan.anew.disruption import (
    ALWAYS,
    Closed,
    Fewer,
    Held,
    ModeLost,
    More,
    Raised,
    Reached,
    Span,
    StationAdded,
    StationMoved,
    Withdrawn,
    disruptions_of,
)
from kawal.rules.plan.facts import Access, Mode
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass

ALL = """
[[closed]]
area = "16.07.03"
from = 2024-02-11 06:00:00
until = 2024-02-12T06:00:00+09:00

[[held]]
site = "GDG-16.07"
until = 2024-02-10 12:00:00

[[access]]
area = "16.07.04.2001"
access = "water"

[[withdrawn]]
vehicle = "truck-16.07-01"
goods_back_at = 2024-02-10 18:00:00

[[fewer]]
area = "16.07.03"
mode = "speedboat"
count = 2

[[more]]
area = "16.07"
mode = "truck"
count = 1

[[mode_lost]]
area = "16.07"
mode = "speedboat"
from = 2024-02-11 06:00:00

[[class_raised]]
area = "16.07.03.2001"
class = "high"

[[station_added]]
station = "1607032001099"
parcels = 6
weight_kg = 60

[[station_moved]]
station = "1607032001001"
lat = -2.5
lon = 104.9
"""


def test_every_kind_is_read_and_hours_without_an_offset_are_local() -> None:
    flood = Span(start=datetime(2024, 2, 10, 23, tzinfo=UTC), end=datetime(2024, 2, 11, 21, tzinfo=UTC))
    assert disruptions_of(ALL, WIB) == (
        Closed(area="16.07.03", span=flood),
        Held(site="GDG-16.07", span=Span(end=datetime(2024, 2, 10, 5, tzinfo=UTC))),
        Reached(area="16.07.04.2001", access=Access.WATER),
        Withdrawn(vehicle="truck-16.07-01", span=ALWAYS, goods_back_at=datetime(2024, 2, 10, 11, tzinfo=UTC)),
        Fewer(area="16.07.03", mode=Mode.SPEEDBOAT, count=2, span=ALWAYS),
        More(area="16.07", mode=Mode.TRUCK, count=1, span=ALWAYS),
        ModeLost(area="16.07", mode=Mode.SPEEDBOAT, span=Span(start=flood.start)),
        Raised(area="16.07.03.2001", risk=RiskClass.HIGH),
        StationAdded(station="1607032001099", parcels_count=6, weight_kg=60),
        StationMoved(station="1607032001001", lat=-2.5, lon=104.9),
    )


def test_nothing_is_no_disruption() -> None:
    assert disruptions_of("", WIB) == ()


def test_every_wrong_row_is_told_with_its_number() -> None:
    text = """
[[closed]]
area = "nowhere"
[[held]]
site = "GDG-16.07"
[[fewer]]
area = "16.07"
mode = "submarine"
count = 1
[[flood]]
area = "16.07"
[[closed]]
area = "16.07"
from = 2024-02-12 06:00:00
until = 2024-02-11 06:00:00
"""
    # TOML forbids nothing here: two lists of one name, apart, are one list.
    with pytest.raises(Refused) as refused:
        disruptions_of(text, WIB)
    notices = refused.value.facts["notices"]
    assert isinstance(notices, tuple)
    assert [(row.number, row.key, row.problem) for row in notices] == [
        (1, "closed[1].area", "is_no_area"),
        (2, "closed[2].until", "must_be_after_from"),
        (4, "fewer[1].mode", "must_be_one_of"),
        (5, "flood", "must_be_one_of"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("closed", "not_toml"),
        ('[closed]\narea = "16.07"', "must_be_list_of_tables"),
        ('[[closed]]\narea = "16.07"\nform = 1', "unknown_key"),
        ('[[closed]]\narea = "16.07"\nfrom = "tomorrow"', "must_be_moment"),
        ('[[closed]]\narea = "16.07"\nfrom = 2024-02-12', "must_be_moment"),
        ('[[station_moved]]\nstation = "16"\nlat = 1\nlon = 1', "is_no_station"),
        ('[[station_moved]]\nstation = "1607032001001"\nlat = 100\nlon = 1', "is_no_point"),
        ('[[more]]\narea = "16.07"\nmode = "truck"\ncount = 0', "must_be_whole"),
        ('[[more]]\narea = "16.07"\nmode = "truck"\ncount = 1_000_000_000', "must_be_at_most"),
        ("[[more]]\na = " + "[" * 5_000, "not_toml"),
    ],
)
def test_a_slip_is_refused_with_its_mend(text: str, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        disruptions_of(text, WIB)
    notices = refused.value.facts["notices"]
    assert isinstance(notices, tuple)
    assert [row.problem for row in notices] == [problem]
