"""What every page knows without its view: the time, a running exercise, who is signed in, the theme."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kawal import __version__
from kawal.desk.clock import reads as clock
from kawal.desk.custody.picture import picture
from kawal.desk.ledger import pen
from kawal.desk.people import access
from kawal.desk.site import formats, rail, words
from kawal.rules.places.codes import NATION, zone_of

THEMES = ("light", "dark")
BEHIND = timedelta(seconds=5)  # a picture that is older says so


def desk(request: HttpRequest) -> dict[str, Any]:
    officer = access.officer_or_none(request)
    theme = request.COOKIES.get("theme", "")
    now = clock.now()
    shown = picture() if officer else None
    return {
        "now": now,
        "as_of": shown.complete_until(now) if shown else now,
        "picture": {
            "behind": shown.complete_until(now) < now - BEHIND,
            "waiting": shown.waiting,
            "unfolded": shown.unfolded,
        }
        if shown
        else None,
        "exercise": _exercise(now, officer.area if officer else NATION),
        "officer": officer,
        "waits_for_suppliers": officer is not None
        and officer.station is None
        and access.can_do(officer, access.Deed.SEE_CONTENTS),
        "here": officer.area if officer else NATION,
        # Asked only where it is shown, and once: the rail and the sentence of a page show the same.
        "needs_now": SimpleLazyObject(partial(rail.needs_now, officer)) if officer else None,
        "log_barred": words.refusal(barred) if officer and (barred := pen.barred()) else "",
        "theme": theme if theme in THEMES else "",
        "version": __version__,
    }


def _exercise(now: datetime, area: str) -> dict[str, Any] | None:
    """The banner's name and clock. The page counts on by itself at the exercise's speed."""
    running = clock.exercise()
    if running is None:
        return None
    zone = zone_of(area)
    offset = zone.utcoffset(None)
    return {
        "name": running.name,
        "now": now,
        "area": area,
        "at_ms": int(now.timestamp() * 1000),
        "speed": running.speed,
        "offset_min": int(offset.total_seconds() // 60),
        "joint": formats.joint(),
        "clock": formats.local_clock(now, area).partition(" ")[0],  # the page counts on from here
        "zone": zone.tzname(None),
    }
