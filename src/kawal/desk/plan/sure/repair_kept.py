"""What a repair answered, kept with the version that it made (in its summary), and read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kawal.rules.plan.facts import Leg, Mode, PlanFacts
from kawal.rules.plan.repair.carrying import Carrying
from kawal.rules.plan.repair.helps import Help, Helped, HelpKind
from kawal.rules.plan.repair.promise import Promise, Targets
from kawal.rules.plan.repair.search import Repaired, Step, StepKind, Way
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import CLASS_NAMES

KEY = "repair"  # in the summary of a plan


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassKept:
    """How many stations of a class reach its target."""

    risk: RiskClass
    target: float
    stations_count: int
    sure_before_count: int
    sure_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairKept:
    base_version: int  # that was repaired
    regency_target: float
    regency_before: float
    regency: float
    error: float
    classes: tuple[ClassKept, ...]
    steps: tuple[Step, ...]
    below: tuple[str, ...]  # stations that cannot be promised, the least sure first
    helps: tuple[Help, ...]
    regency_helped: float | None  # with all helps, out of sample
    below_helped_count: int
    carrying: tuple[Carrying, ...]  # of stations to which there is no way

    @property
    def sure_counts(self) -> tuple[int, int]:
        """Stations that reach the target of their class, before and after."""
        return sum(row.sure_before_count for row in self.classes), sum(row.sure_count for row in self.classes)


def plain(
    base_version: int, done: Repaired, helped: Helped, targets: Targets, carried: Sequence[Carrying]
) -> dict[str, Any]:
    """For programs and for the summary: probabilities from 0 to 1, rupiah, codes."""
    return {
        "base_version": base_version,
        "targets": {
            "station": targets.station,
            "regency": targets.regency,
            "classes": {risk.name.lower(): share for risk, share in targets.classes.items()},
        },
        "before": _promise(done.before, targets),
        "after": _promise(done.after, targets),
        "by_class": [asdict(row) | {"risk": row.risk.name.lower()} for row in by_class(done, targets)],
        "steps": [asdict(step) for step in done.steps],
        "rejected": [asdict(one) for one in done.rejected],
        "helps": [asdict(help_) for help_ in helped.helps],
        "carrying": [asdict(one) for one in carried],
        "with_helps": _promise(helped.after, targets) if helped.after else None,
    }


def by_class(done: Repaired, targets: Targets) -> list[ClassKept]:
    rows = []
    for risk in sorted(set(done.after.risks.values())):
        own = [code for code, klass in done.after.risks.items() if klass is risk]
        target = targets.of(risk)
        rows.append(
            ClassKept(
                risk=risk,
                target=target,
                stations_count=len(own),
                sure_before_count=sum(done.before.stations[code] >= target for code in own),
                sure_count=sum(done.after.stations[code] >= target for code in own),
            )
        )
    return rows


def of_plan(plan: PlanFacts) -> RepairKept | None:
    """What was answered when the version was made by a repair; None where it was not."""
    told = plan.summary.get(KEY)
    if told is None:
        return None
    helped, below = told["with_helps"], told["after"]["below"]  # a database may give names in its own order
    return RepairKept(
        base_version=told["base_version"],
        regency_target=told["targets"]["regency"],
        regency_before=told["before"]["regency"],
        regency=told["after"]["regency"],
        error=told["after"]["error"],
        classes=tuple(ClassKept(**{**row, "risk": CLASS_NAMES[row["risk"]]}) for row in told["by_class"]),
        steps=tuple(_step(row) for row in told["steps"]),
        below=tuple(sorted(below, key=lambda code: (below[code], code))),
        helps=tuple(_help(row) for row in told["helps"]),
        regency_helped=helped["regency"] if helped else None,
        below_helped_count=len(helped["below"]) if helped else 0,
        carrying=tuple(Carrying(**{**row, "mode": Mode(row["mode"])}) for row in told["carrying"]),
    )


def _promise(promise: Promise, targets: Targets) -> dict[str, Any]:
    return {
        "regency": promise.regency,
        "error": promise.outcome.error(promise.regency),
        "classes": {risk.name.lower(): share for risk, share in promise.classes.items()},
        "stations_count": len(promise.stations),
        "below": {code: promise.stations[code] for code in promise.below(targets)},
    }


def _step(row: dict[str, Any]) -> Step:
    way = row["way"]
    told = Way(
        kind=StepKind(way["kind"]),
        area=way["area"],
        leg=Leg(way["leg"]) if way["leg"] else None,
        mode=Mode(way["mode"]) if way["mode"] else None,
        to_mode=Mode(way["to_mode"]) if way["to_mode"] else None,
    )
    return Step(**{**row, "way": told, "trips": tuple(row["trips"])})


def _help(row: dict[str, Any]) -> Help:
    told = {"kind": HelpKind(row["kind"]), "mode": Mode(row["mode"]), "trips": tuple(row["trips"])}
    return Help(**{**row, **told})
