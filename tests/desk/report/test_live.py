"""Streams of news: who may listen, what is told, and that nobody is left behind."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any

import pytest
import uvicorn
from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction
from django.test import Client

from kawal.desk.clock.models import Exercise
from kawal.desk.ledger import actions as ledger
from kawal.desk.people import actions as people
from kawal.desk.report.live import Live, status_of, version
from kawal.rules.places.facts import Area

BANYUASIN = Area(code="16.07", level="regency", name="Kabupaten Banyuasin")
SCOPE = {"type": "http", "method": "GET", "path": "/live/16.07", "headers": []}


class Page:
    """A browser's end of an ASGI call: collects what is told, leaves when told to."""

    def __init__(self, app: Live, scope: dict[str, Any] | None = None) -> None:
        self.told: list[dict[str, Any]] = []
        self.left = asyncio.Event()
        self.news = asyncio.Event()
        self.call = asyncio.create_task(app({**SCOPE, **(scope or {})}, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.told.append(dict(message))
        self.news.set()

    @property
    def text(self) -> str:
        return b"".join(each.get("body", b"") for each in self.told).decode()

    async def until(self, text: str) -> None:
        while text not in self.text:
            self.news.clear()
            await asyncio.wait_for(self.news.wait(), 5)

    async def leave(self) -> None:
        self.left.set()
        await asyncio.wait_for(self.call, 5)


@contextmanager
def live(read_version: Callable[[], str], status: int = 200, **limits: Any) -> Iterator[Live]:
    app = Live(read_version, lambda path, cookies: status, **{"poll_s": 0.01, **limits})
    yield app
    app.close()


def test_every_open_page_hears_of_a_change_and_of_its_version() -> None:
    seen = ["1"]

    async def story(app: Live) -> None:
        pages = [Page(app), Page(app)]
        for page in pages:
            await page.until("event: changed\nid: 1\n")
        seen[0] = "2"
        for page in pages:
            await page.until("event: changed\nid: 2\n")
            assert page.text.count("event: changed") == 2
            await page.leave()

    with live(lambda: seen[0]) as app:
        asyncio.run(story(app))


def test_a_silent_hub_says_that_it_is_alive() -> None:
    async def story(app: Live) -> None:
        page = Page(app)
        await page.until("event: alive\nid: 7\n")
        await page.leave()

    with live(lambda: "7", heartbeat_s=0.02) as app:
        asyncio.run(story(app))


def test_one_task_asks_for_all_pages_and_ends_with_the_last() -> None:
    asked: list[int] = []

    def read() -> str:
        asked.append(1)
        return "1"

    async def story(app: Live) -> None:
        pages = [Page(app) for _ in range(50)]
        for page in pages:
            await page.until("id: 1\n")
        assert len(asked) == 1
        for page in pages:
            await page.leave()
        assert app._poller is None

    with live(read, poll_s=60) as app:
        asyncio.run(story(app))


def test_more_pages_than_the_limit_are_told_to_come_back() -> None:
    async def story(app: Live) -> None:
        first = Page(app)
        await first.until("id: 1\n")
        second = Page(app)
        await asyncio.wait_for(second.call, 5)
        assert second.told[0]["status"] == 503
        assert (b"retry-after", b"30") in second.told[0]["headers"]
        await first.leave()
        third = Page(app)
        await third.until("id: 1\n")
        await third.leave()

    with live(lambda: "1", clients_max=1) as app:
        asyncio.run(story(app))


@pytest.mark.parametrize(("status", "method"), [(403, "GET"), (404, "GET"), (405, "POST")])
def test_who_may_not_listen_gets_an_answer_and_no_stream(status: int, method: str) -> None:
    async def story(app: Live) -> None:
        page = Page(app, {"method": method})
        await asyncio.wait_for(page.call, 5)
        assert [each.get("status") for each in page.told] == [status, None]
        assert page.text == ""

    with live(lambda: "1", status=status) as app:
        asyncio.run(story(app))


def test_a_database_that_does_not_answer_leaves_the_streams_open(caplog: pytest.LogCaptureFixture) -> None:
    answers: list[str | None] = [None, None, "5"]

    def read() -> str:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer is None:
            raise DatabaseError("gone")
        return answer

    async def story(app: Live) -> None:
        page = Page(app)
        await page.until("id: 5\n")
        await page.leave()

    with live(read) as app:
        asyncio.run(story(app))
    assert "could not be read" in caplog.text


def test_a_stream_over_a_real_server_ends_when_the_server_ends() -> None:
    with live(lambda: "3") as app:
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, lifespan="off", log_level="critical", timeout_graceful_shutdown=1, ws="none", http="h11"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        connection = HTTPConnection("127.0.0.1", sock.getsockname()[1], timeout=10)
        connection.request("GET", "/live/id")
        answer = connection.getresponse()
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        told = b""
        while b"id: 3\n" not in told:
            told += answer.readline()
        server.should_exit = True
        assert answer.read().strip() in (b"", b"data: {}")
        thread.join(10)
        assert not thread.is_alive()
        connection.close()
        sock.close()


def _cookies(username: str) -> str:
    browser = Client()
    browser.force_login(get_user_model().objects.get(username=username))
    return f"sessionid={browser.cookies['sessionid'].value}"


@pytest.mark.django_db
def test_an_officer_follows_the_own_subtree_and_nothing_beside_it() -> None:
    people.found_posts([BANYUASIN])
    people.add_officer("piket", post="polri/16.07", role="duty", password=None)
    cookies = _cookies("piket")
    assert status_of("/live/16.07", cookies) == 200
    assert status_of("/live/16.07.03", cookies) == 200
    assert status_of("/live/16.71", cookies) == 403
    assert status_of("/live/16", cookies) == 403
    assert status_of("/live/id", cookies) == 403


@pytest.mark.django_db
def test_strangers_users_without_a_post_and_odd_addresses_are_turned_away() -> None:
    get_user_model().objects.create_user("nobody")
    assert status_of("/live/16.07", "") == 403
    assert status_of("/live/16.07", "sessionid=invented") == 403
    assert status_of("/live/16.07", _cookies("nobody")) == 403
    assert status_of("/live/", "") == 404
    assert status_of("/live/../secret", "") == 404


@pytest.mark.django_db
def test_the_version_moves_with_the_log_and_with_an_exercise(monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime(2024, 2, 12, 12, tzinfo=UTC)
    monkeypatch.setattr("kawal.desk.clock.reads.real_now", lambda: noon)
    versions = [version(), version()]
    with transaction.atomic():
        ledger.append([(b"\x01" * 32, b"signed")], received_at=noon)
    versions.append(version())
    Exercise.objects.create(name="Latihan", seed=1, sim_at=noon, real_at=noon, speed=0, token="t")
    versions.append(version())
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3
