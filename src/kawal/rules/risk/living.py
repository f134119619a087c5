"""What happens moves an indicator for a while, and fades. Pure: facts and now; the desk keeps the facts.

An influence has a strength from -1 to 1: the share of the way to the worst goalpost (above zero) or back to
the safe one (below). It holds from its beginning to its end and then halves with every half-life. Several on
one place join like independent chances, 1 - (1 - a)(1 - b): never above one, and in any order the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from kawal.rules.needs.strict import Table, wrong
from kawal.rules.places.codes import covers

FAINT: Final = 0.02  # weaker than that it is over: a class must not hang on the memory of a puddle


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a kind of happening does, by the living table."""

    code: str  # incident.flood, watch.late, forecast.heavy_rain, cap.severe
    name_id: str
    name_en: str
    indicator: str  # of the composite
    strength: float
    lasts: timedelta  # where nobody tells an end
    half_life: timedelta
    why_id: str
    why_en: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Living:
    name: str
    every: timedelta  # how often what fades is looked at again
    kinds: Mapping[str, Kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    key: str  # what it is about: told again, it is one
    kind: str
    area_code: str  # it holds there and below
    indicator: str
    strength: float  # -1..1, not 0
    begins_at: datetime
    ends_at: datetime | None  # None: it goes on
    half_life: timedelta
    ended_at: datetime | None = None  # taken back: nothing of it is left


@dataclass(frozen=True, slots=True)
class Net:
    """All influences on one indicator of one place together, each 0..1."""

    worse: float = 0.0
    better: float = 0.0

    def joined(self, strength: float) -> Net:
        if strength >= 0:
            return Net(1 - (1 - self.worse) * (1 - strength), self.better)
        return Net(self.worse, 1 - (1 - self.better) * (1 + strength))


def strength_at(influence: Influence, now: datetime) -> float:
    """-1..1; exactly 0 before it begins, after it was taken back, and once it is faint."""
    if now < influence.begins_at or (influence.ended_at is not None and now >= influence.ended_at):
        return 0.0
    if influence.ends_at is None or now <= influence.ends_at:
        return influence.strength
    halves = (now - influence.ends_at) / influence.half_life
    left = influence.strength * math.pow(0.5, halves)
    return left if abs(left) >= FAINT else 0.0


def over_at(influence: Influence) -> datetime | None:
    """When it has faded for good; None while nobody knows its end."""
    if influence.ended_at is not None:
        return influence.ended_at
    if influence.ends_at is None:
        return None
    halves = max(0.0, math.log2(abs(influence.strength) / FAINT))
    return influence.ends_at + halves * influence.half_life


def nets_of(area: str, influences: Iterable[Influence], now: datetime) -> dict[str, Net]:
    """Indicator -> what moves it in an area now, by the influences on it and on the areas above it."""
    nets: dict[str, Net] = {}
    for one in sorted(influences, key=lambda one: one.key):
        if covers(one.area_code, area) and (strength := strength_at(one, now)):
            nets[one.indicator] = nets.get(one.indicator, Net()).joined(strength)
    return nets


def moved(value: float, net: Net, *, safe: float, worst: float) -> float:
    """The value on its way to `worst`, then back to `safe`; a missing one (NaN) starts at `safe`.

    What lies beyond a goalpost already is not pulled back to it.
    """
    at = safe if math.isnan(value) else value
    if (worst - at) * (worst - safe) > 0:
        at += (worst - at) * net.worse
    if (safe - at) * (safe - worst) > 0:
        at += (safe - at) * net.better
    return at


def next_look(influences: Iterable[Influence], now: datetime, every: timedelta) -> datetime | None:
    """When something about them will be different: a beginning, an end, or, while one fades, in a while."""
    times = []
    for one in influences:
        over = over_at(one)
        if over is not None and over <= now:
            continue
        bounds = (one.begins_at, one.ends_at, one.ended_at, over)
        times += [at for at in bounds if at is not None and at > now]
        if one.ends_at is not None and one.ends_at <= now:
            times.append(now + every)
    return min(times, default=None)


def living_of(data: Mapping[str, Any]) -> Living:
    """Checks a living table. Refuses `wrong_rules` with the key and what to mend."""
    table = Table(data)
    name = table.text("name")
    every = timedelta(hours=float(table.number("every_h")))
    if every <= timedelta(0):
        raise wrong(table.key("every_h"), "must_be_positive")
    kinds = table.rows("kind", _kind)
    table.done()
    codes = [kind.code for kind in kinds]
    for code in codes:
        if codes.count(code) > 1:
            raise wrong("kind", "must_be_unique", value=code)
    return Living(name=name, every=every, kinds={kind.code: kind for kind in kinds})


def _kind(table: Table) -> Kind:
    name_id, name_en = table.names()
    with table.table("why") as why:
        why_id, why_en = why.text("id"), why.text("en")
    kind = Kind(
        code=table.text("code"),
        name_id=name_id,
        name_en=name_en,
        indicator=table.text("indicator"),
        strength=float(table.number("strength")),
        lasts=timedelta(hours=float(table.number("lasts_h"))),
        half_life=timedelta(hours=float(table.number("half_life_h"))),
        why_id=why_id,
        why_en=why_en,
    )
    if not 0 < abs(kind.strength) <= 1:
        raise wrong(table.key("strength"), "must_be_share_of_way")
    if kind.half_life <= timedelta(0):
        raise wrong(table.key("half_life_h"), "must_be_positive")
    if kind.lasts < timedelta(0):
        raise wrong(table.key("lasts_h"), "must_not_be_negative")
    return kind
