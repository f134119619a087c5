"""Risk of each trip of the plan of record, and of every area's trips together."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from kawal.desk.plan import reads
from kawal.desk.risk import reads as risk
from kawal.desk.risk import specfiles
from kawal.rules.plan.exposure import Surroundings, exposures
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.legs import LegRisk, assess_legs, roll_up_legs
from kawal.rules.risk.scoring import Rollup, rolled_class
from kawal.rules.risk.spec import RiskSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    area: str
    version: int  # of the plan
    spec: RiskSpec
    legs: tuple[LegRisk, ...]  # the highest score first
    areas: dict[str, Rollup]


def exposed(area: str, spec: str = specfiles.LEGS) -> Exposed:
    """Refuses `no_plan`, `unknown_rules`, `wrong_rules`, `wrong_spec`."""
    plan = reads.plan_of_record(area)
    if plan is None:
        raise Refused("no_plan", area=area)
    file = specfiles.read(spec)
    trips = reads.trips(plan.id)
    villages = risk.village_values(plan.area)
    known = Surroundings(
        scores={code: found.score for code, found in villages.items()},
        crossings_km={
            code: km
            for code, found in villages.items()
            if (km := found.values.get("crossing_km")) is not None
        },
        signal=risk.signal(plan.area),
    )
    facts = exposures(trips, known)
    legs, scores = assess_legs(facts, file.spec)
    return Exposed(
        area=plan.area,
        version=plan.version,
        spec=file.spec,
        legs=tuple(sorted(legs, key=lambda found: (-found.score, found.leg.code))),
        areas=roll_up_legs(facts, scores),
    )


def plain(found: Exposed) -> dict[str, Any]:
    """For programs: every leg with its facts and reasons, every area with its roll-up."""
    return {
        "area": found.area,
        "version": found.version,
        "spec": found.spec.name,
        "legs": [
            {
                **{name: _known(value) for name, value in asdict(one.leg).items()},
                "score": one.score,
                "class": one.klass.name.lower(),
                "reasons": [asdict(reason) for reason in one.reasons],
            }
            for one in found.legs
        ],
        "areas": {
            code: {
                "score": rolled.score,
                "class": rolled_class(rolled, found.spec).name.lower(),
                "worst": rolled.worst.name.lower(),
                "legs": {klass.name.lower(): int(rolled.counts[klass - 1]) for klass in RiskClass},
                "stations": rolled.voters,
            }
            for code, rolled in found.areas.items()
        },
    }


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
