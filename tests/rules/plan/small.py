"""Small regencies to plan, invented on a grid: what is true of them must be true of all."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from kawal.rules.places.codes import WIB
from kawal.rules.plan.calendar import calendar
from kawal.rules.plan.facts import Access, Terrain
from kawal.rules.plan.fleet import Fleet, fleet_of
from kawal.rules.plan.leg import Effort, Settings
from kawal.rules.plan.make import PlanMade, make_plan
from kawal.rules.plan.problem import District, Load, Problem, Village
from kawal.rules.plan.sure.delays import Law
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import Patterns, patterns_of

DEFAULT_TEXT = (files("kawal.rules.plan") / "fleet-default.toml").read_text("utf-8")
VOTING_DAY = date(2024, 2, 14)


@cache
def fleet() -> Fleet:
    return fleet_of(DEFAULT_TEXT)


@cache
def patterns() -> Patterns:
    text = (files("kawal.rules.risk") / "patterns-2024.toml").read_text("utf-8")
    return patterns_of(tomllib.loads(text, parse_float=Decimal))


def settings(*, seed: int = 1, by: Fleet | None = None, delays: Law | None = None) -> Settings:
    return Settings(
        fleet=by or fleet(),
        calendar=calendar(VOTING_DAY, WIB),
        patterns=patterns(),
        seed=seed,
        delays=delays,
        effort=Effort(regency=20, district=10, village=5),
    )


def village(
    code: str,
    stations: int,
    *,
    km: float = 10,
    risk: RiskClass = RiskClass.LOW,
    access: Access = Access.ROAD,
    spread_m: int = 800,
    given: bool = False,
    weight_kg: int = 60,
) -> Village:
    """A village `km` east of the regency's middle."""
    lon = 104.0 + km / 111.0
    return Village(
        code=code,
        site=f"PPS-{code}",
        lat=-3.0,
        lon=lon,
        access=access,
        terrain=Terrain.RURAL,
        risk=risk,
        spread_m=spread_m,
        loads=tuple(
            Load(
                station=f"{code.replace('.', '')}{number:03d}",
                parcels_count=6,
                weight_kg=weight_kg,
                lat=-3.0 + number * 0.004 if given else None,
                lon=lon if given else None,
            )
            for number in range(1, stations + 1)
        ),
    )


def district(code: str, *villages: Village, km: float = 8) -> District:
    reached = {one.access for one in villages}
    return District(
        code=code,
        site=f"PPK-{code}",
        lat=-3.0,
        lon=104.0 + km / 111.0,
        access=next(way for way in (Access.ROAD, Access.WATER, Access.FOOT, Access.AIR) if way in reached),
        terrain=Terrain.RURAL,
        villages=villages,
    )


def regency(*districts: District) -> Problem:
    return Problem(
        regency="16.07", site="GDG-16.07", lat=-3.0, lon=104.0, terrain=Terrain.RURAL, districts=districts
    )


def ordinary() -> Problem:
    """Two districts, road and water, all classes, with given points in one village."""
    return regency(
        district(
            "16.07.01",
            village("16.07.01.2001", 9),
            village("16.07.01.2002", 5, km=14, risk=RiskClass.HIGH),
            village("16.07.01.2003", 1, km=11, given=True),
        ),
        district(
            "16.07.02",
            village("16.07.02.2001", 7, km=30, access=Access.WATER, risk=RiskClass.VULNERABLE),
            village("16.07.02.2002", 4, km=26, given=True),
            village("16.07.02.2003", 2, km=27, access=Access.FOOT, risk=RiskClass.SPECIAL),
            km=25,
        ),
    )


@cache
def ordinary_plan() -> PlanMade:
    """The plan of `ordinary()` by `settings()`, made once for all tests that only read it."""
    return make_plan(ordinary(), settings())
