"""Custody replayed: the same pure rules as the hub's, over everything that the entries tell.

No table of the hub is asked. What the hub alone knows (what was needed, the deadline) is taken from the
archive, where there is one, and named as the hub's word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from kawal.rules.custody.doubts import Doubt
from kawal.rules.custody.facts import Fact, expected
from kawal.rules.custody.findings import SHARED, Finding
from kawal.rules.custody.stages import Stage
from kawal.rules.custody.standing import Judge, Standing
from kawal.rules.needs.parcels import kind_of, station_of
from kawal.rules.places.codes import covers, village_of
from kawal.rules.report.archive import NeededParcel
from kawal.verify import counts
from kawal.verify.counts import Counted
from kawal.verify.store import Store

FORKS_MAX = 100
_REGENCY_CHARS = 5


@dataclass(frozen=True, slots=True)
class Stood:
    """A parcel, and what its story adds up to; None where nothing was told of it."""

    parcel: int
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, the parcel it is about (None: an event or a device), and the first entry that shows it."""

    finding: Finding
    parcel: int | None
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TheHubSays:
    """`needed` by parcel code, ascending; None where nobody tells what was needed. Area: what it is about."""

    needed: Iterable[NeededParcel] | None = None
    deadlines_ms: Mapping[str, int] = field(default_factory=dict)  # by regency
    area: str = ""


@dataclass(slots=True)
class Replayed:
    parcels: int = 0  # told about
    stages: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)  # by kind
    counted: dict[str, Counted] = field(default_factory=dict)  # by kind of parcel
    forks: list[Found] = field(default_factory=list)  # the first ones: each with the events that prove it
    stations: Counter[str] = field(default_factory=Counter)  # received, received_late, not_received


def replay(
    store: Store,
    said: TheHubSays,
    *,
    doubts: Mapping[bytes, Doubt],
    doubted: Iterable[Found],
    stood: Callable[[Stood], object],
    noted: Callable[[Found], object],
) -> Replayed:
    """Each parcel is told to `stood`, each finding to `noted`. `doubted` are the findings about `doubts`."""
    done = Replayed()

    def note(one: Found) -> None:
        done.findings[one.finding.kind] += 1
        if one.finding.kind == "fork" and len(done.forks) < FORKS_MAX:
            done.forks.append(one)
        noted(one)

    for one in doubted:
        note(one)
    for index, finding in chain(store.event_findings(), store.chain_findings()):
        note(Found(finding, None, index))
    stations = _Stations(said, done.stations)
    judge, station = Judge(store.is_whole, doubts), ""
    for parcel, needed, told in _together(store.stories(), said):
        if station != station_of(parcel):  # what travelled together is traced once, and then let go
            judge, station = Judge(store.is_whole, doubts), station_of(parcel)
        stands = None
        if told:
            known = said.needed is None or needed is not None
            seals = needed.seals if needed else ()
            asked = expected(
                parcel, seals=seals, ballots_count=needed.ballots_count if needed else None, known=known
            )
            stands = judge.standing(told, asked)
            done.parcels += 1
            places = {fact.id: fact.log_index for fact in told}
            for finding in stands.findings:
                if finding.kind not in SHARED:
                    shown_by = [places[event_id] for event_id in finding.ids if event_id in places]
                    note(Found(finding, parcel, min(shown_by or places.values())))
        done.stages[(stands.stage if stands else Stage.NEEDED).name] += 1
        _count(done, said, parcel, needed, stands, told)
        stood(Stood(parcel, stands))
        if needed is not None:
            stations.add(parcel, stands)
    stations.end()
    return done


class _Stations:
    """A station is received when the last of its needed parcels is; they come one after the other."""

    def __init__(self, said: TheHubSays, counted: Counter[str]) -> None:
        self._said, self._counted = said, counted
        self._station = ""
        self._received_ms: list[int | None] = []

    def add(self, parcel: int, stands: Standing | None) -> None:
        if station_of(parcel) != self._station:
            self.end()
            self._station = station_of(parcel)
        self._received_ms.append(stands.received_ms if stands else None)

    def end(self) -> None:
        times = [at for at in self._received_ms if at is not None]
        if self._received_ms and len(times) < len(self._received_ms):
            self._counted["not_received"] += 1
        elif times:
            self._counted["received"] += 1
            deadline_ms = self._said.deadlines_ms.get(_regency_of(self._station))
            self._counted["received_late"] += int(deadline_ms is not None and max(times) > deadline_ms)
        self._received_ms.clear()


def _regency_of(station: str) -> str:
    return village_of(station)[:_REGENCY_CHARS]


def _count(
    done: Replayed,
    said: TheHubSays,
    parcel: int,
    needed: NeededParcel | None,
    stands: Standing | None,
    told: list[Fact],
) -> None:
    kind, regency = kind_of(parcel), _regency_of(station_of(parcel))
    adds = counts.of(
        needed, stands, told,
        needs_told=said.needed is not None, deadline_ms=said.deadlines_ms.get(regency),
    )  # fmt: skip
    done.counted[kind] = done.counted.get(kind, Counted()).plus(adds)


def _together(
    stories: Iterator[tuple[int, list[Fact]]], said: TheHubSays
) -> Iterator[tuple[int, NeededParcel | None, list[Fact]]]:
    """Both run by parcel code, so neither need fit the memory."""
    needs = iter(said.needed or ())
    needed, story = next(needs, None), next(stories, None)
    while needed is not None or story is not None:
        if story is not None and not covers(said.area, village_of(station_of(story[0]))):
            story = next(stories, None)
        elif story is None or (needed is not None and needed.parcel < story[0]):
            assert needed is not None
            yield needed.parcel, needed, []
            needed = next(needs, None)
        elif needed is None or story[0] < needed.parcel:
            yield story[0], None, story[1]
            story = next(stories, None)
        else:
            yield story[0], needed, story[1]
            needed, story = next(needs, None), next(stories, None)
