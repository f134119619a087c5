"""Compute an area's needs: one transaction, regency by regency, so that memory stays small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kawal.desk.needs import reads, rulefiles
from kawal.desk.needs.models import NeedsRun, Parcel, RuleFile, SealRange
from kawal.desk.places import reads as places
from kawal.rules.needs.quantities import ParcelSpec, check_seals, first_seal, needs_of, parcels_of
from kawal.rules.needs.rulebook import Rules
from kawal.rules.places.codes import level_of, station_range
from kawal.rules.places.facts import Station
from kawal.rules.refusals import Refused

_BATCH = 2000
_CONTENTS = ("ballots_count", "weight_g", "volume_cm3")


@dataclass(slots=True)
class _Counts:
    stations: int = 0
    voters: int = 0
    parcels: int = 0


def compute(area: str, *, now: datetime, rules: str = rulefiles.DEFAULT) -> reads.RunFacts:
    """Writes a run, and a row for every parcel; `rules` is a shipped name or a file's path.

    Computing again is harmless: the same stations keep the same parcels and the same seals. Changed
    voters change a parcel's contents, new stations get new seals, and parcels of stations that no
    longer exist are removed; `changes` of the answer counts each.
    Refuses `unknown_area`, `unknown_rules`, `wrong_rules`, `no_stations`, `seals_exhausted`.
    """
    places.area(area)
    file = rulefiles.read(rules)
    totals: Counter[str] = Counter()
    changes: Counter[str] = Counter({"made": 0, "changed": 0, "unchanged": 0, "removed": 0})
    counts = _Counts()
    with transaction.atomic():
        for part in _parts(area):
            stations = places.stations_under(part)
            _count(stations, file.rules, counts, totals)
            _save_parcels(part, stations, file.rules, changes)
        if not counts.stations:
            raise Refused("no_stations", area=area)
        RuleFile.objects.get_or_create(
            sha256=file.sha256, defaults={"name": file.rules.name, "text": file.text}
        )
        row = NeedsRun.objects.create(
            area_code=area,
            rules_name=file.rules.name,
            rules_sha256=file.sha256,
            at=now,
            stations_count=counts.stations,
            voters_count=counts.voters,
            parcels_count=changes["made"] + changes["changed"] + changes["unchanged"],
            totals=dict(totals),
            changes=dict(changes),
        )
    return reads.run_facts(row)


def _parts(area: str) -> list[str]:
    """The regencies of an area above them, else the area itself."""
    if level_of(area) in ("nation", "province"):
        return [regency.code for regency in places.areas_under(area, "regency")]
    return [area]


def _count(stations: list[Station], rules: Rules, counts: _Counts, totals: Counter[str]) -> None:
    for station in stations:
        counts.stations += 1
        counts.voters += station.voters
        for need in needs_of(station, rules):
            totals[need.item] += need.quantity


def _save_parcels(part: str, stations: list[Station], rules: Rules, changes: Counter[str]) -> None:
    there = Parcel.objects.filter(station_code__range=station_range(part))
    known = {row[0]: row[1:] for row in there.values_list("code", *_CONTENTS)}
    made, changed = [], []
    for spec in _specs(part[:5], stations, rules, known):
        was = known.pop(spec.code, None)
        if was is None:
            made.append(_row(spec))
        elif was != (spec.ballots_count, spec.weight_g, spec.volume_cm3):
            changed.append(_row(spec))
        else:
            changes["unchanged"] += 1
    Parcel.objects.bulk_create(made, batch_size=_BATCH)
    Parcel.objects.bulk_update(changed, _CONTENTS, batch_size=_BATCH // 10)
    for codes in _batches(sorted(known)):
        Parcel.objects.filter(code__in=codes).delete()
    changes.update(made=len(made), changed=len(changed), removed=len(known))


def _specs(
    regency: str, stations: list[Station], rules: Rules, known: dict[int, tuple[int, ...]]
) -> Iterator[ParcelSpec]:
    """Every parcel of the stations; new ones take the regency's next seals, known ones keep theirs."""
    seals, _ = SealRange.objects.get_or_create(regency=regency, defaults={"seal_next": first_seal(regency)})
    for station in stations:
        specs = parcels_of(station, rules, seals.seal_next)
        if any(spec.code not in known for spec in specs):
            seals.seal_next += sum(spec.seals_count for spec in specs)
        yield from specs
    check_seals(regency, seals.seal_next)
    seals.save()


def _row(spec: ParcelSpec) -> Parcel:
    return Parcel(
        code=spec.code,
        station_code=spec.station,
        kind=spec.kind,
        ballots_count=spec.ballots_count,
        weight_g=spec.weight_g,
        volume_cm3=spec.volume_cm3,
        seal_first=spec.seal_first,
        seals_count=spec.seals_count,
    )


def _batches(codes: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(codes), _BATCH):
        yield codes[start : start + _BATCH]
