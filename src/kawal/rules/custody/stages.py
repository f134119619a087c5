"""The life of a parcel as one table: which act moves it from which stage to which.

`MOVES` is that table; `moved` looks an act up in it. The kind of site is that of the place where the
act happened. An ACCEPT is a courier's when the receiver takes the parcel at the site where the giver
already held it, and an arrival when it is taken anywhere else. The way out and the way back pass the
same sites: the stage a parcel comes from tells them apart. At a jetty or an airstrip one crew gives to the
next, or to who keeps it there until that one comes: a gateway above the PPK, a landing below it.

The table is drawn into docs/custody.md by `kawal custody stages`, and a test fails when the two differ.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

from kawal.rules.custody.event import Act
from kawal.rules.places.facts import GATEWAYS, SiteKind


class Stage(IntEnum):
    """In the order of a parcel's way; a station stands where its slowest parcel stands."""

    NEEDED = 0  # computed, not yet packed
    PACKED = 1
    SEALED = 2  # sealed and in the warehouse (a bundle needs no seal: packed is ready)
    ON_THE_WAY_PPK = 3  # with the courier, from the warehouse
    AT_GATEWAY = 4  # a jetty or airstrip: accepted by who keeps it there, or by the crew that goes on from it
    ON_THE_WAY_FROM_GATEWAY = 5  # taken on from who kept it there
    AT_PPK = 6
    ON_THE_WAY_PPS = 7
    AT_LANDING = 8  # a jetty or airstrip below the PPK: accepted as at a gateway
    ON_THE_WAY_FROM_LANDING = 9
    AT_PPS = 10  # at the village: not yet received in the sense of the law (C10)
    AT_STATION = 11  # accepted by KPPS at its own station: received
    OPENED = 12  # voting day
    RESEALED = 13  # counted and sealed again
    BACK_AT_PPS = 14
    BACK_ON_THE_WAY = 15  # from the village
    BACK_AT_LANDING = 16
    BACK_FROM_LANDING = 17
    BACK_AT_PPK = 18
    BACK_FROM_PPK = 19
    BACK_AT_GATEWAY = 20
    BACK_FROM_GATEWAY = 21
    BACK_HOME = 22  # warehouse


class How(IntEnum):
    """Who takes the parcel at an ACCEPT; every other act is done by the holder where the parcel is."""

    BY_HOLDER = 0
    BY_COURIER = 1
    ON_ARRIVAL = 2


class Move(NamedTuple):
    act: Act
    how: How
    where: SiteKind
    sources: tuple[Stage, ...]
    to: Stage
    things: str = "box, bundle"


def between(first: Stage, last: Stage) -> tuple[Stage, ...]:
    """Both included."""
    return tuple(Stage(number) for number in range(first, last + 1))


_WAREHOUSE, _PPK, _PPS, _STATION = SiteKind.WAREHOUSE, SiteKind.PPK, SiteKind.PPS, SiteKind.STATION
_BEFORE_PPK: Final = between(Stage.NEEDED, Stage.ON_THE_WAY_FROM_GATEWAY)
_IN_STORE: Final = between(Stage.NEEDED, Stage.SEALED)
_OUT: Final = between(Stage.NEEDED, Stage.AT_PPS)
_BACK: Final = between(Stage.AT_STATION, Stage.BACK_HOME)
# The same jetty may lie above one PPK and below another: where a parcel comes from tells which it is.
_BEFORE_PPS: Final = between(Stage.AT_PPK, Stage.ON_THE_WAY_FROM_LANDING)
_AFTER_PPS: Final = between(Stage.BACK_AT_PPS, Stage.BACK_FROM_LANDING)
_AFTER_PPK: Final = between(Stage.BACK_AT_PPK, Stage.BACK_FROM_GATEWAY)

