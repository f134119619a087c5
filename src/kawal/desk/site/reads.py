"""Finding an area by its name or code, inside what somebody may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, Value, When

from kawal.desk.places.models import Area
from kawal.rules.places.codes import NATION

FOUND_MAX = 50  # more than a person reads; a longer name finds fewer


@dataclass(frozen=True, slots=True)
class FoundArea:
    code: str
    level: str
    name: str
    inside: str  # name of the area above


def find_areas(text: str, *, within: str) -> list[FoundArea]:
    """Areas of the subtree whose name holds `text` or whose code begins with it; the highest level first."""
    seen = Q() if within == NATION else Q(code=within) | Q(code__startswith=f"{within}.")
    order = Case(
        *(
            When(level=level, then=Value(place))
            for place, level in enumerate(("province", "regency", "district"))
        ),
        default=Value(3),
        output_field=IntegerField(),
    )
    rows = list(
        Area.objects.filter(seen, Q(name__icontains=text) | Q(code__startswith=text))
        .annotate(place=order)
        .order_by("place", "name", "code")
        .values_list("code", "level", "name")[:FOUND_MAX]
    )
    above = dict(
        Area.objects.filter(code__in={code.rpartition(".")[0] for code, _, _ in rows}).values_list(
            "code", "name"
        )
    )
    return [
        FoundArea(code, level, name, above.get(code.rpartition(".")[0], "")) for code, level, name in rows
    ]
