"""A hub on paper: obeys the door's protocol and the exercise's clock, keeps all it hears in memory.

It can be away (hangs up), busy (503) or lose an answer after it took the events, as a real one may.
"""

from __future__ import annotations

import json
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from kawal.rules.custody import event
from kawal.rules.signing import codec, cose, hashes

TOKEN = "exercise-token"


class PaperHub:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.log: dict[bytes, datetime] = {}  # leaf hash -> received at
        self.ahead_ms: list[int] = []  # how far phones' clocks were ahead of the hub's
        self.bundles: list[int] = []  # events in each
        self.moves: list[datetime] = []
        self.refused_devices: set[bytes] = set()
        self.faults: list[str] = []  # next answers to /door/v1/events: away, busy, lost
        self.opened_at: dict[datetime, int] = {}
        self._lock = threading.Lock()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65_536  # head and body in one packet: no waiting for a delayed ACK

            def do_GET(self) -> None:
                self._answer(200, {"now": hub.now.isoformat(), "size": len(hub.log), "exercise": True})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/exercise/clock":
                    self._answer(*hub.moved(json.loads(body), self.headers["X-Kawal-Exercise"]))
                    return
                fault = hub.next_fault()
                if fault == "busy":
                    self._answer(503, {"refused": "busy"})
                    return
                told = hub.took(body) if fault != "away" else None
                if fault in ("away", "lost"):
                    self.close_connection = True
                    return
                self._answer(200, {"receipts": told, "size": len(hub.log)})

            def _answer(self, status: int, told: dict[str, Any]) -> None:
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> PaperHub:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next_fault(self) -> str:
        with self._lock:
            return self.faults.pop(0) if self.faults else ""

    def took(self, body: bytes) -> list[dict[str, Any]]:
        events = codec.byte_strings(body, count_max=500)
        with self._lock:
            self.bundles.append(len(events))
            return [self._receipt(signed) for signed in events]

    def _receipt(self, signed: bytes) -> dict[str, Any]:
        envelope, event_id = cose.opened(signed), hashes.leaf_hash(signed)
        if envelope.kid in self.refused_devices:
            return {"refused": "unknown_device", "kid": envelope.kid.hex()}
        repeated = event_id in self.log
        self.log.setdefault(event_id, self.now)
        happened_ms = event.of(envelope.payload).happened_ms
        self.ahead_ms.append(happened_ms - round(self.now.timestamp() * 1000))
        return {"id": event_id.hex(), "index": 0, "repeated": repeated}

    def moved(self, said: dict[str, Any], token: str) -> tuple[int, dict[str, Any]]:
        to = datetime.fromisoformat(said["now"])
        if token != TOKEN:
            return 403, {"refused": "wrong_token"}
        if to < self.now:
            return 409, {"refused": "clock_backwards"}
        self.now = to
        self.moves.append(to)
        return 200, {"now": to.isoformat(), "opened": 0, "climbed": 0, "closed": 0}
