"""Alerts in words: what is wrong, in one sentence, made of the facts that the rules told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.dateformat import format as date_format
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from kawal.desk.people import reads as people
from kawal.desk.plan import showing
from kawal.desk.plan.words import span
from kawal.desk.watch.reads import AlertRow, area_of_site
from kawal.rules.places.codes import is_station, zone_of
from kawal.rules.plan.facts import Mode
from kawal.rules.refusals import Refused

KINDS = {
    "late": _("Late"),
    "predicted_late": _("Predicted late"),
    "stopped": _("Stands still"),
    "off_corridor": _("Off the way"),
    "seal_mismatch": _("Seal differs"),
    "count_mismatch": _("Count differs"),
    "custody_gap": _("Custody gap"),
    "disputed": _("Disputed"),
}
SEVERITIES = {1: _("Notice"), 2: _("Warning"), 3: _("Urgent")}
ACTS = {
    "opened": _("Opened"),
    "climbed": _("Escalated"),
    "worsened": _("Worsened"),
    "acknowledged": _("Acknowledged"),
    "seen": _("Seen"),
    "closed": _("Closed"),
    "reopened": _("Opened again"),
}
REFUSALS = {
    "unknown_area": _("There is no area with the code %(area)s."),
    "unknown_alert": _("There is no alert %(alert)s."),
    "already_closed": _("The alert is closed already."),
    "not_your_ladder": _("The alert does not stand at this post: %(post)s cannot answer for it."),
    "reason_missing": _("An alert is closed with a reason."),
    "note_too_long": _("A note has at most %(most)s characters."),
}


def sentence(row: AlertRow) -> str:
    """What is wrong, in the reader's language; times in the zone of the area."""
    said = _SENTENCES[row.facts.get("why") or row.kind](row)
    if row.facts.get("stands_since") and row.facts["why"] != "stopped":
        said = f"{said} {gettext('It has not moved since %(since)s.') % {'since': _at(row, 'stands_since')}}"
    waiting = row.facts.get("trips_waiting_count", 0)
    if waiting:
        more = ngettext("%(n)d further trip waits for it.", "%(n)d further trips wait for it.", waiting)
        said = f"{said} {more % {'n': waiting}}"
    return said


def reason(row: AlertRow) -> str:
    """Why an alert is closed, in words; empty while it is open."""
    return (
        gettext("Closed by itself: nothing is wrong any more.")
        if row.close_reason == "gone"
        else row.close_reason
    )


def refusal(refused: Refused) -> str:
    """A refusal of this room, with the names of the posts that it touches."""
    facts = dict(refused.facts)
    if "post" in facts:
        post = str(facts["post"])
        facts["post"] = people.post_names([post]).get(post, post)
    return str(REFUSALS[refused.code]) % facts


def done(told: Mapping[str, Any]) -> str:
    """What became of an officer's answer."""
    if told.get("closed"):
        return gettext("The alert is closed.")
    if told["answered"]:
        return gettext("Noted: your post has taken the alert, it does not climb for now.")
    return gettext("Noted that your post has seen the alert; the post it stands at must still answer.")


def time_left(seconds: int) -> str:
    """`2 h 5 min`; facts are told in steps of five minutes, so that is the least."""
    return span(max(seconds, 300))


def way_off(metres: int) -> str:
    """`4.3 km`; facts are told in steps of a hundred metres."""
    return gettext("%(km)s km") % {"km": number_format(metres / 1000, 1, use_l10n=True)}


def vehicle(facts: Mapping[str, Any]) -> str:
    return showing.vehicle(facts["vehicle"], Mode(facts["mode"]))


def _place(row: AlertRow) -> str:
    """Where the trip goes, or the area; of several destinations the first, and how many more."""
    sites = row.facts.get("sites")
    if not sites:
        return row.names[row.area]
    name = row.names[area_of_site(sites[0])]
    if is_station(sites[0]):
        name = gettext("station %(number)d %(village)s") % {"number": int(sites[0][-3:]), "village": name}
    elif sites[0].startswith("GDG-"):
        name = gettext("the warehouse of %(regency)s") % {"regency": name}
    others = row.facts["sites_count"] - 1
    return gettext("%(place)s and %(n)d more") % {"place": name, "n": others} if others else name


def _at(row: AlertRow, name: str) -> str:
    there = datetime.fromisoformat(row.facts[name]).astimezone(zone_of(row.area))
    # Translators: a date format of Django; Indonesian writes 18.00.
    return f"{date_format(there, pgettext('day and time', 'j M H:i'))} {there.tzname()}"


