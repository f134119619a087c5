"""A roster in words: enough or how many are missing and where, from where help comes, and how good it is."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, gettext_lazy, ngettext

from kawal.desk.people import access
from kawal.desk.people import reads as people
from kawal.desk.places import reads as places
from kawal.desk.plan import words
from kawal.desk.plan.escorts import rostering
from kawal.desk.plan.escorts.rostering import Kept
from kawal.rules.places.codes import level_of
from kawal.rules.plan.facts import PlanFacts, Substitute
from kawal.rules.plan.roster.facts import BEYOND, RESERVE, SHIFTS_PER_DAY, begin_of
from kawal.rules.plan.roster.helps import area_of
from kawal.rules.plan.roster.renewing import Changed, held
from kawal.rules.plan.roster.table import helped, outside_rp, table
from kawal.rules.plan.roster.whatif import Least

OFFICES: Final = {"province": "Polda", "regency": "Polres", "district": "Polsek"}
PARTS: Final = (
    gettext_lazy("morning 06-14"),
    gettext_lazy("afternoon 14-22"),
    gettext_lazy("night 22-06"),
)


def post_names(kept: Kept) -> dict[str, str]:
    """As the posts are named in the tables of people, else by what they are and where."""
    codes = [post.code for post in kept.problem.posts]
    areas = places.areas(area_of(code) for code in codes)
    found = {
        code: f"{OFFICES[level_of(area_of(code))]} {areas[area_of(code)].name}"
        if area_of(code) in areas
        else code
        for code in codes
    }
    return found | people.post_names(codes)


def guards(plan: PlanFacts, trip: str, officer: access.Officer) -> str:
    """The posts that guard a trip, with the number of their officers; empty where no roster says so."""
    kept = rostering.last(plan) if access.can_do(officer, access.Deed.SEE_RISK) else None
    if kept is None:
        return ""
    names = post_names(kept)
    found = rostering.guards_of(kept, trip)
    return ", ".join(f"{names[row.post]} ({words.number(row.officers_count)})" for row in found)


def headline(kept: Kept) -> str:
    """Enough, or how many are missing and where."""
    needed = sum(duty.need for duty in kept.problem.duties)
    told = {"needed": words.number(needed), "duties": words.number(len(kept.problem.duties))}
    if not kept.roster.short_count:
        return gettext("There are officers enough: %(needed)s on %(duties)s duties, all filled.") % told
    names = post_names(kept)
    homes = {duty.code: duty.post for duty in kept.problem.duties}
    missing = Counter[str]()
    for short in kept.roster.shorts:
        missing[homes[short.duty]] += short.officers_count
    where = ", ".join(f"{names[post]} ({words.number(count)})" for post, count in missing.most_common(3))
    count = kept.roster.short_count
    text = ngettext(
        "%(count)s officer of %(needed)s is missing: %(where)s.",
        "%(count)s officers of %(needed)s are missing: %(where)s.",
        count,
    )
    if len(missing) > 3:
        where = gettext("%(places)s and %(n)s more") % {
            "places": where,
            "n": words.number(len(missing) - 3),
        }
    return text % {**told, "count": words.number(count), "where": where}


def outdated(kept: Kept, plan: PlanFacts, found: Changed) -> str:
    """That the roster is of an older version than the plan of record, and what that changes."""
    text = gettext(
        "This roster is of version %(old)s of the plan; version %(new)s is of record. Duties: %(added)s new, "
        "%(otherwise)s changed, %(gone)s gone."
    )
    return text % {
        "old": words.number(kept.plan.version),
        "new": words.number(plan.version),
        "added": words.number(len(found.new)),
        "otherwise": words.number(len(found.otherwise)),
        "gone": words.number(len(found.gone)),
    }


def held_promises(kept: Kept) -> str:
    """How many officers stay where the roster before promised them; empty for the first roster."""
    if not kept.problem.promises:
        return ""
    found = held(kept.problem, kept.roster.postings)
    text = gettext("Of the roster before %(stay)s officers stay on their duties, %(moved)s are moved.")
    return text % {"stay": words.number(found.stay), "moved": words.number(found.moved)}


def proof(kept: Kept) -> str:
    """How far from the best it can be."""
    text = gettext(
        "This roster costs Rp %(cost)s, missing officers counted at Rp %(short)s each or more; no roster can "
        "cost less than Rp %(bound)s (proven for %(area)s together). It is at most %(gap)s from the best."
    )
    return text % {
        "cost": words.number(kept.roster.cost_rp),
        "short": words.number(kept.problem.short_rp),
        "bound": words.number(kept.roster.bound_rp),
        "area": kept.together,
        "gap": f"{number_format(100 * kept.gap, 2)} %",
    }


def shift_name(kept: Kept, shift: int) -> str:
    begins = begin_of(shift, kept.problem.first_day, kept.problem.zone)
    return f"{date_format(begins, 'j M')}, {PARTS[shift % SHIFTS_PER_DAY]}"


def post_rows(kept: Kept) -> list[dict[str, Any]]:
    """Posts with something to do, and their shifts."""
    names = post_names(kept)
    assumed = {post.code: post for post in kept.problem.posts}
    return [
        {
            "post": post,
            "name": names[post],
            "officers": assumed[post].officers_count,
            "assumed": assumed[post].assumed,
            "cells": [
                {
                    "shift": shift_name(kept, cell.shift),
                    "duties": len(cell.duties),
                    "on_duty": cell.on_duty,
                    "resting": cell.resting,
                    "free": cell.free,
                    "missing": cell.missing,
                }
                for cell in cells
            ],
        }
        for post, cells in table(kept.problem, kept.roster).items()
        if cells
    ]


def duty_rows(kept: Kept) -> list[dict[str, Any]]:
    """Each duty with its posts; those with somebody missing first."""
    names = post_names(kept)
    starts = {row.duty: row.start for row in (*kept.roster.shorts,)}
    starts |= {row.duty: row.start for row in kept.roster.postings}
    missing = {short.duty: short.officers_count for short in kept.roster.shorts}
    crossing = handovers(kept)
    sent: dict[str, list[str]] = {}
    for row in kept.roster.postings:
        sent.setdefault(row.duty, []).append(f"{names[row.post]} ({words.number(row.officers_count)})")
    found = [
        {
            "code": duty.code,
            "trips": duty.trips,
            "home": names[duty.post],
            "begins_at": duty.begins_at,
            "ends_at": duty.ends_at,
            "need": duty.need,
            "sent": ", ".join(sent.get(duty.code, ())),
            "missing": missing.get(duty.code, 0),
            "handover": crossing.get(duty.code, ""),
            "substitute": str(words.SUBSTITUTES[Substitute(duty.substitute)]) if duty.substitute else "",
            "state": "late" if duty.code in missing else "ontime",
        }
        for duty in kept.problem.duties
        if duty.code in starts
    ]
    return sorted(found, key=lambda row: (-row["missing"], row["begins_at"], row["code"]))


def handovers(kept: Kept) -> dict[str, str]:
    """Duty -> where and when another Polres takes over or gives back, in words, of trips that cross; and
    which teams only stand by."""
    names = post_names(kept)
    standing_by = {duty.code for duty in kept.problem.duties if duty.code.endswith(RESERVE)}
    homes = {
        duty.trips[0]: duty
        for duty in kept.problem.duties
        if BEYOND not in duty.code and duty.code not in standing_by
    }
    beyond = sorted(
        (duty for duty in kept.problem.duties if BEYOND in duty.code), key=lambda duty: duty.begins_at
    )
    told = dict.fromkeys(standing_by, gettext("second team: goes if the first does not come in time"))
    away: dict[str, list[str]] = {}
    for duty in beyond:
        home = homes[duty.trips[0]]
        span = " – ".join(
            date_format(at.astimezone(kept.problem.zone), "j M H:i") for at in (duty.begins_at, duty.ends_at)
        )
        place = f"{duty.lat:.4f}, {duty.lon:.4f}"
        text = gettext("takes over from %(post)s at the border (%(place)s), %(span)s")
        told[duty.code] = text % {"post": names[home.post], "place": place, "span": span}
        text = gettext("hands over to %(post)s at the border (%(place)s), %(span)s")
        away.setdefault(home.code, []).append(text % {"post": names[duty.post], "place": place, "span": span})
    return told | {code: "; ".join(texts) for code, texts in away.items()}


def help_rows(kept: Kept) -> list[dict[str, Any]]:
    names = post_names(kept)
    return [
        {"post": names[row.post], "to": names[row.to], "officers": row.officers_count, "cost_rp": row.cost_rp}
        for row in helped(kept.problem, kept.roster)
    ]


def supposed(kept: Kept, least: Least) -> list[str]:
    """The answer to a what-if: how many would be missing, and where."""
    names = post_names(kept)
    text = gettext("At least %(count)s officers would be missing (now %(now)s).")
    numbers = {"count": words.number(least.officers_count), "now": words.number(kept.roster.short_count)}
    where = [f"  {names.get(code, code)}: {words.number(missing)}" for code, missing in least.by_post.items()]
    return [text % numbers, *where]


def lines(kept: Kept) -> list[str]:
    told = [headline(kept)]
    for row in duty_rows(kept):
        if row["missing"]:
            text = gettext("  %(trips)s: %(missing)s of %(need)s missing; there: %(sent)s")
            told.append(text % {**row, "trips": ", ".join(row["trips"]), "sent": row["sent"] or "-"})
    if kept.roster.short_count:
        text = gettext("  From farther away they would cost Rp %(cost)s.")
        told.append(text % {"cost": words.number(outside_rp(kept.problem, kept.roster))})
    for help_ in help_rows(kept):
        text = gettext("  %(post)s helps %(to)s with %(officers)s officers, Rp %(cost)s")
        told.append(text % {**help_, "cost": words.number(help_["cost_rp"])})
    assumed = sum(post.assumed for post in kept.problem.posts)
    if assumed:
        text = gettext("  Assumed: the strength of %(count)s posts. Tell them: --strength FILE.")
        told.append(text % {"count": words.number(assumed)})
    if promises := held_promises(kept):
        told.append(f"  {promises}")
    return told


def plain(kept: Kept) -> dict[str, Any]:
    """For programs."""
    return {
        "area": kept.plan.area,
        "version": kept.plan.version,
        "officers_needed": sum(duty.need for duty in kept.problem.duties),
        "officers_short": kept.roster.short_count,
        "cost_rp": kept.roster.cost_rp,
        "bound_rp": kept.roster.bound_rp,
        "gap": round(kept.gap, 6),
        "promises": held_promises(kept),
        "together": kept.together,
        "words": headline(kept),
        "posts": post_rows(kept),
        "duties": duty_rows(kept),
        "help": help_rows(kept),
        "outside_rp": outside_rp(kept.problem, kept.roster),
    }
