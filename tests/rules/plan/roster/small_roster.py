"""A small regency to guard: three Polsek, a Polres and a Polda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from kawal.rules.plan.facts import Mode
from kawal.rules.plan.roster.facts import Duty, Post, Problem
from kawal.rules.plan.roster.helps import problem_of
from kawal.rules.risk.classes import RiskClass

FIRST_DAY = date(2024, 2, 8)
A, B, C = "polri/16.07.01", "polri/16.07.02", "polri/16.07.03"
POLRES, POLDA = "polri/16.07", "polri/16"
STRENGTH = {A: 4, B: 4, C: 4, POLRES: 2, POLDA: 1}
PLACES = {A: 104.0, B: 104.1, C: 104.3, POLRES: 104.2, POLDA: 105.0}


def posts(strength: Mapping[str, int] = STRENGTH) -> list[Post]:
    return [
        Post(code=code, officers_count=strength.get(code, 0), lat=-3.0, lon=lon)
        for code, lon in PLACES.items()
    ]


def duty(
    code: str,
    *starts: int,
    post: str = A,
    need: int = 2,
    span: int = 1,
    risk: RiskClass = RiskClass.VULNERABLE,
    regency: str = "16.07",
) -> Duty:
    return Duty(
        code=code,
        post=post,
        regency=regency,
        need=need,
        span=span,
        starts=starts or (0,),
        lat=-3.0,
        lon=PLACES.get(post, 104.0),
        risk=risk,
        mode=Mode.TRUCK,
        trips=(code,),
        begins_at=datetime(2024, 2, 8, tzinfo=UTC),
        ends_at=datetime(2024, 2, 8, 6, tzinfo=UTC),
    )


def problem(duties: Sequence[Duty], strength: Mapping[str, int] = STRENGTH) -> Problem:
    return problem_of(duties, posts(strength), FIRST_DAY, UTC)
