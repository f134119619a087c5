"""Escorts set on duty for the plans of record of an area: made, judged, kept, and read again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from joblib import Parallel, delayed

from kawal.desk.places import reads as places
from kawal.desk.plan import models, reads
from kawal.desk.plan.escorts import crossing
from kawal.desk.risk import sheets
from kawal.rules.places.codes import covers, level_of, parent_of, post_code, zone_of
from kawal.rules.plan.facts import Mode, PlanFacts, Trip
from kawal.rules.plan.roster.check import check_roster
from kawal.rules.plan.roster.duties import Passage, duties_of, first_day_of
from kawal.rules.plan.roster.facts import Duty, Help, Post, Posting, Problem, Promise, Roster, Short
from kawal.rules.plan.roster.helps import area_of, problem_of
from kawal.rules.plan.roster.naming import Named, name
from kawal.rules.plan.roster.renewing import Changed, changed, with_promises
from kawal.rules.plan.roster.settling import Effort
from kawal.rules.plan.roster.solve import Each, roster
from kawal.rules.plan.roster.strengths import Notice, default_strength, read_strengths
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass

WORKERS = 2
_REGENCY_CHARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The roster of one regency's plan. Cost and bound of `roster` are those of its part alone."""

    plan: PlanFacts
    made_at: datetime
    made_by: str
    problem: Problem
    roster: Roster
    named: Named
    together: str  # the area that was solved in one, to which `gap` belongs
    gap: float


def make(
    area: str,
    *,
    by: str,
    now: datetime,
    strength: bytes | None = None,
    seconds: float | None = None,
    workers: int = WORKERS,
    afresh: bool = False,
) -> tuple[list[Kept], list[Notice]]:
    """Rosters for all plans of record in a regency or province, made together and kept if they break no rule.

    What the rosters before promised holds wherever it can, unless `afresh`.
    Refuses `no_plan`, `roster_needs_regency`, `by_required`, `wrong_strength` and `roster_breaks_rule`.
    """
    if level_of(area) not in ("regency", "province"):
        raise Refused("roster_needs_regency", area=area or "id")
    if not by.strip():
        raise Refused("by_required", area=area)
    plans = reads.plans_of_record(area)
    trips = {plan.id: reads.trips(plan.id) for plan in plans}
    if not any(trips.values()):
        raise Refused("no_plan", area=area)
    passages: dict[str, list[Passage]] = {}
    for plan in plans:
        passages |= crossing.passages(plan, trips[plan.id])
    problem, notices = _problem(
        area, [trip for found in trips.values() for trip in found], passages, strength
    )
    before = [found for plan in plans if (found := newest(plan.area))] if not afresh else []
    for one in before:
        problem = with_promises(problem, one.problem, one.roster, now)
    effort = Effort() if seconds is None else Effort(seconds=seconds)
    told, named = name(problem, roster(problem, _each(workers), effort), _named_before(before))
    faults = check_roster(problem, told, named)
    if faults:
        raise Refused(
            "roster_breaks_rule", area=area, rule=faults[0].code, where=faults[0].where, count=len(faults)
        )
    with transaction.atomic():
        for plan in plans:
            own = {trip.code for trip in trips[plan.id]}
            _keep(plan, own, problem, told, named, together=area, by=by.strip(), now=now)
    return [found for plan in plans if (found := last(plan))], notices


def last(plan: PlanFacts) -> Kept | None:
    """The newest roster of a plan."""
    row = models.Roster.objects.filter(plan_id=plan.id).order_by("-pk").first()
    return _kept(plan, row) if row else None


def newest(area: str) -> Kept | None:
    """The newest roster of a regency, of whichever version of its plan."""
    row = models.Roster.objects.filter(plan__area_code=area).order_by("-pk").first()
    return _kept(reads.plan_by_id(row.plan_id), row) if row else None


def outdated(kept: Kept) -> Changed | None:
    """Which duties a later version of the plan changed; None where the roster is of the version of record."""
    plan = reads.plan_of_record(kept.plan.area)
    if plan is None or plan.id == kept.plan.id:
        return None
    trips = reads.trips(plan.id)
    now = duties_of(trips, kept.problem.first_day, kept.problem.zone, crossing.passages(plan, trips))
    return changed(kept.problem.duties, now)


