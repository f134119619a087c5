"""What the page of one alert tells: its facts, its ladder, its acts and the stations it concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from kawal.desk.custody.words import FINDINGS
from kawal.desk.people import reads as people
from kawal.desk.people.access import Officer, can_see
from kawal.desk.places import reads as places
from kawal.desk.plan.leg_words import leg_by
from kawal.desk.plan.words import span
from kawal.desk.watch import words
from kawal.desk.watch.climbing import Rung, rungs
from kawal.desk.watch.reads import ActRow, AlertRow
from kawal.rules.places.codes import village_of
from kawal.rules.plan.facts import Leg
from kawal.rules.watch.climb import Act
from kawal.rules.watch.ladder import Step

_TIMES: Final = (
    *("depart_at", "latest_departure_at", "heard_at", "awaited_at", "expected_at"),
    *("due_at", "found_at", "deadline_at", "stands_since", "off_since", "seen_at"),
)


def facts(row: AlertRow) -> dict[str, Any]:
    """The alert's facts for the template: times as times, codes as words; what nobody told is missing."""
    told = row.facts
    leg = told.get("leg")
    return {
        **{name: datetime.fromisoformat(told[name]) for name in _TIMES if told.get(name)},
        "leg": capfirst(leg_by(Leg(leg), told["vehicle"])) if leg else "",
        "vehicle": words.vehicle(told) if "vehicle" in told else "",
        "late": words.time_left(told["late_s"]) if told.get("late_s") else "",
        "stood": words.time_left(told["stands_s"]) if "stands_s" in told else "",
        "off": words.way_off(told["off_m"]) if "off_m" in told else "",
        "where": _where(told),
        "findings": [FINDINGS[code] for code in told.get("findings", ())],
        "trips_waiting": told.get("trips_waiting", []),
        "trips_waiting_more": told.get("trips_waiting_count", 0) - len(told.get("trips_waiting", [])),
    }


def _where(told: Mapping[str, Any]) -> str:
    """Where it stands or was seen last, as any map takes it; three decimals are about a hundred metres."""
    for lat, lon in (("seen_lat", "seen_lon"), ("stands_lat", "stands_lon")):
        if lat in told:
            return f"{told[lat]:.3f}, {told[lon]:.3f}"
    return ""


def stations(row: AlertRow, officer: Officer) -> list[dict[str, Any]]:
    """The stations an alert names, by village, in the order of their codes."""
    together: dict[str, list[str]] = defaultdict(list)
    for code in row.facts.get("stations", ()):
        together[village_of(code)].append(code)
    names = places.areas(together)
    return [
        {
            "name": names[village].name if village in names else village,
            "href": reverse("report:area", args=[village]) if can_see(officer, village) else "",
            "stations": [
                {
                    "number": code[-3:],
                    "href": reverse("report:station", args=[code]) if can_see(officer, code) else "",
                }
                for code in codes
            ],
        }
        for village, codes in sorted(together.items())
    ]


def ladder(
    row: AlertRow, steps: Sequence[Step], acts: Sequence[ActRow], *, now: datetime
) -> list[dict[str, Any]]:
    """The steps from the lowest, with the names of the posts."""
    climbed = rungs(steps, acts, closed_at=row.closed_at)
    names = _names([post for rung in climbed for post in (rung.post, *rung.told)], acts)
    return [_rung(rung, names, row, now) for rung in climbed]


def acts(row: AlertRow, told: Sequence[ActRow]) -> list[dict[str, Any]]:
    """For parts/event.html, newest first: an act has one time."""
    names = _names([], told)
    return [
        {
            "what": _act(act, names),
            "who": act.by,
            "note": words.reason(row) if act.act == Act.CLOSED and not act.by else act.note,
            "happened_at": act.at,
            "area_code": row.area,
        }
        for act in reversed(told)
    ]


def _rung(rung: Rung, names: Mapping[str, str], row: AlertRow, now: datetime) -> dict[str, Any]:
    waited = rung.waited(now)
    return {
        "post": names.get(rung.post, rung.post),
        "told": [names.get(post, post) for post in rung.told],
        "may_wait": span(rung.wait_s),
        "reached_at": rung.reached_at,
        "waited": span(int(waited.total_seconds())) if waited is not None else "",
        "is_here": rung.is_here,
        "acknowledged_at": rung.acknowledged_at,
        "climb_at": row.climb_at if rung.is_here else None,
        "answers": [
            {"post": names.get(act.post, act.post), "at": act.at, "word": words.ACTS[act.act]}
            for act in rung.answers
        ],
    }


def _act(act: ActRow, names: Mapping[str, str]) -> str:
    """`Escalated: Polres Banyuasin`."""
    if not act.post or (act.act == Act.CLOSED and not act.by):
        return str(words.ACTS[act.act])
    told = {"act": words.ACTS[act.act], "post": names.get(act.post, act.post)}
    return gettext("%(act)s: %(post)s") % told


def _names(posts: Sequence[str], acts: Sequence[ActRow]) -> dict[str, str]:
    return people.post_names(sorted({*posts, *(act.post for act in acts if act.post)}))
