"""Maps of the flat problem of four regencies: what a clerk does by hand beside Kawal's answer.

    python -m bench.routing --seconds 30 --four      # first: keeps the answers
    python -m bench.maps docs/images                 # writes routes-<code>.svg

Lines are straight from stop to stop, as the estimator measures them, faint from and to warehouse or jetty;
districts are drawn for orientation.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench import regencies, routing
from bench.nearest import nearest
from bench.regencies import Regency
from kawal.rules.plan.journey.travel import Point
from kawal.rules.plan.routing.flat import Day, Flat, judged

PANEL = 440.0
MARGIN = 12.0
HEAD = 44.0
NAMES = {"16.07": "Banyuasin", "32.01": "Bogor", "13.09": "Kepulauan Mentawai", "95.03": "Yahukimo"}
KINDS = (("truck", "#2b5c8a"), ("pickup", "#c26a00"), ("speedboat", "#0b8a78"))
STYLE = (
    "text{font-family:sans-serif;font-size:12px;fill:#222}.d{fill:#f4f1ea;stroke:#cfc8b8;stroke-width:.6}"
    ".f{fill:none;stroke-width:.4;stroke-opacity:.22}"
    ".s{stroke:#333;stroke-linecap:round}.w{fill:none;stroke-width:1.1}"
)


class Frame:
    """Degrees to points of a panel, north up, true at the middle latitude."""

    def __init__(self, points: Sequence[Point]) -> None:
        lats, lons = [point.lat for point in points], [point.lon for point in points]
        self.flat_by = math.cos(math.radians((min(lats) + max(lats)) / 2))
        self.west, self.north = min(lons), max(lats)
        wide, high = (max(lons) - self.west) * self.flat_by, self.north - min(lats)
        self.scale = (PANEL - 2 * MARGIN) / max(wide, high)
        self.height = high * self.scale + 2 * MARGIN

    def at(self, lat: float, lon: float) -> str:
        x = MARGIN + (lon - self.west) * self.flat_by * self.scale
        y = MARGIN + (self.north - lat) * self.scale
        return f"{x:.1f},{y:.1f}"


def drawn(regency: Regency, answers: Sequence[tuple[str, Sequence[Day]]]) -> str:
    served = [regency.points[0], *(regency.points[call.node] for call in regency.flat.calls)]
    frame = Frame([*served, *([regency.jetty] if regency.jetty else [])])
    width, height = PANEL * len(answers), frame.height + HEAD
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
        f"<title>{NAMES.get(regency.code, regency.code)}</title><style>{STYLE}</style>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>',
        f'<defs><clipPath id="c"><rect width="{PANEL:.0f}" height="{frame.height:.0f}"/></clipPath></defs>',
    ]
    ground = "".join(_ground(regency.code, frame))
    for place, (name, days) in enumerate(answers):
        parts.append(f'<g transform="translate({place * PANEL:.0f},{HEAD:.0f})" clip-path="url(#c)">{ground}')
        parts += _ways(regency, days, frame)
        parts.append("</g>")
        parts += _head(regency.flat, name, days, place * PANEL + MARGIN)
    return "".join([*parts, "</svg>\n"])


def _head(flat: Flat, name: str, days: Sequence[Day], x: float) -> Iterator[str]:
    found = judged(flat, days)
    yield f'<text x="{x:.0f}" y="18" font-weight="bold">{name}: {found.rp / 1e6:,.1f} million Rp</text>'
    for (kind, colour), count in zip(_kinds(flat), found.vehicles, strict=True):
        if count:
            told = f"{count} {kind}{'s' if count > 1 else ''}"
            yield f'<text x="{x:.0f}" y="36" style="fill:{colour}">{told}</text>'
            x += 8 + 6.4 * len(told)
    yield f'<text x="{x:.0f}" y="36">{found.runs_count} runs</text>'


def _kinds(flat: Flat) -> list[tuple[str, str]]:
    return [KINDS[rank.profile] for rank in flat.ranks]


def _ground(code: str, frame: Frame) -> Iterator[str]:
    path = regencies.DATA / "districts.geojson.gz"
    for feature in json.loads(gzip.decompress(path.read_bytes()))["features"]:
        if str(feature["properties"]["code"]).startswith(code):
            yield f'<path class="d" d="{"".join(_rings(feature["geometry"], frame))}"/>'


def _rings(geometry: dict[str, Any], frame: Frame) -> Iterator[str]:
    shapes = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for shape in shapes:
        for ring in shape:
            points = list(dict.fromkeys(frame.at(lat, lon) for lon, lat, *_ in ring))
            if len(points) > 2:
                yield f"M{'L'.join(points)}Z"


def _ways(regency: Regency, days: Sequence[Day], frame: Frame) -> Iterator[str]:
    flat, home = regency.flat, regency.points[0]
    for profile, (kind, colour) in enumerate(KINDS):
        depot = regency.jetty if kind == "speedboat" and regency.jetty else home
        start = frame.at(depot.lat, depot.lon)
        far, near = [], []  # to the first stop and from the last one; between stops
        for day in days:
            if flat.ranks[day.rank].profile != profile:
                continue
            for run in day.runs:
                stops = [
                    frame.at(at.lat, at.lon) for at in (regency.points[flat.calls[call].node] for call in run)
                ]
                far.append(f"M{stops[0]}L{start}L{stops[-1]}")
                near += [f"M{'L'.join(stops)}"] if len(stops) > 1 else []
        if far:
            yield f'<path class="f" stroke="{colour}" d="{"".join(far)}"/>'
            yield f'<path class="w" stroke="{colour}" d="{"".join(near)}"/>'
            x, y = map(float, start.split(","))
            box = f'x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7"'
            yield f'<rect {box} fill="{colour}" stroke="#fff"/>'
    dots = {frame.at(regency.points[call.node].lat, regency.points[call.node].lon) for call in flat.calls}
    wide = 1.6 if len(dots) > 250 else 2.8
    dotted = "".join(f"M{dot}h0" for dot in sorted(dots))
    yield f'<path class="s" stroke-width="{wide}" d="{dotted}"/>'


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m bench.maps")
    words.add_argument("folder", type=Path)
    asked = words.parse_args()
    kept = json.loads(routing.KEPT.read_text())
    for regency in regencies.real(tuple(kept)):
        days = [Day(day["rank"], tuple(map(tuple, day["runs"]))) for day in kept[regency.code]]
        answers = [("Nearest neighbour", nearest(regency.flat)), ("Kawal", days)]
        (asked.folder / f"routes-{regency.code}.svg").write_text(drawn(regency, answers))


if __name__ == "__main__":
    main()
