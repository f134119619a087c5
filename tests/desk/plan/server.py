"""A small real HTTP server that speaks Valhalla's and OSRM's formats over a straight-line world."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

M_PER_DEGREE = 111_195.0
KMH = 36.0  # 10 m/s


class World:
    """What the server knows; a test may break it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.no_road_near: set[tuple[float, float]] = set()
        self.no_way: set[tuple[tuple[float, float], tuple[float, float]]] = set()
        self.terse = False  # Valhalla's "verbose": false
        self.raw: bytes | None = None  # answered to everything
        self.status = 200

    def metres(self, here: tuple[float, float], there: tuple[float, float]) -> float | None:
        if (here, there) in self.no_way:
            return None
        return (abs(here[0] - there[0]) + abs(here[1] - there[1])) * M_PER_DEGREE

    def valhalla(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path == "/trace_route":
            places = [(one["lat"], one["lon"]) for one in body["shape"]]
            return 200, _trip([self.metres(a, b) or 0 for a, b in pairwise(places)], places)
        if path == "/route":
            places = [(one["lat"], one["lon"]) for one in body["locations"]]
            return 200, _trip([self.metres(*places) or 0], places)
        here, there = ([(one["lat"], one["lon"]) for one in body[key]] for key in ("sources", "targets"))
        if self.no_road_near & {*here, *there}:
            return 400, {"error_code": 171, "error": "No suitable edges near location", "status_code": 400}
        far = [[self.metres(a, b) for b in there] for a in here]
        if self.terse:
            found: Any = {
                "durations": [[None if m is None else m / 10 for m in row] for row in far],
                "distances": [[None if m is None else m / 1_000 for m in row] for row in far],
            }
        else:
            found = [
                [
                    {
                        "distance": None if m is None else m / 1_000,
                        "time": None if m is None else m / 10,
                        "to_index": column,
                        "from_index": row,
                    }
                    for column, m in enumerate(line)
                ]
                for row, line in enumerate(far)
            ]
        return 200, {"sources_to_targets": found, "units": "kilometers", "algorithm": "costmatrix"}

    def osrm(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        _, service, _, _, text = path.split("/", 4)
        places = [(float(lat), float(lon)) for lon, lat in (one.split(",") for one in text.split(";"))]
        if self.no_road_near & set(places):
            return 400, {"code": "NoSegment", "message": "Could not find a matching segment for coordinate 1"}
        if service == "route":
            return 200, {
                "code": "Ok",
                "routes": [{"geometry": encoded(places), "distance": 1.0, "duration": 1.0}],
            }
        if service == "match":
            gone = sum(self.metres(a, b) or 0 for a, b in pairwise(places))
            return 200, {
                "code": "Ok",
                "matchings": [{"distance": gone, "confidence": 0.9}],
                "tracepoints": [],
            }
        if len(places) > 100:
            return 400, {"code": "TooBig", "message": "Too many table coordinates"}
        here, there = (
            [places[int(i)] for i in query[key][0].split(";")] for key in ("sources", "destinations")
        )
        far = [[self.metres(a, b) for b in there] for a in here]
        return 200, {
            "code": "Ok",
            "distances": far,
            "durations": [[None if m is None else m / 10 for m in row] for row in far],
            "sources": [{"distance": 0.0, "location": [lon, lat], "name": ""} for lat, lon in here],
            "destinations": [{"distance": 0.0, "location": [lon, lat], "name": ""} for lat, lon in there],
        }


@contextmanager
def serving(world: World) -> Iterator[str]:
    """The address of a server on a free port of this machine, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            world.asked.append((self.path, body))
            self._say(*world.valhalla(self.path, body))

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            world.asked.append((parts.path, parse_qs(parts.query)))
            self._say(*world.osrm(parts.path, parse_qs(parts.query)))

        def _say(self, status: int, told: dict[str, Any]) -> None:
            data = json.dumps(told).encode() if world.raw is None else world.raw
            self.send_response(status if world.raw is None else world.status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def encoded(places: list[tuple[float, float]]) -> str:
    """Google's polyline with six digits."""
    out, before = "", (0, 0)
    for place in places:
        now = round(place[0] * 1e6), round(place[1] * 1e6)
        for value, last in zip(now, before, strict=True):
            step = value - last
            bits = ~(step << 1) if step < 0 else step << 1
            while bits >= 32:
                out += chr((bits & 31 | 32) + 63)
                bits >>= 5
            out += chr(bits + 63)
        before = now
    return out


def _trip(metres: list[float], places: list[tuple[float, float]]) -> dict[str, Any]:
    km = sum(metres) / 1_000
    leg = {"summary": {"length": km, "time": km * 100}, "shape": encoded(places), "maneuvers": []}
    return {"trip": {"legs": [leg], "units": "kilometers", "status": 0, "summary": leg["summary"]}}
