"""A port of this machine and the ASGI app behind it, for whatever program of Kawal answers over HTTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn

from kawal.rules.refusals import Refused

ENDS_S = 2  # open connections are given that long when the program ends
KEEPS_OPEN_S = 15


def bound(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Refuses `port_taken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Said to be TCP: else asyncio leaves Nagle's algorithm on, and every answer waits 40 ms for an ACK.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise Refused("port_taken", host=host, port=port, detail=error.strerror or "") from None
    return sock


def end_with_stdin() -> None:
    """The program ends in order when its standard input does: with whoever started it, however."""

    def wait() -> None:
        while os.read(0, 1_024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="stdin", daemon=True).start()


def address(sock: socket.socket) -> str:
    host, port = sock.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def serve(
    app: Any, sock: socket.socket, place: dict[str, object], told: Path,
    ready: Callable[[dict[str, object]], None], *, connections_max: int | None = None,
) -> bool:  # fmt: skip
    """Serve until a signal ends it; the file `told` says where meanwhile. Whether it ever started."""
    place = {"pid": os.getpid(), "port": sock.getsockname()[1], "url": address(sock), **place}

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:  # from here on it answers
                _write(told, place)
                ready(place)

    server = Server(
        uvicorn.Config(
            app, http="h11", ws="none", loop="asyncio", lifespan="on", log_config=None, access_log=False,
            server_header=False, timeout_keep_alive=KEEPS_OPEN_S, timeout_graceful_shutdown=ENDS_S,
            limit_concurrency=connections_max,
        )
    )  # fmt: skip
    try:
        server.run(sockets=[sock])
    finally:
        told.unlink(missing_ok=True)
    return server.started


def _write(path: Path, value: dict[str, object]) -> None:
    """Whole or not at all: others read it while we write."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(value))
    draft.replace(path)
