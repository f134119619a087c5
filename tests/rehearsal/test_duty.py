"""Duty officers sign in like people, answer most alerts after a while, and leave some to climb."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from kawal.rehearsal.duty import ANSWERS_AFTER_MIN, UNANSWERED_SHARE, Duty
from kawal.rules.refusals import Refused
from tests.rehearsal import small

NOW = small.at(-3, 9)
POSTS = ("polri/99.01", "polri/99.01.01")


class PaperDesk:
    """Signs in with a cookie and a form token as the desk does, and keeps what was answered."""

    def __init__(self) -> None:
        self.alerts: list[dict[str, Any]] = []
        self.answered: list[tuple[int, str]] = []
        desk = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65_536  # head and body in one packet: no waiting for a delayed ACK

            def do_GET(self) -> None:
                address = urlsplit(self.path)
                if address.path.startswith("/sign-in/"):
                    self._answer(200, b"<form>", "csrftoken=t1; Path=/; SameSite=Lax")
                elif self._post() is None:
                    self._answer(302, b"", None)
                else:
                    own = [alert for alert in desk.alerts if alert["step_post"] == self._post()]
                    self._answer(200, json.dumps(own).encode(), None)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"] or 0))
                if self.headers["X-CSRFToken"] != "t1" or "csrftoken=t1" not in self.headers["Cookie"]:
                    self._answer(403, b"", None)
                elif self.path.startswith("/sign-in/good-"):
                    post = self.path.removeprefix("/sign-in/good-")
                    self._answer(302, b"", f"sessionid={post}; HttpOnly; Path=/")
                elif self.path.startswith("/alerts/") and self._post() is not None:
                    desk.answered.append((int(self.path.split("/")[2]), str(self._post())))
                    self._answer(200, b"{}", None)
                else:
                    self._answer(403, b"", None)

            def _post(self) -> str | None:
                told = dict(pair.split("=") for pair in self.headers.get("Cookie", "").split("; ") if pair)
                return {str(number): post for number, post in enumerate(POSTS)}.get(told.get("sessionid", ""))

            def _answer(self, status: int, body: bytes, cookie: str | None) -> None:
                self.send_response(status)
                if cookie:
                    self.send_header("Set-Cookie", cookie)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def links(self, kind: str = "good") -> dict[str, str]:
        port = self.server.server_port
        return {post: f"http://127.0.0.1:{port}/sign-in/{kind}-{number}" for number, post in enumerate(POSTS)}


@pytest.fixture
def desk() -> Iterator[PaperDesk]:
    desk = PaperDesk()
    thread = threading.Thread(target=desk.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield desk
    desk.server.shutdown()
    thread.join()
    desk.server.server_close()


def _alerts(count: int, post: str) -> list[dict[str, Any]]:
    return [{"id": number, "opened_at": NOW.isoformat(), "step_post": post} for number in range(count)]


def test_most_alerts_are_answered_after_a_while_and_some_never(desk: PaperDesk) -> None:
    desk.alerts = _alerts(200, POSTS[1])
    duty = Duty(desk.links(), seed=1)
    duty.look(NOW)
    duty.act(NOW + timedelta(minutes=ANSWERS_AFTER_MIN[0]) - timedelta(seconds=1))
    assert not desk.answered
    duty.act(NOW + timedelta(minutes=ANSWERS_AFTER_MIN[1]))
    duty.close()
    assert duty.answered == len(desk.answered) == len(set(desk.answered))
    assert 0.5 * UNANSWERED_SHARE < 1 - duty.answered / 200 < 1.6 * UNANSWERED_SHARE
    assert {post for _, post in desk.answered} == {POSTS[1]}
    assert duty.next_at() is None


def test_an_alert_that_climbs_is_answered_by_the_next_post(desk: PaperDesk) -> None:
    desk.alerts = _alerts(40, POSTS[1])
    duty = Duty(desk.links(), seed=1)
    duty.look(NOW)
    desk.alerts = _alerts(40, POSTS[0])
    later = NOW + timedelta(hours=1)
    duty.look(later)
    duty.look(later)
    duty.act(later + timedelta(hours=1))
    duty.close()
    assert {post for _, post in desk.answered} == {POSTS[0]}
    assert len(desk.answered) == len(set(desk.answered)) > 20


def test_an_alert_that_closed_meanwhile_is_left_alone(desk: PaperDesk) -> None:
    desk.alerts = _alerts(40, POSTS[1])
    duty = Duty(desk.links(), seed=1)
    duty.look(NOW)
    desk.alerts = []
    duty.act(NOW + timedelta(hours=1))
    duty.close()
    assert not desk.answered
    assert duty.next_at() is None


def test_the_same_seed_answers_alike_and_another_does_not(desk: PaperDesk) -> None:
    desk.alerts = _alerts(60, POSTS[1])
    answers = []
    for seed in (1, 1, 2):
        desk.answered = []
        duty = Duty(desk.links(), seed)
        duty.look(NOW)
        duty.act(NOW + timedelta(hours=1))
        duty.close()
        answers.append(desk.answered)
    assert answers[0] == answers[1] != answers[2]


def test_a_link_that_signs_nobody_in_is_said(desk: PaperDesk) -> None:
    duty = Duty(desk.links("bad"), seed=1)
    with pytest.raises(Refused, match="not_signed_in"):
        duty.look(NOW)
    duty.close()
