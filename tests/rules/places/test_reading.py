"""Files as people really have them: separators, languages, packing; and files that mean harm."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.places.facts import SiteKind
from kawal.rules.places.gathered import VillageVoters
from kawal.rules.places.limits import Limits
from kawal.rules.places.notices import KEPT_MAX, Code
from tests.rules.places.reader import codes, read

AREAS = "code,name,lat,lon\n16,Sumatera Selatan,-3.2,104.1\n16.07,Banyuasin,-2.75,104.75\n"


@pytest.mark.parametrize(
    "data",
    [
        AREAS.encode(),
        b"\xef\xbb\xbf" + AREAS.encode(),
        AREAS.replace("\n", "\r\n").encode(),
        AREAS.replace("\n", "\r").encode(),
        AREAS.replace(",", "\t").encode(),
        AREAS.replace(",", ";").replace(".2", ",2").replace(".1,", ",1").replace("3.2", "3,2").encode(),
        ("\n\n" + AREAS + ",,,\n\n").encode(),
        gzip.compress(AREAS.encode()),
        gzip.compress(AREAS[:30].encode()) + gzip.compress(AREAS[30:].encode()),
        AREAS.replace("code,name,lat,lon", "Kode, Nama ,LINTANG,Bujur").encode(),
        AREAS.replace("16.07", "1607").encode(),
        AREAS.replace("code,name,lat,lon", "level,code,name,lat,lon")
        .replace("\n16,", "\nProvinsi,16,")
        .replace("\n16.07,", "\nKabupaten,16.07,")
        .encode(),
    ],
    ids=[
        "plain",
        "bom",
        "crlf",
        "cr",
        "tab",
        "semicolon",
        "blank",
        "gzip",
        "members",
        "indonesian",
        "digits",
        "level",
    ],
)
def test_one_table_is_read_the_same_however_it_is_written(data: bytes) -> None:
    gathered, notices = read(data)
    assert not notices.kept
    province = gathered.units[""].areas["16"]
    assert (province.name, province.lat, province.lon) == ("Sumatera Selatan", -3.2, 104.1)
    regency = gathered.units["16.07"].areas["16.07"]
    assert (regency.level, regency.lat) == ("regency", -2.75)


def test_the_point_inside_is_preferred_to_the_centroid() -> None:
    gathered, _ = read("code,name,lat,lon,inner_lat,inner_lon\n16.07,B,-2.7,104.7,-2.8,104.8\n")
    area = gathered.units["16.07"].areas["16.07"]
    assert (area.lat, area.lon) == (-2.8, 104.8)
    assert gathered.units["16.07"].centroids["16.07"] == (-2.7, 104.7)


@pytest.mark.parametrize("head", ["village,stations,voters", "desa,tps,pemilih", "kode,jumlah_tps,dpt"])
def test_stations_per_village_are_known_by_their_columns(head: str) -> None:
    gathered, notices = read(f"{head}\n16.07.03.2001,4,1016\n")
    assert not notices.kept
    assert gathered.units["16.07"].villages == {"16.07.03.2001": VillageVoters(4, 1016, "list-1")}


@pytest.mark.parametrize(
    "text",
    [
        "code,voters,name\n1607032001002,298,SD Negeri 1\n",
        "desa,nomor,pemilih,nama\n16.07.03.2001,2,298,SD Negeri 1\n",
        "code,village,number,voters,name\n1607032001002,16.07.03.2001,2,298,SD Negeri 1\n",
    ],
)
def test_stations_one_by_one_are_known_by_code_or_by_village_and_number(text: str) -> None:
    gathered, notices = read(text)
    assert not notices.kept
    station = gathered.units["16.07"].stations["1607032001002"]
    assert (station.village, station.number, station.voters, station.name) == (
        "16.07.03.2001", 2, 298, "SD Negeri 1",
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "code,name,lat,lon\nPPK-16.07.03,Aula,-2.50,104.50\n",
        "kind,area,name,lat,lon\nppk,16.07.03,Aula,-2.50,104.50\n",
        "jenis,wilayah,nama,lintang,bujur\nPPK,160703,Aula,-2.50,104.50\n",
    ],
)
def test_sites_are_known_by_code_or_by_kind_and_area(text: str) -> None:
    gathered, notices = read(text)
    assert not notices.kept
    site = gathered.units["16.07"].sites["PPK-16.07.03"]
    assert (site.area, site.lat, site.precision_m) == ("16.07.03", -2.5, 557)


@pytest.mark.parametrize(
    ("row", "kind", "area"),
    [
        ("DMG-16.07.03-1", SiteKind.JETTY, "16.07.03"),
        ("DMG-16.07-12", SiteKind.JETTY, "16.07"),
        ("BDR-16.07.03.2001-2", SiteKind.AIRSTRIP, "16.07.03.2001"),
    ],
)
def test_jetties_and_airstrips_are_known_by_their_numbered_code(row: str, kind: SiteKind, area: str) -> None:
    gathered, notices = read(f"code,name,lat,lon\n{row},Tepi,-2.50,104.50\n")
    assert not notices.kept
    site = gathered.units["16.07"].sites[row]
    assert (site.kind, site.area, site.lat) == (kind, area, -2.5)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("code,name,lat,lon\nDMG-16.07.03,Tepi,-2.5,104.5\n", Code.CODE_BAD),
        ("code,name,lat,lon\nDMG-16.07.03-0,Tepi,-2.5,104.5\n", Code.CODE_BAD),
        ("code,name,lat,lon\nDMG-16.07.03-100,Tepi,-2.5,104.5\n", Code.CODE_BAD),
        ("code,name,lat,lon\nPPK-16.07.03-1,Tepi,-2.5,104.5\n", Code.CODE_BAD),
        ("code,name,lat,lon\nDMG-16-1,Tepi,-2.5,104.5\n", Code.SITE_KIND_BAD),
        ("kind,area,name,lat,lon\ndermaga,16.07.03,Tepi,-2.5,104.5\n", Code.CODE_BAD),
        ("code,kind,name,lat,lon\nDMG-16.07.03-1,bandara,Tepi,-2.5,104.5\n", Code.SITE_KIND_BAD),
        ("code,name,lat,lon\nDMG-16.07.03-1,Tepi,,\n", Code.COORDINATES_MISSING),
    ],
)
def test_a_gateway_without_number_point_or_right_kind_is_told(text: str, code: Code) -> None:
    _, notices = read(text)
    assert notices.counts[code] == 1


def test_only_the_area_asked_for_and_those_above_it_are_taken() -> None:
    text = "code,name\n16,S\n16.07,B\n16.07.03,D\n16.08,O\n32,J\n"
    gathered, _ = read(text, scope="16.07")
    assert sorted(code for unit in gathered.units.values() for code in unit.areas) == [
        "16",
        "16.07",
        "16.07.03",
    ]


def test_many_notices_of_one_kind_are_counted_but_not_all_kept() -> None:
    _, notices = read("code,name\n" + "bad,x\n" * 1000)
    assert notices.counts[Code.CODE_BAD] == 1000
    assert len(notices.kept) == KEPT_MAX


@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.csv.gz", "a.geojson", "a.geojson.gz", "a"]))
def test_random_bytes_give_notices_and_never_an_exception(data: bytes, file: str) -> None:
    gathered, notices = read(data, file)
    assert notices.errors_count > 0
    assert not any(gathered.counts().values())


@given(
    st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=6), max_size=5),
    st.sampled_from(
        ["code,name,lat,lon", "village,stations,voters", "code,voters", "kind,area,name,lat,lon"]
    ),
)
def test_random_cells_give_notices_and_never_an_exception(rows: list[list[str]], head: str) -> None:
    text = head + "\n" + "\n".join(",".join(row) for row in rows)
    _, notices = read(text.encode("utf-8", "replace"))
    assert notices.errors_count > 0


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(json_values, st.sampled_from(["Polygon", "MultiPolygon", "Point", 7, None]))
def test_random_geometries_give_notices_and_never_an_exception(coordinates: object, kind: object) -> None:
    geometry = {"type": kind, "coordinates": coordinates}
    feature = {"type": "Feature", "properties": {"code": "16"}, "geometry": geometry}
    _, notices = read(json.dumps({"type": "FeatureCollection", "features": [feature]}), "a.geojson")
    assert notices.errors_count > 0


HOSTILE = {
    "a line without end": (b"code,name\n16," + b"x" * 3_000_000, "a.csv", Code.ROW_BROKEN),
    "a field without end": (b'code,name\n16,"' + b"x\n" * 200_000, "a.csv", Code.ROW_BROKEN),
    "a head without end": (b"code," + b"x" * 200_000 + b"\n", "a.csv", Code.ROW_BROKEN),
    "brackets by the thousand": (b'{"type":' + b"[" * 200_000, "a.geojson", Code.GEOJSON_BROKEN),
    "a number without end": (b'{"type":' + b"9" * 10_000 + b"}", "a.geojson", Code.GEOJSON_BROKEN),
    "not a number": (b'{"type":"FeatureCollection","features":[NaN]}', "a.geojson", Code.GEOJSON_BROKEN),
    "a torn gzip": (gzip.compress(AREAS.encode() * 50)[:-20], "a.csv.gz", Code.NOT_GZIP),
    "gzip in name only": (AREAS.encode(), "a.csv.gz", Code.NOT_GZIP),
    "a spreadsheet": (b"PK\x03\x04rest", "a.xlsx", Code.KIND_UNKNOWN),
    "UTF-16": (AREAS.encode("utf-16"), "a.csv", Code.ENCODING),
    "Latin-1": ("code,name\n16,Jos\u00e9\n".encode("latin-1"), "a.csv", Code.ENCODING),
    "UTF-16 without mark": ("code,name\n16,S\n".encode("utf-16-le"), "a.csv", Code.NUL),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_file_is_answered_with_its_notice(name: str) -> None:
    data, file, code = HOSTILE[name]
    assert code in codes(read(data, file)[1])


def test_a_file_that_unpacks_without_end_is_left_at_the_limit() -> None:
    limits = replace(Limits(), table_bytes_max=2_000_000, borders_bytes_max=2_000_000)
    bomb = gzip.compress(b"code,name\n" + b"16,x\n" * 2_000_000)
    assert Code.TOO_LARGE in codes(read(bomb, "a.csv.gz", limits=limits)[1])
    spaces = gzip.compress(b" " * 20_000_000)
    assert Code.TOO_LARGE in codes(read(spaces, "a.geojson.gz", limits=limits)[1])
    assert Code.ROW_BROKEN in codes(read(spaces, "a.csv.gz")[1])


def test_rows_without_end_are_left_at_the_limit() -> None:
    limits = replace(Limits(), rows_max=10)
    many = "code,name\n" + "".join(f"16.{number:02d},x\n" for number in range(1, 12))
    assert Code.TOO_LARGE in codes(read(many, limits=limits)[1])
    assert not read(many.rsplit("\n", 2)[0], limits=limits)[1].kept


def test_a_notice_names_the_line_of_the_file() -> None:
    _, notices = read('\n\ncode,name\n16,"two\nlines"\nbad,x\n')
    (notice,) = notices.kept
    assert (notice.code, notice.row, notice.field, notice.value) == (Code.CODE_BAD, 6, "code", "bad")
