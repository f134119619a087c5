"""Boxes that go straight on past the PPK or the PPS: how it is asked for, and how it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from kawal.rules.plan.direct.permission import To, everywhere
from kawal.rules.plan.facts import Leg

HELP: Final = (
    "Boxes may go straight from the warehouse to the PPS, or from the PPK to the stations: `better` for where"
    " that is better, or a CSV of area,to (better, pps, station, never; area id for all). Without it they go"
    " level by level, as the commission asked in 2024."
)
MENDS: Final = {
    "needs_head": gettext_lazy("the first row must be: area,to"),
    "needs_two_cells": gettext_lazy("every row has two cells: area,to"),
    "is_no_area": gettext_lazy("this is no area code such as 16.07, and not id for all"),
    "is_no_way": gettext_lazy("to is one of better, pps, station, never"),
    "told_twice": gettext_lazy("this area is told twice; leave one row"),
}
_GONE: Final = {
    Leg.DIRECT_PPS: gettext_lazy(
        "%(count)s villages get their boxes straight from the warehouse, past the PPK"
    ),
    Leg.DIRECT_STATION: gettext_lazy(
        "in %(count)s villages the stations get their boxes straight from the PPK, past the PPS"
    ),
}


def direct_option(_: click.Context, __: click.Parameter, told: str | None) -> str | None:
    """The text of the table."""
    if told is None or told == To.BETTER:
        return told and everywhere(To.BETTER)
    path = Path(told)
    if not path.is_file():
        raise click.BadParameter(gettext("%(told)s is neither `better` nor a file") % {"told": told})
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise click.BadParameter(gettext("%(told)s is no UTF-8") % {"told": told}) from error


def wrong_direct(facts: Mapping[str, object]) -> str:
    told = gettext("The table of direct ways is wrong in row %(row)s (%(value)s): %(mend)s.")
    return told % {**facts, "mend": str(MENDS[str(facts["problem"])])}


def lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """What goes straight on, and what that saves; nothing where nothing does."""
    direct = summary.get("direct")
    if not direct:
        return
    counted = Counter(direct["villages"].values())
    for leg, told in _GONE.items():
        if counted[leg.value]:
            yield str(told) % {"count": counted[leg.value]}
    if saves := saved(summary):
        yield saves


def why(summary: Mapping[str, Any], leg: Leg) -> str:
    """Why a trip passes a level by."""
    told = gettext("It goes straight on, past the PPS.")
    if leg is Leg.DIRECT_PPS:
        told = gettext("It goes straight on, past the PPK.")
    if saves := saved(summary):
        return f"{told} {capfirst(saves)}."
    return told


def saved(summary: Mapping[str, Any]) -> str:
    """Against the same plan level by level; empty where nobody made that."""
    direct = summary.get("direct") or {}
    if "saves_rp" not in direct:
        return ""
    told = gettext("level by level all trips would take %(hours)s hours more and cost Rp %(rp)s more")
    hours, rp = round(direct["saves_s"] / 3_600, 1), round(direct["saves_rp"] / 1_000) * 1_000
    return told % {"hours": number_format(hours, 1), "rp": number_format(rp, force_grouping=True)}
