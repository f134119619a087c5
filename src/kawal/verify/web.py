"""A log read by HTTP, from anybody who serves C2SP tlog-tiles: bounded in bytes and time, patient with
weak links, unmoved by what a hostile server sends."""

from __future__ import annotations

import http.client
import time
import zlib
from dataclasses import dataclass
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

from kawal import __version__
from kawal.rules.refusals import Refused

_TRY_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_THERE: Final = frozenset({404, 410})
_PIECE_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """What one resource may cost."""

    silence_s: float = 30.0  # between two pieces
    resource_s: float = 120.0  # for a whole resource, or a server that drips would hold us for ever
    tries: int = 4
    pause_s: float = 0.5  # before the second try; doubles


class Web:
    """The log below an address, `https://kawal.kpu.go.id/log/2029` as much as `http://127.0.0.1:8000`.

    `token` is shown to the server itself as a bearer token, never to where it redirects.
    """

    def __init__(self, url: str, *, token: str = "", limits: Limits | None = None, ahead: int = 8) -> None:
        if not _is_address(url):
            raise Refused("source_address", url=url[:200])
        self.url = url.rstrip("/")
        self.ahead = ahead
        self._token = token
        self._limits = limits or Limits()
        self._opener = OpenerDirector()  # of HTTP alone: no files, no FTP, whatever a redirect says
        for handler in (
            ProxyHandler(),
            HTTPHandler(),
            HTTPSHandler(),
            HTTPRedirectHandler(),
            HTTPErrorProcessor(),
            HTTPDefaultErrorHandler(),
            UnknownHandler(),
        ):
            self._opener.add_handler(handler)

    def read(self, path: str, bytes_max: int) -> bytes:
        """As `source.Place` says. Refuses also `source_status`, `source_unreachable`, `source_too_slow` and
        `source_encoding`."""
        for left in reversed(range(self._limits.tries)):
            pause_s = self._limits.pause_s * 2 ** (self._limits.tries - 1 - left)
            try:
                return self._once(path, bytes_max)
            except HTTPError as error:
                error.close()
                if error.code in _NOT_THERE:
                    raise Refused("source_missing", path=path) from None
                if error.code not in _TRY_AGAIN or not left:
                    raise Refused("source_status", path=path, status=error.code) from None
                pause_s = max(pause_s, _retry_after_s(error.headers.get("Retry-After", "")))
            except (OSError, http.client.HTTPException) as error:
                if not left:
                    raise _unreachable(path, error) from None
            time.sleep(pause_s)
        raise AssertionError("the last try answers or refuses")

    def _once(self, path: str, bytes_max: int) -> bytes:
        request = Request(f"{self.url}/{path}", headers={"User-Agent": f"kawal/{__version__}"})  # noqa: S310
        request.add_header("Accept-Encoding", "gzip")
        if self._token:
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        until = time.monotonic() + self._limits.resource_s
        with self._opener.open(request, timeout=self._limits.silence_s) as answer:
            encoding = (answer.headers.get("Content-Encoding") or "identity").strip().lower()
            if encoding not in {"identity", "gzip", "x-gzip"}:
                raise Refused("source_encoding", path=path, encoding=encoding[:40])
            unpacked = None if encoding == "identity" else zlib.decompressobj(zlib.MAX_WBITS | 16)
            parts: list[bytes] = []
            length = 0
            # read1 answers with what there is: `read` would wait for a whole piece that drips in.
            while piece := answer.read1(_PIECE_BYTES):
                if unpacked is not None:
                    piece = _unpacked(unpacked, piece, bytes_max + 1 - length, path)
                parts.append(piece)
                length += len(piece)
                if length > bytes_max:
                    raise Refused("source_too_large", path=path, bytes_max=bytes_max)
                if time.monotonic() > until:
                    raise Refused("source_too_slow", path=path, seconds=round(self._limits.resource_s))
            # http.client counts down what was promised; gzip knows its own end.
            if answer.length or (unpacked is not None and not unpacked.eof):
                raise http.client.IncompleteRead(b"", answer.length)
        return b"".join(parts)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return whole and parts.scheme in {"http", "https"} and not (parts.query or parts.fragment)


def _unpacked(stream: zlib._Decompress, piece: bytes, room: int, path: str) -> bytes:
    """Never more than there is room for, however much a few bytes unpack to; `room` is at least 1."""
    try:
        return stream.decompress(piece, room)
    except zlib.error:
        raise Refused("source_encoding", path=path, encoding="gzip") from None


def _retry_after_s(told: str) -> float:
    return min(float(told), 30.0) if told.isascii() and told.isdigit() else 0.0


def _unreachable(path: str, error: Exception) -> Refused:
    reason = error.reason if isinstance(error, URLError) else error
    return Refused("source_unreachable", path=path, detail=str(reason)[:200] or type(error).__name__)
