"""Rows of a fleet file that lie elsewhere: no error, since one file may serve several regencies, but told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.translation import gettext

from kawal.desk.places import reads as places
from kawal.desk.plan.words import number
from kawal.rules.places.codes import covers
from kawal.rules.plan.fleet import Fleet
from kawal.rules.plan.fleet_places import PlaceTold, places_told

_SHOWN: Final = 10


def passed_over(fleet: Fleet, area: str) -> list[PlaceTold]:
    """The rows that tell of no place in an area (a regency, a province, the nation), nor of one around it."""
    told = list(places_told(fleet))
    imported = places.areas({one.area for one in told})
    return [
        one
        for one in told
        if not (covers(area, one.area) and one.area in imported) and not covers(one.area, area)
    ]


def lines(rows: Sequence[PlaceTold], area: str) -> Iterator[str]:
    told = gettext("%(key)s: %(place)s is no place in %(area)s, so this row is passed over.")
    for one in rows[:_SHOWN]:
        yield told % {"key": one.key, "place": one.place, "area": area or "id"}
    if len(rows) > _SHOWN:
        yield gettext("and %(count)s more") % {"count": number(len(rows) - _SHOWN)}
