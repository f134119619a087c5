import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.rules.needs.parcels import parcel_code
from kawal.rules.refusals import Refused
from kawal.rules.report import archive
from kawal.rules.signing import keys

PARCEL = parcel_code("1607032001001", 3)
KEY = keys.public_bytes(keys.key_from_seed(bytes(32)))


def test_lines_come_back_as_they_were() -> None:
    for needed in (
        archive.NeededParcel(parcel=PARCEL, ballots_count=255, seal_first=301, seals_count=6),
        archive.NeededParcel(parcel=PARCEL, ballots_count=0, seal_first=None, seals_count=0),
    ):
        assert archive.needed_in(archive.needed_line(needed).encode()) == needed
    device = archive.Device(public_key=KEY, post="kpu/16.07", role="custodian")
    assert archive.device_in(archive.device_line(device).encode()) == device
    assert archive.deadline_in(archive.deadline_line("16.07", 5).encode()) == ("16.07", 5)
    assert archive.received_in(archive.received_line(7).encode().removesuffix(b"\n")) == 7
    about = archive.About(origin="a/b", size=9, area="16", kawal="1")
    assert archive.about_in(archive.about_text(about).encode()) == about
    hashes = {"told/b": "0" * 64, "told/a": "f" * 64}
    assert archive.told_in(archive.told_text("a/b", 9, hashes)) == ("a/b", 9, hashes)


WRONG = [
    b"", b"[]", b"null", b"{", b"\xff", b"{}", b'{"parcel":1}', b"[" * 4000, b"9" * 4096,
    b'{"parcel":"160703200100137","ballots":-1,"seal_first":1,"seals":1}',
    b'{"parcel":"160703200100137","ballots":1.0,"seal_first":1,"seals":1}',
    b'{"parcel":"160703200100137","ballots":NaN,"seal_first":1,"seals":1}',
    b'{"parcel":"160703200100137","ballots":true,"seal_first":1,"seals":1}',
    b'{"parcel":"160703200100137","ballots":' + b"9" * 3000 + b',"seal_first":1,"seals":1}',
    b'{"parcel":"160703200100137","ballots":1,"ballots":2,"seal_first":1,"seals":1}',
    b'{"parcel":"160703200100137","ballots":1,"seal_first":1,"seals":101}',
    b'{"parcel":"160703200100130","ballots":1,"seal_first":1,"seals":1}',
    b'{"parcel":"\xd9\xa1","ballots":1,"seal_first":1,"seals":1}',
]  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
def test_lines_that_say_something_else_are_refused(line: bytes) -> None:
    for read in (archive.needed_in, archive.device_in, archive.deadline_in, archive.about_in):
        with pytest.raises(Refused):
            read(line)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_line_makes_the_reader_fail_in_another_way(line: bytes) -> None:
    for read in (archive.needed_in, archive.device_in, archive.deadline_in, archive.received_in):
        with contextlib.suppress(Refused):
            read(line)
    with contextlib.suppress(Refused):
        archive.told_in(line.decode("latin-1"))


def test_a_key_that_anybody_can_sign_for_is_refused() -> None:
    small_order = archive.Device(public_key=bytes(31) + b"\x80", post="x", role="y")
    with pytest.raises(Refused) as found:
        archive.device_in(archive.device_line(small_order).encode())
    assert found.value.code == "bad_key"
