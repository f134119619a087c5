"""Duty officers of the exercise: they sign in like people and answer alerts, most of them, after a while."""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode, urlsplit

from kawal.rehearsal.calls import Answer, Caller
from kawal.rules.refusals import Refused

ANSWERS_AFTER_MIN: Final = (5.0, 40.0)
UNANSWERED_SHARE: Final = 0.15  # nobody at the desk: these climb
NOTE: Final = "exercise"


class Session:
    """One officer at the desk: cookies, and the token that the desk asks for with every form."""

    def __init__(self, link: str) -> None:
        self._caller = Caller(link)
        self._path = urlsplit(link).path
        self._cookies: dict[str, str] = {}

    def sign_in(self) -> None:
        """Opens the link and presses its button. Refuses `not_signed_in`."""
        self.get(self._path)
        if self.post(self._path, {}).status not in (200, 302):
            raise Refused("not_signed_in", link=self._path)

    def get(self, path: str) -> Answer:
        return self._call("GET", path, b"", {})

    def post(self, path: str, form: Mapping[str, str]) -> Answer:
        token = self._cookies.get("csrftoken", "")
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "X-CSRFToken": token,
        }
        return self._call("POST", path, urlencode(form).encode(), headers)

    def close(self) -> None:
        self._caller.close()

    def _call(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        told = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer = self._caller.call(method, path, body, {**headers, **({"Cookie": told} if told else {})})
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
        return answer


class Duty:
    """`links`: sign-in link of each post that has a duty officer. The same seed answers alike."""

    def __init__(self, links: Mapping[str, str], seed: int) -> None:
        self._links = links
        self._seed = seed
        self._sessions: dict[str, Session] = {}
        self._known: set[tuple[int, str]] = set()
        self._answers: list[tuple[datetime, int, str]] = []
        self.answered = 0

    def look(self, now: datetime) -> None:
        """Every post reads what awaits it and decides when, or whether, to answer."""
        for post in sorted(self._links):
            for alert in self._awaiting(post):
                self._decide(alert, post, now)

    def act(self, now: datetime) -> None:
        """Answers what is due and still awaits an answer: an alert may have closed or climbed meanwhile."""
        due: dict[str, list[int]] = {}
        while self._answers and self._answers[0][0] <= now:
            _, alert, post = heapq.heappop(self._answers)
            due.setdefault(post, []).append(alert)
        for post, alerts in due.items():
            awaiting = self._awaiting(post)
            for alert in alerts:
                if alert in awaiting:
                    answer = self._session(post).post(f"/alerts/{alert}/acknowledge", {"note": NOTE})
                    self.answered += answer.status == 200

    def next_at(self) -> datetime | None:
        return self._answers[0][0] if self._answers else None

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()

    def _awaiting(self, post: str) -> list[int]:
        answer = self._session(post).get("/alerts/mine.json")
        if answer.status != 200:
            raise Refused("no_alerts_told", post=post, status=answer.status)
        return [int(alert["id"]) for alert in json.loads(answer.body) if alert["step_post"] == post]

    def _decide(self, alert: int, post: str, now: datetime) -> None:
        if (alert, post) in self._known:
            return
        self._known.add((alert, post))
        chance = random.Random(f"{self._seed}|{alert}|{post}")
        if chance.random() < UNANSWERED_SHARE:
            return
        least, most = ANSWERS_AFTER_MIN
        after = timedelta(seconds=round(60 * chance.triangular(least, most, least)))
        heapq.heappush(self._answers, (now + after, alert, post))

    def _session(self, post: str) -> Session:
        if post not in self._sessions:
            self._sessions[post] = Session(self._links[post])
            self._sessions[post].sign_in()
        return self._sessions[post]
