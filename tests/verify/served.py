"""A log in memory, as a place of its own, behind a real HTTP server, and in a real zip."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from kawal.rules.ledger import bundles, tiles
from kawal.rules.signing.hashes import leaf_hash

Resources = dict[str, bytes]


def resources(entries: list[bytes], checkpoint: bytes = b"") -> Resources:
    """Every resource that a log of these entries serves: partial tiles of this size only."""
    held: dict[tiles.Place, bytes] = tiles.grow({}, 0, [leaf_hash(entry) for entry in entries])
    found: Resources = {"checkpoint": checkpoint}
    for level, number, width in tiles.places(len(entries)):
        found[tiles.path(level, number, width)] = held[level, number]
    for at in range(0, len(entries), tiles.WIDTH):
        some = entries[at : at + tiles.WIDTH]
        found[tiles.bundle_path(at // tiles.WIDTH, len(some))] = bundles.bundle(some)
    return found


def zipped(path: Path, members: Resources, method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


class Handler(BaseHTTPRequestHandler):
    """Answers from `resources`; a test overrides `answer` for what a bad server does."""

    protocol_version = "HTTP/1.1"
    resources: Resources = {}
    asked: list[tuple[str, dict[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, dict(self.headers)))
        self.answer(self.path.lstrip("/"))

    def answer(self, path: str) -> None:
        data = self.resources.get(path)
        self.send(200 if data is not None else 404, data or b"")

    def send(self, status: int, data: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(
    found: Resources, answer: Callable[[Handler, str], None] | None = None
) -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """The address of a server on loopback, and what it was asked."""
    asked: list[tuple[str, dict[str, str]]] = []
    attributes: dict[str, object] = {"resources": found, "asked": asked}
    if answer is not None:
        attributes["answer"] = answer
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("_Handler", (Handler,), attributes))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
