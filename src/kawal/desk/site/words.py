"""What the site itself says: states, ages, the words its script needs, and refusals of every room."""

from __future__ import annotations

import importlib
from contextlib import suppress
from functools import cache
from importlib.util import find_spec

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kawal.rules.refusals import Refused

STATES = {
    "ontime": _("On time"),
    "risk": _("At risk"),
    "late": _("Late or broken"),
    "unknown": _("Unknown"),
}
AGES = {
    "seconds_ago": _("%(n)s s ago"),
    "minutes_ago": _("%(n)s min ago"),
    "hours_ago": _("%(n)s h ago"),
    "days_ago": _("%(n)s d ago"),
}
AHEAD = {
    "seconds": _("in %(n)s s"),
    "minutes": _("in %(n)s min"),
    "hours": _("in %(n)s h"),
    "days": _("in %(n)s d"),
}
SCRIPT = {
    **AGES,
    "live": _("Live"),
    "stale": _("No news from the hub. These data are from %(age)s."),
    "offline": _("No connection. These data are from %(age)s."),
    "open": pgettext_lazy("verb", "Open"),
    "map_empty": _("No area to draw yet. The table tells what is known."),
    "map_failed": _("The map could not be drawn. The table tells the same."),
    "map_zoom_in": _("Zoom in"),
    "map_zoom_out": _("Zoom out"),
    "map_ctrl": _("Hold Ctrl and scroll to zoom the map"),
    "map_two_fingers": _("Use two fingers to move the map"),
    **{f"state_{state}": words for state, words in STATES.items()},
}
# Refused codes that mean "you may not" or "there is none"; every other refusal is a conflict with what is.
FORBIDDEN = {"no_post", "not_your_area", "not_your_devices", "not_your_role"}
MISSING = ("unknown_", "no_such_")


@cache
def _refusals() -> list[dict[str, str | Promise]]:
    """Every room keeps its refusals in words in `words.REFUSALS`; here they meet, lowest room first."""
    places = [f"kawal.desk.{room}.words" for room in settings.ROOMS]
    rooms = [importlib.import_module(place) for place in places if find_spec(place) is not None]
    return [getattr(room, "REFUSALS", {}) for room in rooms]


def refusal(refused: Refused) -> str:
    """Two rooms may use one code with other facts: the words that this case can fill are its words."""
    for table in _refusals():
        if refused.code in table:
            with suppress(KeyError):
                return str(table[refused.code]) % refused.facts
    return gettext("Refused: %(code)s") % {"code": refused.code}


def status_of(refused: Refused) -> int:
    if refused.code in FORBIDDEN:
        return 403
    return 404 if refused.code.startswith(MISSING) else 409
