"""For every notice a file that brings it; an error among them leaves everything as it was."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.utils import translation

from kawal.desk.places import actions, models, words
from kawal.rules.places.notices import Code, Severity, severity_of
from tests.desk.places.files import AREAS, NOW, RING, STATIONS, borders, feature, whole, write

pytestmark = pytest.mark.django_db

HEAD = "code,name,lat,lon\n"
V1, V2 = "16.07.03.2001", "16.07.03.2002"
BOW_TIE = [[104.0, -3.0], [105.0, -2.0], [105.0, -3.0], [104.0, -2.0], [104.0, -3.0]]
SWAPPED = [[lat, lon] for lon, lat in RING]
TRIANGLE = [[100, -5], [101, -5], [101, -4], [100, -5]]  # far from the centroid of 16
METRES = [[lon * 1000, lat * 1000] for lon, lat in RING]

# Each stands beside good files: the areas, stations, sites and a border of one regency.
FILES: list[tuple[Code, str, str | bytes]] = [
    (Code.FILE_UNREADABLE, "nothing.csv", b""),
    (Code.NOT_GZIP, "x.csv.gz", "code,name\n"),
    (Code.NOT_GZIP, "x.csv.gz", gzip.compress(b"code,name\n16.08,x\n")[:-6]),
    (Code.ENCODING, "x.csv", "code,name\n16.08,É\n".encode("latin-1")),
    (Code.ENCODING, "x.geojson", borders().encode("utf-16")),
    (Code.EMPTY, "x.csv", ""),
    (Code.EMPTY, "x.csv", "code,name\n"),
    (Code.EMPTY, "x.geojson", borders()),
    (Code.COLUMN_MISSING, "x.csv", "code,lat,lon\n16.08,-2,104\n"),
    (Code.COLUMN_MISSING, "x.csv", "code,name,lat\n16.08,x,-2\n"),
    (Code.COLUMN_MISSING, "x.csv", "village,stations\n16.07.03.2001,4\n"),
    (Code.KIND_UNKNOWN, "x.csv", "colour,taste\nred,sweet\n"),
    (Code.KIND_UNKNOWN, "x.xlsx", b"PK\x03\x04"),
    (Code.COLUMN_TWICE, "x.csv", "code,kode,name\n16.08,16.08,x\n"),
    (Code.COLUMN_UNUSED, "x.csv", "code,name,latitud\n16.08,x,-2\n"),
    (Code.FIELDS_COUNT, "x.csv", "code,name\n16.08\n"),
    (Code.FIELDS_COUNT, "x.csv", "code,name\n16.08,x,y\n"),
    (Code.ROW_BROKEN, "x.csv", 'code,name\n16.08,"x\n'),
    (Code.NUL, "x.csv", b"code,name\n16.08,x\x00\n"),
    (Code.CODE_BAD, "x.csv", "code,name\n16.8,x\n"),
    (Code.CODE_BAD, "x.csv", "village,stations,voters\nSatu,1,10\n"),
    (Code.CODE_BAD, "x.csv", "village,stations,voters\n16.07.03,1,10\n"),
    (Code.CODE_BAD, "x.csv", "code,voters\n160703200100,10\n"),
    (Code.CODE_BAD, "x.csv", "kind,area,name,lat,lon\nppk,Betung,x,-2.7,104.5\n"),
    (Code.CODE_BAD, "x.geojson", borders(feature("16.7"))),
    (Code.CODE_TWICE, "x.csv", "code,name\n16.07.03,Betung\n"),
    (Code.CODE_TWICE, "x.csv", "village,stations,voters\n16.07.03.2001,1,10\n"),
    (Code.CODE_TWICE, "x.csv", "kind,area,name,lat,lon\nGudang,16.07,x,-2.6,104.7\n"),
    (Code.CODE_TWICE, "x.geojson", borders(feature())),
    (Code.ORPHAN, "x.csv", "code,name\n16.07.99.2001,x\n"),
    (Code.ORPHAN, "x.csv", "code,name\n17.01,x\n"),
    (Code.ORPHAN, "x.csv", "village,stations,voters\n16.07.03.2009,1,10\n"),
    (Code.ORPHAN, "x.csv", "code,voters\n1607032009001,10\n"),
    (Code.ORPHAN, "x.csv", "kind,area,name,lat,lon\nppk,16.07.09,x,-2.7,104.5\n"),
    (Code.LEVEL_DISAGREES, "x.csv", "code,name,level\n16.08,x,Kecamatan\n"),
    (Code.PARENT_DISAGREES, "x.csv", "code,name,parent\n16.08,x,17\n"),
    (Code.PARENT_DISAGREES, "x.csv", "code,village,voters\n1607032001004,16.07.03.2002,10\n"),
    (Code.NAME_MISSING, "x.csv", "code,name\n16.08,\n"),
    (Code.NAME_LONG, "x.csv", f"code,name\n16.08,{'x' * 121}\n"),
    (Code.NUMBER_BAD, "x.csv", f"village,stations,voters\n{V2},-1,10\n"),
    (Code.NUMBER_BAD, "x.csv", f"village,stations,voters\n{V2},1,1.016\n"),
    (Code.NUMBER_BAD, "x.csv", f"village,stations,voters\n{V2},1,\n"),
    (Code.NUMBER_BAD, "x.csv", "code,name,area_km2\n16.08,x,-1\n"),
    (Code.VOTERS_WITHOUT_STATIONS, "x.csv", "village,stations,voters\n16.07.03.2009,0,10\n"),
    (Code.STATIONS_BEYOND_999, "x.csv", "village,stations,voters\n16.07.03.2009,1000,10\n"),
    (Code.STATIONS_BEYOND_999, "x.csv", "code,voters\n1607032001000,10\n"),
    (Code.STATIONS_BEYOND_999, "x.csv", "village,number,voters\n16.07.03.2001,1000,10\n"),
    (Code.TOLD_TWO_WAYS, "x.csv", "code,voters\n1607032001001,10\n"),
    (Code.COORDINATE_BAD, "x.csv", HEAD + "16.08,x,south,104\n"),
    (Code.COORDINATE_BAD, "x.csv", HEAD + "16.08,x,-2.5,\n"),
    (Code.COORDINATE_BAD, "x.csv", HEAD + "16.08,x,nan,inf\n"),
    (Code.COORDINATE_OUTSIDE_WORLD, "x.csv", HEAD + "16.08,x,-2.5,1047\n"),
    (Code.COORDINATE_OUTSIDE_WORLD, "x.geojson", borders(feature("16", METRES))),
    (Code.COORDINATES_SWAPPED, "x.csv", HEAD + "16.08,x,104.7,-2.5\n"),
    (Code.COORDINATES_SWAPPED, "x.geojson", borders(feature("16", SWAPPED))),
    (Code.POINT_FAR, "x.csv", HEAD + "16.07.04,x,2.7,104.5\n"),
    (Code.POINT_FAR, "x.csv", "kind,area,name,lat,lon\nppk,16.07.03,x,2.7,104.5\n"),
    (Code.POINT_FAR, "x.csv", HEAD + "16.08,x,0,0\n"),
    (Code.GEOJSON_BROKEN, "x.geojson", '{"type": "FeatureCollection", "features": ['),
    (Code.GEOJSON_BROKEN, "x.geojson", '{"type": "Feature"}'),
    (Code.GEOMETRY_BAD, "x.geojson", borders(feature("16", [104, -3], "Point"))),
    (Code.GEOMETRY_BAD, "x.geojson", borders(feature("16", RING[:3]))),
    (Code.GEOMETRY_BAD, "x.geojson", borders(feature("16", [["a", "b"]] * 4))),
    (Code.FEATURE_WITHOUT_CODE, "x.geojson", borders(feature(""))),
    (Code.SITE_KIND_BAD, "x.csv", "kind,area,name,lat,lon\nppk,16.07,x,-2.6,104.7\n"),
    (Code.SITE_KIND_BAD, "x.csv", "kind,area,name,lat,lon\nkantor,16.07.03,x,-2.6,104.7\n"),
    (Code.SITE_KIND_BAD, "x.csv", "code,kind,name,lat,lon\nPPK-16.07.03,pps,x,-2.6,104.7\n"),
    (Code.POINT_OUTSIDE, "x.csv", HEAD + "16.07.04,x,-1.9,104.5\n"),
    (Code.BORDER_UNKNOWN, "x.geojson", borders(feature("16.99"))),
    (Code.POLYGON_REPAIRED, "x.geojson", borders(feature("16.07.03", BOW_TIE))),
    (Code.CENTROID_OUTSIDE, "x.geojson", borders(feature("16", TRIANGLE))),
    (Code.COORDINATES_MISSING, "x.csv", HEAD + "16.07.04,x,,\n"),
    (Code.COORDINATES_MISSING, "x.csv", "kind,area,name,lat,lon\nppk,16.07.03,x,,\n"),
    (Code.VILLAGE_WITHOUT_STATIONS, "x.csv", HEAD + "16.07.03.2003,x,-2.7,104.5\n"),
    (Code.VOTERS_MANY, "y.csv", f"village,stations,voters\n{V1},1,301\n"),
]  # fmt: skip
ELSEWHERE = {
    Code.TOO_LARGE: "tests/rules/places/test_reading.py",
    Code.VOTERS_SPREAD: "test_import.py",
    Code.AREA_NOT_FOUND: "test_import.py",
    Code.STATIONS_REMOVED: "test_import.py",
    Code.SITES_GENERATED: "test_import.py",
    Code.NOTHING_CHANGED: "test_import.py",
}


def _beside_good_files(folder: Path, name: str, content: str | bytes) -> list[Path]:
    paths = whole(folder)
    if name == "y.csv":  # a table that takes the place of the good one
        paths = [path for path in paths if path.name != "stations.csv"]
    path = folder / name
    if name != "nothing.csv":
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return [*paths, path]


def _rows() -> int:
    return sum(
        table.objects.count()
        for table in (
            models.Area,
            models.AreaTotals,
            models.Border,
            models.Site,
            models.Station,
            models.ImportRun,
        )
    )


@pytest.mark.parametrize(
    ("code", "name", "content"), FILES, ids=[f"{row[0]}-{n}" for n, row in enumerate(FILES)]
)
def test_a_file_brings_its_notice_and_an_error_saves_nothing(
    code: Code, name: str, content: str | bytes, tmp_path: Path
) -> None:
    paths = _beside_good_files(tmp_path, name, content)
    result = actions.import_files(paths, area=None, by="test", now=NOW)
    told = [notice for notice in result.notices if notice.code is code]
    assert told and result.notice_counts[code] == len(told)
    for language in ("en", "id"):
        with translation.override(language):
            assert "%" not in words.said(told[0]) + words.mend(told[0])
    if severity_of(code) is Severity.ERROR:
        assert (result.saved, result.written, _rows()) == (False, {}, 0)
    else:
        assert result.saved
        assert not [notice for notice in result.notices if notice.severity is Severity.ERROR]
        assert models.Station.objects.exists()


def test_every_code_is_brought_about_by_some_test() -> None:
    assert {row[0] for row in FILES} | set(ELSEWHERE) == set(Code)


def test_the_good_files_alone_are_saved(tmp_path: Path) -> None:
    result = actions.import_files(whole(tmp_path), area=None, by="test", now=NOW)
    assert set(result.notice_counts) == {Code.VOTERS_SPREAD, Code.SITES_GENERATED}
    assert result.saved and models.Station.objects.count() == 5


def test_an_error_leaves_an_earlier_import_as_it_was(tmp_path: Path) -> None:
    actions.import_files(whole(tmp_path), area=None, by="test", now=NOW)
    before = list(models.Station.objects.values_list()), _rows()
    changed = write(tmp_path, stations__csv=STATIONS.replace("700", "650"), bad__csv="code,name\nx,y\n")
    assert not actions.import_files(changed, area=None, by="test", now=NOW).saved
    assert (list(models.Station.objects.values_list()), _rows()) == before


def test_a_notice_names_file_line_column_and_value(tmp_path: Path) -> None:
    paths = write(tmp_path, areas__csv=AREAS.replace("16.07.03.2002,16.07.03,", "16.07.03.2002,16.07.04,"))
    (notice,) = actions.import_files(paths, area=None, by="test", now=NOW).notices
    assert (notice.code, notice.file, notice.row) == (Code.PARENT_DISAGREES, "areas.csv", 6)
    assert (notice.field, notice.value, notice.expected) == ("parent", "16.07.04", "16.07.03")
