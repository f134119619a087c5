"""One hub per home, on a database that fits it, and told where it is."""

from __future__ import annotations

import fcntl
import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kawal import listening
from kawal.desk.ledger import loop, openness, policies
from kawal.home import home
from kawal.rules.refusals import Refused
from kawal.serve.hub import App


def unfinished_restore() -> Path:
    """Stands in the home while a backup is put into it."""
    return home() / ".restoring"


@contextmanager
def alone(*, restoring: bool = False) -> Iterator[None]:
    """This process is the only hub of its home. Refuses `hub_runs`, and `restore_unfinished` where a restore
    was killed and this is not the next one."""
    with (home() / "hub.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused("hub_runs", home=str(home())) from None
        if not restoring and unfinished_restore().exists():
            raise Refused("restore_unfinished", home=str(home()))
        yield


def check_host(host: str) -> None:
    """Refuses `host_not_named`: who opens the hub to others names the hosts it answers for (KAWAL_HOSTS)."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback and not os.environ.get("KAWAL_HOSTS"):
        raise Refused("host_not_named", host=host)


def check_log_settings() -> None:
    """Refuses `bad_entries_token`, `bad_policy`, `policy_unreadable` and `bad_witness_wait`.

    A hub that ran with them would open what was to be closed, or publish without its witnesses.
    """
    openness.token()
    policies.installed()
    loop.waits_s()


def named(sock: socket.socket) -> tuple[str, str]:
    """This hub for people, and its home as nobody else's is: host and lock file (`alone` holds it)."""
    return named_as(listening.address(sock))


def named_as(what: str) -> tuple[str, str]:
    """As `named`, for a command that runs in place of the hub."""
    host, lock = socket.gethostname(), (home() / "hub.lock").stat()
    name = f"{what} ({host}, {home()}, pid {os.getpid()})"
    return name[:300], f"{host} {lock.st_dev} {lock.st_ino}"[:200]


def run(app: App, sock: socket.socket, ready: Callable[[dict[str, object]], None]) -> bool:
    """Serve until a signal ends it; `hub.json` stands in the home meanwhile. Whether it ever started."""
    return listening.serve(app, sock, {}, home() / "hub.json", ready)
