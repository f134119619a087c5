"""Whom an alert goes to, step by step: Polsek -> Polres -> Polda -> Mabes.

The post of a step is addressed: it must answer. KPU and Bawaslu of the same level are told with it.
An alert about a regency starts at the Polres, about a province at the Polda. The ladder is made once,
when the alert opens, and frozen into it: who was responsible then stays readable later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from kawal.rules.places.codes import level_of, lineage, post_code
from kawal.rules.watch.facts import TAMPERING, Kind, Severity

POLICE: Final = "polri"
TOLD: Final = ("kpu", "bawaslu")
# A village has no police station of its own: its alerts start at the district's.
LEVELS: Final = ("district", "regency", "province", "nation")

WAIT: Final = {
    Severity.NOTICE: timedelta(minutes=30),
    Severity.WARNING: timedelta(minutes=15),
    Severity.URGENT: timedelta(minutes=5),
}
# Near the deadline the whole climb may use this share of the time left, and no step waits less than this.
CLIMB_SHARE: Final = 0.25
WAIT_MIN: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Step:
    post: str  # addressed
    told: tuple[str, ...]
    wait_s: int  # without an answer for so long, the alert climbs


def ladder_for(
    area_code: str, kind: Kind, severity: Severity, *, left: timedelta | None = None
) -> tuple[Step, ...]:
    """Steps for an alert about an area, lowest first. `left`: time until the deadline, where there is one."""
    areas = [area for area in lineage(area_code) if level_of(area) in LEVELS]
    wait = WAIT[severity]
    if left is not None:
        wait = max(WAIT_MIN, min(wait, left * CLIMB_SHARE / len(areas)))
    return tuple(
        Step(post_code(POLICE, area), tuple(_told(areas, number, kind)), int(wait.total_seconds()))
        for number, area in enumerate(areas)
    )


def _told(areas: list[str], number: int, kind: Kind) -> Iterator[str]:
    yield from (post_code(agency, areas[number]) for agency in TOLD)
    if number == 0 and kind in TAMPERING and level_of(areas[0]) == "district":
        yield from (post_code(agency, areas[1]) for agency in (POLICE, *TOLD))
