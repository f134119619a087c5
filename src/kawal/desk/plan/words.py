"""The plan in words: legs, modes, substitutes, assumptions, reasons, broken rules and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy

from kawal.desk.plan import direct_words
from kawal.desk.plan.anew import replan_words
from kawal.desk.plan.escorts import strength_words
from kawal.desk.plan.fleets import fleet_assumed, fleet_notices
from kawal.desk.plan.journey import travel_words
from kawal.desk.plan.leg_words import LEGS
from kawal.desk.plan.wide import upper_words
from kawal.desk.risk import words as risk_words
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.facts import Leg, Mode, PlanFacts, Substitute, Terrain
from kawal.rules.refusals import Refused

MODES = {
    Mode.TRUCK: gettext_lazy("truck"),
    Mode.PICKUP: gettext_lazy("pickup"),
    Mode.MOTORBIKE: gettext_lazy("cargo three-wheeler"),
    Mode.LONGBOAT: gettext_lazy("longboat"),
    Mode.SPEEDBOAT: gettext_lazy("speedboat"),
    Mode.PLANE: gettext_lazy("plane"),
    Mode.HELICOPTER: gettext_lazy("helicopter"),
    Mode.FOOT: gettext_lazy("porters"),
    Mode.HORSE: gettext_lazy("pack horse"),
    Mode.OX_CART: gettext_lazy("ox-cart"),
}
WAYS = {
    "land": gettext_lazy("by road"),
    "water": gettext_lazy("by water"),
    "foot": gettext_lazy("on foot"),
    "air": gettext_lazy("by air"),
}
TERRAINS = {
    Terrain.URBAN: gettext_lazy("town"),
    Terrain.RURAL: gettext_lazy("country"),
    Terrain.REMOTE: gettext_lazy("remote"),
}
LEVELS = {
    "regency": gettext_lazy("of the regency"),
    "district": gettext_lazy("of the districts"),
    "village": gettext_lazy("of the villages"),
}
SUBSTITUTES = {
    Substitute.LINMAS_AND_SUPERVISOR: gettext_lazy("guarded by Linmas and the station supervisor"),
    Substitute.MEETS_AT_DESTINATION: gettext_lazy(
        "no seat aboard: officers meet the trip at its destination"
    ),
}
REASONS = {
    **replan_words.REASONS,
    "no_vehicle_for_access": gettext_lazy("no vehicle of the fleet reaches this place"),
    "too_heavy": gettext_lazy("one station is more than any of these vehicles carries"),
    "beyond_range": gettext_lazy("there and back is farther than these vehicles go without refuelling"),
    "too_far_for_one_day": gettext_lazy("there and back takes longer than one working day"),
    "too_far_for_days": gettext_lazy(
        "the way takes longer than all days of distribution, even with nights on the way"
    ),
    "never_open": gettext_lazy("it is never open long enough when somebody could be there"),
    "ready_too_late": gettext_lazy("it is ready too late for the working hours that are left"),
    "fleet_too_small": gettext_lazy("there are too few vehicles"),
    "dock_full": gettext_lazy("a dock on its way is taken all the time; more vehicles would not help"),
    **travel_words.REASONS,
}
ASSUMPTIONS = {
    **replan_words.ASSUMPTIONS,
    **travel_words.ASSUMPTIONS,
    **fleet_assumed.ASSUMPTIONS,
    "access_by_density": gettext_lazy(
        "how %(count)s villages are reached was judged by their voters per km²"
    ),
    "calendar_assumed": gettext_lazy("the days of the legs follow practice; only H-1 and the vote are law"),
    "direct_allowed": gettext_lazy(
        "in %(count)s villages boxes may pass the PPK or the PPS by; in 2024 the commission asked to unload"
        " at both"
    ),
    "last_leg_estimated": gettext_lazy(
        "from the PPS to the stations nothing is planned; time is kept free for it (%(count)s villages)"
    ),
    "needs_not_computed": gettext_lazy(
        "needs were not computed here: how much there is to carry follows Kawal's rules for 2024"
    ),
    "escort_follows": gettext_lazy("officers beyond the seats of a vehicle follow in their own"),
    "risk_not_assessed": gettext_lazy("%(count)s villages without an assessment count as vulnerable"),
    "site_points_generated": gettext_lazy("%(count)s warehouses and committees have no surveyed point"),
    "stations_spread": gettext_lazy(
        "%(count)s stations without a point lie at a mean distance in their village"
    ),
    "travel_estimated": gettext_lazy("ways are great circles times a detour, not roads (%(count)s villages)"),
    "village_area_unknown": gettext_lazy(
        "%(count)s villages have no known area; their stations lie 1 km apart"
    ),
}
VIOLATIONS = {
    **replan_words.VIOLATIONS,
    "trip_empty": gettext_lazy("has no stops or carries nothing"),
    "station_unknown": gettext_lazy("carries the station %(station)s, which does not exist"),
    "site_unknown": gettext_lazy("stops at %(site)s, which does not exist"),
    "vehicle_unknown": gettext_lazy("the vehicle %(vehicle)s is not in the fleet"),
    "not_once_per_leg": gettext_lazy("goes %(times)s times on leg %(leg)s, should be %(expected)s"),
    "wrong_site": gettext_lazy("goes from %(from)s to %(to)s, which is not the way of its stations"),
    "site_not_visited": gettext_lazy("its trip does not stop where it begins or ends"),
    "stops_disagree": gettext_lazy("has not one stop for each consignment that it carries"),
    "direct_not_allowed": gettext_lazy("goes on leg %(leg)s, which nobody allowed there"),
    "not_home_again": gettext_lazy("does not come home to where it started"),
    "parcels_miscounted": gettext_lazy(
        "the parcels of its stations are %(parcels)s, the trip says otherwise"
    ),
    "overloaded": gettext_lazy("%(parcels)s parcels are more than the vehicle may carry"),
    "beyond_range": gettext_lazy(
        "goes %(km)s km, farther than its vehicle does without refuelling (%(range)s km)"
    ),
    "together": gettext_lazy("carries %(groups)s loads together that must not share a vehicle (%(by)s)"),
    "closed": gettext_lazy("is at %(site)s while that is not open (%(kind)s)"),
    "wrong_class": gettext_lazy("the worst class aboard is %(expected)s, the trip says otherwise"),
    "loss_limit": gettext_lazy("%(stations)s stations on one vehicle; the limit of their class is %(limit)s"),
    "cannot_reach": gettext_lazy("its mode does not reach %(station)s"),
    "vehicle_twice": gettext_lazy("its vehicle is still on trip %(other)s"),
    "dock_crowded": gettext_lazy(
        "is one of %(count)s handled at once at %(site)s, which has %(berths)s berths"
    ),
    "outside_window": gettext_lazy("is outside the days and hours of its leg"),
    "outside_hours": gettext_lazy("is outside the working hours of its mode"),
    "no_time_for_last_leg": gettext_lazy("leaves too little time between %(site)s and its stations"),
    "too_fast": gettext_lazy("reaches %(site)s faster than its mode can travel"),
    "times_disagree": gettext_lazy("its times contradict its stops"),
    "in_the_dark": gettext_lazy("is on its way or at work at %(at)s, outside the working hours of its mode"),
    "halts_in_the_air": gettext_lazy("goes by air and halts on the way"),
    "halt_misplaced": gettext_lazy("halts at %(site)s, which is no place to halt at"),
    "halt_off_the_way": gettext_lazy("the halt %(site)s does not lie where the way is by then"),
    "unwatched_at_night": gettext_lazy("its boxes lie over night with fewer than two people beside them"),
    "sent_before_received": gettext_lazy("sends station %(station)s on before it has received it"),
    "unguarded": gettext_lazy("has fewer officers than its class needs and no lawful substitute"),
    "wrong_post": gettext_lazy("is guarded by %(post)s, which is no post of this regency or province"),
    "wrong_reserve": gettext_lazy("its second team is of %(post)s, which cannot stand by for it"),
    "past_deadline": gettext_lazy("is received after the legal deadline"),
    "due_past_deadline": gettext_lazy("its due time lies after the legal deadline"),
    "unsafe_departure": gettext_lazy("its latest safe departure would miss its due time"),
    "promise_broken": gettext_lazy(
        "with all trips leaving at their latest safe departures it is on time in only %(share)s of worlds"
    ),
    "at_no_risk": gettext_lazy("is told as at risk, but is on time as planned in %(share)s of worlds"),
    "due_after_next_leg": gettext_lazy("is due only after station %(station)s must have left again"),
}
REFUSALS = {
    **replan_words.REFUSALS,
    "not_utf8": gettext_lazy("%(file)s cannot be read as text: save the file as UTF-8."),
    **travel_words.REFUSALS,
    "plan_needs_regency": gettext_lazy("A plan is made for a regency or city; %(area)s is none."),
    "search_needs_regency": gettext_lazy(
        "%(area)s: --effort, --seconds and --from-present are for one regency; plan it by itself."
    ),
    "run_needs_area_above": gettext_lazy("%(area)s is no province and not the nation (id)."),
    "dask_needs_area_above": gettext_lazy(
        "A Dask cluster plans the regencies of a province or the nation; leave --dask out for %(area)s."
    ),
    "nothing_to_supply": gettext_lazy("No warehouse there needs what these suppliers have."),
    "upper_breaks_rule": gettext_lazy(
        "The supply of %(area)s breaks %(count)s rules and was not saved; the first: %(where)s (%(rule)s)."
    ),
    "wrong_handling_days": gettext_lazy("%(days)s days of sorting and packing cannot be. Give 0 to 60."),
    "dask_not_installed": gettext_lazy(
        "Dask is not installed here. Install it: pip install 'kawal[cluster]'."
    ),
    "dask_does_not_answer": gettext_lazy(
        "No Dask scheduler answers at %(address)s. Start one (dask scheduler), or leave --dask out."
    ),
    "dask_without_workers": gettext_lazy(
        "The Dask cluster at %(address)s has no workers. Start some: dask worker %(address)s."
    ),
    "dask_other_version": gettext_lazy(
        "The Dask worker %(worker)s has no Kawal %(own)s (it says: %(version)s). Install the same there."
    ),
    "cluster_lost": gettext_lazy(
        "The Dask cluster went away. What was planned is saved; the same command goes on from there."
    ),
    "no_plan": gettext_lazy("There is no plan of record for %(area)s yet. Make one: kawal plan make."),
    "unknown_trip": gettext_lazy("No trip %(trip)s is in this plan."),
    "unknown_station": gettext_lazy("%(station)s is no station code (13 digits)."),
    "no_coordinates": gettext_lazy("Neither %(area)s nor any area above it has coordinates. Import them."),
    "by_required": gettext_lazy("A plan needs a name: who makes it?"),
    "reason_required": gettext_lazy("There is a plan for %(area)s. A new version needs its reason."),
    "wrong_voting_day": gettext_lazy("No vote is planned on that day: give one from %(first)s to %(last)s."),
    "wrong_first_day": gettext_lazy(
        "Distribution cannot begin only on H-%(first_day)s. Give %(least)s or more days."
    ),
    "wrong_recap_days": gettext_lazy("%(recap_days)s days of recapitulation are too few. Give 1 or more."),
    "unknown_dock": gettext_lazy("No boat or aircraft of the plan is handled at %(site)s."),
    "vote_is_over": gettext_lazy(
        "The vote that %(area)s was planned for is over: a repair of it is no what-if, only a new version."
    ),
    "nothing_ahead": gettext_lazy("All of the plan of %(area)s has arrived: there is nothing to repair."),
    "wrong_class_target": gettext_lazy(
        "%(value)s is no target of a class. Write low, vulnerable, high or special = 0.5 to 0.9999."
    ),
    "plan_is_empty": gettext_lazy(
        "The plan of %(area)s carries nothing out, so there is nothing to live through."
    ),
    "wrong_instance": gettext_lazy("This routing problem cannot be read: %(problem)s."),
    "wrong_solution": gettext_lazy("This solution does not fit the problem: %(detail)s."),
    "roster_needs_regency": gettext_lazy(
        "Officers are set on duty for a regency or a province; %(area)s is neither."
    ),
    "no_roster": gettext_lazy("No officers are set on duty for %(area)s yet: kawal plan escorts."),
    "unknown_post": gettext_lazy("No post %(post)s takes part in this roster."),
    "wrong_change": gettext_lazy(
        "%(change)s is no change: write a post and officers (16.07.03=-5), a trip or village and its class "
        "(16.07.03.2001=high), or a trip and when it begins (16.07-to_ppk-1=2024-02-12T06:00)."
    ),
    "roster_breaks_rule": gettext_lazy(
        "The roster of %(area)s breaks %(count)s rules and was not saved; the first: %(where)s (%(rule)s)."
    ),
    "plan_breaks_rule": gettext_lazy(
        "The plan of %(area)s breaks %(count)s rules and was not saved; the first: %(where)s (%(rule)s)."
    ),
}
MENDS = {
    **risk_words.WRONG_RULES,
    "must_be_at_least": gettext_lazy("write a number, %(least)s or more"),
    "must_be_share": gettext_lazy("write a share, from 0 to below 1"),
    "must_be_between": gettext_lazy("write a number from %(least)s to %(most)s"),
    "must_be_above_zero": gettext_lazy("write a number above zero"),
    "must_be_two_hours": gettext_lazy('write two hours of a day in order, like ["06:00", "18:00"]'),
    "one_toml": gettext_lazy("give one TOML file; what adds to it may be tables"),
    "twice_the_same": gettext_lazy("keep one row for each place or level, and mode"),
    "told_before": gettext_lazy("keep one row of this name, or give the vehicle another name"),
    "must_be_local": gettext_lazy("write the hour of the place without a zone, such as 2024-02-12T06:00:00"),
    "must_be_place": gettext_lazy("write an area or a site, such as 16.07.03 or PPS-16.07.03.2001"),
    "must_be_later": gettext_lazy("write a moment after not_before"),
    "must_be_areas": gettext_lazy('write codes of areas, like ["16.07.01", "16.07.02"]'),
    "beside_where": gettext_lazy("tell where or level, not both"),
    "must_not_overlap": gettext_lazy("keep each area in one group"),
    "must_be_name": gettext_lazy("write a name of at most %(most)s characters without a hyphen"),
    "must_be_own_area": gettext_lazy("write the code of a regency, district or village, such as 16.07.03"),
}
INSTANCE_PROBLEMS = {
    "too_long": gettext_lazy("the file is too long"),
    "no_instance": gettext_lazy("it is neither VRPLIB nor Solomon's format; write it as one of them"),
    "no_dimension": gettext_lazy("DIMENSION is missing or below 2; write how many nodes there are"),
    "too_large": gettext_lazy("it has more than %(most)s places; split it"),
    "section_length": gettext_lazy(
        "%(count)s rows stand here and %(rows)s are needed; mend the rows, or DIMENSION or VEHICLES"
    ),
    "no_distances": gettext_lazy(
        "no distances can be computed from it (%(value)s); write EUC_2D, or EXPLICIT and a matrix"
    ),
    "matrix": gettext_lazy("the matrix does not fit (%(detail)s); mend its numbers or EDGE_WEIGHT_FORMAT"),
    "not_solvable": gettext_lazy("the solver does not understand a field of it (%(detail)s)"),
    "told_twice": gettext_lazy("it is told twice; keep one"),
    "unknown_section": gettext_lazy(
        "this section is not known; leave it out if the problem holds without it"
    ),
    "other_problem": gettext_lazy("a problem of the kind %(value)s cannot be solved here"),
    "no_number": gettext_lazy("a number belongs here instead of %(value)s"),
    "columns": gettext_lazy("this row needs %(columns)s columns"),
    "window": gettext_lazy("it closes before it opens; write the earlier moment first"),
    "negative": gettext_lazy("an amount below 0 means nothing here; write 0 or more"),
    "twice": gettext_lazy("%(value)s has two rows; keep one"),
    "no_node": gettext_lazy("there is no node %(value)s; write one that NODE_COORD_SECTION has"),
    "no_depot": gettext_lazy("%(value)s is no depot; write one that DEPOT_SECTION has"),
    "depots_first": gettext_lazy("it names nodes by number: number them from 1, the depots first"),
    "no_customers": gettext_lazy("customers are missing; write a row of seven numbers for each"),
}
ACCESS_MENDS = {
    "needs_head": gettext_lazy("begin with the head: area,access"),
    "needs_two_cells": gettext_lazy("write an area and an access"),
    "is_no_area": gettext_lazy("write an area code such as 16.07.03.2001"),
    "is_no_access": gettext_lazy("write road, water, foot or air"),
    "told_twice": gettext_lazy("keep one row for this area"),
    "is_not_there": gettext_lazy("%(regency)s has no such area: mend the code"),
}


def number(count: int) -> str:
    return str(number_format(count, force_grouping=True))


def span(seconds: int) -> str:
    """`2 h 5 min`."""
    hours, minutes = divmod(seconds // 60, 60)
    if hours and minutes:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if hours:
        return gettext("%(hours)d h") % {"hours": hours}
    return gettext("%(minutes)d min") % {"minutes": minutes}


def headline(plan: PlanFacts) -> str:
    """The plan in one sentence."""
    summary = plan.summary
    keys = ("stations_count", "trips_count", "stations_at_risk_count", "stations_unserved_count")
    facts = {key: number(summary[key]) for key in keys}
    told = gettext(
        "%(area)s, version %(version)s: %(trips_count)s trips carry %(stations_count)s stations; "
        "%(stations_at_risk_count)s stations at risk, %(stations_unserved_count)s not reached."
    )
    return told % {**facts, "area": plan.area, "version": plan.version}


def assumption(code: str, count: int) -> str:
    return str(ASSUMPTIONS[code]) % {"count": number(count)}


def shortfall(row: dict[str, Any], name: str = "") -> str:
    """A row of the summary's shortfalls; the area by its name where one is given, else by its code."""
    told = gettext("%(area)s, %(leg)s: %(count)s more would be enough (%(mode)s)")
    return told % {
        "area": name or row["area"],
        "leg": LEGS[Leg(row["leg"])],
        "count": row["vehicles_count"],
        "mode": MODES[Mode(row["mode"])],
    }