def _trip(row: AlertRow) -> dict[str, object]:
    stations = row.facts["stations_count"]
    of_stations = ngettext("%(n)d polling station", "%(n)d polling stations", stations) % {"n": stations}
    return {"vehicle": vehicle(row.facts), "place": _place(row), "stations": of_stations}


def _delay(row: AlertRow) -> dict[str, object]:
    late = time_left(row.facts["late_s"])
    return {**_trip(row), "late": late, "deadline": _at(row, "deadline_at")}


def _not_departed(row: AlertRow) -> str:
    return gettext(
        "%(vehicle)s to %(place)s: not departed, %(late)s past the latest safe departure; "
        "%(stations)s at risk of missing %(deadline)s."
    ) % _delay(row)


def _not_accepted(row: AlertRow) -> str:
    return gettext(
        "%(vehicle)s to %(place)s: %(late)s late, not handed over; "
        "%(stations)s at risk of missing %(deadline)s."
    ) % _delay(row)


def _underway(row: AlertRow) -> str:
    return gettext(
        "%(vehicle)s to %(place)s: expected %(expected)s, %(late)s too late; "
        "%(stations)s at risk of missing %(deadline)s."
    ) % {**_delay(row), "expected": _at(row, "expected_at")}


def _waiting(row: AlertRow) -> str:
    return gettext(
        "%(vehicle)s to %(place)s: not departed, must leave by %(latest)s; "
        "%(stations)s at risk of missing %(deadline)s."
    ) % {**_delay(row), "latest": _at(row, "latest_departure_at")}


def _not_received(row: AlertRow) -> str:
    n = row.facts["stations_count"]
    return ngettext(
        "%(place)s: %(n)d polling station not received by its KPPS by %(deadline)s.",
        "%(place)s: %(n)d polling stations not received by their KPPS by %(deadline)s.",
        n,
    ) % {"place": _place(row), "n": n, "deadline": _at(row, "deadline_at")}


def _silent(row: AlertRow) -> str:
    return gettext(
        "%(vehicle)s to %(place)s: no word since %(heard)s; who holds the boxes of %(stations)s is unknown."
    ) % {**_trip(row), "heard": _at(row, "heard_at")}


def _stopped(row: AlertRow) -> str:
    return gettext(
        "%(vehicle)s to %(place)s: positions come, but it has not moved for %(stood)s, since %(since)s; "
        "the boxes of %(stations)s are aboard."
    ) % {
        **_trip(row),
        "stood": time_left(row.facts["stands_s"]),
        "since": _at(row, "stands_since"),
    }


def _off_corridor(row: AlertRow) -> str:
    return gettext(
        "%(vehicle)s to %(place)s: %(off)s outside of its planned way, off it since %(since)s; "
        "the boxes of %(stations)s are aboard."
    ) % {**_trip(row), "off": way_off(row.facts["off_m"]), "since": _at(row, "off_since")}


def _found(row: AlertRow) -> dict[str, object]:
    parcels = row.facts["parcels_count"]
    of_parcels = ngettext("%(n)d parcel", "%(n)d parcels", parcels) % {"n": parcels}
    return {"place": _place(row), "parcels": of_parcels}


def _seal_mismatch(row: AlertRow) -> str:
    return gettext("%(place)s: the seals of %(parcels)s are not the seals that were put on.") % _found(row)


def _count_mismatch(row: AlertRow) -> str:
    return gettext("%(place)s: giver and receiver differ about %(parcels)s.") % _found(row)


def _custody_gap(row: AlertRow) -> str:
    return gettext("%(place)s: nobody is named as holder of %(parcels)s.") % _found(row)


def _disputed(row: AlertRow) -> str:
    if not row.facts["parcels_count"]:
        return gettext("%(place)s: a device told two different stories.") % _found(row)
    return gettext("%(place)s: two claims on %(parcels)s.") % _found(row)


_SENTENCES: Final[dict[str, Callable[[AlertRow], str]]] = {
    "not_departed": _not_departed,
    "not_accepted": _not_accepted,
    "underway": _underway,
    "waiting": _waiting,
    "not_received": _not_received,
    "silent": _silent,
    "stopped": _stopped,
    "off_corridor": _off_corridor,
    "seal_mismatch": _seal_mismatch,
    "count_mismatch": _count_mismatch,
    "custody_gap": _custody_gap,
    "disputed": _disputed,
}
