"""A hub for the browser tests of risk: `python -m tests.desk.risk.page_hub`, in its own home.

Prints one line of JSON {url, links: {officer: address}} when it answers, and ends when its input is closed.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from datetime import timedelta

import django
import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawal.desk.site.settings")


def _world() -> dict[str, object]:
    from kawal.desk.clock import actions as clock
    from kawal.desk.clock.reads import real_now
    from kawal.desk.people import links

    from . import world

    world.places()
    world.officers()
    clock.begin(name="16.07", seed=1, sim_at=world.NOW, speed=0.0, token="t")
    world.living()
    made = {
        name: links.make(name, purpose=links.Purpose.EXERCISE, valid=timedelta(hours=1), now=real_now())
        for name in world.OFFICERS
    }
    return {"links": {name: f"/sign-in/{token}" for name, token in made.items()}}


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    told = _world()
    from kawal.serve.hub import application

    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    told["url"] = f"http://127.0.0.1:{sock.getsockname()[1]}"
    server = uvicorn.Server(
        uvicorn.Config(application("test", "test"), log_level="error", timeout_graceful_shutdown=1)
    )
    threading.Thread(target=_end_with_input, args=(server,), daemon=True).start()
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    server.run(sockets=[sock])


def _end_with_input(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main()
