"""One hub per home, on a database that fits it, and told where it is."""

from __future__ import annotations

import fcntl
import ipaddress
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kawal.home import home
from kawal.rules.refusals import Refused
from kawal.serve.hub import App

ENDS_S = 2  # open pages are given that long when the hub ends


@contextmanager
def alone() -> Iterator[None]:
    """This process is the only hub of its home. Refuses `hub_runs`."""
    with (home() / "hub.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused("hub_runs", home=str(home())) from None
        yield


def check_host(host: str) -> None:
    """Refuses `host_not_named`: who opens the hub to others names the hosts it answers for (KAWAL_HOSTS)."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback and not os.environ.get("KAWAL_HOSTS"):
        raise Refused("host_not_named", host=host)


def migrate() -> None:
    """Bring the database up to this program. Refuses `database_newer`."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    ours = {app for app, _ in loader.disk_migrations}
    unknown = [
        name for name in loader.applied_migrations if name[0] in ours and name not in loader.disk_migrations
    ]
    if unknown:
        raise Refused("database_newer", migration=".".join(min(unknown)))
    if executor.migration_plan(loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def listening(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Refuses `port_taken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise Refused("port_taken", host=host, port=port, detail=error.strerror or "") from None
    return sock


def run(app: App, sock: socket.socket, ready: Callable[[dict[str, object]], None]) -> bool:
    """Serve until a signal ends it; `hub.json` stands in the home meanwhile. Whether it ever started."""
    host, port = sock.getsockname()[:2]
    place = {
        "pid": os.getpid(),
        "port": port,
        "url": f"http://{f'[{host}]' if ':' in host else host}:{port}/",
    }
    told = home() / "hub.json"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:  # from here on it answers
                _write(told, place)
                ready(place)

    server = Server(
        uvicorn.Config(
            app, http="h11", ws="none", loop="asyncio", lifespan="on", log_config=None, access_log=False,
            server_header=False, timeout_keep_alive=15, timeout_graceful_shutdown=ENDS_S,
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
