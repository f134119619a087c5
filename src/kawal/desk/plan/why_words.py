"""Why this route and why this hour, in sentences."""

from __future__ import annotations

from datetime import datetime, tzinfo

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext, ngettext

from kawal.desk.plan import direct_words, models, reads, words
from kawal.desk.plan.fleets import fleet_words
from kawal.desk.plan.showing import Names
from kawal.desk.risk.words import CLASSES
from kawal.rules.places.codes import zone_of
from kawal.rules.plan.calendar import calendar
from kawal.rules.plan.facts import DIRECT, PlanFacts, Trip
from kawal.rules.plan.fleet import Fleet, fleet_of
from kawal.rules.plan.why import Begin, Cause, begin_of, saved_share

_WORTH_TELLING = 0.01


def route(plan: PlanFacts, trip: Trip, *, sees_risk: bool) -> list[str]:
    """Why these stops on this vehicle."""
    fleet = _fleet(plan)
    kind = fleet.kind_of(trip.vehicle, trip.mode)
    mode = str(words.MODES[trip.mode])
    full = round(100 * trip.parcels_count / kind.parcels)
    load = gettext("A %(mode)s takes %(most)s parcels; with %(parcels)s it is %(full)s %% full.")
    told = [
        load
        % {
            "mode": mode,
            "most": words.number(kind.parcels),
            "parcels": words.number(trip.parcels_count),
            "full": full,
        }
    ]
    if trip.leg in DIRECT:
        told.append(direct_words.why(plan.summary, trip.leg))
    if own := fleet_words.own_figures(kind, fleet.kinds[trip.mode]):
        differs = gettext("This vehicle is not as its mode: %(figures)s.")
        told.append(differs % {"figures": ", ".join(own)})
    if sees_risk:
        alone = gettext("No vehicle mixes classes: all stations aboard are %(class)s.")
        told.append(alone % {"class": CLASSES[trip.risk]})
    stops = len({stop.site for stop in trip.visits})
    share = saved_share(trip)
    if stops > 1 and share >= _WORTH_TELLING:
        round_ = ngettext(
            "Its round of %(n)s stop is %(share)s %% shorter than going to each by itself.",
            "Its round of %(n)s stops is %(share)s %% shorter than going to each by itself.",
            stops,
        )
        told.append(round_ % {"n": words.number(stops), "share": round(100 * share)})
    return told


def hour(plan: PlanFacts, trip: Trip, names: Names) -> str:
    """Why it begins when it does."""
    begin = begin_of(trip, reads.trips_behind(plan.id, trip), _opens(plan, trip))
    zone = zone_of(plan.area)
    since = _clock(begin.free_from, zone) if begin.free_from else ""
    return _sentence(begin) % {
        "at": _clock(begin.at, zone),
        "trip": begin.by,
        "site": names.site(trip.stops[0].site),
        "since": since,
    }


def _sentence(begin: Begin) -> str:
    if begin.cause is Cause.VEHICLE:
        return gettext("It begins to load at %(at)s, when its vehicle is free again after the trip %(trip)s.")
    if begin.cause is Cause.GOODS:
        return gettext(
            "It begins to load at %(at)s, when the last of what it carries has come to %(site)s "
            "by the trip %(trip)s."
        )
    if begin.cause is Cause.WINDOW:
        return gettext(
            "It begins to load at %(at)s, as soon as the working hours of its leg and its mode allow."
        )
    if begin.free_from is not None:
        return gettext(
            "It begins to load at %(at)s; nothing but the plan holds it there: it could from %(since)s."
        )
    return gettext("It begins to load at %(at)s; nothing but the plan holds it there.")


def _fleet(plan: PlanFacts) -> Fleet:
    return fleet_of(models.Plan.objects.get(pk=plan.id).fleet)


def _opens(plan: PlanFacts, trip: Trip) -> list[datetime]:
    zone = zone_of(plan.area)
    kind = _fleet(plan).kind_of(trip.vehicle, trip.mode)
    found = calendar(plan.voting_at.astimezone(zone).date(), zone, first_day=plan.first_day)
    day = trip.stops[0].arrive_at.astimezone(zone).date()
    shifts = [*found.shifts_of(trip.leg, over_landings=True), *found.shifts_of(trip.leg, early=True)]
    return [shift.start for shift in shifts] + [datetime.combine(day, kind.opens, zone)]


def _clock(at: datetime, zone: tzinfo) -> str:
    return date_format(at.astimezone(zone), "j M H:i")
