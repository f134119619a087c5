"""A repair in words and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy

from kawal.desk.plan import words
from kawal.desk.plan.leg_words import LEGS
from kawal.desk.plan.showing import Names
from kawal.desk.plan.sure import repair_kept
from kawal.desk.plan.sure.living_words import percent
from kawal.desk.plan.sure.repair_kept import RepairKept
from kawal.desk.plan.sure.repairing import Repair
from kawal.desk.plan.words import number
from kawal.desk.risk.words import CLASSES
from kawal.rules.plan.anew.compare import TripChange
from kawal.rules.plan.facts import Leg
from kawal.rules.plan.repair.carrying import Carrying
from kawal.rules.plan.repair.helps import Help, HelpKind
from kawal.rules.plan.repair.promise import Targets
from kawal.rules.plan.repair.search import Step, StepKind, Way

HELPS = {
    HelpKind.DAY_EARLIER: gettext_lazy("a day earlier than the calendar allows"),
    HelpKind.VEHICLE: gettext_lazy("a vehicle more for each run that waits for one"),
    HelpKind.OTHER_MODE: gettext_lazy("vehicles of another mode"),
    HelpKind.ESCORT: gettext_lazy("a second team of the Polda"),
}
_SHOWN = 10


def reason(targets: Targets) -> str:
    """Of a version, where nobody gave another."""
    return gettext("Repaired towards %(target)s on time") % {"target": percent(targets.station)}


def unchanged() -> str:
    return gettext("Nothing could be changed that would help: the plan of record stays as it is.")


def lines(found: Repair) -> Iterator[str]:
    done, targets = found.repaired, found.targets
    told = gettext(
        "%(area)s: all stations on time together with %(before)s before, %(after)s after (± %(error)s; "
        "wanted %(wanted)s); %(below_before)s stations were below their target, %(below)s are."
    )
    yield told % {
        "area": found.plan.area,
        "before": percent(done.before.regency),
        "after": percent(done.after.regency),
        "error": percent(2 * done.after.outcome.error(done.after.regency)),
        "wanted": percent(targets.regency),
        "below_before": number(len(done.before.below(targets))),
        "below": number(len(done.after.below(targets))),
    }
    yield from _by_class(found)
    yield from _changed(found)
    below = done.after.below(targets)
    if below:
        yield gettext("Cannot be promised: %(stations)s") % {"stations": _some(below)}
    if found.not_carried:
        yield gettext("Not carried at all: %(stations)s") % {"stations": _some(found.not_carried)}
    for row in found.shortfalls:
        told = gettext("enough for them: %(count)s %(mode)s more, %(leg)s, %(area)s")
        yield "  " + told % {
            "count": number(row.vehicles_count), "mode": words.MODES[row.mode], "leg": LEGS[row.leg],
            "area": row.area,
        }  # fmt: skip
    for one in found.carrying:
        told = gettext("%(area)s: %(what)s (Rp %(rp)s)")
        yield "  " + told % {"area": one.area, "what": _carrying(one), "rp": number(one.rp)}
    yield from _helped(found)
    spare = sum(map(len, found.reserves.values()))
    told = gettext("%(spare)s vehicles stand by; parcels wait over night at %(points)s places.")
    yield told % {"spare": number(spare), "points": number(len(found.hold_points))}


def _some(stations: list[str] | tuple[str, ...]) -> str:
    more = len(stations) - _SHOWN
    told = ", ".join(stations[:_SHOWN])
    return f"{told} {gettext('and %(count)s more') % {'count': number(more)}}" if more > 0 else told


def _by_class(found: Repair) -> Iterator[str]:
    told = gettext(
        "%(klass)s, wanted %(target)s of each: %(sure)s of %(count)s stations reach it (%(before)s before)"
    )
    for row in repair_kept.by_class(found.repaired, found.targets):
        yield (
            "  "
            + told
            % {
                "klass": CLASSES[row.risk],
                "target": percent(row.target),
                "sure": number(row.sure_count),
                "count": number(row.stations_count),
                "before": number(row.sure_before_count),
            }
        )


def _changed(found: Repair) -> Iterator[str]:
    done = found.repaired
    if found.made:
        told = gettext(
            "Version %(version)s changes %(count)s trips. What was done, in this order (shares and stations "
            "in the sample that chose):"
        )
        yield told % {"count": number(len(done.changes)), "version": found.plan.version}
        for step in done.steps:
            yield f"  {step_told(step)}"
    else:
        yield unchanged()
    for change in done.changes[:_SHOWN]:
        yield f"    {change_told(change)}"
    if len(done.changes) > _SHOWN:
        yield "    " + gettext("and %(count)s more") % {"count": number(len(done.changes) - _SHOWN)}
    for one in done.rejected[:_SHOWN]:
        told = gettext("Would help, but breaks a rule: %(what)s (%(rule)s)")
        yield told % {"what": _way(one.way), "rule": words.violation(one.violation)}


def step_told(step: Step) -> str:
    told = gettext(
        "%(what)s (trips: %(count)s, Rp %(rp)s); then %(regency)s together, stations below their target: "
        "%(below)s"
    )
    return told % {
        "what": _way(step.way),
        "count": number(len(step.trips)),
        "rp": number(step.rp),
        "regency": percent(step.regency),
        "below": number(step.stations_below_count),
    }


def _way(way: Way, names: Names | None = None) -> str:
    area = names.areas.get(way.area, way.area) if names else way.area
    if way.leg is None:
        return gettext("earlier, all trips of %(area)s that stations wait for") % {"area": area}
    told = {
        StepKind.EARLIER: gettext("earlier, %(leg)s, %(area)s"),
        StepKind.MODE: gettext("by %(to_mode)s instead of %(mode)s, %(leg)s, %(area)s"),
        StepKind.SECOND_TEAM: gettext("a second team standing by, %(leg)s, %(area)s"),
    }[way.kind]
    return told % {
        "leg": LEGS[way.leg],
        "area": area,
        "mode": words.MODES[way.mode] if way.mode else "",
        "to_mode": words.MODES[way.to_mode] if way.to_mode else "",
    }


def change_told(change: TripChange) -> str:
    before, after = change.before, change.after
    if after is None:
        return gettext("%(trip)s: no more, others carry it") % {"trip": change.code}
    told = []
    if before is None:
        told.append(gettext("new, by %(vehicle)s") % {"vehicle": after.vehicle})
    else:
        hours = (before.depart_at - after.depart_at).total_seconds() / 3_600
        if hours:
            told.append(gettext("%(hours)s h earlier") % {"hours": number_format(hours, 1)})
        if after.vehicle != before.vehicle:
            told.append(gettext("by %(vehicle)s") % {"vehicle": after.vehicle})
    if after.escort.reserve_post:
        told.append(gettext("second team of %(post)s") % {"post": after.escort.reserve_post})
    return f"{change.code}: {', '.join(told)}"


def _helped(found: Repair) -> Iterator[str]:
    if not found.helped.helps:
        return
    yield gettext("What would help, the cheapest first, each beside those before it:")
    for help_ in found.helped.helps:
        yield f"  {help_told(help_)}"
    after = found.helped.after
    if after is not None:
        told = gettext("with all of it: %(regency)s together, stations below their target: %(below)s")
        yield "  " + told % {
            "regency": percent(after.regency), "below": number(len(after.below(found.targets)))
        }  # fmt: skip


def help_told(help_: Help) -> str:
    told = gettext(
        "%(what)s: %(amount)s, %(leg)s, %(area)s (Rp %(rp)s); then %(regency)s together, stations "
        "below their target: %(below)s"
    )
    return told % {
        "what": HELPS[help_.kind],
        "amount": _amount(help_),
        "leg": LEGS[Leg(help_.leg)],
        "area": help_.area,
        "rp": number(help_.rp),
        "regency": percent(help_.regency),
        "below": number(help_.stations_below_count),
    }


def _carrying(one: Carrying) -> str:
    told = gettext(
        "%(amount)s would carry %(count)s of %(all)s stations that are not reached, the least sure with "
        "%(least)s"
    )
    what = told % {
        "amount": f"{number(one.vehicles_count)} × {words.MODES[one.mode]}",
        "count": number(one.stations_count),
        "all": number(one.stations_count + one.left_count),
        "least": percent(one.least),
    }
    if not one.by_air:
        return what
    return gettext("%(what)s, if somebody knows where to land") % {"what": what}


def _amount(help_: Help) -> str:
    of = gettext("officers") if help_.kind is HelpKind.ESCORT else str(words.MODES[help_.mode])
    return f"{number(help_.vehicles_count)} {'' if help_.kind is HelpKind.ESCORT else '× '}{of}"


def plain(found: Repair) -> dict[str, Any]:
    """For programs: what is kept with the version, and what is told only now."""
    done = found.repaired
    return {
        "area": found.plan.area,
        "version": found.plan.version,
        "new_version": found.made,
        **repair_kept.plain(found.base_version, done, found.helped, found.targets, found.carrying),
        "changes": [_change(change) for change in done.changes],
        "not_carried": list(found.not_carried),
        "shortfalls": [asdict(row) for row in found.shortfalls],
        "reserves": found.reserves,
        "hold_points": [asdict(point) for point in found.hold_points],
    }


def _change(change: TripChange) -> dict[str, Any]:
    before, after = change.before, change.after
    return {
        "trip": change.code,
        "kinds": change.kinds,
        "from_at": before.depart_at if before else None,
        "to_at": after.depart_at if after else None,
        "from_vehicle": before.vehicle if before else None,
        "to_vehicle": after.vehicle if after else None,
        "reserve_post": after.escort.reserve_post if after else "",
    }


def shown(kept: RepairKept, names: Names, unreached_count: int) -> dict[str, Any]:
    """For the page that compares the version with the one that was repaired. `unreached_count`: stations of
    the version to which there is no way."""
    return {
        "before": percent(kept.regency_before),
        "after": percent(kept.regency),
        "error": percent(2 * kept.error),
        "wanted": percent(kept.regency_target),
        "unreached_count": unreached_count,
        "holds": kept.regency >= kept.regency_target and not kept.below,
        "classes": [
            {
                "klass": CLASSES[row.risk],
                "target": percent(row.target),
                "count": row.stations_count,
                "before": row.sure_before_count,
                "after": row.sure_count,
                "state": "ontime" if row.sure_count == row.stations_count else "risk",
            }
            for row in kept.classes
        ],
        "steps": [
            {
                "what": _way(step.way, names),
                "trips": len(step.trips),
                "rp": step.rp,
                "together": percent(step.regency),
                "below": step.stations_below_count,
            }
            for step in kept.steps
        ],
        "below_count": len(kept.below),
        "below": [{"code": code, "name": names.site(code)} for code in kept.below[:_SHOWN]],
        "helps": [
            {
                "what": HELPS[help_.kind],
                "amount": _amount(help_),
                "where": f"{LEGS[Leg(help_.leg)]}, {names.areas.get(help_.area, help_.area)}",
                "rp": help_.rp,
                "together": percent(help_.regency),
                "below": help_.stations_below_count,
            }
            for help_ in kept.helps
        ],
        "carrying": [
            {"area": names.areas.get(one.area, one.area), "what": _carrying(one), "rp": one.rp}
            for one in kept.carrying
        ],
        "helped": percent(kept.regency_helped) if kept.regency_helped is not None else "",
        "helped_below": kept.below_helped_count,
    }
