"""Officers set on duty for freight from suppliers to warehouses: computed, judged, and as plain values."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from kawal.desk.plan.escorts.rostering import strengths_told
from kawal.desk.risk import reads as risks
from kawal.rules.places.codes import parent_of
from kawal.rules.plan.roster.check import check_roster
from kawal.rules.plan.roster.facts import Duty, Problem, Roster
from kawal.rules.plan.roster.naming import Named, name
from kawal.rules.plan.roster.solve import roster
from kawal.rules.plan.roster.strengths import Notice, default_strength
from kawal.rules.plan.upper.escorts import MABES, escorts_of, posts_of
from kawal.rules.plan.upper.facts import UpperPlan, UpperProblem
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass


def of(
    area: str, problem: UpperProblem, plan: UpperPlan, *, now: datetime, strength: bytes | None = None
) -> tuple[dict[str, Any], list[Notice]]:
    """What the plan's summary keeps of them. Refuses `wrong_strength` and `roster_breaks_rule`."""
    posts = posts_of(problem)
    told, notices = strengths_told(strength, posts)
    officers = {post: told.get(post, default_strength(post)) for post in posts}
    asked = escorts_of(problem, plan, _classes(problem, now), officers, risks.patterns(area))
    found, named = name(asked, roster(asked))
    if faults := check_roster(asked, found, named):
        raise Refused(
            "roster_breaks_rule",
            area=area or "id",
            rule=faults[0].code,
            where=faults[0].where,
            count=len(faults),
        )
    return _summary(plan, asked, found, named, told), notices


def _classes(problem: UpperProblem, now: datetime) -> dict[str, RiskClass]:
    provinces = sorted({parent_of(house.regency) for house in problem.warehouses})
    return {
        code: risk
        for province in provinces
        for code, risk in risks.classes_of_children(province, now=now).items()
    }


def _summary(
    plan: UpperPlan, asked: Problem, found: Roster, named: Named, told: dict[str, int]
) -> dict[str, Any]:
    sent = {(row.duty, row.post): row.officers_count for row in found.postings}
    missing = {row.duty: row.officers_count for row in found.shorts}
    has = {post.code: post.officers_count for post in asked.posts}
    busy = Counter(post for post, _ in named.officers)
    needs, short, helped = Counter[str](), Counter[str](), Counter[str]()
    for duty in asked.duties:
        needs[duty.post] += duty.need
        short[duty.post] += missing.get(duty.code, 0)
        helped[duty.post] += sent.get((duty.code, MABES), 0)
    return {
        "needed_count": needs.total(),
        "short_count": found.short_count,
        "mabes_count": helped.total(),
        "mabes_officers_count": busy[MABES],
        "gap": found.gap,
        "assumed_posts": sorted(post for post in has if post not in told),
        "posts": [
            {
                "post": post,
                "officers_count": has[post],
                "busy_count": busy[post],
                "needed_count": count,
                "mabes_count": helped[post],
                "short_count": short[post],
            }
            for post, count in sorted(needs.items(), key=lambda one: (-short[one[0]], -one[1], one[0]))
        ],
        "duties": [_duty(plan, duty, sent, missing) for duty in asked.duties],
    }


def _duty(
    plan: UpperPlan, duty: Duty, sent: dict[tuple[str, str], int], missing: dict[str, int]
) -> dict[str, Any]:
    load = plan.loads[int(duty.trips[0]) - 1]
    return {
        "code": duty.code,
        "start": load.start,
        "end": load.end,
        "mode": load.mode.value,
        "post": duty.post,
        "risk": duty.risk.name.lower(),
        "begins_at": duty.begins_at.isoformat(),
        "ends_at": duty.ends_at.isoformat(),
        "needed_count": duty.need,
        "own_count": sent.get((duty.code, duty.post), 0),
        "mabes_count": sent.get((duty.code, MABES), 0),
        "short_count": missing.get(duty.code, 0),
        "substitute": duty.substitute,
    }
