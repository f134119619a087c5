"""The page of a station as its template takes it: way, parcels, needs and timeline in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kawal.desk.custody.reads import ParcelStoryFacts
from kawal.desk.custody.words import ACTS, FINDINGS, MISMATCHES, STAGES
from kawal.desk.needs import words as needs_words
from kawal.desk.people.access import Officer
from kawal.desk.plan import showing
from kawal.desk.plan.leg_words import leg_from
from kawal.desk.plan.showing import Names
from kawal.desk.report import naming
from kawal.desk.report.area_rows import before_deadline
from kawal.desk.report.finding_rows import parcel_kind
from kawal.desk.report.stations import Reached, StationPage, Telling, WayLeg
from kawal.rules.custody.event import Act
from kawal.rules.needs.rulebook import BUNDLE
from kawal.rules.plan.facts import BACKWARD


@dataclass(frozen=True, slots=True)
class Said:
    """What a page of a station says, with the names that it needs."""

    page: StationPage
    names: Names
    officer: Officer


def said(page: StationPage, officer: Officer) -> Said:
    sites = {site for leg in page.way for site in _sites(leg)}
    sites |= {step.site for parcel in page.parcels for step in parcel.steps}
    sites |= {parcel.site for parcel in page.parcels} | {page.station.code}
    posts = {step.post for parcel in page.parcels for step in parcel.steps}
    posts |= {parcel.holder_post for parcel in page.parcels}
    posts |= {post for leg in page.way for post in leg.step.trip.escort.posts}
    return Said(page, naming.names(sites, posts), officer)


def spare(page: StationPage) -> str:
    """How long before the deadline it was received."""
    if page.received_at is None or page.plan is None:
        return ""
    return before_deadline(page.received_at, page.plan.deadline_at)


def stage(page: StationPage) -> str:
    return str(STAGES[page.stage])


def way(told: Said) -> list[dict[str, Any]]:
    return [_leg(leg, told) for leg in told.page.way]


def _leg(leg: WayLeg, told: Said) -> dict[str, Any]:
    trip, part = leg.step.trip, leg.step.consignment
    is_back = trip.leg in BACKWARD
    late = leg.departed is not None and leg.departed.at > trip.latest_departure_at
    too_late = leg.received is not None and leg.received.at > part.due_at
    state = "late" if too_late else "risk" if late else "ontime" if leg.received else "unknown"
    return {
        "leg": leg_from(trip.leg, [part.from_site]),
        "from": told.names.site(part.from_site),
        "to": told.names.site(part.to_site),
        "label": f"{'←' if is_back else '→'} {told.names.site(part.to_site)}",
        "state": state,
        "word": _word(leg, state),
        "trip": trip.code,
        "href": reverse("plan:trip", args=[told.page.station.village, trip.code]),
        "vehicle": showing.vehicle(trip.vehicle, trip.mode),
        "escort": showing.escort(trip.escort, told.names),
        "depart_at": trip.depart_at,
        "latest_at": trip.latest_departure_at,
        "arrive_at": part.arrive_at,
        "due_at": None if is_back else part.due_at,
        "departed": _reached(leg.departed),
        "received": _reached(leg.received),
    }


def _word(leg: WayLeg, state: str) -> str:
    if leg.received is None:
        return _("underway") if leg.departed else _("to come")
    return _("handed over too late") if state == "late" else _("handed over")


def _reached(told: Reached | None) -> dict[str, Any] | None:
    if told is None:
        return None
    return {"at": told.at, "href": reverse("report:entry", args=[told.entry_index])}


def parcels(told: Said) -> list[dict[str, Any]]:
    return [_parcel(parcel, told) for parcel in told.page.parcels]


def _parcel(parcel: ParcelStoryFacts, told: Said) -> dict[str, Any]:
    known = told.page.known.get(parcel.parcel_code)
    seals = _seals(parcel) or (known.seals if known else ())
    state = "late" if parcel.disputed or parcel.findings else "ontime" if parcel.received_at else "unknown"
    return {
        "code": f"{parcel.parcel_code:015d}",
        "kind": parcel_kind(parcel.parcel_code),
        "state": state,
        "stage": capfirst(str(STAGES[parcel.stage])),
        "holder": told.names.post(parcel.holder_post) if parcel.holder_post else parcel.holder,
        "offered": parcel.offered,
        "disputed": parcel.disputed,
        "site": told.names.site(parcel.site) if parcel.site else "",
        "seals": seal_range(seals),
        "sealed": bool(_seals(parcel)),
        "ballots": known.ballots_count if known and told.page.sees_contents else None,
        "findings": [FINDINGS[one.kind] for one in parcel.findings],
        "at": parcel.steps[-1].happened_at if parcel.steps else None,
        "href": reverse("report:entry", args=[parcel.steps[-1].entry_index]) if parcel.steps else "",
    }


def _seals(parcel: ParcelStoryFacts) -> tuple[int, ...]:
    """The seals last put on; none where nobody has sealed it yet."""
    return next((step.seals for step in reversed(parcel.steps) if step.act is Act.SEALED and step.seals), ())


def seal_range(seals: Sequence[int]) -> str:
    """`1607000001 – 0006` for numbers that follow one another, else each of them."""
    if not seals:
        return ""
    first, last = min(seals), max(seals)
    if len(seals) > 1 and last - first == len(seals) - 1:
        return f"{first} – {last % 10_000:04d}"
    return ", ".join(str(seal) for seal in seals)


def needs(told: Said) -> list[dict[str, Any]]:
    """What is inside a box is left out for those who may not see it."""
    rules = told.page.rules
    if rules is None:
        return []
    return [
        {
            "name": capfirst(needs_words.name(rules.item(need.item))),
            "quantity": need.quantity,
            "unit": needs_words.unit(need.unit),
            "place": needs_words.PLACES[need.place],
            "working": needs_words.working(need),
        }
        for need in told.page.needs
        if told.page.sees_contents or not need.inside
    ]


def timeline(told: Said) -> list[dict[str, Any]]:
    return [_event(telling, told) for telling in told.page.timeline]


def _event(telling: Telling, told: Said) -> dict[str, Any]:
    step = telling.step
    notes = [str(FINDINGS[kind]) for kind in telling.findings]
    notes += [capfirst(str(MISMATCHES[why])) for why in step.exceptions]
    late = (step.received_at - step.happened_at).total_seconds() > 3600
    if late and "told_late" not in telling.findings:
        notes.append(_("Reached the hub later: there was no network."))
    return {
        "what": f"{capfirst(str(ACTS[step.act]))}: {_folded(telling.parcels, told.page.parcels)}",
        "who": told.names.post(step.post),
        "where": told.names.site(step.site) if step.site else "",
        "state": "late" if telling.findings else "",
        "note": " ".join(notes),
        "href": reverse("report:entry", args=[step.entry_index]),
        "area_code": told.page.station.village,
        "happened_at": step.happened_at,
        "recorded_at": step.recorded_at,
        "received_at": step.received_at,
    }


def _folded(about: Sequence[int], every: Sequence[ParcelStoryFacts]) -> str:
    """`all 6 parcels`, `its 5 boxes`, or which of them."""
    if len(about) == len(every):
        return ngettext("its %(n)s parcel", "all %(n)s parcels", len(about)) % {"n": len(about)}
    boxes = [parcel.parcel_code for parcel in every if parcel.kind != BUNDLE]
    if list(about) == boxes:
        return ngettext("its %(n)s box", "its %(n)s boxes", len(boxes)) % {"n": len(boxes)}
    return ", ".join(parcel_kind(parcel) or f"{parcel:015d}" for parcel in about)


def _sites(leg: WayLeg) -> tuple[str, str]:
    return leg.step.consignment.from_site, leg.step.consignment.to_site
