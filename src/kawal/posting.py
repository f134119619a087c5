"""One POST to another program of the log's world, bounded in time and bytes; redirects are not followed."""

from __future__ import annotations

import http.client
import ssl
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from kawal import __version__

ANSWER_BYTES_MAX: Final = 65_536  # what is longer is cut there
ANSWER_S: Final = 15.0  # for a whole answer, however steadily it drips


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    kind: str  # Content-Type
    body: str


def post(url: str, body: bytes, *, silence_s: float) -> Answer:
    """Raises TimeoutError where nothing comes for `silence_s`, other OSErrors where nobody is there."""
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.netloc, timeout=silence_s, context=context)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=silence_s)
    until = time.monotonic() + ANSWER_S
    try:
        headers = {"User-Agent": f"kawal/{__version__}", "Content-Type": "text/plain; charset=utf-8"}
        connection.request("POST", parts.path, body, headers)
        answer = connection.getresponse()
        told = b""
        while len(told) <= ANSWER_BYTES_MAX and (piece := answer.read1(8_192)):
            told += piece
            if time.monotonic() > until:
                raise TimeoutError
        kind = (answer.headers.get("Content-Type") or "").strip()
        return Answer(answer.status, kind, told[:ANSWER_BYTES_MAX].decode("utf-8", "replace"))
    except (http.client.HTTPException, ValueError) as error:
        raise ConnectionError(str(error) or type(error).__name__) from None
    finally:
        connection.close()
