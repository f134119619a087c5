import gzip
import time

import pytest

from kawal.rules.refusals import Refused
from kawal.verify.web import Limits, Web

from .served import Handler, served

QUICK = Limits(silence_s=2.0, resource_s=0.6, tries=3, pause_s=0.01)


def refused(url: str, path: str = "x", bytes_max: int = 100) -> Refused:
    with pytest.raises(Refused) as found:
        Web(url, limits=QUICK).read(path, bytes_max)
    return found.value


def test_what_is_not_there_is_asked_for_once() -> None:
    with served({}) as (url, asked):
        assert refused(url).code == "source_missing"
    assert len(asked) == 1


def test_gzip_is_unpacked_and_a_bomb_is_not() -> None:
    def answer(self: Handler, path: str) -> None:
        self.send(200, gzip.compress(bytes(int(path))), Content_Encoding="gzip")

    with served({}, answer) as (url, _):
        assert Web(url, limits=QUICK).read("100", 100) == bytes(100)
        assert refused(url, "101").code == "source_too_large"
        assert refused(url, "5000000").code == "source_too_large"


def test_encodings_that_nobody_asked_for_are_refused() -> None:
    with served({}, lambda self, path: self.send(200, b"x", Content_Encoding="br")) as (url, _):
        assert refused(url).code == "source_encoding"
    with served({}, lambda self, path: self.send(200, b"no gzip", Content_Encoding="gzip")) as (url, _):
        assert refused(url).code == "source_encoding"


def test_a_hub_that_is_busy_for_a_moment_is_asked_again() -> None:
    tries = []

    def answer(self: Handler, path: str) -> None:
        tries.append(path)
        self.send(503 if len(tries) < 3 else 200, b"here", Retry_After="0")

    with served({}, answer) as (url, _):
        assert Web(url, limits=QUICK).read("x", 100) == b"here"


@pytest.mark.parametrize("status", [500, 503])
def test_a_hub_that_stays_busy_is_named(status: int) -> None:
    with served({}, lambda self, path: self.send(status, b"")) as (url, asked):
        found = refused(url)
    assert (found.code, found.facts["status"], len(asked)) == ("source_status", status, 3)


def test_no_answer_that_is_cut_short_is_taken() -> None:
    def answer(self: Handler, path: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "10")
        self.end_headers()
        self.wfile.write(b"12345")
        self.close_connection = True

    with served({}, answer) as (url, asked):
        assert refused(url).code == "source_unreachable"
    assert len(asked) == 3


def test_gzip_that_is_cut_short_is_not_taken() -> None:
    with served(
        {}, lambda self, path: self.send(200, gzip.compress(b"x" * 50)[:-9], Content_Encoding="gzip")
    ) as (
        url,
        _,
    ):
        assert refused(url).code == "source_unreachable"


def test_a_server_that_drips_is_left() -> None:
    def answer(self: Handler, path: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "90")
        self.end_headers()
        try:
            for _ in range(90):
                self.wfile.write(b".")
                time.sleep(0.05)
        except OSError:
            pass

    started = time.monotonic()
    with served({}, answer) as (url, _):
        assert refused(url).code == "source_too_slow"
        assert time.monotonic() - started < 3


def test_nobody_there_is_a_refusal() -> None:
    with served({}) as (url, _):
        pass
    assert refused(url).code == "source_unreachable"


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1:9/x", "data:,x", "//127.0.0.1:9"])
def test_a_redirect_leads_to_no_file(place: str) -> None:
    with served({}, lambda self, path: self.send(302, b"", Location=place)) as (url, _):
        assert refused(url).code in {"source_unreachable", "source_status"}


@pytest.mark.parametrize(
    "url",
    ["", "kawal", "file:///x", "ftp://x/", "http://", "http://[::1", "http://x/?a=b", "http://x:99999/"],
)
def test_what_is_no_address_of_a_log_is_refused(url: str) -> None:
    with pytest.raises(Refused) as found:
        Web(url)
    assert found.value.code == "source_address"


def test_the_token_is_shown_to_the_log_and_not_to_where_it_sends_us() -> None:
    with (
        served({"x": b"here"}) as (other, asked_other),
        served({}, lambda self, path: self.send(302, b"", Location=f"{other}/x")) as (url, asked),
    ):
        assert Web(url, token="secret", limits=QUICK).read("x", 100) == b"here"
    assert asked[0][1]["Authorization"] == "Bearer secret"
    assert "Authorization" not in asked_other[0][1]
