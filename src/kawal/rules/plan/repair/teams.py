"""A second team that stands by for a trip: it goes if the first does not come in time.

Of the trip's own post, else of the nearest Polsek of the regency or of its Polres, whichever has so many
officers to spare beside all that it guards (the bound of `anew.guards`). The Polda is help from outside.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from kawal.rules.places.codes import level_of
from kawal.rules.plan.anew.disruption import Absent
from kawal.rules.plan.anew.guards import Board, helpers, strengths_of
from kawal.rules.plan.facts import Trip
from kawal.rules.plan.repair.standing import Standing
from kawal.rules.plan.roster.helps import HELP_RP, SHIFT_RP


@dataclass(frozen=True, slots=True, kw_only=True)
class StoodBy:
    trips: list[Trip]  # the whole plan
    officers_count: int  # standing by, over all trips
    rp: int


def with_second_teams(standing: Standing, trips: Sequence[Trip], codes: Collection[str]) -> StoodBy | None:
    """The plan with a second team for each of these trips that has one team and finds another; None: none."""
    problem, calendar = standing.world.problem, standing.settings.calendar
    strengths = strengths_of(problem, standing.world.strengths)
    absent = [one for one in standing.world.disruptions if isinstance(one, Absent)]
    board = Board(absent, strengths, calendar)
    for trip in trips:
        board.put(trip.escort.post, trip)
        if trip.escort.reserve_post:
            board.put(trip.escort.reserve_post, trip)
    posts: dict[str, str] = {}
    officers, rp = 0, 0
    for trip in trips:
        if trip.code not in codes or trip.escort.teams_count != 1 or standing.stays(trip):
            continue
        own = trip.escort.post
        near = [post for post in helpers(own, problem, strengths) if level_of(post[6:]) != "province"]
        post = next((one for one in (own, *near) if board.holds(one, trip)), None)
        if post is None:
            continue
        posts[trip.code] = post
        board.put(post, trip)
        officers += trip.escort.officers_count
        daily = SHIFT_RP if post == own else SHIFT_RP + HELP_RP
        rp += daily * trip.escort.officers_count * board.shifts_count(trip)
    if not posts:
        return None
    return StoodBy(trips=stood_by(trips, posts), officers_count=officers, rp=rp)


def stood_by(trips: Sequence[Trip], posts: Mapping[str, str]) -> list[Trip]:
    """The plan with second teams. `posts`: trip code -> of which post."""
    return [
        replace(
            trip, escort=replace(trip.escort, reserve_post=posts.get(trip.code, trip.escort.reserve_post))
        )
        for trip in trips
    ]
