"""The witness over HTTP (ASGI). Nobody signs in: what counts is the log's signature.

POST /add-checkpoint                      C2SP tlog-witness
GET  /<hex SHA-256 of origin>/checkpoint  the checkpoint of that log cosigned last
GET  /mirror/<the same>/...               its copy, as C2SP tlog-tiles serves a log
GET  /checkpoint, /tile/...               the same, where only one log is witnessed
GET  /                                    who this witness is, in a few lines
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, TypeVar

from kawal.rules.ledger import tiles, witnessing
from kawal.rules.refusals import Refused
from kawal.witness import cosigning
from kawal.witness.mirror import Mirror
from kawal.witness.state import State

BODY_S: Final = 15.0  # a body that takes longer is given up
SIZE_TYPE: Final = "text/x.tlog.size"
_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_PRIVATE_FOR_EVER: Final = "private, max-age=31536000, immutable"
_FOR_SECONDS: Final = "public, max-age=2"
_LATEST = re.compile(r"/([0-9a-f]{64})/checkpoint")
_OF_MIRROR = re.compile(r"(?:/mirror/([0-9a-f]{64}))?/(checkpoint|tile/.+)")
_TILE = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/([x0-9/]+)(?:\.p/([1-9][0-9]{0,2}))?")

T = TypeVar("T")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    kind: str = _TEXT
    cache: str = "no-store"
    more: tuple[tuple[str, str], ...] = ()


class Witness:
    """`opened` opens the state in the one thread that asks it. `entries_token`: who shows it may read the
    entries of copies that are not for everybody."""

    def __init__(self, opened: Callable[[], State], *, entries_token: str = "") -> None:
        self._opened, self._entries_token = opened, entries_token
        self._state: State | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="witness-state")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live_and_end(receive, send)
        elif scope["type"] == "http":
            answer = await self._answer(scope, receive)
            await _respond(send, answer, head_only=scope["method"] == "HEAD")

    async def _live_and_end(self, receive: Receive, send: Send) -> None:
        await receive()
        self._state = await self._in_thread(self._opened)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._in_thread(self._state.close)
        self._thread.shutdown()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        path, method = scope["path"], scope["method"]
        try:
            if path == "/add-checkpoint":
                if method != "POST":
                    return _not_allowed("POST")
                body = await _body(scope, receive)
                return await self._in_thread(self._add_checkpoint, body)
            if method not in {"GET", "HEAD"}:
                return _not_allowed("GET, HEAD")
            shown = dict(scope["headers"]).get(b"authorization", b"")
            return await self._in_thread(self._read, path, shown)
        except Refused as refused:
            return _refusal(refused)

    def _add_checkpoint(self, body: bytes) -> Answer:
        assert self._state is not None
        try:
            line = cosigning.add_checkpoint(self._state, body, now_s=int(time.time()))
        except Refused as refused:
            if refused.code == "wrong_old_size":
                return Answer(409, f"{refused.facts['size']}\n".encode(), SIZE_TYPE)
            raise
        return Answer(200, line.encode())

    def _read(self, path: str, shown: bytes) -> Answer:
        assert self._state is not None
        if path == "/":
            return Answer(200, self._about().encode())
        if found := _LATEST.fullmatch(path):
            last = self._state.last(self._origin(found[1]))
            return _nothing_there() if last is None else Answer(200, last.note.encode(), cache=_FOR_SECONDS)
        if found := _OF_MIRROR.fullmatch(path):
            return self._of_mirror(Mirror(self._state, self._origin(found[1])), found[2], shown)
        return _nothing_there()

    def _of_mirror(self, mirror: Mirror, path: str, shown: bytes) -> Answer:
        held = mirror.held
        if path == "checkpoint":
            return Answer(200, held.note.encode(), cache=_FOR_SECONDS) if held.note else _nothing_there()
        found = _TILE.fullmatch(path)
        width = int(found[3] or tiles.WIDTH) if found else 0
        if found is None or (found[3] and width >= tiles.WIDTH):
            return _nothing_there()
        number = tiles.number_of(found[2])
        if found[1] != "entries":
            return Answer(200, mirror.tile_served(int(found[1]), number, width), _BYTES, _FOR_EVER)
        if held.private and not self._may_read(shown):
            raise Refused("entries_not_public")
        cache = _PRIVATE_FOR_EVER if held.private else _FOR_EVER
        return Answer(200, mirror.bundle_served(number, width), _BYTES, cache)

    def _may_read(self, shown: bytes) -> bool:
        wanted = f"Bearer {self._entries_token}".encode()
        return bool(self._entries_token) and secrets.compare_digest(shown, wanted)

    def _origin(self, digest: str | None) -> str:
        """The log of that digest; the only one, where none is named. Refuses `no_such_tile`."""
        assert self._state is not None
        origins = list(self._state.logs())
        found = [one for one in origins if digest in (None, sha256(one.encode()).hexdigest())]
        if len(found) != 1:
            raise Refused("no_such_tile")
        return found[0]

    def _about(self) -> str:
        assert self._state is not None
        lines = [f"Kawal witness {self._state.name}", str(self._state.verifier_key)]
        for origin in self._state.logs():
            last = self._state.last(origin)
            lines.append(f"{origin} {last.head.size if last else 0} {sha256(origin.encode()).hexdigest()}")
        return "".join(f"{line}\n" for line in lines)

    async def _in_thread(self, work: Callable[..., T], *values: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *values)


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Refuses `body_too_large`, `too_slow` and `cut_short`; what is too large is not read."""
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if length.isdigit() and int(length) > witnessing.REQUEST_BYTES_MAX:
        raise Refused("body_too_large", bytes_max=witnessing.REQUEST_BYTES_MAX)
    parts: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(BODY_S):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused("cut_short")
                parts.append(message.get("body", b""))
                size, more = size + len(parts[-1]), message.get("more_body", False)
                if size > witnessing.REQUEST_BYTES_MAX:
                    raise Refused("body_too_large", bytes_max=witnessing.REQUEST_BYTES_MAX)
    except TimeoutError:
        raise Refused("too_slow", seconds=BODY_S) from None
    return b"".join(parts)


_STATUSES: Final = {
    **witnessing.STATUSES, "no_such_tile": 404, "entries_not_public": 401, "body_too_large": 413,
    "too_slow": 408, "cut_short": 400,
}  # fmt: skip
_CLOSING: Final = {"body_too_large", "too_slow", "cut_short"}  # the rest of the body is not read


def _refusal(refused: Refused) -> Answer:
    if refused.code == "no_such_tile":
        return _nothing_there()
    more = [("connection", "close")] if refused.code in _CLOSING else []
    if refused.code == "entries_not_public":
        more.append(("www-authenticate", 'Bearer realm="entries"'))
    return Answer(_STATUSES[refused.code], f"{refused}\n".encode(), more=tuple(more))


def _nothing_there() -> Answer:
    return Answer(404, b"not found\n")


def _not_allowed(allowed: str) -> Answer:
    return Answer(405, b"method not allowed\n", more=(("allow", allowed),))


async def _respond(send: Send, answer: Answer, *, head_only: bool) -> None:
    headers = {
        "content-type": answer.kind, "content-length": str(len(answer.body)), "cache-control": answer.cache,
        "x-content-type-options": "nosniff", "access-control-allow-origin": "*",
    }  # fmt: skip
    lines = [*headers.items(), *answer.more]
    start = [(name.encode(), value.encode()) for name, value in lines]
    await send({"type": "http.response.start", "status": answer.status, "headers": start})
    await send({"type": "http.response.body", "body": b"" if head_only else answer.body})
