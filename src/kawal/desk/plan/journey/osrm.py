"""OSRM: `table`, `route` and `match` (project-osrm.org/docs, v1)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from kawal.desk.plan.asking import Server
from kawal.desk.plan.journey.speech import NO_WAY, Cell, Fix, NoRoadNear, cell, checked, decoded, refuses
from kawal.desk.plan.journey.travelling import SNAP_M
from kawal.rules.plan.facts import Mode
from kawal.rules.plan.journey.told import Place
from kawal.rules.plan.journey.travel import Way
from kawal.rules.refusals import Refused


class Osrm:
    """Its server has one profile, most often a car's; it answers for all vehicles with wheels."""

    name = "osrm"
    costing: Mapping[Mode, str] = dict.fromkeys((Mode.TRUCK, Mode.PICKUP, Mode.MOTORBIKE), "driving")

    def table(
        self, server: Server, mode: Mode, here: Sequence[Place], there: Sequence[Place]
    ) -> list[list[Cell]]:
        places = list(dict.fromkeys((*here, *there)))
        index = {place: number for number, place in enumerate(places)}
        sources, goals = (";".join(str(index[place]) for place in some) for some in (here, there))
        if len(places) == 1:
            return [[Cell(0.0, 0.0)] * len(there)] * len(here)
        reply = server.get(
            f"/table/v1/{self.costing[mode]}/{_coordinates(places)}"
            f"?annotations=duration,distance&generate_hints=false&sources={sources}&destinations={goals}"
        )
        if reply.told.get("code") != "Ok":
            if reply.told.get("code") in ("NoSegment", "TooBig", "NoTable"):
                raise NoRoadNear
            raise refuses(server, reply.status, reply.told.get("message") or reply.told.get("code"))
        try:
            off = [[_off_m(one) for one in reply.told.get(key, ())] for key in ("sources", "destinations")]
            off = [one or [0.0] * len(some) for one, some in zip(off, (here, there), strict=True)]
            pairs = zip(reply.told["distances"], reply.told["durations"], off[0], strict=True)
            cells = [
                [
                    cell(far, long, 1.0, (begin_m, end_m)) if max(begin_m, end_m) <= SNAP_M else NO_WAY
                    for far, long, end_m in zip(fars, longs, off[1], strict=True)
                ]
                for fars, longs, begin_m in pairs
            ]
            return checked(cells, len(here), len(there))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise Refused("engine_garbled", url=server.url, problem=f"table: {error}") from error

    def line(self, server: Server, mode: Mode, here: Place, there: Place) -> Way | None:
        reply = server.get(
            f"/route/v1/{self.costing[mode]}/{_coordinates((here, there))}"
            "?overview=full&geometries=polyline6&generate_hints=false"
        )
        if reply.told.get("code") != "Ok":
            return None
        try:
            return tuple(decoded(reply.told["routes"][0]["geometry"]))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise Refused("engine_garbled", url=server.url, problem=f"route: {error}") from error

    def trace_m(self, server: Server, mode: Mode, fixes: Sequence[Fix]) -> float | None:
        times = ";".join(str(at) for at, _, _ in fixes)
        places = _coordinates([(lat, lon) for _, lat, lon in fixes])
        reply = server.get(
            f"/match/v1/{self.costing[mode]}/{places}?timestamps={times}&overview=false&generate_hints=false"
        )
        if reply.told.get("code") != "Ok":
            if reply.told.get("code") in ("NoMatch", "NoSegment"):
                return None
            raise refuses(server, reply.status, reply.told.get("message") or reply.told.get("code"))
        try:
            return math.fsum(float(one["distance"]) for one in reply.told["matchings"])
        except (KeyError, TypeError, ValueError) as error:
            raise Refused("engine_garbled", url=server.url, problem=f"match: {error}") from error


def _coordinates(places: Sequence[Place]) -> str:
    return ";".join(f"{lon:.6f},{lat:.6f}" for lat, lon in places)


def _off_m(waypoint: Any) -> float:
    """Straight from the place to its road; nothing where an old server does not tell."""
    away = waypoint.get("distance") if isinstance(waypoint, dict) else None
    return 0.0 if away is None else float(away)
