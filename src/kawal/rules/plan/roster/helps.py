"""Who may help whom, how far that is and what it costs.

Home comes first; then the nearest Polsek of the same regency, its Polres and the province's Polda. More
would make the problem larger and the answer no better: help from the far end of a regency is the Polres's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, tzinfo
from typing import Final

from kawal.rules.places.codes import covers, level_of
from kawal.rules.plan.roster.facts import REST_SHIFTS, Duty, Help, Post, Problem

NEAREST: Final = 4
# All assumed, to be replaced by the budget of the operation: what an officer costs for a shift on duty, for a
# day as help in the regency or from the Polda, and for the way there and back.
SHIFT_RP: Final = 100_000
HELP_RP: Final = 150_000
POLDA_RP: Final = 380_000
RP_PER_KM: Final = 2_500
DETOUR: Final = 1.43  # as in rules.plan.journey.travel
SPEED_KMH: Final = 30
SHORT_LEAST_RP: Final = 3_000_000
ALONE_RP: Final = 300_000


def problem_of(duties: Sequence[Duty], posts: Sequence[Post], first_day: date, zone: tzinfo) -> Problem:
    """Duties and posts put together; every home post of a duty must be among the posts."""
    known = {post.code: post for post in posts}
    homes = {duty.post for duty in duties}
    helps = {duty.code: helps_of(duty, known[duty.post], posts) for duty in duties}
    dearest = max((help_.officer_rp for row in helps.values() for help_ in row), default=0)
    last = max((start + duty.span for duty in duties for start in duty.starts), default=0)
    useful = homes | {help_.post for row in helps.values() for help_ in row}
    return Problem(
        first_day=first_day,
        zone=zone,
        shifts_count=last + REST_SHIFTS + 1,
        posts=tuple(sorted((post for post in posts if post.code in useful), key=lambda post: post.code)),
        duties=tuple(sorted(duties, key=lambda duty: duty.code)),
        helps=helps,
        short_rp=max(SHORT_LEAST_RP, 2 * dearest),
        alone_rp=ALONE_RP,
    )


def helps_of(duty: Duty, home: Post, posts: Sequence[Post]) -> tuple[Help, ...]:
    own = Help(post=home.code, officer_rp=SHIFT_RP * duty.span, travel_s=0)
    others = [post for post in posts if post.code != home.code and _may_help(post.code, duty)]
    near = sorted(
        (post for post in others if level_of(area_of(post.code)) == "district"),
        key=lambda post: (_km(duty, post), post.code),
    )
    above = [post for post in others if level_of(area_of(post.code)) in ("regency", "province")]
    above.sort(key=lambda post: (-len(post.code), post.code))
    return (own, *(_help(post, duty) for post in [*near[:NEAREST], *above]))


def area_of(post: str) -> str:
    """`polri/16.07.03` -> `16.07.03`; the nation is empty."""
    area = post.partition("/")[2]
    return "" if area == "id" else area


def _may_help(post: str, duty: Duty) -> bool:
    """A Polsek inside its regency; its own Polres, and the Polda of its province."""
    area = area_of(post)
    return area != "" and (covers(duty.regency, area) or covers(area, duty.regency))


def _help(post: Post, duty: Duty) -> Help:
    km = _km(duty, post)
    days = -(-duty.span // 3)
    daily = POLDA_RP if level_of(area_of(post.code)) == "province" else HELP_RP
    return Help(
        post=post.code,
        officer_rp=SHIFT_RP * duty.span + daily * days + round(2 * RP_PER_KM * km),
        travel_s=round(km / SPEED_KMH * 3_600),
    )


def _km(duty: Duty, post: Post) -> float:
    """Great circle x detour."""
    lat1, lat2 = math.radians(duty.lat), math.radians(post.lat)
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin(math.radians(post.lon - duty.lon) / 2) ** 2
    )
    return DETOUR * 2 * 6_371.009 * math.asin(math.sqrt(min(1.0, half)))
