"""What the other rooms ask of places."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kawal.desk.places import actions, examining, models, reads
from kawal.rules.places.codes import NATION, station_range, subtree_range
from kawal.rules.places.facts import SiteKind, Totals
from kawal.rules.places.limits import Limits
from kawal.rules.places.notices import Code
from kawal.rules.refusals import Refused
from tests.desk.places.files import NOW, whole

pytestmark = pytest.mark.django_db

DISTRICT, VILLAGE = "16.07.03", "16.07.03.2001"


@pytest.fixture
def places(tmp_path: Path) -> None:
    assert actions.import_files(whole(tmp_path), area=None, by="test", now=NOW).saved


@pytest.mark.usefixtures("places")
def test_an_area_is_known_by_its_code() -> None:
    area = reads.area("16.07")
    assert (area.name, area.level, area.lat) == ("Kabupaten Banyuasin", "regency", -2.6)
    assert reads.area(NATION).level == "nation"


@pytest.mark.parametrize("code", ["16.08", "Banyuasin", "16.07.03.2001.001"])
@pytest.mark.usefixtures("places")
def test_what_is_not_stored_is_refused(code: str) -> None:
    with pytest.raises(Refused, match="unknown_area"):
        reads.area(code)
    with pytest.raises(Refused, match="unknown_station"):
        reads.station(code)
    with pytest.raises(Refused, match="unknown_site"):
        reads.site(code)


@pytest.mark.usefixtures("places")
def test_children_are_one_level_below() -> None:
    assert [child.code for child in reads.children(NATION)] == ["16"]
    assert [child.code for child in reads.children("16.07")] == [DISTRICT]
    assert [child.code for child in reads.children(DISTRICT)] == [VILLAGE, "16.07.03.2002"]
    assert reads.children(VILLAGE) == []


@pytest.mark.usefixtures("places")
def test_areas_under_are_those_of_a_level_in_the_subtree_itself_included() -> None:
    assert [area.code for area in reads.areas_under(NATION, "district")] == [DISTRICT]
    assert [area.code for area in reads.areas_under(VILLAGE, "village")] == [VILLAGE]
    assert reads.areas_under("16.08", "village") == []


@pytest.mark.usefixtures("places")
def test_stations_and_sites_of_a_subtree_are_sorted_by_code() -> None:
    codes = [station.code for station in reads.stations_under("16")]
    assert codes == sorted(codes) and len(codes) == 5
    assert [station.number for station in reads.stations_under(VILLAGE)] == [1, 2, 3]
    assert [site.code for site in reads.sites_under(NATION)] == [
        "GDG-16.07", f"PPK-{DISTRICT}", f"PPS-{VILLAGE}", "PPS-16.07.03.2002",
    ]  # fmt: skip
    assert [site.code for site in reads.sites_under(VILLAGE)] == [f"PPS-{VILLAGE}"]


@pytest.mark.usefixtures("places")
def test_a_station_can_be_asked_for_as_a_site() -> None:
    site = reads.site("1607032001002")
    assert (site.kind, site.area, site.name) == (SiteKind.STATION, VILLAGE, "TPS 002")


@pytest.mark.usefixtures("places")
def test_a_border_is_a_geometry_or_nothing() -> None:
    border = reads.border("16.07")
    assert border is not None and border["type"] == "Polygon"
    assert reads.border(DISTRICT) is None


@pytest.mark.usefixtures("places")
def test_totals_of_an_area_and_its_children_cost_two_queries_at_any_level() -> None:
    for code in (NATION, "16", "16.07", DISTRICT, VILLAGE):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = reads.station_totals(code)
        assert len(queries) <= 2
        assert set(found) == {code, *(child.code for child in reads.children(code))}
    assert (found[VILLAGE].stations, found[VILLAGE].voters) == (3, 700)
    assert reads.totals(NATION) == Totals(area=NATION, stations=5, voters=1100, villages=2, districts=1)


def test_totals_of_an_area_nobody_imported_are_zero() -> None:
    assert reads.totals("16.07").stations == 0
    assert reads.counts() == {"areas": 0, "borders": 0, "sites": 0, "stations": 0}


@pytest.mark.usefixtures("places")
def test_ranges_use_the_key_and_read_no_other_rows() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the plan of a query is read in SQLite's words")
    for query in (
        models.Station.objects.filter(code__range=station_range("16.07")).order_by("code"),
        models.Area.objects.filter(code__range=subtree_range("16.07")).order_by("code"),
    ):
        plan = query.explain()
        assert "SEARCH" in plan and "SCAN" not in plan


@pytest.mark.usefixtures("places")
def test_what_is_stored_is_examined_like_a_file() -> None:
    assert set(examining.examine(NATION, limits=Limits()).counts) == {Code.SITES_GENERATED}
    models.Area.objects.filter(code=VILLAGE).update(lat=2.7)
    models.Area.objects.filter(code="16.07.03.2002").update(lat=None, lon=None)
    models.AreaTotals.objects.filter(area_code="16.07.03.2002").update(stations=0)
    models.Site.objects.filter(area=DISTRICT).delete()
    models.Area.objects.filter(code=DISTRICT).delete()
    found = examining.examine("16", limits=Limits())
    assert found.counts[Code.ORPHAN] == 2 and found.counts[Code.POINT_FAR] == 1
    assert found.counts[Code.COORDINATES_MISSING] == 1 and found.counts[Code.VILLAGE_WITHOUT_STATIONS] == 1
    assert set(examining.examine("16.07.03.2002", limits=Limits()).counts) >= {Code.COORDINATES_MISSING}


def test_examining_an_unknown_area_is_refused() -> None:
    with pytest.raises(Refused, match="unknown_area"):
        examining.examine("16.07", limits=Limits())