MOVES: Final = (
    Move(Act.PACKED, How.BY_HOLDER, _WAREHOUSE, _IN_STORE, Stage.PACKED, "box"),
    Move(Act.PACKED, How.BY_HOLDER, _WAREHOUSE, _IN_STORE, Stage.SEALED, "bundle"),
    Move(Act.SEALED, How.BY_HOLDER, _WAREHOUSE, _IN_STORE, Stage.SEALED),
    Move(Act.ACCEPT, How.BY_COURIER, _WAREHOUSE, _OUT, Stage.ON_THE_WAY_PPK),
    Move(Act.ACCEPT, How.ON_ARRIVAL, _WAREHOUSE, _OUT, Stage.SEALED),  # sent back before it was received
    *(Move(Act.ACCEPT, How.ON_ARRIVAL, gate, _BEFORE_PPK, Stage.AT_GATEWAY) for gate in GATEWAYS),
    *(
        Move(Act.ACCEPT, How.BY_COURIER, gate, _BEFORE_PPK, Stage.ON_THE_WAY_FROM_GATEWAY)
        for gate in GATEWAYS
    ),
    Move(Act.ACCEPT, How.ON_ARRIVAL, _PPK, _OUT, Stage.AT_PPK),
    Move(Act.ACCEPT, How.BY_COURIER, _PPK, _OUT, Stage.ON_THE_WAY_PPS),
    *(Move(Act.ACCEPT, How.ON_ARRIVAL, gate, _BEFORE_PPS, Stage.AT_LANDING) for gate in GATEWAYS),
    *(
        Move(Act.ACCEPT, How.BY_COURIER, gate, _BEFORE_PPS, Stage.ON_THE_WAY_FROM_LANDING)
        for gate in GATEWAYS
    ),
    Move(Act.ACCEPT, How.ON_ARRIVAL, _PPS, _OUT, Stage.AT_PPS),
    Move(Act.ACCEPT, How.BY_COURIER, _PPS, _OUT, Stage.AT_PPS),  # the village carries it to its stations
    Move(Act.ACCEPT, How.ON_ARRIVAL, _STATION, _OUT, Stage.AT_STATION),
    Move(Act.OPENED, How.BY_HOLDER, _STATION, between(Stage.NEEDED, Stage.RESEALED), Stage.OPENED),
    Move(Act.SEALED, How.BY_HOLDER, _STATION, between(Stage.NEEDED, Stage.RESEALED), Stage.RESEALED),
    Move(Act.ACCEPT, How.BY_COURIER, _STATION, _BACK, Stage.BACK_ON_THE_WAY),
    Move(Act.ACCEPT, How.ON_ARRIVAL, _PPS, _BACK, Stage.BACK_AT_PPS),
    Move(Act.ACCEPT, How.BY_COURIER, _PPS, _BACK, Stage.BACK_ON_THE_WAY),
    *(Move(Act.ACCEPT, How.ON_ARRIVAL, gate, _AFTER_PPS, Stage.BACK_AT_LANDING) for gate in GATEWAYS),
    *(Move(Act.ACCEPT, How.BY_COURIER, gate, _AFTER_PPS, Stage.BACK_FROM_LANDING) for gate in GATEWAYS),
    Move(Act.ACCEPT, How.ON_ARRIVAL, _PPK, _BACK, Stage.BACK_AT_PPK),
    Move(Act.ACCEPT, How.BY_COURIER, _PPK, _BACK, Stage.BACK_FROM_PPK),
    *(Move(Act.ACCEPT, How.ON_ARRIVAL, gate, _AFTER_PPK, Stage.BACK_AT_GATEWAY) for gate in GATEWAYS),
    *(Move(Act.ACCEPT, How.BY_COURIER, gate, _AFTER_PPK, Stage.BACK_FROM_GATEWAY) for gate in GATEWAYS),
    Move(Act.ACCEPT, How.ON_ARRIVAL, _WAREHOUSE, _BACK, Stage.BACK_HOME),
)

_LOOK_UP: Final = {
    (move.act, move.how, move.where, source, thing == "box"): move.to
    for move in MOVES
    for source in move.sources
    for thing in move.things.split(", ")
}


def moved(stage: Stage, act: Act, how: How, where: SiteKind | None, *, is_box: bool) -> Stage:
    """The stage after an act; the same stage where the table has no such move."""
    if where is None:
        return stage
    return _LOOK_UP.get((act, how, where, stage, is_box), stage)


def drawn() -> str:
    """The table in Markdown, as it stands in docs/custody.md."""
    rows = ["| act | at | what | from | to |", "|---|---|---|---|---|"]
    for move in MOVES:
        how = "" if move.how is How.BY_HOLDER else f" {move.how.name.lower().replace('_', ' ')}"
        sources = sorted(move.sources)
        span = f"{sources[0].name} .. {sources[-1].name}"
        rows.append(f"| {move.act.name}{how} | {move.where} | {move.things} | {span} | **{move.to.name}** |")
    return "\n".join(rows) + "\n"
