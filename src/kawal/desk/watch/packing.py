"""Waves of packing at a warehouse: the plan of record, and what custody says is sealed already."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from kawal.desk.custody import reads as custody
from kawal.desk.needs import reads as needs
from kawal.desk.plan import reads as plans
from kawal.rules.custody.stages import Stage
from kawal.rules.places.codes import zone_of
from kawal.rules.plan.facts import Leg, PlanFacts
from kawal.rules.plan.waves import PER_HOUR, Wave, waves
from kawal.rules.refusals import Refused

FROM_WAREHOUSE: Final = (Leg.TO_GATEWAY, Leg.TO_PPK, Leg.DIRECT_PPS)
COLUMNS = ("wave", "trip", "begin_by", "sealed_by", "parcels", "stations_count", "districts", "stations")


def packing(area: str, *, per_hour: int = PER_HOUR) -> tuple[PlanFacts, tuple[Wave, ...]]:
    """The waves of what is not sealed yet, by the plan of record. Refuses `no_plan` and `wrong_packing`."""
    plan = plans.plan_of_record(area)
    if plan is None or plan.area != area:
        raise Refused("no_plan", area=area)
    trips = [trip for leg in FROM_WAREHOUSE for trip in plans.trips(plan.id, leg=leg)]
    stations = {station for trip in trips for part in trip.consignments for station in part.stations}
    told = custody.station_progress(area)
    packed = {code for code, facts in told.items() if facts.stage >= Stage.SEALED}
    parcels = {code: len(found) for code, found in needs.parcels_of(sorted(stations)).items()}
    return plan, waves(trips, parcels, zone=zone_of(area), per_hour=per_hour, packed=packed)


def as_csv(found: Iterable[Wave], area: str) -> str:
    """A list for the warehouse; times are local."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for wave in found:
        rows.writerow(
            (
                wave.number,
                wave.trip,
                _local(wave.begin_by, area),
                _local(wave.sealed_by, area),
                wave.parcels_count,
                len(wave.stations),
                " ".join(wave.districts),
                " ".join(wave.stations),
            )
        )
    return out.getvalue()


def _local(at: datetime, area: str) -> str:
    return at.astimezone(zone_of(area)).isoformat(timespec="minutes")
