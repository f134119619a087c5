"""A small synthetic plan: 3 districts, 6 villages, 20 stations, one of the villages by boat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from kawal.rehearsal.orders import Orders
from kawal.rules.needs.parcels import BUNDLE_DIGIT, parcel_code
from kawal.rules.places.codes import WIB, parent_of, station_code, village_of
from kawal.rules.plan.facts import Consignment, Escort, Leg, Mode, Stop, Trip
from kawal.rules.risk.classes import RiskClass

AREA = "99.01"
VOTING_DAY = datetime(2029, 2, 14, tzinfo=WIB)
WAREHOUSE = f"GDG-{AREA}"
TRAVEL = timedelta(minutes=50)
AT_STOP = timedelta(minutes=25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    code: int
    seals: tuple[int, ...]
    ballots_count: int


def villages(districts: int = 3, villages_count: int = 6) -> list[str]:
    return [
        f"{AREA}.{1 + number % districts:02d}.{2001 + number // districts}"
        for number in range(villages_count)
    ]


def stations(codes: Sequence[str], stations_count: int = 20) -> list[str]:
    return sorted(
        station_code(codes[number % len(codes)], 1 + number // len(codes)) for number in range(stations_count)
    )


def parcels(station: str) -> list[Parcel]:
    first = int(station) % 10**7 * 100 + 10**9
    boxes = [
        Parcel(
            code=parcel_code(station, digit),
            seals=tuple(range(first + digit * 6, first + digit * 6 + 6)),
            ballots_count=250,
        )
        for digit in range(1, 6)
    ]
    return [*boxes, Parcel(code=parcel_code(station, BUNDLE_DIGIT), seals=(), ballots_count=0)]


def orders(
    seed: int = 1, districts: int = 3, villages_count: int = 6, stations_count: int = 20, signal: float = 0.8
) -> Orders:
    codes = villages(districts, villages_count)
    every = stations(codes, stations_count)
    return Orders(
        area=AREA,
        zone=WIB,
        voting_at=at(0, 7),
        deadline_at=at(-1, 18),
        trips=tuple(trips(every)),
        parcels={station: parcels(station) for station in every},
        signal=dict.fromkeys(codes, signal),
        seed=seed,
    )


def at(day: int, hour: float) -> datetime:
    midnight = datetime.combine(VOTING_DAY.date() + timedelta(days=day), time(), WIB)
    return (midnight + timedelta(hours=hour)).astimezone(UTC)


def trips(every: Sequence[str]) -> list[Trip]:
    by_district: dict[str, list[str]] = {}
    by_village: dict[str, list[str]] = {}
    for station in every:
        by_village.setdefault(village_of(station), []).append(station)
        by_district.setdefault(parent_of(village_of(station)), []).append(station)
    made = []
    for number, (district, some) in enumerate(by_district.items()):
        made.append(
            _out(Leg.TO_PPK, AREA, f"truck-{number}", WAREHOUSE, [(f"PPK-{district}", some)], at(-5, 8))
        )
    for number, (village, some) in enumerate(by_village.items()):
        district, pps = parent_of(village), f"PPS-{village}"
        mode = Mode.SPEEDBOAT if number == 0 else Mode.PICKUP
        made += [
            _out(Leg.TO_PPS, district, f"pickup-{number}", f"PPK-{district}", [(pps, some)], at(-3, 8), mode),
            _out(
                Leg.TO_STATION, village, f"bike-{number}", pps, [(one, [one]) for one in some], at(-1, 7),
                Mode.MOTORBIKE,
            ),
            _back(Leg.BACK_PPS, village, f"bike-{number}", [(one, [one]) for one in some], pps, at(0, 16)),
            _back(Leg.BACK_PPK, district, f"pickup-{number}", [(pps, some)], f"PPK-{district}", at(0, 20)),
        ]  # fmt: skip
    return made


def _out(
    leg: Leg,
    area: str,
    vehicle: str,
    begin: str,
    loads: list[tuple[str, list[str]]],
    depart_at: datetime,
    mode: Mode = Mode.TRUCK,
) -> Trip:
    sites = [begin, *(site for site, _ in loads), begin]
    ways = [(begin, site, some) for site, some in loads]
    return _trip(leg, area, vehicle, sites, ways, depart_at, mode)


def _back(
    leg: Leg, area: str, vehicle: str, loads: list[tuple[str, list[str]]], end: str, depart_at: datetime
) -> Trip:
    sites = [end, *(site for site, _ in loads), end]
    ways = [(site, end, some) for site, some in loads]
    return _trip(leg, area, vehicle, sites, ways, depart_at, Mode.PICKUP)


def _trip(
    leg: Leg,
    area: str,
    vehicle: str,
    sites: list[str],
    ways: list[tuple[str, str, list[str]]],
    depart_at: datetime,
    mode: Mode,
) -> Trip:
    stops = []
    for number, site in enumerate(sites):
        arrive_at = depart_at + number * (TRAVEL + AT_STOP) - (AT_STOP if number else timedelta())
        leaves_at = arrive_at + (AT_STOP if number else timedelta())
        lat, lon = -2.0 - 0.01 * (sum(site.encode()) % 17), 106.8 + 0.01 * (sum(site.encode()) % 13)
        stops.append(Stop(site=site, lat=lat, lon=lon, arrive_at=arrive_at, depart_at=leaves_at))
    code = f"{AREA}-{leg}-{area}-{vehicle}"
    arrivals = {stop.site: stop.arrive_at for stop in stops[1:]}
    return Trip(
        code=code,
        leg=leg,
        area=area,
        vehicle=vehicle,
        mode=mode,
        risk=RiskClass.LOW,
        depart_at=depart_at,
        back_at=stops[-1].arrive_at,
        latest_departure_at=depart_at + timedelta(hours=6),
        distance_m=20_000,
        parcels_count=6 * sum(len(some) for _, _, some in ways),
        escort=Escort(post=f"polri/{area}", officers_count=2, linmas_count=0),
        stops=tuple(stops),
        consignments=tuple(
            Consignment(
                code=f"{code}/{number}",
                from_site=begin,
                to_site=end,
                stations=tuple(some),
                parcels_count=6 * len(some),
                arrive_at=arrivals[end],
                due_at=arrivals[end] + timedelta(hours=5),
            )
            for number, (begin, end, some) in enumerate(ways)
        ),
    )
