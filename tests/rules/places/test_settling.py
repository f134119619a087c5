"""What a regency looks like after an import."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.places.facts import Area, Site, SiteKind, Source, Station
from kawal.rules.places.gathered import Unit, VillageVoters
from kawal.rules.places.notices import Code, Notices
from kawal.rules.places.settling import Regency, settle, totals
from kawal.rules.places.sites import spot_of
from kawal.rules.places.stations import expanded, spread

DISTRICT, NEAR, FAR, LOST = "16.07.03", "16.07.03.2001", "16.07.03.2002", "16.07.03.2003"


def _areas() -> dict[str, Area]:
    rows = [
        Area(code="16.07", level="regency", name="Banyuasin", lat=-2.5, lon=104.5, area_km2=12000.0),
        Area(code=DISTRICT, level="district", name="Betung", lat=-2.6, lon=104.6, area_km2=314.16),
        Area(code=NEAR, level="village", name="Dekat", lat=-2.61, lon=104.61, area_km2=3.1416),
        Area(code=FAR, level="village", name="Jauh", lat=-2.9, lon=104.9),
        Area(code=LOST, level="village", name="Hilang"),
    ]
    return {area.code: area for area in rows}


def _told(**villages: VillageVoters) -> Unit:
    unit = Unit(areas=_areas(), where=dict.fromkeys(_areas(), ("areas.csv", 1)))
    unit.villages = {code.replace("_", "."): told for code, told in villages.items()}
    unit.where_village = dict.fromkeys(unit.villages, ("stations.csv", 2))
    return unit


def _first() -> tuple[Regency, Notices]:
    notices = Notices()
    voters = {
        NEAR: VillageVoters(3, 10, "v1"),
        FAR: VillageVoters(1, 2, "v1"),
        LOST: VillageVoters(1, 1, "v1"),
    }
    unit = replace(_told(), villages=voters, where_village=dict.fromkeys(voters, ("stations.csv", 2)))
    return settle(Regency(), unit, notices), notices


@given(st.integers(0, 10**6), st.integers(1, 999))
def test_spreading_keeps_the_sum_and_is_even(voters: int, stations: int) -> None:
    parts = spread(voters, stations)
    assert (sum(parts), len(parts)) == (voters, stations)
    assert max(parts) - min(parts) <= 1
    assert parts == sorted(parts, reverse=True)


def test_a_village_without_stations_gives_none() -> None:
    assert list(expanded(NEAR, VillageVoters(0, 0, "v1"))) == []


def test_ten_voters_in_three_stations_are_four_three_three() -> None:
    found = list(expanded(NEAR, VillageVoters(3, 10, "v1")))
    assert [(station.code, station.voters) for station in found] == [
        ("1607032001001", 4), ("1607032001002", 3), ("1607032001003", 3),
    ]  # fmt: skip
    assert {station.voter_list for station in found} == {"v1"}


def test_sites_are_made_where_none_are_given_and_say_so() -> None:
    regency, _ = _first()
    assert set(regency.sites) == {
        "GDG-16.07", f"PPK-{DISTRICT}", f"PPS-{NEAR}", f"PPS-{FAR}", f"PPS-{LOST}",
    }  # fmt: skip
    assert {site.source for site in regency.sites.values()} == {Source.GENERATED}
    warehouse = regency.sites["GDG-16.07"]
    assert (warehouse.lat, warehouse.lon, warehouse.name) == (-2.5, 104.5, "Gudang KPU Banyuasin")


def test_a_ppk_stands_in_the_village_among_most_voters_with_the_districts_precision() -> None:
    ppk = _first()[0].sites[f"PPK-{DISTRICT}"]
    assert (ppk.lat, ppk.lon, ppk.precision_m) == (
        -2.61,
        104.61,
        10_001,
    )  # radius of 314.16 square kilometres


def test_a_village_without_a_point_borrows_the_districts_and_its_precision() -> None:
    regency, notices = _first()
    pps, station = regency.sites[f"PPS-{LOST}"], regency.stations["1607032003001"]
    assert (pps.lat, pps.precision_m) == (station.lat, station.precision_m) == (-2.6, 10_001)
    assert notices.counts[Code.COORDINATES_MISSING] == 1


def test_a_regency_without_any_point_has_sites_without_one() -> None:
    area = Area(code="16.07", level="regency", name="B")
    assert spot_of("16.07", {"16.07": area}) is None
    unit = Unit(areas={"16.07": area}, where={"16.07": ("a.csv", 2)})
    site = settle(Regency(), unit, Notices()).sites["GDG-16.07"]
    assert (site.lat, site.precision_m) == (None, None)


def test_settling_what_is_stored_again_changes_nothing() -> None:
    regency, _ = _first()
    again = settle(regency, _told(), Notices())
    assert (again.areas, again.sites, again.stations) == (regency.areas, regency.sites, regency.stations)


def test_a_given_point_is_never_replaced_by_a_generated_one() -> None:
    regency, _ = _first()
    station = replace(
        regency.stations["1607032001001"], lat=-2.7, lon=104.7, source=Source.GIVEN, precision_m=10, name="SD"
    )
    regency.stations[station.code] = station
    site = Site(
        code=f"PPS-{NEAR}", kind=SiteKind.PPS, area=NEAR, name="Balai", lat=-2.8, lon=104.8,
        source=Source.GIVEN, precision_m=10,
    )  # fmt: skip
    regency.sites[site.code] = site
    again = settle(regency, _told(**{NEAR.replace(".", "_"): VillageVoters(3, 30, "v2")}), Notices())
    assert again.sites[site.code] == site
    assert again.stations[station.code] == replace(station, voters=10, voter_list="v2")


def test_a_new_point_of_a_village_moves_what_was_generated_from_it() -> None:
    regency, _ = _first()
    moved = replace(regency.areas[NEAR], lat=-2.65)
    unit = Unit(areas={NEAR: moved}, where={NEAR: ("a.csv", 2)})
    again = settle(regency, unit, Notices())
    assert again.stations["1607032001001"].lat == again.sites[f"PPS-{NEAR}"].lat == -2.65


def test_what_a_file_leaves_empty_stays() -> None:
    regency, _ = _first()
    told = Area(code=NEAR, level="village", name="Nama Baru")
    again = settle(regency, Unit(areas={NEAR: told}, where={NEAR: ("a.csv", 2)}), Notices())
    area = again.areas[NEAR]
    assert (area.name, area.lat, area.area_km2) == ("Nama Baru", -2.61, 3.1416)


@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_new_voter_list_removes_the_stations_it_no_longer_names_and_tells(one_by_one: bool) -> None:
    regency, _ = _first()
    unit = _told()
    if one_by_one:
        kept = Station(code="1607032001001", village=NEAR, number=1, voters=9, voter_list="v2")
        unit.stations = {kept.code: kept}
    else:
        unit = _told(**{NEAR.replace(".", "_"): VillageVoters(1, 9, "v2")})
    notices = Notices()
    again = settle(regency, unit, notices)
    assert sorted(again.stations) == ["1607032001001", "1607032002001", "1607032003001"]
    (notice,) = [notice for notice in notices.kept if notice.code is Code.STATIONS_REMOVED]
    assert (notice.value, notice.expected) == (NEAR, "2")


def test_totals_agree_on_every_level() -> None:
    regency, _ = _first()
    found = totals(regency.areas, regency.stations)
    assert (found["16.07"].stations, found["16.07"].voters) == (5, 13)
    assert (found["16.07"].villages, found["16.07"].districts) == (3, 1)
    assert (found[NEAR].stations, found[NEAR].voters, found[NEAR].villages) == (3, 10, 1)
    assert found[DISTRICT].voters == sum(found[village].voters for village in (NEAR, FAR, LOST))