def _named_before(before: Sequence[Kept]) -> Named | None:
    officers: dict[tuple[str, int], tuple[str, ...]] = {}
    for kept in before:
        for key, codes in kept.named.officers.items():
            officers[key] = (*officers.get(key, ()), *codes)
    return Named(officers=officers) if officers else None


def _each(workers: int) -> Each:
    def run(work: Callable[[Any], Any], tasks: list[Any], /) -> Iterable[Any]:
        if workers == 1 or len(tasks) == 1:
            return map(work, tasks)
        found: Iterable[Any] = Parallel(n_jobs=workers)(delayed(work)(task) for task in tasks)
        return found

    return run


def _problem(
    area: str,
    trips: Sequence[Trip],
    passages: Mapping[str, Sequence[Passage]],
    strength: bytes | None,
) -> tuple[Problem, list[Notice]]:
    zone = zone_of(area)
    first_day = first_day_of(trips, zone)
    duties = duties_of(trips, first_day, zone, passages)
    regencies = sorted({duty.regency for duty in duties} | ({area} if level_of(area) == "regency" else set()))
    places_of = _places(regencies, duties)
    told, notices = strengths_told(strength, places_of)
    stations = _stations(trips)
    posts = []
    for code, (lat, lon) in places_of.items():
        officers = told.get(code)
        if officers is None:
            officers = default_strength(code, stations[area_of(code)])
            if level_of(area_of(code)) == "province" and level_of(area) == "regency":
                officers //= max(1, len(places.areas_under(area_of(code), "regency")))
        posts.append(Post(code=code, officers_count=officers, lat=lat, lon=lon, assumed=code not in told))
    return problem_of(duties, posts, first_day, zone), notices


def _places(regencies: Sequence[str], duties: Sequence[Duty]) -> dict[str, tuple[float, float]]:
    """All Polsek, Polres and Polda of these regencies with a point: its own, or its duties'."""
    areas = {parent_of(regency): None for regency in regencies} | dict.fromkeys(regencies)
    below = [one.code for regency in regencies for one in places.areas_under(regency, "district")]
    codes = [*areas, *below]
    found = places.areas(codes)
    points = {
        post_code("polri", code): (area.lat, area.lon)
        for code, area in found.items()
        if area.lat is not None and area.lon is not None
    }
    for duty in duties:
        points.setdefault(duty.post, (duty.lat, duty.lon))
    for code in areas:
        points.setdefault(post_code("polri", code), (duties[0].lat, duties[0].lon) if duties else (0.0, 0.0))
    return dict(sorted(points.items()))


def strengths_told(strength: bytes | None, posts: Collection[str]) -> tuple[dict[str, int], list[Notice]]:
    """Officers by post, of those told in a table. Refuses `wrong_strength`."""
    if strength is None:
        return {}, []
    try:
        told = read_strengths(sheets.rows_of(strength), posts)
    except sheets.Unsound as unsound:
        raise Refused("wrong_strength", notices=[], detail=(unsound.value, unsound.expected)) from None
    if told.has_errors:
        raise Refused("wrong_strength", notices=told.notices, detail=None)
    return told.officers, told.notices


def _stations(trips: Sequence[Trip]) -> Counter[str]:
    """Stations of each district, by the trips that carry them out."""
    found: dict[str, str] = {}
    for trip in trips:
        for part in trip.consignments:
            found |= {code: f"{code[:2]}.{code[2:4]}.{code[4:6]}" for code in part.stations}
    return Counter(found.values())


