"""Server-sent events: pages of an area hear that something changed, and fetch themselves again.

`/live/<area code, or id for the nation>`, an ASGI app of its own beside Django: a thousand open pages are
a thousand idle coroutines, not threads. One task per process looks once a second at a version that costs
five index look-ups and wakes everybody; the events carry no data, so nothing can leak through them.

    event: changed    something is new since the version last told
    event: alive      nothing is new, and the hub still speaks (every 15 s)
    id:               the version, so that a page knows after a break whether it missed anything
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, close_old_connections, connections
from django.http import HttpRequest, parse_cookie

from kawal.desk.clock import reads as clock
from kawal.desk.custody import projecting
from kawal.desk.ledger import reads as ledger
from kawal.desk.people import access
from kawal.desk.watch.models import AlertAct, RepairRun
from kawal.rules.places.codes import NATION, is_area

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

CLIENTS_MAX: Final = 2000  # about 50 kB each
POLL_S: Final = 1.0
HEARTBEAT_S: Final = 15.0
RETRY_MS: Final = 3000  # a browser that lost the stream comes back after that
AGES_S: Final = 60  # ages and predictions move on even when nothing is told

_log = logging.getLogger(__name__)


def version() -> str:
    """Changes when the log grows, when it is folded, somebody acts on an alert, a repair goes on, an exercise
    moves, a minute is over."""
    act = AlertAct.objects.order_by("-id").values_list("id", flat=True).first() or 0
    repair = RepairRun.objects.order_by("-id").values_list("id", "stage", "outcome").first() or ()
    running = clock.exercise()
    moved = int(running.sim_at.timestamp()) if running else 0
    return (
        f"{ledger.size()}-{projecting.folded()}-{act}-{moved}-{'-'.join(map(str, repair))}"
        f"-{int(clock.real_now().timestamp() // AGES_S)}"
    )


def status_of(path: str, cookies: str) -> int:
    """200, 404 for what is no area, 403 for a stranger and for an area that is not one's own."""
    code = path.removeprefix("/live/")
    area = NATION if code == "id" else code
    if not code or not is_area(area):
        return 404
    session_key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    officer = access.officer_of_user(user.pk) if user.is_authenticated else None
    return 200 if officer is not None and access.can_see(officer, area) else 403


class _Client:
    """One open page: woken when there is news, gone when it closed."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()
        self.gone = False

    async def wait_until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        self.woken.set()


class Live:
    def __init__(
        self,
        read_version: Callable[[], str],
        read_status: Callable[[str, str], int],
        *,
        clients_max: int = CLIENTS_MAX,
        poll_s: float = POLL_S,
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._read_version, self._read_status = read_version, read_status
        self._clients_max, self._poll_s, self._heartbeat_s = clients_max, poll_s, heartbeat_s
        # One thread: one database connection for all that the streams ask.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live")
        self._clients: set[_Client] = set()
        self._poller: asyncio.Task[None] | None = None
        self._version = ""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            return await _refuse(send, 405)
        if len(self._clients) >= self._clients_max:
            return await _refuse(send, 503)
        try:
            status = await self._ask(self._read_status, scope["path"], _cookies(scope))
        except DatabaseError:
            _log.warning("the database did not answer a stream", exc_info=True)
            status = 503
        if status != 200:
            return await _refuse(send, status)
        return await self._stream(receive, send)

    def close(self) -> None:
        """Ends the thread and its database connection; open streams end with their server."""
        self._thread.submit(connections.close_all)
        self._thread.shutdown()

    async def _ask(self, read: Callable[..., Any], *arguments: str) -> Any:
        def fresh() -> Any:
            close_old_connections()  # a database that was restarted is asked on a new connection
            return read(*arguments)

        return await asyncio.get_running_loop().run_in_executor(self._thread, fresh)

    async def _stream(self, receive: Receive, send: Send) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),  # a proxy must not collect what is meant for now
        ]
        client = _Client()
        self._clients.add(client)
        if self._poller is None:
            self._poller = asyncio.create_task(self._poll())
        leaving = asyncio.create_task(client.wait_until_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await _tell(send, f"retry: {RETRY_MS}\n\n")
            await self._speak(client, send)
        except asyncio.CancelledError:
            with suppress(OSError):
                await send({"type": "http.response.body", "body": b""})  # the server ends: so does the stream
            raise
        finally:
            leaving.cancel()
            self._clients.discard(client)
            if not self._clients and self._poller is not None:
                self._poller.cancel()
                self._poller, self._version = None, ""

    async def _speak(self, client: _Client, send: Send) -> None:
        told = ""
        while not client.gone:
            client.woken.clear()
            if self._version and self._version != told:
                told = self._version
                await _tell(send, f"event: changed\nid: {told}\ndata: {{}}\n\n")
            elif told:
                await _tell(send, f"event: alive\nid: {told}\ndata: {{}}\n\n")
            with suppress(TimeoutError):
                await asyncio.wait_for(client.woken.wait(), self._heartbeat_s)

    async def _poll(self) -> None:
        while True:
            try:
                seen = await self._ask(self._read_version)
            except DatabaseError:
                # Pages say by themselves how old their data are; the streams stay open for better times.
                _log.warning("the version could not be read", exc_info=True)
            else:
                if seen != self._version:
                    self._version = seen
                    for client in self._clients:
                        client.woken.set()
            await asyncio.sleep(self._poll_s)


def _cookies(scope: Message) -> str:
    return "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie")


async def _tell(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if status == 503:
        headers.append((b"retry-after", b"30"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


app = Live(version, status_of)
