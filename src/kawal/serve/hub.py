"""One ASGI application of all that the hub serves.

/door/...   the door: its own small app, without Django's middleware
/live/...   server-sent events, natively asynchronous
the rest    Django in four threads, which keep their database connections
"""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any, Protocol

from a2wsgi import WSGIMiddleware
from django.db import DatabaseError, connection

from kawal.door import desk
from kawal.door.app import Door
from kawal.serve.projection import Projection

DESK_THREADS = 4
WATCH_STOPS_S = 5.0
PUBLISHER_STOPS_S = 10.0
PEN_STOPS_S = 5.0
REPAIRS_STOP_S = 5.0

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Loop = Callable[[threading.Event], object]


class Keeper(Protocol):
    """Of the pen: whoever holds it adds to the log and signs its head."""

    def begin(self) -> None: ...
    def run(self, stop: threading.Event) -> None: ...


_log = logging.getLogger(__name__)


def application(name: str, place: str) -> App:
    """The hub of this installation (KAWAL_HOME), its threads not yet started: lifespan does that.

    `name` tells people which hub it is, `place` tells its home from all others.
    """
    from django.core.wsgi import get_wsgi_application

    django: Any = get_wsgi_application()
    from kawal.desk.ledger import copies, pen
    from kawal.desk.ledger import loop as publisher
    from kawal.desk.report import live
    from kawal.desk.watch import loop as watch
    from kawal.serve import repairs

    pages: Any = WSGIMiddleware(django, workers=DESK_THREADS)
    projection = Projection()
    door = Door(desk.real(grown=projection.wake))
    looks: Loop = partial(watch.run, mine=pen.held)
    mends: Loop = partial(repairs.run, mine=pen.held)
    keeper = pen.Keeper(name, place, copies.judged)
    return Hub(door, projection, live.app, pages, looks, publisher.run, mends, keeper=keeper)


class Hub:
    """Sends each request to its app; starts and stops what runs beside them."""

    def __init__(
        self,
        door: Door,
        projection: Projection,
        live: App,
        pages: App,
        watch: Loop,
        publisher: Loop,
        repairs: Loop,
        *,
        keeper: Keeper,
    ) -> None:
        self._door, self._projection, self._live, self._pages = door, projection, live, pages
        self._watch = _Beside("watch", watch, WATCH_STOPS_S)
        self._publisher = _Beside("publisher", publisher, PUBLISHER_STOPS_S)
        self._repairs = _Beside("repairs", repairs, REPAIRS_STOP_S)
        self._keeper = keeper
        self._pen = _Beside("pen", keeper.run, PEN_STOPS_S)

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
        await asyncio.to_thread(self._keeper.begin)  # before the first event comes in
        self._pen.start()
        self._projection.start()
        self._door.warm()
        self._door.start()
        self._publisher.start()
        self._watch.start()
        self._repairs.start()
        gc.freeze()  # what is loaded now stays: looking through all of it would hold up every answer at times
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._watch.tell_to_stop()
        self._repairs.tell_to_stop()
        await asyncio.to_thread(self._door.stop)
        self._publisher.tell_to_stop()  # after the door: what it wrote last is signed too
        await asyncio.to_thread(self._projection.stop)
        await asyncio.to_thread(self._watch.join)
        await asyncio.to_thread(self._repairs.join)
        await asyncio.to_thread(self._publisher.join)
        self._pen.tell_to_stop()  # last of all: from here on another hub may write
        await asyncio.to_thread(self._pen.join)
        await asyncio.to_thread(_carry_into_the_file)
        await send({"type": "lifespan.shutdown.complete"})


def _carry_into_the_file() -> None:
    """SQLite: all that was committed stands in the one file that people copy, not beside it."""
    try:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except DatabaseError:
        _log.exception("the database's write-ahead log stays beside its file: copy both")
    finally:
        connection.close()


class _Beside:
    """A loop in a thread beside the requests; a stop that it does not heed in time is told and left."""

    def __init__(self, name: str, loop: Loop, stops_s: float) -> None:
        self._stop, self._stops_s = threading.Event(), stops_s
        self._thread = threading.Thread(target=loop, args=(self._stop,), name=name, daemon=True)
        self.start, self.tell_to_stop = self._thread.start, self._stop.set

    def join(self) -> None:
        self._thread.join(self._stops_s)
        if self._thread.is_alive():
            _log.warning("the %s did not end in time and is left behind", self._thread.name)
