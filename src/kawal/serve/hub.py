"""One ASGI application of all that the hub serves.

/door/...   the door: its own small app, without Django's middleware
/live/...   server-sent events, natively asynchronous
the rest    Django in four threads, which keep their database connections
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware

from kawal.door import desk
from kawal.door.app import Door

DESK_THREADS = 4
WATCH_STOPS_S = 5.0

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_log = logging.getLogger(__name__)


def application() -> App:
    """The hub of this installation (KAWAL_HOME), its threads not yet started: lifespan does that."""
    from django.core.wsgi import get_wsgi_application

    django: Any = get_wsgi_application()
    from kawal.desk.report import live
    from kawal.desk.watch import loop

    pages: Any = WSGIMiddleware(django, workers=DESK_THREADS)
    return Hub(Door(desk.real()), live.app, pages, loop.run)


class Hub:
    """Sends each request to its app; starts and stops the threads beside them."""

    def __init__(self, door: Door, live: App, pages: App, watch: Callable[[threading.Event], object]) -> None:
        self._door, self._live, self._pages = door, live, pages
        self._stop = threading.Event()
        self._watch = threading.Thread(target=watch, args=(self._stop,), name="watch", daemon=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live_and_end(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"].startswith("/door/"):
            await self._door(scope, receive, send)
        elif scope["path"].startswith("/live/"):
            await self._live(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _live_and_end(self, receive: Receive, send: Send) -> None:
        await receive()
        self._door.start()
        self._watch.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._stop.set()
        await asyncio.to_thread(self._door.stop)
        await asyncio.to_thread(self._watch.join, WATCH_STOPS_S)
        if self._watch.is_alive():
            _log.warning("the watch did not end in time and is left behind")
        await send({"type": "lifespan.shutdown.complete"})
