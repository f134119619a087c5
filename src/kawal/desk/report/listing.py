"""The stations of a regency or less, those that somebody asks for: by state, by step of the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kawal.desk.places import reads as places
from kawal.desk.report import lines
from kawal.desk.report.areas import STEPS
from kawal.desk.report.lines import StationLine
from kawal.rules.custody.stages import Stage
from kawal.rules.places.facts import Area

ARRIVED = "arrived"  # received by KPPS, whatever came after


@dataclass(frozen=True, slots=True, kw_only=True)
class StationList:
    area: Area
    villages: Mapping[str, str]  # code -> name
    total: int  # stations of the area
    lines: list[StationLine]  # those asked for, by code


def station_list(code: str, show: str, *, now: datetime) -> StationList:
    """`show`: a state (rules.watch.outlook.Expectation), a step of areas.STEPS, ARRIVED, or empty for all."""
    area = places.area(code)
    every = lines.station_lines(code, lines.judged(code, now=now))
    return StationList(
        area=area,
        villages={one.code: one.name for one in places.areas_under(code, "village")},
        total=len(every),
        lines=[line for line in every if _is_asked(line, show)],
    )


def _is_asked(line: StationLine, show: str) -> bool:
    if not show:
        return True
    if show == ARRIVED:
        return line.stage >= Stage.AT_STATION
    return line.stage in STEPS[show] if show in STEPS else line.expectation.value == show
