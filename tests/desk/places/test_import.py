"""An import as a whole: what it saves, says and leaves alone."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from kawal.desk.places import actions, models, reads
from kawal.desk.places.actions import ImportResult
from kawal.rules.places.codes import NATION
from kawal.rules.places.facts import Source
from kawal.rules.places.notices import Code
from kawal.rules.refusals import Refused
from tests.desk.places.files import AREAS, NOW, STATIONS, whole, write

pytestmark = pytest.mark.django_db

VILLAGE = "16.07.03.2001"


def _import(paths: list[Path], area: str | None = None, voter_list: str | None = None) -> ImportResult:
    return actions.import_files(paths, area=area, by="Sri, KPU", now=NOW, voter_list=voter_list)


def test_a_folder_is_imported_whole_and_other_files_in_it_are_left_alone(tmp_path: Path) -> None:
    whole(tmp_path)
    write(tmp_path, notes__txt="nothing for Kawal", README__md="neither")
    result = _import([tmp_path])
    assert result.saved
    assert result.counts == {"areas": 5, "borders": 1, "sites": 1, "stations": 5, "voters": 1100}
    assert result.written == {"areas": 5, "borders": 1, "sites": 4, "stations": 5, "stations_removed": 0}


def test_the_run_is_recorded_with_files_counts_and_notices(tmp_path: Path) -> None:
    paths = whole(tmp_path)
    result = _import(paths)
    run = models.ImportRun.objects.get()
    assert (run.at, run.by) == (NOW, "Sri, KPU")
    assert [(file["name"], file["rows"], len(file["sha256"])) for file in run.files] == [
        (path.name, rows, 64) for path, rows in zip(paths, [5, 1, 1, 2], strict=True)
    ]
    assert run.counts["told"] == result.counts
    assert {notice["code"] for notice in run.notices} == {Code.VOTERS_SPREAD, Code.SITES_GENERATED}


def test_the_same_import_again_says_that_nothing_changed(tmp_path: Path) -> None:
    paths = whole(tmp_path)
    assert Code.NOTHING_CHANGED not in _import(paths).notice_counts
    again = _import(paths)
    assert again.saved and Code.NOTHING_CHANGED in again.notice_counts
    assert not any(again.written.values())


def test_a_dry_run_says_the_same_and_saves_nothing(tmp_path: Path) -> None:
    paths = whole(tmp_path)
    dry = actions.try_files(paths, area=None)
    assert not dry.saved and not models.Area.objects.exists() and not models.ImportRun.objects.exists()
    real = _import(paths)
    assert (dry.counts, dry.written, dry.notices) == (real.counts, real.written, real.notices)


def test_order_and_packing_of_files_do_not_matter(tmp_path: Path) -> None:
    paths = whole(tmp_path)
    packed = tmp_path / "stations.csv.gz"
    packed.write_bytes(gzip.compress(STATIONS.encode()))
    result = _import([packed, *reversed(paths[:-1])])
    assert result.saved and result.counts["stations"] == 5


def test_stations_may_follow_the_areas_in_a_later_import(tmp_path: Path) -> None:
    *others, stations = whole(tmp_path)
    refused = _import([stations])
    assert not refused.saved and refused.notice_counts[Code.ORPHAN] == 2
    assert _import(others).saved and _import([stations]).saved
    assert reads.totals("16.07").voters == 1100


def test_only_the_area_asked_for_and_those_above_it_are_read(tmp_path: Path) -> None:
    more = (
        "32,,province,Jawa Barat,-6.9,107.6,35378\n16.08,16,regency,Ogan Komering Ulu Timur,-3.9,104.7,3300\n"
    )
    (paths) = write(tmp_path, areas__csv=AREAS + more, stations__csv=STATIONS)
    result = _import(paths, area=VILLAGE)
    assert result.saved and result.counts["areas"] == 4 and result.counts["stations"] == 3
    assert sorted(models.Area.objects.values_list("code", flat=True)) == ["16", "16.07", "16.07.03", VILLAGE]


def test_an_area_the_files_do_not_know_is_an_error(tmp_path: Path) -> None:
    result = _import(whole(tmp_path), area="16.09")
    assert not result.saved and set(result.notice_counts) == {Code.AREA_NOT_FOUND}


def test_no_area_code_and_no_name_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="bad_area"):
        _import(whole(tmp_path), area="Banyuasin")
    for name in ("", " ", "x" * 61):
        with pytest.raises(Refused, match="bad_voter_list"):
            _import(whole(tmp_path), voter_list=name)


def test_a_voter_list_goes_by_its_name_or_by_its_file_and_fingerprint(tmp_path: Path) -> None:
    paths = whole(tmp_path)
    _import(paths, voter_list="DPT 2024")
    assert {station.voter_list for station in reads.stations_under("16.07")} == {"DPT 2024"}
    result = _import(paths)
    (name,) = {station.voter_list for station in reads.stations_under("16.07")}
    assert name.startswith("stations-") and len(name) == len("stations-") + 8
    assert name in {notice.expected for notice in result.notices if notice.code is Code.VOTERS_SPREAD}


def test_a_smaller_voter_list_removes_stations_and_the_totals_follow(tmp_path: Path) -> None:
    _import(whole(tmp_path))
    result = _import(write(tmp_path, new__csv=f"village,stations,voters\n{VILLAGE},2,500\n"))
    assert result.written["stations_removed"] == 1 and Code.STATIONS_REMOVED in result.notice_counts
    assert [station.voters for station in reads.stations_under(VILLAGE)] == [250, 250]
    for code in (NATION, "16", "16.07", "16.07.03"):
        assert (reads.totals(code).stations, reads.totals(code).voters) == (4, 900)


def test_single_stations_bring_their_own_points_and_keep_them(tmp_path: Path) -> None:
    paths = whole(tmp_path)
    _import(paths)
    one = write(tmp_path, one__csv="code,voters,lat,lon,name\n1607032001001,250,-2.70500,104.50500,SD 1\n")
    assert _import(one).saved
    (station,) = reads.stations_under(VILLAGE)
    assert (station.source, station.lat, station.precision_m, station.name) == (
        Source.GIVEN,
        -2.705,
        10,
        "SD 1",
    )
    _import(paths[-1:])
    assert reads.station("1607032001001").lat == -2.705
    assert reads.station("1607032001002").source is Source.GENERATED


def test_a_given_site_replaces_the_generated_one_and_stays(tmp_path: Path) -> None:
    paths = whole(tmp_path)
    _import([path for path in paths if path.name != "sites.csv"])
    assert reads.site("GDG-16.07").source is Source.GENERATED
    _import(paths)
    _import([path for path in paths if path.name != "sites.csv"])
    assert reads.site("GDG-16.07").name == "Gudang Pangkalan Balai"


def test_progress_is_told_to_the_end_of_each_step(tmp_path: Path) -> None:
    told: dict[str, tuple[int, int]] = {}
    actions.import_files(
        whole(tmp_path),
        area=None,
        by="test",
        now=NOW,
        progress=lambda step, done, total: told.update({step: (done, total)}),
    )
    assert set(told) == {"read", "save"}
    assert all(done == total for done, total in told.values())


def test_a_folder_without_tables_is_an_error(tmp_path: Path) -> None:
    result = _import([tmp_path])
    assert not result.saved and Code.FILE_UNREADABLE in result.notice_counts
