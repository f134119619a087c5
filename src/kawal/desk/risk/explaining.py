"""Why an area has its class, as a sentence that a tired person understands; made from the facts alone."""

from __future__ import annotations

from typing import Final

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from kawal.desk.risk import words
from kawal.desk.risk.reads import Assessment, ReasonRow
from kawal.rules.risk.classes import RiskClass

REASONS_MAX: Final = 4
POINTS_MIN: Final = 1.0  # of the score: less is no reason worth a sentence
PHRASES: Final = {
    "warehouse_km": gettext_lazy("%(value)s from the warehouse"),
    "district_km": gettext_lazy("%(value)s from the district committee"),
    "density": gettext_lazy("only %(value)s around"),
    "spread_km": gettext_lazy("stations %(value)s apart"),
    "crossing_km": gettext_lazy("%(value)s to cross by water or through another regency"),
    "water": gettext_lazy("%(value)s of the way by water"),
    "hard_to_reach": gettext_lazy("%(value)s of the stations are hard to reach"),
    "disaster": gettext_lazy("%(value)s of the stations lie where disasters strike"),
    "signal": gettext_lazy("a signal at only %(value)s of the stations"),
    "electricity": gettext_lazy("reliable electricity at only %(value)s of the stations"),
    "violence": gettext_lazy("violence before at %(value)s of the stations"),
    "late_before": gettext_lazy("supplied late before at %(value)s of the stations"),
    "short_before": gettext_lazy("supplied short or swapped before at %(value)s of the stations"),
    "damaged_before": gettext_lazy("supplied damaged before at %(value)s of the stations"),
    "weather": gettext_lazy("bad weather is ahead"),
    "warehouse": gettext_lazy("the store has faults"),
}
NONE: Final = {
    "signal": gettext_lazy("no signal"),
    "electricity": gettext_lazy("no reliable electricity"),
    "water": gettext_lazy("all of the way by land"),
}
ALL: Final = {
    "water": gettext_lazy("all of the way by water"),
    "hard_to_reach": gettext_lazy("every station is hard to reach"),
}


def sentence(found: Assessment) -> str:
    """`Highly vulnerable because: 75 km from the warehouse; no signal. It would be special in 8 % of ...`"""
    klass = capfirst(str(words.CLASSES[found.computed]))
    reasons = "; ".join(phrases(found))
    facts: dict[str, object] = {"klass": klass, "reasons": reasons}
    if not reasons:
        told = gettext("%(klass)s: nothing speaks for more.") % facts
    elif found.computed is RiskClass.LOW:
        told = gettext("%(klass)s. What adds most: %(reasons)s.") % facts
    else:
        told = gettext("%(klass)s because: %(reasons)s.") % facts
    if found.klass != found.computed and found.override is not None:
        facts = {
            "klass": words.CLASSES[found.klass],
            "by": found.override.by,
            "reason": found.override.reason,
        }
        told = gettext("It counts as %(klass)s by the decision of %(by)s: %(reason)s.") % facts + " " + told
    return f"{told} {checks(found)}".rstrip()


def phrases(found: Assessment) -> list[str]:
    """The largest reasons, each in words."""
    telling = [row for row in found.reasons if row.points >= POINTS_MIN]
    return [phrase(row) for row in telling[:REASONS_MAX]]


def phrase(row: ReasonRow) -> str:
    code = row.indicator.code
    if row.value is None:
        facts = {"name": words.name(row.indicator), "points": number_format(row.points, decimal_pos=1)}
        return gettext("%(name)s (%(points)s points on average)") % facts
    if row.moved and code != "weather":
        return gettext("%(name)s, moved by what happened") % {"name": words.name(row.indicator)}
    if row.indicator.unit == "share" and row.value <= 0 and code in NONE:
        return str(NONE[code])
    if row.indicator.unit == "share" and row.value >= 1 and code in ALL:
        return str(ALL[code])
    value = words.value(row.value, row.indicator.unit)
    if code in PHRASES:
        return str(PHRASES[code]) % {"value": value}
    return gettext("%(name)s: %(value)s") % {"name": words.name(row.indicator), "value": value}


def checks(found: Assessment) -> str:
    """How often the class would be another if weights and method were chosen otherwise."""
    if found.checks is None:
        return ""
    others = [
        gettext("%(klass)s in %(percent)s %% of the checks")
        % {"klass": words.CLASSES[klass], "percent": number_format(100 * share, decimal_pos=0)}
        for klass, share in zip(RiskClass, found.checks.shares, strict=True)
        if klass != found.computed and share >= 0.005
    ]
    if not others:
        facts = {"count": number_format(found.checks.replications, force_grouping=True)}
        return gettext("The class is the same in all of %(count)s checks.") % facts
    return gettext("It would be %(others)s.") % {"others": ", ".join(others)}
