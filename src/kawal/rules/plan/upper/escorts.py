"""Who guards freight from suppliers to warehouses: Polda by Polda, handed over at ports and borders.

What leaves together is one convoy, of the worst class among the regencies whose goods it carries. By road
the Polda changes at the border of the province (straight line, the nearest regency's province); a ship is
guarded by the Polda it leaves, to the port where it arrives and the next one takes over; an aircraft of
freight has no seat, so officers of the Polda where it lands meet it there. A Polda that is short is helped by
Mabes. Who goes is settled by the same exact solver, counted and judged, as for trips inside a regency
(`plan.roster`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from kawal.rules.places.codes import NATION, WIB, is_area, post_code
from kawal.rules.plan.facts import Mode, Substitute
from kawal.rules.plan.roster.facts import REST_SHIFTS, Duty, Help, Post, Problem, shift_of
from kawal.rules.plan.roster.helps import ALONE_RP, POLDA_RP, SHIFT_RP, SHORT_LEAST_RP
from kawal.rules.plan.upper.estimate import km_between
from kawal.rules.plan.upper.facts import Carriage, Load, UpperPlan, UpperProblem
from kawal.rules.plan.upper.islands import CITIES
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.patterns import Patterns, officers_for

MABES: Final = post_code("polri", NATION)
TRUCKS_PER_TEAM: Final = 4  # assumed: a car before and one behind
STEP_KM: Final = 10
LEAST_S: Final = 3_600  # a corner of a province that is passed in less keeps its escort (assumed)
_AFAR_S: Final = 24 * 3_600  # Mabes comes a shift before and is home a shift after
_GUARDED_AS: Final = {Carriage.ROAD: Mode.TRUCK, Carriage.SEA: Mode.SPEEDBOAT, Carriage.AIR: Mode.PLANE}

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Part of a way in one province; moments as shares of it."""

    province: str
    begin: float
    end: float
    at: Place


class _Map:
    """In which province a place lies: that of the nearest regency."""

    def __init__(self, problem: UpperProblem) -> None:
        self.places: dict[str, Place] = {
            **{one.supplier: (one.lat, one.lon) for one in problem.supplies},
            **{one.code: (one.lat, one.lon) for one in problem.ports},
            **{one.regency: (one.lat, one.lon) for one in problem.warehouses},
        }
        known = _regencies(problem)
        self._codes = sorted(known)
        self._points = np.array([known[code] for code in self._codes])

    def provinces(self, points: Sequence[Place]) -> list[str]:
        asked = np.array(points)
        narrow = np.cos(np.radians(asked[:, :1]))
        off = (self._points[None, :, 0] - asked[:, :1]) ** 2
        off += ((self._points[None, :, 1] - asked[:, 1:]) * narrow) ** 2
        return [self._codes[nearest][:2] for nearest in off.argmin(axis=1).tolist()]

    def province(self, place: str) -> str:
        return place[:2] if is_area(place) else self.provinces([self.places[place]])[0]

    def stretches(self, load: Load) -> list[_Stretch]:
        start, end = self.places[load.start], self.places[load.end]
        if load.mode is Carriage.SEA:
            return [_Stretch(self.province(load.start), 0.0, 1.0, start)]
        if load.mode is Carriage.AIR:
            return [_Stretch(self.province(load.end), 1.0, 1.0, end)]
        count = max(2, math.ceil(km_between(start, end) / STEP_KM) + 1)
        shares = np.linspace(0, 1, count)
        points = [(start[0] + (end[0] - start[0]) * s, start[1] + (end[1] - start[1]) * s) for s in shares]
        found = self.provinces(points)
        found[0], found[-1] = self.province(load.start), self.province(load.end)
        parts: list[_Stretch] = []
        for place, province in enumerate(found):
            if not place or province != found[place - 1]:
                parts.append(_Stretch(province, float(shares[place]), 1.0, points[place]))
        return _joined(parts, load.arrive_s - load.depart_s)


def _joined(parts: Sequence[_Stretch], travel_s: int) -> list[_Stretch]:
    """Each ends where the next begins; what is passed in less than an hour stays with the escort before."""
    ends = [part.begin for part in parts[1:]] + [1.0]
    kept: list[_Stretch] = []
    for part, end in zip(parts, ends, strict=True):
        if kept and (kept[-1].province == part.province or (end - part.begin) * travel_s < LEAST_S):
            kept[-1] = replace(kept[-1], end=end)
        else:
            kept.append(replace(part, end=end))
    return kept


