"""Is a trip guarded as its class and mode ask? Written from the rule and not from `escort`."""

from __future__ import annotations

from collections.abc import Iterator

from kawal.rules.places.codes import parent_of
from kawal.rules.plan.check_days import unwatched
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.facts import LEVEL_OF_LEG, Access, Substitute, Trip
from kawal.rules.plan.fleet import Kind
from kawal.rules.plan.leg import Settings
from kawal.rules.plan.problem import Problem
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import officers_for


def unguarded(trip: Trip, kind: Kind, settings: Settings, problem: Problem) -> Iterator[Violation]:
    escort = trip.escort
    needed = officers_for(trip.risk, trip.mode.value, settings.patterns)
    walks_along = bool(trip.halts) and kind.access is Access.FOOT
    agency, _, place = escort.post.partition("/")
    if agency != "polri" or place not in {parent_of(problem.regency), *_areas(problem)}:
        yield Violation("wrong_post", trip.code, (("post", escort.post),))
    if unwatched(trip):
        yield Violation("unwatched_at_night", trip.code)
    if escort.substitute == Substitute.LINMAS_AND_SUPERVISOR:
        in_village = LEVEL_OF_LEG[trip.leg] == "village" and trip.risk is RiskClass.LOW
        if not in_village or escort.linmas_count < 1:
            yield Violation("unguarded", trip.code)
    elif escort.substitute == Substitute.MEETS_AT_DESTINATION:
        if kind.escort_seats or escort.officers_count < needed:
            yield Violation("unguarded", trip.code)
    elif (
        escort.substitute is not None
        or escort.officers_count < needed
        or not (kind.escort_seats or walks_along)
    ):
        yield Violation("unguarded", trip.code)
    if escort.reserve_post and not (escort.officers_count and _may_stand_by(problem, escort.reserve_post)):
        yield Violation("wrong_reserve", trip.code, (("post", escort.reserve_post),))


def _may_stand_by(problem: Problem, post: str) -> bool:
    """The Polres, and the Polsek of its districts."""
    return post.partition("/")[0] == "polri" and post.partition("/")[2] in _areas(problem)


def _areas(problem: Problem) -> set[str]:
    return {problem.regency, *(district.code for district in problem.districts)}
