"""What a plan is made of: trips, stops, consignments. Times are aware and in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.modes import OLD_BOAT


class Mode(StrEnum):
    TRUCK = "truck"
    PICKUP = "pickup"
    MOTORBIKE = "motorbike"  # with a cargo body (three wheels)
    LONGBOAT = "longboat"  # narrow and slow, for rivers and shallows
    SPEEDBOAT = "speedboat"
    PLANE = "plane"  # small, from airstrip to airstrip
    HELICOPTER = "helicopter"
    FOOT = "foot"  # a team of porters
    HORSE = "horse"  # a led pack horse
    OX_CART = "ox_cart"

    @classmethod
    def _missing_(cls, value: object) -> Mode | None:
        """Kept files and rows say `boat`, which was a speedboat."""
        return cls.SPEEDBOAT if value == OLD_BOAT else None


HALT: Final = "SGH"  # site of a halt: SGH-<area it lies in or near> (singgah)
_HALTS: Final = f"{HALT}-"

BOATS = (Mode.LONGBOAT, Mode.SPEEDBOAT)


class Access(StrEnum):
    """How a place is reached. Every mode serves one of them."""

    ROAD = "road"
    WATER = "water"
    FOOT = "foot"  # tracks: porters, and beasts where the fleet has them
    AIR = "air"  # an airstrip or a place to land a helicopter


class Terrain(StrEnum):
    """What slows a journey: traffic in town, roads in the country, tracks in the wild."""

    URBAN = "urban"
    RURAL = "rural"
    REMOTE = "remote"


class Leg(StrEnum):
    """The step of the chain a trip serves; `BACK_*` is the way home after the vote."""

    TO_GATEWAY = "to_gateway"  # to a jetty or an airstrip, for districts that are reached by one
    TO_PPK = "to_ppk"  # from there, or from the warehouse
    TO_LANDING = "to_landing"  # to a jetty or an airstrip below the PPK, for villages that are reached by one
    TO_PPS = "to_pps"  # from there, or from the PPK
    DIRECT_PPS = "direct_pps"  # from the warehouse, past the PPK
    TO_STATION = "to_station"
    DIRECT_STATION = "direct_station"  # from the PPK, past the PPS
    BACK_PPS = "back_pps"
    BACK_LANDING = "back_landing"
    BACK_PPK = "back_ppk"
    BACK_GATEWAY = "back_gateway"
    BACK_WAREHOUSE = "back_warehouse"


# In the order of the way. Not every station goes on every leg: those of `BY_GATEWAY` only where its district
# is reached by a gateway, those of `BY_LANDING` only where its village is reached from the PPK by one, those
# of `DIRECT` in the place of the legs that they pass by.
FORWARD = (
    Leg.TO_GATEWAY,
    Leg.TO_PPK,
    Leg.TO_LANDING,
    Leg.TO_PPS,
    Leg.DIRECT_PPS,
    Leg.TO_STATION,
    Leg.DIRECT_STATION,
)
BACKWARD = (Leg.BACK_PPS, Leg.BACK_LANDING, Leg.BACK_PPK, Leg.BACK_GATEWAY, Leg.BACK_WAREHOUSE)
BY_GATEWAY = frozenset({Leg.TO_GATEWAY, Leg.BACK_GATEWAY})
BY_LANDING = frozenset({Leg.TO_LANDING, Leg.BACK_LANDING})
DIRECT = frozenset({Leg.DIRECT_PPS, Leg.DIRECT_STATION})
ENDS_AT_PPS = frozenset({Leg.TO_PPS, Leg.DIRECT_PPS})
ENDS_AT_STATION = frozenset({Leg.TO_STATION, Leg.DIRECT_STATION})
PASSED_BY = {  # the legs that a direct one makes needless
    Leg.DIRECT_PPS: frozenset({Leg.TO_GATEWAY, Leg.TO_PPK, Leg.TO_LANDING, Leg.TO_PPS}),
    Leg.DIRECT_STATION: frozenset({Leg.TO_LANDING, Leg.TO_PPS, Leg.TO_STATION}),
}
LEVELS: Final = ("regency", "district", "village")
LEVEL_OF_LEG = {
    Leg.TO_GATEWAY: "regency",
    Leg.TO_PPK: "regency",
    Leg.TO_LANDING: "district",
    Leg.TO_PPS: "district",
    Leg.DIRECT_PPS: "regency",
    Leg.TO_STATION: "village",
    Leg.DIRECT_STATION: "district",
    Leg.BACK_PPS: "village",
    Leg.BACK_LANDING: "district",
    Leg.BACK_PPK: "district",
    Leg.BACK_GATEWAY: "regency",
    Leg.BACK_WAREHOUSE: "regency",
}


class Level(StrEnum):
    """How far down a plan goes: to every station, or to the village committees (PPS) and home from there."""

    STATION = "station"
    VILLAGE = "village"


LEGS_DOWN_TO = {
    Level.STATION: tuple(Leg),
    Level.VILLAGE: tuple(leg for leg in Leg if LEVEL_OF_LEG[leg] != "village" and leg not in ENDS_AT_STATION),
}


class Substitute(StrEnum):
    """What stands in writing where no officer rides along."""

    LINMAS_AND_SUPERVISOR = "linmas_and_supervisor"
    MEETS_AT_DESTINATION = "meets_at_destination"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The first stop of a trip is where it starts, the last is the same site, home again.

    At a halt nothing is handed over: the trip stands still beside its boxes, for a night or a tide.
    """

    site: str
    lat: float
    lon: float
    arrive_at: datetime
    depart_at: datetime

    @property
    def is_halt(self) -> bool:
        return self.site.startswith(_HALTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """Parcels of whole stations from one site to another on one trip, under one waybill."""

    code: str  # <trip>/<n>
    from_site: str
    to_site: str
    stations: tuple[str, ...]  # 13-digit codes; every parcel of a station travels together
    parcels_count: int
    arrive_at: datetime  # as planned
    due_at: datetime  # latest arrival from which the deadline can still be met


@dataclass(frozen=True, slots=True, kw_only=True)
class Escort:
    """Who guards a trip. `substitute` is set when no officer can be aboard, and says what instead.

    `reserve_post`: a second team, as strong, stands by there; the trip leaves with whichever is ready first.
    """

    post: str  # post code, polri/<area>
    officers_count: int
    linmas_count: int
    substitute: str | None = None  # a Substitute
    reserve_post: str = ""  # empty: no second team

    @property
    def teams_count(self) -> int:
        """How many teams the trip can leave with; none where no officer guards it."""
        return 0 if not self.officers_count else 2 if self.reserve_post else 1

    @property
    def called_count(self) -> int:
        """Officers who must be there: of all teams."""
        return self.officers_count * self.teams_count

    @property
    def posts(self) -> tuple[str, ...]:
        """The post that guards, and the one that stands by."""
        return (self.post, self.reserve_post) if self.reserve_post else (self.post,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One vehicle's run from its first stop, by all others, home again."""

    code: str  # <regency>-<leg>-<n>
    leg: Leg
    area: str  # the area it serves: regency for TO_PPK, district for TO_PPS, village for TO_STATION
    vehicle: str
    mode: Mode
    risk: RiskClass  # the worst class among the stations aboard
    depart_at: datetime
    back_at: datetime
    latest_departure_at: datetime  # later than this and the deadline is at stake
    distance_m: int
    parcels_count: int
    escort: Escort
    stops: tuple[Stop, ...]
    consignments: tuple[Consignment, ...]

    @property
    def visits(self) -> tuple[Stop, ...]:
        """Where something is handed over: one for each consignment, in their order."""
        return tuple(stop for stop in self.stops[1:-1] if not stop.is_halt)

    @property
    def leaves_too_late(self) -> bool:
        """Planned to leave later than is safe."""
        return self.depart_at > self.latest_departure_at

    @property
    def leaves_by(self) -> datetime:
        """Its latest safe departure, or the planned one where none so late is safe."""
        return max(self.depart_at, self.latest_departure_at)

    @property
    def halts(self) -> tuple[Stop, ...]:
        """Empty but for trips of several days."""
        return tuple(stop for stop in self.stops if stop.is_halt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """Stations that a leg cannot carry, and why: an answer, not an error."""

    leg: Leg
    site: str
    stations: tuple[str, ...]
    reason: str  # of rules.plan.routing.schedule.reason_against, or fleet_too_small
    days: int | None = None  # that the way there would take, where even several days are too few


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """So many more vehicles of this mode would carry what the fleet leaves behind (shown by a schedule)."""

    leg: Leg
    area: str  # or the gateway at which they must stand
    mode: Mode
    vehicles_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """A saved version of a plan."""

    id: int
    area: str
    version: int
    of_record: bool
    reason: str
    made_at: datetime
    made_by: str
    seed: int
    problem_sha256: str
    voting_at: datetime
    deadline_at: datetime
    first_day: int  # distribution may begin so many days before the vote
    level: Level
    run_id: int | None  # of a run over many regencies; None: asked for by itself
    summary: Mapping[str, Any]
