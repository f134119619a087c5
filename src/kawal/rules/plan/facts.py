"""What a plan is made of: trips, stops, consignments. Times are aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kawal.rules.risk.classes import RiskClass


class Mode(StrEnum):
    TRUCK = "truck"
    PICKUP = "pickup"
    BOAT = "boat"
    MOTORBIKE = "motorbike"
    FOOT = "foot"


class Leg(StrEnum):
    """The step of the chain a trip serves; `BACK_*` is the way home after the vote."""

    TO_PPK = "to_ppk"
    TO_PPS = "to_pps"
    TO_STATION = "to_station"
    BACK_PPS = "back_pps"
    BACK_PPK = "back_ppk"
    BACK_WAREHOUSE = "back_warehouse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    site: str
    lat: float
    lon: float
    arrive_at: datetime
    depart_at: datetime


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
    """Who guards a trip. `substitute` is set when no officer can be aboard, and says what instead."""

    post: str  # post code, polri/<area>
    officers_count: int
    linmas_count: int
    substitute: str | None = None  # code: linmas_and_supervisor, meets_at_destination


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
