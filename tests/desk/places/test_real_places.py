"""The real areas of Indonesia, with the shared reference data."""

from __future__ import annotations

from pathlib import Path

import pytest

from kawal.desk.places import actions, examining, reads
from kawal.rules.places.codes import NATION
from kawal.rules.places.limits import Limits
from kawal.rules.places.notices import Code, Severity
from tests.desk.places.files import NOW

INDONESIA = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "indonesia"
REGENCY = "16.07"  # Kabupaten Banyuasin

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared,
    pytest.mark.skipif(
        not INDONESIA.is_dir(), reason="the shared reference data is not beside this checkout"
    ),
]


@pytest.fixture
def result() -> actions.ImportResult:
    return actions.import_files([INDONESIA], area=REGENCY, by="test", now=NOW)


def test_banyuasin_has_its_villages_stations_and_voters(result: actions.ImportResult) -> None:
    assert result.saved
    found = reads.totals(REGENCY)
    assert (found.districts, found.villages, found.stations, found.voters) == (21, 313, 2546, 638_063)
    assert len(reads.stations_under(REGENCY)) == 2546
    assert reads.totals(NATION).voters == 638_063
    assert len(reads.sites_under(REGENCY)) == 1 + 21 + 313


def test_every_site_and_station_of_banyuasin_has_a_point(result: actions.ImportResult) -> None:
    assert result.notice_counts[Code.COORDINATES_MISSING] == 8  # villages without coordinates in the data
    places = [*reads.sites_under(REGENCY), *reads.stations_under(REGENCY)]
    assert all(place.lat is not None and place.precision_m for place in places)


def test_what_was_imported_passes_its_own_examination(result: actions.ImportResult) -> None:
    assert result.saved
    assert not examining.examine(REGENCY, limits=Limits()).errors_count


def test_the_areas_alone_have_no_errors_where_no_border_is_known() -> None:
    found = actions.try_files([INDONESIA / "areas.csv.gz"], area="81")
    assert not [notice for notice in found.notices if notice.severity is Severity.ERROR]


@pytest.mark.slow
def test_the_nation_is_imported_without_an_error() -> None:
    result = actions.import_files([INDONESIA], area=None, by="test", now=NOW)
    assert result.saved
    found = reads.totals(NATION)
    assert (found.districts, found.villages) == (7285, 83_762)
    assert (found.stations, found.voters) == (820_161, 203_056_748)
    assert len(reads.station_totals(NATION)) == 39
    assert reads.totals("32").stations == 140_457
