"""Questions to a routing server in JSON over HTTP: bounded in time and bytes, redirects are not followed."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from kawal import __version__
from kawal.rules.refusals import Refused

ANSWER_BYTES_MAX: Final = 64 * 2**20  # a table of 50 x 50 is some 250 kB at its wordiest
SILENCE_S: Final = 60.0
ANSWER_S: Final = 120.0
_PIECE_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    told: Mapping[str, Any]


class Server:
    """One server by its address; the connection is kept between questions."""

    def __init__(self, url: str) -> None:
        """Refuses `engine_address`."""
        try:
            parts = urlsplit(url.rstrip("/"))
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            good = False
        if not good or parts.query or parts.fragment or parts.username:
            raise Refused("engine_address", url=url)
        self.url = url.rstrip("/")
        self._path = parts.path
        if parts.scheme == "https":
            context = ssl.create_default_context()
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.netloc, timeout=SILENCE_S, context=context
            )
        else:
            self._connection = http.client.HTTPConnection(parts.netloc, timeout=SILENCE_S)

    def get(self, path: str) -> Reply:
        return self._ask("GET", path, None)

    def post(self, path: str, question: Mapping[str, Any]) -> Reply:
        return self._ask("POST", path, json.dumps(question, separators=(",", ":")).encode())

    def close(self) -> None:
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes | None) -> Reply:
        """Refuses `engine_silent` and `engine_garbled`; an answer of the status 400 is one as well."""
        for last in (False, True):
            try:
                status, told = self._once(method, path, body)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
                self._connection.close()  # a kept connection may have been closed in between: once more
                if last:
                    raise Refused("engine_silent", url=self.url, problem=_named(error)) from None
                continue
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                raise Refused("engine_silent", url=self.url, problem=_named(error)) from None
            return self._read(status, told)
        raise AssertionError("the last try answers or refuses")

    def _once(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        headers = {"User-Agent": f"kawal/{__version__}", "Content-Type": "application/json"}
        until = time.monotonic() + ANSWER_S
        self._connection.request(method, self._path + path, body, headers)
        answer = self._connection.getresponse()
        told = bytearray()
        while piece := answer.read1(_PIECE_BYTES):
            told += piece
            if len(told) > ANSWER_BYTES_MAX or time.monotonic() > until:
                self._connection.close()
                raise Refused("engine_garbled", url=self.url, problem="too_long")
        answer.close()  # so that the connection can carry the next question
        return answer.status, bytes(told)

    def _read(self, status: int, told: bytes) -> Reply:
        try:
            found = json.loads(told)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise Refused("engine_garbled", url=self.url, problem=f"status {status}")
        return Reply(status, found)


def _named(error: Exception) -> str:
    return str(error) or type(error).__name__
