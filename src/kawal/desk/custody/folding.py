"""Folding told events into the tables: what each parcel, station, area and trip amounts to now.

`folded` is used for entries that were appended just now and for the whole log when it is replayed; both
end in the same tables, because every standing is a function of the set of events (rules.custody). It only
reads: what it works out is written afterwards at one stroke, so that the intake hardly waits for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kawal.desk.custody import noting, progress, tellings, underway
from kawal.desk.custody.doubting import Doubting, doubting
from kawal.desk.custody.links import Links
from kawal.desk.custody.models import Finding as FindingRow
from kawal.desk.custody.models import ParcelStory
from kawal.desk.custody.noting import Noted
from kawal.desk.custody.progress import AreaChanges, Reached
from kawal.desk.custody.rows import Pending, chunks
from kawal.desk.custody.tellings import Batch
from kawal.desk.needs import reads as needs
from kawal.desk.needs.reads import ParcelFacts
from kawal.rules.custody.facts import Expected, decoded, encoded, expected, parcels_of
from kawal.rules.custody.findings import SHARED, WAITING, Finding
from kawal.rules.custody.late import late
from kawal.rules.custody.standing import Judge, Standing
from kawal.rules.custody.told import Told
from kawal.rules.needs.parcels import is_readable, station_of
from kawal.rules.places.codes import NATION, village_of

_STATIONS_AT_ONCE = 150


@dataclass(slots=True)
class _Fold:
    """What one batch of events adds, as far as it is worked out."""

    links: Links
    doubts: Doubting
    said: tellings.Facts
    at: datetime  # when the hub received the last of them
    log_size: int
    changes: AreaChanges = field(default_factory=AreaChanges)
    pending: Pending = field(default_factory=Pending)

    def note(
        self, found: Iterable[Noted], *, parcels: Collection[int] = (), keys: Collection[str] = ()
    ) -> None:
        noting.note(
            found, self.pending, self.changes.opened,
            parcels=parcels, keys=keys, at=self.at, log_size=self.log_size,
        )  # fmt: skip


def folded(batch: Batch, *, before: int = 0) -> Pending:
    """What the tables must be told, so that they say what these entries say as well.

    `before`: log index up to which entries are folded already, where that is beyond the batch. Good as
    long as nobody else folds in between.
    """
    told = batch.told
    links = Links(told)
    chained, keys, indexes = links.findings()
    forks = [finding for finding in chained if finding.kind == "fork"]
    doubts = doubting(told, batch.said, forks, before=max(before, batch.log_size))
    fold = _Fold(links, doubts, tellings.tell(told, links), batch.received_at, batch.log_size)
    links.keep(fold.pending)
    doubts.keep(fold.pending)
    for parcel in _waiting_for({one.kid.hex() for one in told}) + tellings.about(doubts.changed):
        fold.said.setdefault(parcel, [])
    wrong = [parcel for parcel in fold.said if not is_readable(parcel)]
    fold.note(
        [
            *_of_events(told),
            *_of_codes(wrong, told),
            *_of_chains(told, chained, indexes),
            *_of_doubts(doubts),
        ],
        keys=keys | doubts.keys(),
    )
    by_station: defaultdict[str, list[int]] = defaultdict(list)
    for parcel in sorted(fold.said.keys() - set(wrong)):
        by_station[station_of(parcel)].append(parcel)
    for stations in chunks(by_station, _STATIONS_AT_ONCE):
        _fold_stations({station: by_station[station] for station in stations}, fold)
    progress.apply(fold.changes, fold.pending)
    underway.keep(doubts.counting_at_once(), fold.pending)
    return fold.pending


def expected_of(parcel: int, known: ParcelFacts | None) -> Expected:
    if known is None:
        return expected(parcel, known=False)
    return expected(parcel, seals=known.seals, ballots_count=known.ballots_count)


def _fold_stations(by_station: Mapping[str, list[int]], fold: _Fold) -> None:
    """Standing of each touched parcel, then of its station."""
    known = needs.parcels_of(list(by_station))
    needed = {parcel.code: parcel for parcels in known.values() for parcel in parcels}
    touched = [parcel for parcels in by_station.values() for parcel in parcels]
    kept: dict[int, bytes] = {}
    reached: dict[int, Reached] = {}
    judged = []  # parcels with findings, now or before
    stored = ParcelStory.objects.filter(station_code__in=list(by_station))
    for parcel, told, stage, received_at, findings in stored.values_list(
        "parcel_code", "told", "stage", "received_at", "findings_count"
    ):
        kept[parcel] = bytes(told)
        reached[parcel] = (stage, received_at)
        if findings:
            judged.append(parcel)
    rows, found = [], []
    judge = Judge(fold.links.is_whole, fold.doubts.known(()))
    for parcel in touched:
        story = kept.get(parcel, b"") + encoded(fold.said[parcel])
        facts = decoded(story)
        if fold.doubts.in_doubt:  # else there is nothing to know
            fold.doubts.known(fact.kid for fact in facts)
        stands = judge.standing(facts, expected_of(parcel, needed.get(parcel)))
        row = _story_row(parcel, story, stands)
        rows.append(row)
        reached[parcel] = (stands.stage, row[8])
        if stands.findings:
            indexes = {fact.id: fact.log_index for fact in facts}
            found += [_noted(parcel, one, indexes) for one in stands.findings if one.kind not in SHARED]
    fold.pending.upsert(ParcelStory, rows)
    judged = sorted({*judged, *(one.parcel for one in found if one.parcel)} & set(touched))
    fold.note(found, parcels=judged)
    stations = {station: [parcel.code for parcel in parcels] for station, parcels in known.items() if parcels}
    progress.advance(stations, reached, fold.changes, fold.pending)


def _story_row(
    parcel: int, story: bytes, stands: Standing
) -> tuple[int, str, bytes, int, str, str, bool, bool, datetime | None, int, datetime]:
    return (
        parcel,
        station_of(parcel),
        story,
        int(stands.stage),
        stands.holder.hex() if stands.holder else "",
        stands.site,
        stands.offered,
        stands.disputed,
        _time(stands.received_ms) if stands.received_ms is not None else None,
        len(stands.findings),
        _time(stands.told_ms),
    )


def _noted(parcel: int, finding: Finding, indexes: Mapping[bytes, int]) -> Noted:
    station = station_of(parcel)
    shown_by = [indexes[event_id] for event_id in finding.ids if event_id in indexes]
    return Noted(
        finding=finding,
        parcel=parcel,
        station=station,
        area=village_of(station),
        entry_index=min(shown_by or indexes.values()),
    )


def _of_events(told: Iterable[Told]) -> list[Noted]:
    """C11: about the event, however many parcels it names."""
    found = []
    for one in told:
        times = (one.event.happened_ms, one.event.recorded_ms, round(one.received_at.timestamp() * 1000))
        found += [_of_event(one, finding) for finding in late(one.id, *times)]
    return found


def _of_doubts(doubts: Doubting) -> list[Noted]:
    """C5 and C11: about events of devices that are in doubt."""
    return [_of_event(one, finding) for one, finding in doubts.findings()]


def _of_event(one: Told, finding: Finding) -> Noted:
    stations = {station_of(parcel) for parcel in parcels_of(one.event)}
    return Noted(
        finding=finding,
        parcel=None,
        station=stations.pop() if len(stations) == 1 else "",
        area=underway.area_of(one.event),
        entry_index=one.index,
    )


def _of_chains(told: Sequence[Told], found: Iterable[Finding], indexes: Mapping[bytes, int]) -> list[Noted]:
    """C4 and C12: about a device's own chain."""
    areas = {one.id: underway.area_of(one.event) for one in told}
    noted = []
    for finding in found:
        index, first = min((indexes[event_id], event_id) for event_id in finding.ids)
        area = areas.get(first) or _area_in_log(index)
        noted.append(Noted(finding=finding, parcel=None, station="", area=area, entry_index=index))
    return noted


def _area_in_log(index: int) -> str:
    return underway.area_of(tellings.from_log([index])[index].event)


def _of_codes(wrong: Collection[int], told: Iterable[Told]) -> list[Noted]:
    """C8: a code that was mistyped or made up is no parcel, so it has no story of its own."""
    found = []
    for parcel in sorted(wrong):
        first = next((one for one in told if parcel in parcels_of(one.event)), None)
        if first is not None:
            area = underway.area_of(first.event) if first.event.site else NATION
            found.append(
                Noted(
                    finding=Finding("bad_code", facts={"code": parcel}),
                    parcel=parcel,
                    station="",
                    area=area,
                    entry_index=first.index,
                )
            )
    return found


def _waiting_for(kids: Collection[str]) -> list[int]:
    """Parcels with a gap in the story that the next event of one of these devices may fill."""
    waiting = FindingRow.objects.filter(kind__in=WAITING, cleared_at=None)
    return [
        parcel
        for parcel, facts in waiting.values_list("parcel_code", "facts")
        if parcel is not None and facts["device"] in kids
    ]


def _time(unix_ms: int) -> datetime:
    return datetime.fromtimestamp(unix_ms / 1000, UTC)