def violation(found: Violation) -> str:
    return f"{found.where}: {str(VIOLATIONS[found.code]) % dict(found.facts)}"


def refusal(refused: Refused) -> str:
    """What may not be, and what to do instead."""
    facts = refused.facts
    if refused.code == "wrong_fleet":
        mend = str(MENDS[str(facts["problem"])]) % facts
        return gettext("The fleet file is wrong at %(key)s: %(mend)s.") % {**facts, "mend": mend}
    if refused.code == "wrong_strength":
        return strength_words.wrong_strength(facts)
    if refused.code == "wrong_disruptions":
        return replan_words.wrong_disruptions(facts)
    if refused.code == "wrong_fleet_table":
        told = fleet_notices.notices(facts["notices"])  # type: ignore[arg-type]
        return gettext("The fleet in %(file)s was not taken.") % facts + f"\n{told}"
    if refused.code == "wrong_delays":
        mend = str(MENDS[str(facts["problem"])]) % facts
        return gettext("The file of delays is wrong at %(key)s: %(mend)s.") % {**facts, "mend": mend}
    if refused.code == "wrong_factors":
        mend = str(MENDS[str(facts["problem"])]) % facts
        return gettext("The file of factors is wrong at %(key)s: %(mend)s.") % {**facts, "mend": mend}
    if refused.code == "wrong_access":
        mend = str(ACCESS_MENDS[str(facts["problem"])]) % facts
        told = gettext("The access file is wrong in row %(row)s (%(value)s): %(mend)s.")
        return told % {**facts, "mend": mend}
    if refused.code == "wrong_direct":
        return direct_words.wrong_direct(facts)
    if refused.code == "wrong_supply_file":
        return upper_words.wrong_file(facts)
    if refused.code == "wrong_instance":
        facts = {**facts, "problem": _instance_problem(facts)}
    words = REFUSALS.get(refused.code)
    return str(words) % facts if words else risk_words.refusal(refused)


def _instance_problem(facts: Mapping[str, object]) -> str:
    problem = str(INSTANCE_PROBLEMS[str(facts["problem"])]) % facts
    if not facts["line"]:
        return problem
    return gettext("line %(line)s (%(field)s): %(problem)s") % {**facts, "problem": problem}


def why_unserved(row: Mapping[str, Any]) -> str:
    """Why the stations of a row of `unserved` stay where they are."""
    told = str(REASONS[row["reason"]])
    if row.get("days"):
        days = gettext("%(days)s days") % {"days": number(row["days"])}
        return f"{told} ({days})"
    return told
