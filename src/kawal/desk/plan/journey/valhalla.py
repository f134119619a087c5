"""Valhalla: `sources_to_targets`, `route` and `trace_route` (valhalla.github.io/valhalla/api)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kawal.desk.plan.asking import Server
from kawal.desk.plan.journey.speech import Cell, Fix, NoRoadNear, cell, checked, decoded, refuses
from kawal.desk.plan.journey.travelling import SNAP_M
from kawal.rules.plan.facts import Mode
from kawal.rules.plan.journey.passage import GROSS_T, HIGH_M, WIDE_M
from kawal.rules.plan.journey.told import Place
from kawal.rules.plan.journey.travel import Way
from kawal.rules.plan.upper.estimate import km_between
from kawal.rules.refusals import Refused


class Valhalla:
    name = "valhalla"
    costing: Mapping[Mode, str] = {
        Mode.TRUCK: "truck",
        Mode.PICKUP: "auto",
        Mode.MOTORBIKE: "motorcycle",
        Mode.FOOT: "pedestrian",
    }
    # What the map says (a lorry of Valhalla's own has 22 t and keeps off the bridges of most regencies).
    _OPTIONS: Final[Mapping[str, Mapping[str, float]]] = {
        "truck": {
            "weight": GROSS_T["truck"],
            "width": WIDE_M["truck"],
            "height": HIGH_M["truck"],
            "length": 7.0,  # of a light lorry with a box, assumed, as is its axle
            "axle_load": 5.5,
        }
    }
    # 150, 157: too many at once, 170: places in unconnected parts, 171: no road near, 442: no path
    _SMALLER: Final = frozenset({150, 157, 170, 171, 442})
    _UNMATCHED: Final = frozenset({170, 171, 442, 443, 444})
    _TOO_FAR: Final = 154

    def table(
        self, server: Server, mode: Mode, here: Sequence[Place], there: Sequence[Place]
    ) -> list[list[Cell]]:
        reply = server.post(
            "/sources_to_targets",
            {
                "sources": [_location(place) for place in here],
                "targets": [_location(place) for place in there],
                **self._costing(mode),
                "units": "kilometers",
            },
        )
        if reply.status != 200:
            code = reply.told.get("error_code")
            if code in self._SMALLER:
                raise NoRoadNear
            if code == self._TOO_FAR:  # its own limit is no word about the roads
                raise Refused("engine_limit", url=server.url, said=str(reply.told.get("error"))[:200])
            raise refuses(server, reply.status, reply.told.get("error"))
        try:
            return self._cells(reply.told, here, there)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise Refused("engine_garbled", url=server.url, problem=f"sources_to_targets: {error}") from error

    def _costing(self, mode: Mode) -> dict[str, Any]:
        name = self.costing[mode]
        options = self._OPTIONS.get(name)
        return {"costing": name, **({"costing_options": {name: options}} if options else {})}

    def _cells(
        self, told: Mapping[str, Any], here: Sequence[Place], there: Sequence[Place]
    ) -> list[list[Cell]]:
        """Of both forms of the answer: rows of cells with time and distance, or (terse) two tables."""
        unit_m = 1_609.344 if told.get("units") in ("miles", "mi") else 1_000.0
        found = told["sources_to_targets"]
        if isinstance(found, Mapping):
            pairs = zip(found["distances"], found["durations"], strict=True)
            cells = [[cell(far, long, unit_m) for far, long in zip(*row, strict=True)] for row in pairs]
        else:
            cells = [
                [
                    cell(one["distance"], one["time"], unit_m, _off_m(one, begin, end))
                    for one, end in zip(row, there, strict=True)
                ]
                for row, begin in zip(found, here, strict=True)
            ]
        return checked(cells, len(here), len(there))

    def line(self, server: Server, mode: Mode, here: Place, there: Place) -> Way | None:
        reply = server.post(
            "/route",
            {
                "locations": [_location(here), _location(there)],
                **self._costing(mode),
                "directions_type": "none",
            },
        )
        if reply.status != 200:
            return None
        try:
            return tuple(place for leg in reply.told["trip"]["legs"] for place in decoded(leg["shape"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Refused("engine_garbled", url=server.url, problem=f"route: {error}") from error

    def trace_m(self, server: Server, mode: Mode, fixes: Sequence[Fix]) -> float | None:
        shape = [{"lat": lat, "lon": lon, "time": at} for at, lat, lon in fixes]
        reply = server.post(
            "/trace_route",
            {
                "shape": shape,
                **self._costing(mode),
                "shape_match": "map_snap",
                "directions_type": "none",
            },
        )
        if reply.status != 200:
            if reply.told.get("error_code") in self._UNMATCHED:
                return None
            raise refuses(server, reply.status, reply.told.get("error"))
        try:
            km = 1.609344 if reply.told["trip"].get("units") == "miles" else 1.0
            return sum(float(leg["summary"]["length"]) for leg in reply.told["trip"]["legs"]) * 1_000 * km
        except (KeyError, TypeError, ValueError) as error:
            raise Refused("engine_garbled", url=server.url, problem=f"trace_route: {error}") from error


def _location(place: Place) -> dict[str, float]:
    return {"lat": place[0], "lon": place[1], "search_cutoff": SNAP_M}


def _off_m(told: Mapping[str, Any], here: Place, there: Place) -> tuple[float, float]:
    """Straight from the places to the roads; nothing where the server does not tell (before 3.5)."""
    if told.get("begin_lat") is None or told.get("end_lat") is None:
        return 0.0, 0.0
    begin, end = ((float(told[f"{name}_lat"]), float(told[f"{name}_lon"])) for name in ("begin", "end"))
    return km_between(here, begin) * 1_000, km_between(end, there) * 1_000
