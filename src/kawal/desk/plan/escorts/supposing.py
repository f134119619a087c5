"""What if: a post has more or fewer officers, a trip's class is another, a trip begins in another shift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kawal.desk.plan import reads
from kawal.desk.plan.escorts import rostering
from kawal.desk.plan.escorts.rostering import Kept
from kawal.desk.risk import reads as risks
from kawal.rules.places.codes import covers, is_area, level_of
from kawal.rules.plan.facts import Trip
from kawal.rules.plan.roster.duties import duties_of
from kawal.rules.plan.roster.facts import RESERVE, REST_SHIFTS, Duty, Problem, shift_of
from kawal.rules.plan.roster.helps import area_of, helps_of
from kawal.rules.plan.roster.model import regencies
from kawal.rules.plan.roster.whatif import Least, least_short, with_strength, with_trips
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import officers_for

OFFICERS_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """What a text such as `16.07.03=-5`, `T-1=high` or `T-1=2024-02-12T06:00` means."""

    posts: dict[str, int]  # post -> officers more
    needs: dict[str, int]  # trip -> officers
    duties: list[Duty]  # of trips that need none as planned
    starts: dict[str, int]  # duty -> shift


def what_if(kept: Kept, changes: Sequence[str]) -> Least:
    """At least so many are missing then. Saves nothing. Refuses `wrong_change`."""
    supposed = _supposed(kept, changes)
    problem = with_trips(with_strength(kept.problem, supposed.posts), supposed.needs)
    problem = _with_duties(problem, supposed.duties)
    starts = {row.duty: row.start for row in kept.roster.shorts}
    starts |= {row.duty: row.start for row in kept.roster.postings} | supposed.starts
    return least_short(problem, starts, dict.fromkeys(regencies(problem), _lent(kept, problem, supposed)))


def _lent(kept: Kept, problem: Problem, supposed: Supposed) -> int:
    """Alone a regency may be lent all that the Polda has; beside others what it was lent, and the change."""
    has = sum(p.officers_count for p in problem.posts if level_of(area_of(p.code)) == "province")
    if kept.together == kept.plan.area:
        return has
    change = sum(n for post, n in supposed.posts.items() if level_of(area_of(post)) == "province")
    return max(0, rostering.lent(kept) + change)


def _supposed(kept: Kept, changes: Sequence[str]) -> Supposed:
    found = Supposed(posts={}, needs={}, duties=[], starts={})
    posts = {post.code for post in kept.problem.posts}
    first = [duty for duty in kept.problem.duties if not duty.code.endswith(RESERVE)]
    duties = {trip: duty for duty in first for trip in duty.trips}
    for text in changes:
        left, _, right = (part.strip() for part in text.partition("="))
        post = left if left.startswith("polri/") else f"polri/{left}"
        if post in posts and (count := _whole(right)) is not None:
            found.posts[post] = found.posts.get(post, 0) + count
        elif right.upper() in RiskClass.__members__ and (trips := _trips(kept, left)):
            _raise(kept, trips, RiskClass[right.upper()], duties, found)
        elif left in duties and (at := _moment(kept, right)) is not None:
            found.starts[duties[left].code] = at
        else:
            raise Refused("wrong_change", change=text[:80])
    return found


def _trips(kept: Kept, left: str) -> list[Trip]:
    """One trip by its code, or all that carry parcels of a district's or village's stations."""
    if is_area(left) and covers(kept.plan.area, left) and left != kept.plan.area:
        return reads.trips_serving(kept.plan.id, left)
    return reads.trips_by_code(kept.plan.id, [left])


def _raise(
    kept: Kept, trips: Sequence[Trip], risk: RiskClass, duties: Mapping[str, Duty], found: Supposed
) -> None:
    """Trips that are milder become of that class; what a class means is taken from the table in force."""
    patterns = risks.patterns(kept.plan.area)
    for trip in trips:
        if trip.risk >= risk:
            continue
        officers = officers_for(risk, trip.mode.value, patterns)
        if trip.code in duties:
            found.needs[trip.code] = officers
        elif officers:
            guarded = replace(trip, risk=risk, escort=replace(trip.escort, officers_count=officers))
            found.duties.extend(duties_of([guarded], kept.problem.first_day, kept.problem.zone))


def _with_duties(problem: Problem, duties: Sequence[Duty]) -> Problem:
    posts = {post.code: post for post in problem.posts}
    helps = {
        duty.code: helps_of(duty, posts[duty.post], problem.posts) for duty in duties if duty.post in posts
    }
    more = tuple(duty for duty in duties if duty.code in helps)
    last = max([problem.shifts_count, *(duty.starts[0] + duty.span + REST_SHIFTS + 1 for duty in more)])
    return replace(
        problem,
        duties=problem.duties + more,
        helps={**problem.helps, **helps},
        shifts_count=last,
    )


def _whole(text: str) -> int | None:
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(OFFICERS_MAX))):
        return None
    return int(text)


def _moment(kept: Kept, text: str) -> int | None:
    """The shift of a local moment, within the days of the roster."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    local = at if at.tzinfo else at.replace(tzinfo=kept.problem.zone)
    shift = shift_of(local, kept.problem.first_day, kept.problem.zone)
    return shift if 0 <= shift < kept.problem.shifts_count else None
