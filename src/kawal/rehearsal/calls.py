"""Calls to the hub over HTTP, as a phone makes them: one kept connection, patience while nobody answers."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from kawal.rules.refusals import Refused

PATIENCE_S: Final = 120.0  # with a hub that is away or busy; then it is gone for good
CALL_S_MAX: Final = 100.0  # the door itself gives up after 90
WAIT_S: Final = (0.1, 3.0)  # before trying again: first, and at most
BUSY: Final = (429, 503)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Caller:
    """Not shared between threads. `outages`: how often the hub was away and came back."""

    def __init__(self, hub: str, *, patience_s: float = PATIENCE_S) -> None:
        address = urlsplit(hub)
        if address.scheme != "http" or address.hostname is None:
            raise ValueError(f"not a hub's address: {hub!r}")
        self._connection = http.client.HTTPConnection(
            address.hostname, address.port or 80, timeout=CALL_S_MAX
        )
        self._patience_s = patience_s
        self.outages = 0

    def call(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The first answer of a hub that is neither away nor busy. Refuses `hub_away` after `patience_s`.

        Everything that a rehearsal asks of a hub may be asked twice: a lost answer costs nothing.
        """
        until = time.monotonic() + self._patience_s
        wait_s, was_away = WAIT_S[0], False
        while True:
            answer = self._once(method, path, body, headers or {})
            if answer is None:
                was_away = True
            elif answer.status not in BUSY:
                self.outages += was_away
                return answer
            if time.monotonic() > until:
                raise Refused("hub_away", seconds=self._patience_s)
            time.sleep(max(wait_s, _asked_for_s(answer)))
            wait_s = min(WAIT_S[1], wait_s * 2)

    def close(self) -> None:
        self._connection.close()

    def _once(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer | None:
        try:
            self._connection.request(method, path, body=body or None, headers=dict(headers))
            response = self._connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException):
            self._connection.close()  # opens itself again at the next request
            return None


def _asked_for_s(answer: Answer | None) -> float:
    told = answer.headers.get("Retry-After", "") if answer else ""
    return min(float(told), WAIT_S[1]) if told.isdigit() else 0.0
