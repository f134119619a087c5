"""Where somebody is missing, the duties round about are settled anew, all others kept.

The search before does not know that one post alone may help on a duty; where officers are scarce that leaves
duties short which a better order of the neighbours would fill. Each step here knows all rules, is small, and
counts only if it makes the roster cheaper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np

from kawal.rules.plan.roster.facts import REST_SHIFTS
from kawal.rules.plan.roster.model import Floats, Group, Model, one_helper_each
from kawal.rules.plan.roster.sharing import Team

NEIGHBOURS: Final = 24  # groups of alike duties settled together
STEPS: Final = 8  # of a regency

Search = Callable[[Model, Floats, Floats], Floats | None]  # model, lower, upper -> whole numbers


def wanting(teams: Iterable[Team], tried: set[str]) -> Team | None:
    """The duty that misses most, or is helped without anybody of home; the worst class first."""
    found = [
        team
        for team in teams
        if team.duty.code not in tried and (team.missing or (team.helping and not team.home))
    ]
    return max(found, key=lambda team: (team.missing, team.duty.risk, team.duty.code), default=None)


def counts_of(model: Model, teams: Sequence[Team]) -> Floats:
    """The columns of the model that say what these teams are."""
    x = np.zeros(len(model.cost))
    slots = {
        (duty.code, slot.start): slot
        for group in model.groups
        for slot in group.slots
        for duty in group.duties
    }
    for team in teams:
        slot = slots[team.duty.code, team.start]
        x[slot.begun] += 1
        x[slot.home] += team.home
        x[slot.short] += team.missing
        if team.help_ and team.helping:
            x[slot.helpers[team.help_.post]] += team.helping
            # As the model counts it: help that leaves no seat for one of the home post.
            x[slot.alone] += team.helping == team.duty.need
    return x


def settled_anew(
    model: Model, teams: Sequence[Team], about: Team, quota: int, search: Search
) -> Floats | None:
    """Counts with the neighbours of one duty free; None where nothing is found."""
    x = counts_of(model, teams)
    near = _neighbours(model, about)
    free = {
        column
        for group in near
        for slot in group.slots
        for column in (slot.begun, slot.home, slot.short, slot.alone, *slot.helpers.values())
    }
    columns = np.array(sorted(free))
    lower, upper = x.copy(), x.copy()
    lower[columns], upper[columns] = 0, model.upper[columns]
    if model.quota >= 0:
        lower[model.quota], upper[model.quota] = 0, quota
    wider = one_helper_each(model, [(group, slot) for group in near for slot in group.slots])
    more = len(wider.cost) - len(model.cost)
    return search(wider, np.append(lower, np.zeros(more)), np.append(upper, wider.upper[len(upper) :]))


def _neighbours(model: Model, about: Team) -> list[Group]:
    """The duty's own group and those that ask the same posts at about the same time, the nearest first."""
    own = next(group for group in model.groups if about.duty in group.duties)
    posts = {help_.post for help_ in own.helps}
    cheap = {help_.post for help_ in own.helps[:3]}

    def distance(group: Group) -> tuple[bool, bool, int, str]:
        apart = min(abs(slot.start - about.start) for slot in group.slots)
        asks = {help_.post for help_ in group.helps}
        return (
            group is not own,
            group.duties[0].post not in cheap and not (asks & cheap),
            apart,
            group.duties[0].code,
        )

    reach = about.duty.span + 2 * REST_SHIFTS
    found = [
        group
        for group in model.groups
        if posts & {help_.post for help_ in group.helps}
        and any(abs(slot.start - about.start) <= reach for slot in group.slots)
    ]
    return sorted(found, key=distance)[:NEIGHBOURS]