def _keep(
    plan: PlanFacts,
    trips: Collection[str],
    problem: Problem,
    told: Roster,
    named: Named,
    *,
    together: str,
    by: str,
    now: datetime,
) -> None:
    """The duties of the plan's trips, also those beyond a border."""
    duties = [duty for duty in problem.duties if duty.trips[0] in trips]
    codes = {duty.code for duty in duties}
    used = {help_.post for code in codes for help_ in problem.helps[code]}
    models.Roster.objects.create(
        plan_id=plan.id,
        made_at=now,
        made_by=by,
        together=together,
        strengths={post.code: asdict(post) for post in problem.posts if post.code in used},
        outcome={
            "first_day": problem.first_day.isoformat(),
            "shifts_count": problem.shifts_count,
            "short_rp": problem.short_rp,
            "alone_rp": problem.alone_rp,
            "duties": [
                asdict(duty) | {"begins_at": duty.begins_at.isoformat(), "ends_at": duty.ends_at.isoformat()}
                for duty in duties
            ],
            "helps": {code: [asdict(help_) for help_ in problem.helps[code]] for code in sorted(codes)},
            "postings": [asdict(row) for row in told.postings if row.duty in codes],
            "shorts": [asdict(row) for row in told.shorts if row.duty in codes],
            "officers": [
                {"post": post, "number": number, "duties": [code for code in found if code in codes]}
                for (post, number), found in named.officers.items()
                if codes & set(found)
            ],
            "promises": {
                code: asdict(problem.promises[code]) for code in sorted(codes & problem.promises.keys())
            },
            "cost_rp": told.cost_rp,
            "bound_rp": told.bound_rp,
        },
    )


def _kept(plan: PlanFacts, row: models.Roster) -> Kept:
    told = row.outcome
    duties = tuple(
        Duty(
            **one
            | {
                "starts": tuple(one["starts"]),
                "trips": tuple(one["trips"]),
                "risk": RiskClass(one["risk"]),
                "mode": Mode(one["mode"]),
                "begins_at": datetime.fromisoformat(one["begins_at"]),
                "ends_at": datetime.fromisoformat(one["ends_at"]),
            }
        )
        for one in told["duties"]
    )
    problem = Problem(
        first_day=date.fromisoformat(told["first_day"]),
        zone=zone_of(plan.area),
        shifts_count=told["shifts_count"],
        posts=tuple(Post(**one) for one in row.strengths.values()),
        duties=duties,
        helps={code: tuple(Help(**one) for one in rows) for code, rows in told["helps"].items()},
        short_rp=told["short_rp"],
        alone_rp=told["alone_rp"],
        promises={code: Promise(**one) for code, one in told.get("promises", {}).items()},
    )
    whole = Roster(
        postings=tuple(Posting(**one) for one in told["postings"]),
        shorts=tuple(Short(**one) for one in told["shorts"]),
        cost_rp=told["cost_rp"],
        bound_rp=told["bound_rp"],
    )
    return Kept(
        plan=plan,
        made_at=row.made_at,
        made_by=row.made_by,
        problem=problem,
        roster=whole,
        named=Named(
            officers={(one["post"], one["number"]): tuple(one["duties"]) for one in told["officers"]}
        ),
        together=row.together,
        gap=whole.gap,
    )


def inside(kept: Kept, area: str) -> Kept:
    """What concerns the posts of a district: its own duties and those its officers go to."""
    if level_of(area) == "regency":
        return kept
    district = area if level_of(area) == "district" else parent_of(area)
    post = post_code("polri", district)
    codes = {duty.code for duty in kept.problem.duties if covers(district, area_of(duty.post))}
    codes |= {row.duty for row in kept.roster.postings if row.post == post}
    return replace(
        kept,
        roster=replace(
            kept.roster,
            postings=tuple(row for row in kept.roster.postings if row.duty in codes),
            shorts=tuple(row for row in kept.roster.shorts if row.duty in codes),
        ),
    )


def lent(kept: Kept) -> int:
    """Officers whom the Polda lends to this regency: as many as are ever away at once, and named."""
    return len({key for key in kept.named.officers if level_of(area_of(key[0])) == "province"})


def guards_of(kept: Kept, trip: str) -> list[Posting]:
    """Who guards a trip."""
    codes = {duty.code for duty in kept.problem.duties if trip in duty.trips}
    return [row for row in kept.roster.postings if row.duty in codes]
