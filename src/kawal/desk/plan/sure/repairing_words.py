"""A repair in words."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy

from kawal.desk.plan import words
from kawal.desk.plan.sure.living_words import percent
from kawal.desk.plan.sure.repairing import Repair
from kawal.desk.plan.words import number
from kawal.rules.plan.facts import Leg
from kawal.rules.plan.helping import Help, HelpKind

HELPS = {
    HelpKind.DAY_EARLIER: gettext_lazy("a day earlier than the calendar allows"),
    HelpKind.VEHICLE: gettext_lazy("a vehicle more for each run that waits for one"),
    HelpKind.ESCORT: gettext_lazy("an escort standing by"),
}
_SHOWN = 10


def lines(found: Repair) -> Iterator[str]:
    done = found.repaired
    told = gettext(
        "%(area)s: all stations on time together with %(before)s before, %(after)s after (± %(error)s); "
        "%(below_before)s stations were below %(target)s, %(below)s are."
    )
    yield told % {
        "area": found.plan.area,
        "before": percent(done.before.regency),
        "after": percent(done.after.regency),
        "error": percent(2 * done.after.outcome.error(done.after.regency)),
        "below_before": number(len(done.before.below(found.target))),
        "below": number(len(done.after.below(found.target))),
        "target": percent(found.target),
    }
    if found.made:
        told = gettext("%(count)s trips begin at another time or by another vehicle: version %(version)s.")
        yield told % {"count": number(len(done.changes)), "version": found.plan.version}
    else:
        yield gettext("Nothing could be moved that would help: the plan of record stays as it is.")
    for change in done.changes[:_SHOWN]:
        hours = (change.from_at - change.to_at).total_seconds() / 3_600
        told = gettext("%(trip)s: %(hours)s h earlier, by %(vehicle)s")
        yield "  " + told % {
            "trip": change.trip, "hours": number_format(hours, 1), "vehicle": change.to_vehicle
        }  # fmt: skip
    below = done.after.below(found.target)
    if below:
        yield gettext("Cannot be promised: %(stations)s") % {"stations": ", ".join(below[:_SHOWN])}
    if found.helps:
        yield gettext("What would help, the cheapest first, each beside those before it:")
        for help_ in found.helps:
            yield f"  {help_told(help_)}"
    spare = sum(map(len, found.reserves.values()))
    told = gettext("%(spare)s vehicles stand by; parcels wait over night at %(points)s places.")
    yield told % {"spare": number(spare), "points": number(len(found.hold_points))}


def help_told(help_: Help) -> str:
    told = gettext("%(what)s: %(count)s %(mode)s, %(leg)s, %(area)s (Rp %(rp)s); then %(regency)s together")
    return told % {
        "what": HELPS[help_.kind],
        "count": number(help_.vehicles_count),
        "mode": words.MODES[help_.mode],
        "leg": words.LEGS[Leg(help_.leg)],
        "area": help_.area,
        "rp": number(help_.rp),
        "regency": percent(help_.regency),
    }
