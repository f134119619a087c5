"""Risk of legs in words: each trip with its reasons, each area with its trips."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy

from kawal.desk.plan.exposing import Exposed
from kawal.desk.plan.words import MODES
from kawal.desk.risk import words as risk_words
from kawal.rules.plan.facts import Mode
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.scoring import Reason

UNITS: Final = {
    "h": gettext_lazy("hours"),
    "points": gettext_lazy("points"),
    "stations": gettext_lazy("stations"),
}
_REASONS: Final = 3
_SHOWN: Final = 20


def lines(found: Exposed) -> Iterator[str]:
    """The worst legs with their reasons, then every area from the top down."""
    for one in found.legs[:_SHOWN]:
        facts = {
            "leg": one.leg.code,
            "mode": MODES[Mode(one.leg.mode)],
            "klass": risk_words.CLASSES[one.klass],
            "score": number_format(one.score, decimal_pos=1),
            "why": "; ".join(
                _reason(found, reason) for reason in one.reasons[:_REASONS] if reason.points > 0
            ),
        }
        yield gettext("%(leg)s (%(mode)s): %(klass)s, score %(score)s: %(why)s") % facts
    if len(found.legs) > _SHOWN:
        yield gettext("... and %(count)s legs more") % {"count": number_format(len(found.legs) - _SHOWN)}
    for area, rolled in found.areas.items():
        counts = ", ".join(
            f"{rolled.counts[klass - 1]} {risk_words.CLASSES[klass]}"
            for klass in RiskClass
            if rolled.counts[klass - 1]
        )
        facts = {
            "area": area or "id",
            "score": number_format(rolled.score, decimal_pos=1),
            "worst": risk_words.CLASSES[rolled.worst],
            "counts": counts,
        }
        yield gettext("%(area)s: score %(score)s, worst leg %(worst)s; %(counts)s") % facts


def _reason(found: Exposed, reason: Reason) -> str:
    indicator = found.spec.indicator(reason.indicator)
    value = reason.value
    if indicator.code == "mode" or value is None:
        return risk_words.name(indicator)
    if indicator.unit not in UNITS:
        return f"{risk_words.name(indicator)} {risk_words.value(value, indicator.unit)}"
    return f"{risk_words.name(indicator)} {number_format(value, decimal_pos=1)} {UNITS[indicator.unit]}"
