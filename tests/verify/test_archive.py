import io
import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from kawal.rules.refusals import Refused
from kawal.verify.archive import LINE_BYTES_MAX, Archive

from .served import zipped


def refused(path: Path, member: str = "x", bytes_max: int = 100) -> str:
    with pytest.raises(Refused) as found, Archive(path) as archive:
        archive.read(member, bytes_max)
    return found.value.code


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"PK\5\6", b"PK\5\6" + bytes(18), b"not a zip" * 99, bytes(100_000)]
)
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "log.zip"
    path.write_bytes(data)
    assert refused(path) in {"archive_unreadable", "source_missing"}


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none") == "archive_unreadable"
    assert refused(tmp_path) == "archive_unreadable"


def test_every_cut_of_an_archive_is_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "log.zip", {"x": b"12345", "y": b"6"}).read_bytes()
    cut = tmp_path / "cut.zip"
    for length in range(len(whole)):
        cut.write_bytes(whole[:length])
        assert refused(cut) == "archive_unreadable"


def test_a_flipped_bit_is_noticed_or_changes_nothing(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "log.zip", {"x": b"12345"}, zipfile.ZIP_DEFLATED).read_bytes()
    path = tmp_path / "flipped.zip"
    for at in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[at // 8] ^= 1 << at % 8
        path.write_bytes(flipped)
        try:
            with Archive(path) as archive:
                assert archive.read("x", 100) == b"12345"
        except Refused as found:
            assert found.code in {"archive_unreadable", "source_missing", "source_too_large"}


def test_a_member_that_unpacks_to_more_than_it_may_is_refused(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "bomb.zip", {"x": bytes(50_000_000)}, zipfile.ZIP_DEFLATED)
    assert refused(bomb) == "source_too_large"
    # The same, with a lie about its size.
    lying = bomb.read_bytes().replace(struct.pack("<L", 50_000_000), struct.pack("<L", 50))
    bomb.write_bytes(lying)
    assert refused(bomb) in {"archive_unreadable", "source_too_large"}


def test_a_member_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    """Two readers could each take another of them for the right one."""
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w") as file:
        warnings.simplefilter("ignore")
        file.writestr("x", b"1")
        file.writestr("x", b"2")
    path = tmp_path / "log.zip"
    path.write_bytes(made.getvalue())
    assert refused(path) == "archive_unreadable"


def test_other_packings_are_refused(tmp_path: Path) -> None:
    assert refused(zipped(tmp_path / "log.zip", {"x": b"1" * 99}, zipfile.ZIP_LZMA)) == "archive_unreadable"


def test_lines_are_given_one_by_one_and_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "log.zip", {"x": b"1\n\n22\n3", "y": b"." * (LINE_BYTES_MAX + 1)})
    with Archive(path) as archive:
        assert list(archive.lines("x")) == [b"1", b"", b"22", b"3"]
        with pytest.raises(Refused) as found:
            list(archive.lines("y"))
    assert found.value.code == "source_too_large"


def test_members_of_a_folder_are_named_in_order(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "log.zip", {"a/2": b"", "a/1": b"", "a/": b"", "b/1": b"", "../c": b"", "ab": b""}
    )
    with Archive(path) as archive:
        assert archive.names("a") == ["a/1", "a/2"]
