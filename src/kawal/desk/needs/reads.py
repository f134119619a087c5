"""What was computed: runs, totals, a station's needs with their working, parcels with their seals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from kawal.desk.needs import rulefiles
from kawal.desk.needs.models import NeedsRun, Parcel, RuleFile
from kawal.desk.places import reads as places
from kawal.rules.needs.quantities import Need, StockNeed, freight, needs_of, needs_of_voters, stocks_of
from kawal.rules.needs.rulebook import Rules
from kawal.rules.places.codes import NATION, level_of, lineage, station_range, subtree_range, village_of
from kawal.rules.places.facts import Station
from kawal.rules.refusals import Refused

_BATCH = 900  # stations asked for in one query


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    id: int
    area_code: str
    rules_name: str
    rules_sha256: str
    at: datetime
    stations_count: int
    voters_count: int
    parcels_count: int
    totals: dict[str, int]  # item code -> quantity
    changes: dict[str, int]  # parcels made, changed, unchanged, removed


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelFacts:
    code: int
    kind: str  # ballot type of a box, or bundle
    ballots_count: int
    weight_g: int
    volume_cm3: int
    seals: tuple[int, ...]


def latest_run(area: str) -> RunFacts | None:
    """The newest run over the area itself or over one above it."""
    row = NeedsRun.objects.filter(area_code__in=lineage(area)).order_by("-at", "-id").first()
    return run_facts(row) if row else None


def runs(area: str) -> list[RunFacts]:
    """Every run over the area, over one above it or over a part of it, oldest first."""
    of_area = Q(area_code__in=lineage(area)) | Q(area_code__range=subtree_range(area))
    return [run_facts(row) for row in NeedsRun.objects.filter(of_area).order_by("at", "id")]


def rules_text(sha256: str) -> str:
    """The rule file of a run, as it was used."""
    return RuleFile.objects.get(pk=sha256).text


def run_facts(row: NeedsRun) -> RunFacts:
    return RunFacts(
        id=row.pk,
        area_code=row.area_code,
        rules_name=row.rules_name,
        rules_sha256=row.rules_sha256,
        at=row.at,
        stations_count=row.stations_count,
        voters_count=row.voters_count,
        parcels_count=row.parcels_count,
        totals=row.totals,
        changes=row.changes,
    )


def rules_for(area: str) -> Rules:
    """The rules by which the area was last computed. Refuses `needs_not_computed`."""
    run = latest_run(area)
    if run is None:
        raise Refused("needs_not_computed", area=area)
    return rulefiles.parsed(RuleFile.objects.get(pk=run.rules_sha256).text)


def station_needs(station_code: str) -> tuple[Need, ...]:
    """What one station needs, with workings. Refuses `unknown_station` and `needs_not_computed`."""
    return needs_of(places.station(station_code), rules_for(village_of(station_code)))


def totals(area: str) -> dict[str, int]:
    """Item code -> quantity for any area inside a run, from its own stations."""
    rules = rules_for(area)
    run = latest_run(area)
    if run is not None and run.area_code == area:
        return run.totals
    counted: Counter[str] = Counter()
    for found in places.iterate_stations(area):
        for need in needs_of(found, rules):
            counted[need.item] += need.quantity
    return dict(counted)


def stocks(area: str, rules: Rules) -> list[StockNeed]:
    """Stocks apart from the stations' needs, as far as they can be computed for the area."""
    level = level_of(area)
    provinces = len(places.areas_under(NATION, "province")) if level == "nation" else int(level == "province")
    return stocks_of(rules, provinces_count=provinces)


def parcels_of(station_codes: Collection[str]) -> dict[str, list[ParcelFacts]]:
    """Parcels of each station by code: the boxes in the order of the ballot types, then the bundle."""
    found: dict[str, list[ParcelFacts]] = {code: [] for code in station_codes}
    for codes in _batches(found):
        rows = Parcel.objects.filter(station_code__in=codes).order_by("code")
        for station_code, *values in rows.values_list("station_code", *_PARCEL_FIELDS).iterator():
            found[station_code].append(_parcel_facts(*values))
    return found


def rules_of_record(area: str) -> tuple[Rules, bool]:
    """The rules by which the area was last computed, else the shipped ones; and whether it was computed."""
    run = latest_run(area)
    if run is None:
        return rulefiles.read(rulefiles.DEFAULT).rules, False
    return rulefiles.parsed(RuleFile.objects.get(pk=run.rules_sha256).text), True


def totals_by_rules(area: str, rules: Rules) -> dict[str, int]:
    """Item code -> quantity from the area's stations, whether they were computed or not."""
    counted: Counter[str] = Counter()
    for voters, stations in places.stations_by_voters(area).items():
        for need in needs_of_voters(voters, area[:2], rules):
            counted[need.item] += need.quantity * stations
    return dict(counted)


def freight_of(stations: Iterable[Station], rules: Rules) -> dict[str, tuple[int, int, int]]:
    """Station -> how many parcels, how many grams and cm3, by the rules alone, no parcel needed."""
    return {station.code: freight(station, rules) for station in stations}


def iterate_parcels(area: str) -> Iterator[ParcelFacts]:
    """All parcels of an area by code, one after the other."""
    rows = Parcel.objects.filter(station_code__range=station_range(area)).order_by("code")
    return (_parcel_facts(*values) for values in rows.values_list(*_PARCEL_FIELDS).iterator(chunk_size=5000))


_PARCEL_FIELDS = ("code", "kind", "ballots_count", "weight_g", "volume_cm3", "seal_first", "seals_count")


def _parcel_facts(
    code: int, kind: str, ballots: int, weight_g: int, volume_cm3: int, seal_first: int | None, seals: int
) -> ParcelFacts:
    return ParcelFacts(
        code=code,
        kind=kind,
        ballots_count=ballots,
        weight_g=weight_g,
        volume_cm3=volume_cm3,
        seals=() if seal_first is None else tuple(range(seal_first, seal_first + seals)),
    )


def _batches(codes: Iterable[str]) -> Iterable[list[str]]:
    left = sorted(codes)
    return (left[start : start + _BATCH] for start in range(0, len(left), _BATCH))
