"""Which class counts, when people decided against the computed one. Pure: facts and now, no clock.

One person may raise a class: while the decision holds, no class below it counts. Lowering needs a second
person; until then a decision only raises. Confirmed, it sets the class exactly. Nobody holds a class down
alone, not even by having raised it before the computed class rose further.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kawal.rules.places.codes import NATION, covers, is_area, level_of, lineage
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass

_SECOND: Final = ("regency", "province", "nation")  # Polres, Polda, Mabes: never a Polsek alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's class for an area and all below it. `confirmed_at` is the second person's."""

    id: int
    area_code: str
    klass: RiskClass
    reason: str
    by: str
    post: str
    at: datetime
    until: datetime | None
    lowers: bool  # when it was made, some area it covers stood in a worse class
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    declined_at: datetime | None = None

    @property
    def sets(self) -> bool:
        """Whether it sets the class exactly, and does not only raise it."""
        return self.confirmed_at is not None

    @property
    def since(self) -> datetime:
        return self.confirmed_at or self.at

    def holds(self, now: datetime) -> bool:
        in_time = self.at <= now and (self.until is None or now < self.until)
        return in_time and self.declined_at is None

    def waits(self, now: datetime) -> bool:
        """Whether it still asks for a second person."""
        return self.lowers and not self.sets and self.holds(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The class that counts, and the decision that makes it so; None where the computed class counts."""

    klass: RiskClass
    by: Decision | None


def check_second(decision: Decision, *, by: str, post: str, now: datetime) -> None:
    """Whether this person may confirm it: another one, at the police of a regency or higher, over the area.

    Refuses `not_waiting`, `same_person`, `not_a_higher_post`.
    """
    if not decision.waits(now):
        raise Refused("not_waiting", decision=decision.id)
    if by == decision.by:
        raise Refused("same_person", by=by)
    agency, _, at = post.partition("/")
    area = NATION if at == "id" else at
    fits = agency == "polri" and is_area(area) and level_of(area) in _SECOND
    if not fits or not covers(area, decision.area_code):
        raise Refused("not_a_higher_post", post=post)


def by_area(decisions: Iterable[Decision], *, now: datetime) -> dict[str, list[Decision]]:
    """Area -> its decisions that hold now, in the order in which they took effect."""
    found: dict[str, list[Decision]] = {}
    for one in sorted(decisions, key=lambda one: (one.since, one.id)):
        if one.holds(now):
            found.setdefault(one.area_code, []).append(one)
    return found


def counted(area: str, computed: RiskClass, found: Mapping[str, Sequence[Decision]]) -> Counted:
    """What counts for an area, by the decisions on it and on the areas above it (`by_area`).

    The nearest confirmed decision sets the class. A raising one holds beside it where it is nearer, or
    later: a village's old confirmation does not shut out what is decided for its regency today.
    """
    steps = [(depth, one) for depth, code in enumerate(lineage(area)) for one in found.get(code, ())]
    setting = [(depth, one) for depth, one in steps if one.sets]
    answer = Counted(klass=computed, by=None)
    depth_set, since = len(lineage(area)), None
    if setting:
        nearest = min(depth for depth, _ in setting)
        last = [one for depth, one in setting if depth == nearest][-1]
        answer, depth_set, since = Counted(klass=last.klass, by=last), nearest, last.since
    for depth, one in steps:
        holds = since is None or depth < depth_set or one.since > since
        if not one.sets and holds and one.klass > answer.klass:
            answer = Counted(klass=one.klass, by=one)
    return answer
