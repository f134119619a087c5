"""The door: where phones and other machines put signed events (docs/door.md).

POST /door/v1/events   one COSE_Sign1, or a CBOR array of up to 500 of them as byte strings
GET  /door/v1/health   the hub's time, the size of its log, whether this is an exercise
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import close_old_connections, connections

from kawal.door import checks
from kawal.door.desk import Desk
from kawal.door.intake import Answer, Answers, Intake
from kawal.rules.refusals import Refused

BODY_S = 30.0  # a body that takes longer is given up
ANSWER_S = 90.0  # so is an answer
RETRY_AFTER_S = 1
OTHER_WRITER_RETRY_AFTER_S = 5  # another hub takes over in about twice that

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# HTTP status of each refusal; what is not here is malformed (400).
_STATUS = {
    "unknown_device": 403, "bad_signature": 403, "no_such_address": 404,
    "wrong_method": 405, "too_slow": 408, "oversized": 413, "body_too_large": 413, "too_many": 413,
    "busy": 503, "not_recorded": 503, "not_the_writer": 503, "log_shrunk": 503, "log_forked": 503,
    "log_closed": 503, "other_log": 503, "log_key_missing": 503, "memory_unreadable": 503,
}  # fmt: skip


class _Gone(Exception):
    """The client has hung up: nobody waits for an answer."""


class Door:
    """An ASGI application. `start` and `stop` are called by whoever runs it, outside of the event loop."""

    def __init__(self, desk: Desk, *, body_s: float = BODY_S, answer_s: float = ANSWER_S) -> None:
        self._desk = desk
        self._body_s, self._answer_s = body_s, answer_s
        self._intake = Intake(desk)
        self._health_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="door-health")

    def start(self) -> None:
        self._intake.start()

    def warm(self) -> None:
        """Starts what is else started by the first large batch."""
        self._intake.warm()

    def stop(self) -> None:
        """Everything taken is written first."""
        self._intake.stop()
        self._health_thread.submit(connections.close_all)
        self._health_thread.shutdown()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            status, answer = await self._answer(scope, receive)
        except _Gone:
            return
        except Refused as refused:
            status, answer = _status(refused), _told(refused)
        await _respond(send, status, answer, closing=status in (408, 413))

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, dict[str, object]]:
        method = {"/door/v1/events": "POST", "/door/v1/health": "GET"}.get(scope["path"])
        if method is None:
            raise Refused("no_such_address")
        if scope["method"] != method:
            raise Refused("wrong_method", allowed=method)
        if method == "GET":
            return 200, await asyncio.get_running_loop().run_in_executor(self._health_thread, self._health)
        body = await self._body(scope, receive)
        self._desk.check_writer()
        events = checks.split(body)
        answers, size = await self._taken(events)
        refusals = [answer for answer in answers if isinstance(answer, Refused)]
        status = _status(refusals[0]) if refusals else 200
        return status, {"receipts": [_receipt(answer) for answer in answers], "size": size}

    async def _taken(self, events: list[bytes]) -> tuple[Answers, int]:
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[tuple[Answers, int]] = loop.create_future()

        def tell(answers: Answers, size: int) -> None:
            if not waiting.done():
                waiting.set_result((answers, size))

        def answered(answers: Answers, size: int) -> None:
            with suppress(RuntimeError):  # the loop has ended: nobody waits
                loop.call_soon_threadsafe(tell, answers, size)

        self._intake.put(events, answered)
        try:
            return await asyncio.wait_for(waiting, self._answer_s)
        except TimeoutError:
            raise Refused("busy") from None

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        too_large = Refused("body_too_large", bytes_max=checks.BODY_BYTES_MAX)
        told = dict(scope["headers"]).get(b"content-length", b"")
        if told.isdigit() and int(told[:20]) > checks.BODY_BYTES_MAX:
            raise too_large
        parts, length = [], 0
        try:
            async with asyncio.timeout(self._body_s):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _Gone
                    part = message.get("body", b"")
                    length += len(part)
                    if length > checks.BODY_BYTES_MAX:
                        raise too_large
                    parts.append(part)
                    if not message.get("more_body", False):
                        return b"".join(parts)
        except TimeoutError:
            raise Refused("too_slow", seconds=self._body_s) from None

    def _health(self) -> dict[str, object]:
        try:
            close_old_connections()
            now = self._desk.now().isoformat()
            told = {"now": now, "size": self._desk.size(), "exercise": self._desk.exercise()}
            return {**told, **self._writing()}
        except Exception:
            raise Refused("busy") from None

    def _writing(self) -> dict[str, object]:
        """Whether this hub takes events in, who does, and why it does not."""
        try:
            self._desk.check_writer()
        except Refused as refused:
            return {"writes": False, "writer": self._desk.writer(), "reason": refused.code}
        return {"writes": True, "writer": self._desk.writer()}


def _status(refused: Refused) -> int:
    return _STATUS.get(refused.code, 400)


def _receipt(answer: Answer | Refused) -> dict[str, object]:
    if isinstance(answer, Refused):
        return _told(answer)
    told: dict[str, object] = {"id": answer.id.hex(), "index": answer.index, "repeated": answer.repeated}
    return told | {"doubted": answer.doubted} if answer.doubted else told


def _told(refused: Refused) -> dict[str, object]:
    return {"refused": refused.code, **refused.facts}


async def _respond(send: Send, status: int, answer: dict[str, object], *, closing: bool) -> None:
    body = json.dumps(answer, default=str).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if status == 503:
        wait_s = OTHER_WRITER_RETRY_AFTER_S if answer.get("refused") == "not_the_writer" else RETRY_AFTER_S
        headers.append((b"retry-after", str(wait_s).encode()))
    if status == 405:
        headers.append((b"allow", str(answer["allowed"]).encode()))
    if closing:  # the rest of the body is not read
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
