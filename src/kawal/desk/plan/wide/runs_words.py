"""A run over many regencies in words, for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from kawal.desk.places import reads as places
from kawal.desk.plan import words
from kawal.desk.plan.wide.runs import RunFacts
from kawal.rules.plan.facts import Mode
from kawal.rules.refusals import Refused

OUTCOMES = {
    "planned": gettext_lazy("newly planned"),
    "unchanged": gettext_lazy("already planned by the same problem and settings"),
    "kept": gettext_lazy("keeping the plan they asked for themselves"),
    "under_way": gettext_lazy("keeping their plan, of which trips have left: kawal plan replan"),
    "refused": gettext_lazy("refused"),
    "crashed": gettext_lazy("broken off by a fault of the program"),
}


def lines(run: RunFacts) -> Iterator[str]:
    """The sentence of the whole, what must be seen to, and a line for each province."""
    summary = run.summary
    if summary is None:
        return
    yield headline(summary)
    told = (f"{words.number(count)} {OUTCOMES[outcome]}" for outcome, count in summary["outcomes"].items())
    yield gettext("Regencies: %(told)s") % {"told": ", ".join(told)}
    yield gettext("Escorts: %(sum)s officers over all trips, at most %(peak)s at once") % {
        "sum": words.number(summary["officers_count"]),
        "peak": words.number(summary["officers_peak_count"]),
    }
    for row in summary["vehicles"]:
        yield "  " + vehicle(row)
    for reason, count in summary["unserved"].items():
        told_count = gettext("%(count)s stations not carried: %(reason)s")
        yield "  " + told_count % {"count": words.number(count), "reason": words.REASONS[reason]}
    for row in summary["shortfalls"]:
        yield "  " + shortfall(row)
    for row in summary["without"]:
        yield f"  {row['area']}: {why_without(row)}"
    names = {one.code: one.name for one in places.areas_under("", "province")}
    for row in summary["provinces"]:
        yield f"{row['area']} {names.get(row['area'], '')}: {headline(row)}"


def headline(figures: dict[str, Any]) -> str:
    told = gettext(
        "%(plans_count)s of %(regencies_count)s regencies planned: %(trips_count)s trips for "
        "%(stations_count)s stations in %(villages_count)s villages; %(stations_at_risk_count)s stations at "
        "risk, %(stations_unserved_count)s not carried."
    )
    keys = (
        "plans_count",
        "regencies_count",
        "trips_count",
        "stations_count",
        "villages_count",
        "stations_at_risk_count",
        "stations_unserved_count",
    )
    return told % {key: words.number(figures[key]) for key in keys}


def vehicle(row: dict[str, Any]) -> str:
    told = gettext("%(mode)s %(level)s: %(used)s of %(available)s used")
    return told % {
        "mode": words.MODES[Mode(row["mode"])],
        "level": words.LEVELS[row["level"]],
        "used": words.number(row["used"]),
        "available": words.number(row["available"]),
    }


def shortfall(row: dict[str, Any]) -> str:
    told = gettext("%(count)s more would be enough: %(mode)s %(level)s")
    return told % {
        "count": words.number(row["vehicles_count"]),
        "mode": words.MODES[Mode(row["mode"])],
        "level": words.LEVELS[row["level"]],
    }


def why_without(row: dict[str, Any]) -> str:
    """Why a regency was left without a plan."""
    if row["outcome"] == "crashed":
        told = gettext("a fault of the program (%(kind)s: %(told)s); please report it")
        return told % {"kind": row["code"], "told": row["facts"].get("told", "")}
    return words.refusal(Refused(row["code"], **row["facts"]))
