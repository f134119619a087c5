"""Stations at risk in words: which they are, and for whom a trip leaves later than is safe."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any, Final

from django.utils.translation import gettext, ngettext

from kawal.desk.people.access import Officer, can_see
from kawal.desk.plan import reads, words
from kawal.desk.plan.showing import Names
from kawal.rules.places.codes import village_of
from kawal.rules.plan.at_risk import too_late_for
from kawal.rules.plan.facts import PlanFacts, Trip

_NAMED_MAX: Final = 3


def from_before(plan: PlanFacts) -> str:
    """Said of a plan whose stations at risk were not told one by one; empty else, and where nobody is."""
    if reads.told_at_risk(plan.summary) is not None or not plan.summary["stations_at_risk_count"]:
        return ""
    told = gettext(
        "Version %(version)s is from before stations at risk were told one by one: "
        "all aboard trips that leave later than is safe are counted."
    )
    return told % {"version": words.number(plan.version)}


def by_village(stations: Sequence[str], names: Names) -> list[dict[str, Any]]:
    """Rows of a list: a village and its stations at risk. `stations` sorted."""
    return [
        {
            "name": names.areas.get(village, village),
            "stations": [{"code": one, "number": one[-3:]} for one in own],
        }
        for village, own in groupby(stations, key=village_of)
    ]


def too_late(trip: Trip, at_risk: Collection[str], names: Names, officer: Officer) -> str:
    """For whom a trip leaves later than is safe; whom the reader may not see is counted. Empty: nobody."""
    found = too_late_for(trip, at_risk)
    if not found:
        return ""
    named = [names.site(one) for one in found if can_see(officer, one)][:_NAMED_MAX]
    more = len(found) - len(named)
    told = ", ".join(named)
    if named and more:
        told = gettext("%(places)s and %(n)s more") % {"places": told, "n": words.number(more)}
    elif more:
        told = ngettext("%(n)s station", "%(n)s stations", more) % {"n": words.number(more)}
    time = words.span(int((trip.depart_at - trip.latest_departure_at).total_seconds()))
    return gettext("It leaves %(time)s later than is safe for %(stations)s.") % {
        "time": time,
        "stations": told,
    }