def escorts_of(
    problem: UpperProblem,
    plan: UpperPlan,
    classes: Mapping[str, RiskClass],
    officers: Mapping[str, int],
    patterns: Patterns,
) -> Problem:
    """Duties of all convoys, and who may take them; solved by `plan.roster.solve`.

    `classes`: regency -> worst class; `officers`: of every Polda concerned and of Mabes (`posts_of`).
    A duty's code is `<number of the convoy>` and, for each Polda after the first, `/<number>`.
    """
    first_day = min((_moment(load.depart_s).date() for load in plan.loads), default=_moment(0).date())
    first_day -= timedelta(days=1)  # Mabes leaves a shift before
    chart = _Map(problem)
    risks = _risks(plan, classes)
    duties = [
        duty
        for number, load in enumerate(plan.loads, start=1)
        for duty in _duties(number, load, chart, risks[_key(load)], patterns, first_day)
    ]
    posts = sorted({duty.post for duty in duties} | {MABES})
    helps = {duty.code: _helps(duty) for duty in duties}
    dearest = max((help_.officer_rp for row in helps.values() for help_ in row), default=0)
    return Problem(
        first_day=first_day,
        zone=WIB,
        shifts_count=max((duty.starts[0] + duty.span for duty in duties), default=0) + REST_SHIFTS + 2,
        posts=tuple(Post(code=code, officers_count=officers[code], lat=0.0, lon=0.0) for code in posts),
        duties=tuple(sorted(duties, key=lambda duty: duty.code)),
        helps=helps,
        short_rp=max(SHORT_LEAST_RP, 2 * dearest),
        alone_rp=ALONE_RP,
    )


def posts_of(problem: UpperProblem) -> set[str]:
    """Every Polda of the country, and Mabes: whose officers may be asked for."""
    return {post_code("polri", code[:2]) for code in _regencies(problem)} | {MABES}


def _regencies(problem: UpperProblem) -> dict[str, Place]:
    """Those that are known, and a city of every province for the places beyond them."""
    own = {one.regency: (one.lat, one.lon) for one in problem.warehouses}
    return {**CITIES, **own, **problem.regencies}


def _duties(
    number: int, load: Load, chart: _Map, risk: RiskClass, patterns: Patterns, first_day: date
) -> Iterator[Duty]:
    mode = _GUARDED_AS[load.mode]
    teams = math.ceil(load.loads / TRUCKS_PER_TEAM) if load.mode is Carriage.ROAD else 1
    need = teams * officers_for(risk, mode.value, patterns)
    if not need:
        return
    for part, stretch in enumerate(chart.stretches(load)):
        begins = _moment(load.depart_s + round(stretch.begin * (load.arrive_s - load.depart_s)))
        ends = _moment(load.depart_s + round(stretch.end * (load.arrive_s - load.depart_s)))
        start = shift_of(begins, first_day, WIB)
        last = max(start, shift_of(ends - timedelta(seconds=1), first_day, WIB))
        yield Duty(
            code=f"{number:05d}" + (f"/{part}" if part else ""),
            post=post_code("polri", stretch.province),
            regency=NATION,  # one problem: Mabes helps everywhere
            need=need,
            span=last - start + 1,
            starts=(start,),
            lat=stretch.at[0],
            lon=stretch.at[1],
            risk=risk,
            mode=mode,
            trips=(f"{number:05d}",),
            begins_at=begins,
            ends_at=ends,
            substitute=Substitute.MEETS_AT_DESTINATION.value if load.mode is Carriage.AIR else None,
        )


def _helps(duty: Duty) -> tuple[Help, Help]:
    """The Polda, back from afar where the way takes longer than a shift; and Mabes."""
    away_s = round((duty.ends_at - duty.begins_at).total_seconds())
    days = -(-duty.span // 3)
    return (
        Help(post=duty.post, officer_rp=SHIFT_RP * duty.span, travel_s=away_s),
        Help(post=MABES, officer_rp=SHIFT_RP * duty.span + POLDA_RP * days, travel_s=_AFAR_S),
    )


def _key(load: Load) -> tuple[str, str, Carriage, int]:
    return load.start, load.end, load.mode, load.depart_s


def _risks(
    plan: UpperPlan, classes: Mapping[str, RiskClass]
) -> dict[tuple[str, str, Carriage, int], RiskClass]:
    """The worst class among the regencies whose goods leave together; one nobody assessed is vulnerable."""
    found: defaultdict[tuple[str, str, Carriage, int], RiskClass] = defaultdict(lambda: RiskClass.LOW)
    for shipment in plan.shipments:
        risk = classes.get(shipment.regency, RiskClass.VULNERABLE)
        for step in shipment.passages:
            key = step.start, step.end, step.mode, step.depart_s
            found[key] = max(found[key], risk)
    return found


def _moment(at_s: int) -> datetime:
    return datetime.fromtimestamp(at_s, WIB)
