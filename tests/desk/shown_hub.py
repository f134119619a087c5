"""How a hub made for a test of pages is served: it listens before it tells where, and ends with its input."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

import uvicorn


def serve(told: dict[str, Any], app_at: Callable[[str], Any], **config: Any) -> None:
    """Prints `told` with the hub's url as one line of JSON and serves `app_at(url)`."""
    sock = socket.create_server(("127.0.0.1", 0))  # whoever comes before the first answer waits in its queue
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    server = uvicorn.Server(
        uvicorn.Config(app_at(url), log_level="error", timeout_graceful_shutdown=1, **config)
    )

    def end_with_input() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=end_with_input, daemon=True).start()
    sys.stdout.write(json.dumps({**told, "url": url}) + "\n")
    sys.stdout.flush()
    server.run(sockets=[sock])
