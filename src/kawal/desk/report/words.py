"""The pages of an area in words: steps of the way, columns, refusals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STEPS = {
    "needed": _("not sealed yet"),
    "sealed": _("sealed, in the warehouse"),
    "on_the_way": _("on the way to the village"),
    "at_village": _("at the village"),
    "received": _("received by KPPS"),
    "voting": _("open for the vote"),
    "coming_home": _("coming home"),
}
STATES = {
    "ontime": _("ready in time"),
    "risk": _("at risk"),
    "late": _("late"),
    "unknown": _("unknown"),
}
# What a list of stations can be asked for.
SHOWN = {**STATES, "arrived": _("received by KPPS, whatever came after"), **STEPS}
LEVELS = {
    "nation": _("Nation"),
    "province": _("Province"),
    "regency": _("Regency or city"),
    "district": _("District"),
    "village": _("Village"),
}
BELOW = {
    "nation": _("Provinces"),
    "province": _("Regencies and cities"),
    "regency": _("Districts"),
    "district": _("Villages"),
    "village": _("Polling stations"),
}
COLUMNS = {
    "name": _("Name"),
    "stations": _("Stations"),
    "received": _("Received by KPPS"),
    "ontime": _("In time"),
    "risk": _("At risk"),
    "late": _("Late"),
    "findings": _("Findings"),
    "class": _("Risk class"),
}
FINDING_STATES = {"open": _("Open"), "cleared": _("Explained since"), "all": _("All")}
REFUSALS = {
    "list_needs_regency": _("Stations are listed for a regency and what lies below it; %(area)s is larger."),
    "unknown_rule": _("There is no rule %(rule)s: the rules are C1 to C12."),
    "unknown_choice": _("There is no such choice: %(choice)s."),
}
