"""Who guards a trip: officers by the worst class aboard, or the written substitute."""

from __future__ import annotations

import math
from typing import Final

from kawal.rules.places.codes import parent_of, post_code
from kawal.rules.plan.facts import LEVEL_OF_LEG, Access, Escort, Leg, Substitute
from kawal.rules.plan.fleet import Kind
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import Patterns, escort_for, officers_for

NIGHT_WATCH: Final = 2  # beside boxes that lie over: one wakes while the other sleeps (assumed)


def escort_of(
    leg: Leg,
    area: str,
    kind: Kind,
    risk: RiskClass,
    stations_count: int,
    patterns: Patterns,
    *,
    over_night: bool = False,
) -> Escort:
    """The escort of one trip with `stations_count` stations aboard, the worst of class `risk`.

    Inside a village of the mildest class linmas and the station supervisor go along instead of
    police. Where the mode has no seat, the officers meet the trip where it goes. Officers beyond
    the seats follow in their own vehicle.

    A trip that lies `over_night` is never without a watch: there are two at least, and beside porters and
    beasts, who have no seats, officers walk along.
    """
    watch = NIGHT_WATCH if over_night else 0
    post = escort_post(leg, area)
    if LEVEL_OF_LEG[leg] == "village" and risk is RiskClass.LOW:
        pattern = escort_for(risk, patterns, area[:5])
        return Escort(
            post=post,
            officers_count=0,
            linmas_count=max(1, watch, math.ceil(pattern.linmas * stations_count / pattern.stations)),
            substitute=Substitute.LINMAS_AND_SUPERVISOR.value,
        )
    return Escort(
        post=post,
        officers_count=max(watch, officers_for(risk, kind.mode.value, patterns)),
        linmas_count=0,
        substitute=(
            None
            if kind.escort_seats or (over_night and kind.access is Access.FOOT)
            else Substitute.MEETS_AT_DESTINATION.value
        ),
    )


def escort_post(leg: Leg, area: str) -> str:
    """Polres for the regency's legs, Polsek of the district for all below."""
    return post_code("polri", parent_of(area) if LEVEL_OF_LEG[leg] == "village" else area)
