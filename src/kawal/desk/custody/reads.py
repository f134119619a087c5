"""What is known of custody: progress of areas and stations, the story of a parcel, findings, trips."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

from kawal.desk.custody import doubting, links
from kawal.desk.custody.folding import expected_of
from kawal.desk.custody.models import (
    AreaProgress,
    Finding,
    Incident,
    Milestone,
    ParcelStory,
    Position,
    StationProgress,
)
from kawal.desk.custody.rows import chunks
from kawal.desk.needs import reads as needs
from kawal.desk.people.devices import device_keys
from kawal.desk.plan import reads as plans
from kawal.rules.custody import findings as rules
from kawal.rules.custody.event import Act, Mismatch
from kawal.rules.custody.facts import Fact, decoded
from kawal.rules.custody.stages import Stage
from kawal.rules.custody.standing import in_order, standing
from kawal.rules.needs.parcels import kind_of, station_of
from kawal.rules.places.codes import NATION, is_station, level_of, subtree_range
from kawal.rules.refusals import Refused

_AT_ONCE = 500
_REGENCY_CHARS = 5
_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressFacts:
    """Stations told about, by stage; a station that is not counted here was not told about yet."""

    area_code: str
    stations_by_stage: dict[Stage, int]
    received_on_time: int
    received_late: int
    findings_count: int  # open ones

    @property
    def stations_count(self) -> int:
        return sum(self.stations_by_stage.values())

    def reached(self, stage: Stage) -> int:
        """Stations at this stage or beyond."""
        return sum(count for at, count in self.stations_by_stage.items() if at >= stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFacts:
    station_code: str
    stage: Stage
    received_at: datetime | None
    on_time: bool | None  # None: not received, or no plan says until when
    findings_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFacts:
    key: str
    kind: str
    rule: str
    parcel_code: int | None
    station_code: str
    area_code: str
    entry_index: int
    facts: dict[str, object]
    found_at: datetime
    found_index: int
    cleared_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """One event in a parcel's story, with its three times."""

    act: Act
    post: str  # of the device that signed; its kid where the device is unknown
    device: str
    entry_index: int
    event_id: str
    site: str
    seals: tuple[int, ...]
    counted: int | None
    exceptions: tuple[Mismatch, ...]
    happened_at: datetime
    recorded_at: datetime
    received_at: datetime
    findings: tuple[rules.Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelStoryFacts:
    parcel_code: int
    kind: str  # ballot type of a box, or bundle
    stage: Stage
    holder: str  # kid; empty where nobody is known to hold it
    holder_post: str
    site: str
    offered: bool
    disputed: bool
    received_at: datetime | None
    findings: tuple[rules.Finding, ...]
    steps: tuple[StepFacts, ...]  # in the order of custody


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderwayFacts:
    """Where a trip was last seen."""

    trip: str
    lat: float
    lon: float
    happened_at: datetime


def progress(area_code: str) -> ProgressFacts:
    """Counts of an area of any level; all zero where nothing was told yet."""
    row = AreaProgress.objects.filter(area_code=area_code).first()
    return _progress(row) if row else nothing_told(area_code)


def progress_of_children(parent: str) -> dict[str, ProgressFacts]:
    """Area code -> counts, for those areas one level down that were told about."""
    rows = AreaProgress.objects.filter(parent_code=parent).order_by("area_code")
    return {row.area_code: _progress(row) for row in rows}


def nothing_told(area_code: str) -> ProgressFacts:
    """The counts of an area of which nobody has told anything yet."""
    return _progress(AreaProgress(area_code=area_code))


def station_progress(area: str) -> dict[str, StationFacts]:
    """Station code -> where it stands, for those stations of an area that were told about."""
    rows = StationProgress.objects.all()
    if level_of(area) == "village":
        rows = rows.filter(village_code=area)
    elif area != NATION:
        rows = rows.filter(village_code__range=subtree_range(area))
    return _stations(rows.order_by("station_code"))


def stations_told(station_codes: Collection[str]) -> dict[str, StationFacts]:
    """The same for stations by their codes."""
    found: dict[str, StationFacts] = {}
    for some in chunks(station_codes, _AT_ONCE):
        found.update(_stations(StationProgress.objects.filter(station_code__in=some)))
    return found


def station_story(station_code: str) -> list[ParcelStoryFacts]:
    """Every parcel of a station that is needed or was told about, with all that was told.

    Refuses `unknown_station` where there is neither.
    """
    known = {parcel.code: parcel for parcel in needs.parcels_of([station_code])[station_code]}
    rows = ParcelStory.objects.filter(station_code=station_code).values_list("parcel_code", "told")
    told = {parcel: decoded(bytes(data)) for parcel, data in rows}
    if not known and not told:
        raise Refused("unknown_station", station=station_code)
    posts = _posts(fact.kid for facts in told.values() for fact in facts)
    return [
        _story(parcel, told.get(parcel, []), known.get(parcel), posts) for parcel in sorted({*known, *told})
    ]


def parcel_story(parcel_code: int) -> ParcelStoryFacts:
    """Refuses `unknown_parcel`: neither needed nor told about."""
    station = station_of(parcel_code)
    known = {parcel.code: parcel for parcel in needs.parcels_of([station])[station]}.get(parcel_code)
    row = ParcelStory.objects.filter(parcel_code=parcel_code).first()
    if known is None and row is None:
        raise Refused("unknown_parcel", parcel=parcel_code)
    facts = decoded(bytes(row.told)) if row else []
    return _story(parcel_code, facts, known, _posts(fact.kid for fact in facts))


def findings(area: str, *, limit: int = 200, rule: str = "", open_only: bool = True) -> list[FindingFacts]:
    """Findings in an area, newest first."""
    return findings_between(area, 0, limit, rule=rule, cleared=False if open_only else None)


def findings_count(area: str, *, rule: str = "", cleared: bool | None = None) -> int:
    """`cleared`: True for those that were explained since, False for open ones, None for both."""
    return _chosen(area, rule, cleared).count()


def findings_between(
    area: str, start: int, stop: int, *, rule: str = "", cleared: bool | None = None
) -> list[FindingFacts]:
    """A stretch of the same, newest first."""
    rows = _chosen(area, rule, cleared).order_by("-found_index", "key")
    return [_finding(row) for row in rows[start:stop]]


def findings_of_entry(index: int, parcels: Collection[int], area: str) -> list[FindingFacts]:
    """Findings that the event at an index shows first; `parcels` and `area` are the event's own."""
    whose = Q(parcel_code__in=list(parcels)) | Q(area_code=area)
    return [_finding(row) for row in Finding.objects.filter(whose, entry_index=index).order_by("key")]


def open_findings(area: str, limit: int = 200) -> list[FindingFacts]:
    return findings(area, limit=limit)


def findings_by_rule(area: str) -> dict[str, int]:
    """Rule (C1 to C12) -> open findings in an area, in the order of the rules."""
    rows = _in_area(area).filter(cleared_at=None).values_list("rule").annotate(count=Count("key"))
    return dict(sorted(rows, key=lambda row: int(row[0][1:])))


def fresh_findings(since_index: int) -> list[FindingFacts]:
    """Open findings that were found, or came back, when the log was longer than `since_index`."""
    rows = Finding.objects.filter(found_index__gt=since_index, cleared_at=None)
    return [_finding(row) for row in rows.order_by("found_index", "key")]


def milestones(trip_codes: Collection[str]) -> dict[str, list[Milestone]]:
    """Trip code -> its milestones in the order of the log."""
    found: dict[str, list[Milestone]] = {}
    for some in chunks(trip_codes, _AT_ONCE):
        for row in Milestone.objects.filter(trip_code__in=some).order_by("entry_index"):
            found.setdefault(row.trip_code, []).append(row)
    return found


def positions(trip_codes: Collection[str]) -> dict[str, Position]:
    """Trip code -> the newest position told for it, without its track."""
    found: dict[str, Position] = {}
    for some in chunks(trip_codes, _AT_ONCE):
        rows = Position.objects.filter(trip_code__in=some).defer("track")
        found.update((row.trip_code, row) for row in rows)
    return found


def tracks(trip_codes: Collection[str]) -> dict[str, tuple[int, bytes]]:
    """Trip code -> the log's last entry that told a position of it, and its track (rules.custody.track)."""
    found: dict[str, tuple[int, bytes]] = {}
    for some in chunks(trip_codes, _AT_ONCE):
        rows = Position.objects.filter(trip_code__in=some)
        for trip, index, track in rows.values_list("trip_code", "entry_index", "track"):
            found[trip] = (index, bytes(track))
    return found


def positions_under(area: str) -> dict[str, Position]:
    """The newest positions of all trips of a regency, a province or the nation."""
    rows = Position.objects.filter(trip_code__startswith=area).defer("track").order_by("trip_code")
    return {row.trip_code: row for row in rows}


def underway(area: str) -> list[UnderwayFacts]:
    """Trips of a regency or below it that are on their way: nothing newer was told than a position.

    A trip that arrived somewhere, or whose parcels somebody accepted, is underway again once it departs.
    """
    ended = Milestone.objects.filter(
        trip_code=OuterRef("trip_code"),
        kind__in=("arrived", "accepted"),
        happened_at__gte=OuterRef("happened_at"),
    )
    rows = Position.objects.filter(~Exists(ended), trip_code__startswith=f"{area[:_REGENCY_CHARS]}-")
    found = [
        UnderwayFacts(trip=trip, lat=lat, lon=lon, happened_at=at)
        for trip, lat, lon, at in rows.order_by("trip_code").values_list(
            "trip_code", "lat", "lon", "happened_at"
        )
    ]
    if found and level_of(area) != "regency":
        serving = {trip.code for trip in plans.trips_of_area(area)}
        found = [one for one in found if one.trip in serving]
    return found


def incidents(area: str, limit: int = 200) -> list[Incident]:
    """Incidents told in an area, newest first."""
    return list(_under(Incident.objects.all(), area).order_by("-entry_index")[:limit])


def _story(
    parcel: int, facts: list[Fact], known: needs.ParcelFacts | None, posts: dict[bytes, str]
) -> ParcelStoryFacts:
    doubts = doubting.stored({fact.kid for fact in facts})
    asked = expected_of(parcel, known)
    stands = standing(facts, asked, is_whole=links.is_whole, doubts=doubts) if facts else None
    found = stands.findings if stands else ()
    holder = stands.holder if stands else None
    received_ms = stands.received_ms if stands else None
    return ParcelStoryFacts(
        parcel_code=parcel,
        kind=kind_of(parcel),
        stage=stands.stage if stands else Stage.NEEDED,
        holder=holder.hex() if holder else "",
        holder_post=posts.get(holder, "") if holder else "",
        site=stands.site if stands else "",
        offered=stands is not None and stands.offered,
        disputed=stands is not None and stands.disputed,
        received_at=None if received_ms is None else _time(received_ms),
        findings=found,
        steps=tuple(
            _step(fact, posts, found) for fact in in_order(facts, is_whole=links.is_whole, doubts=doubts)
        ),
    )


def _step(fact: Fact, posts: dict[bytes, str], found: Iterable[rules.Finding]) -> StepFacts:
    return StepFacts(
        act=Act(fact.act),
        post=posts.get(fact.kid, fact.kid.hex()),
        device=fact.kid.hex(),
        entry_index=fact.log_index,
        event_id=fact.id.hex(),
        site=fact.site or "",
        seals=fact.seals,
        counted=fact.counted,
        exceptions=tuple(Mismatch(why) for why in fact.exceptions),
        happened_at=_time(fact.happened_ms),
        recorded_at=_time(fact.recorded_ms),
        received_at=_time(fact.received_ms),
        findings=tuple(one for one in found if fact.id in one.ids),
    )


def _posts(kids: Iterable[bytes]) -> dict[bytes, str]:
    return {kid: device.post for kid, device in device_keys(set(kids)).items()}


def _stations(rows: Iterable[StationProgress]) -> dict[str, StationFacts]:
    return {
        row.station_code: StationFacts(
            station_code=row.station_code,
            stage=Stage(row.stage),
            received_at=row.received_at,
            on_time=row.on_time,
            findings_count=row.findings_count,
        )
        for row in rows
    }


def _progress(row: AreaProgress) -> ProgressFacts:
    return ProgressFacts(
        area_code=row.area_code,
        stations_by_stage={Stage(int(stage)): count for stage, count in row.stations_by_stage.items()},
        received_on_time=row.received_on_time,
        received_late=row.received_late,
        findings_count=row.findings_count,
    )


def _chosen(area: str, rule: str, cleared: bool | None) -> QuerySet[Finding]:
    rows = _in_area(area)
    if rule:
        rows = rows.filter(rule=rule)
    return rows if cleared is None else rows.filter(cleared_at__isnull=not cleared)


def _in_area(area: str) -> QuerySet[Finding]:
    if is_station(area):
        return Finding.objects.filter(station_code=area)
    return _under(Finding.objects.all(), area)


def _under(rows: QuerySet[_Row], area: str) -> QuerySet[_Row]:
    if area == NATION:
        return rows
    return rows.filter(Q(area_code=area) | Q(area_code__range=subtree_range(area)))


def _finding(row: Finding) -> FindingFacts:
    return FindingFacts(
        key=row.key,
        kind=row.kind,
        rule=row.rule,
        parcel_code=row.parcel_code,
        station_code=row.station_code,
        area_code=row.area_code,
        entry_index=row.entry_index,
        facts=row.facts,
        found_at=row.found_at,
        found_index=row.found_index,
        cleared_at=row.cleared_at,
    )


def _time(unix_ms: int) -> datetime:
    return datetime.fromtimestamp(unix_ms / 1000, UTC)
