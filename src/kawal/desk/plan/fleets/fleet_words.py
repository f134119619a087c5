"""How many vehicles of a fleet would be enough, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy, ngettext

from kawal.desk.plan import words
from kawal.rules.plan.enough import Enough, Reckoned
from kawal.rules.plan.facts import Terrain
from kawal.rules.plan.fleet import Kind

LEVELS = {
    "regency": gettext_lazy("regency"),
    "district": gettext_lazy("district"),
    "village": gettext_lazy("village"),
}


def lines(area: str, name: str, found: Reckoned, default: Mapping[str, int]) -> Iterator[str]:
    """The fleet of a regency, with the number that would be enough. `default`: which stated default counts,
    and for how many stations, where nobody gave a fleet."""
    short = sum(sum(row.short.values()) for row in found.rows)
    told = {"area": area, "name": name, "n": words.number(short)}
    if short:
        yield ngettext(
            "%(area)s with the fleet %(name)s: %(n)s vehicle more would be enough.",
            "%(area)s with the fleet %(name)s: %(n)s vehicles more would be enough.",
            short,
        ) % told  # fmt: skip
    else:
        yield gettext("%(area)s with the fleet %(name)s: its vehicles are enough.") % told
    for code, count in default.items():
        yield f"  {capfirst(words.assumption(code, count))}."
    for row in found.rows:
        yield f"  {_row(row)}"
    for reason, count in found.unserved.items():
        told = {"n": words.number(count), "reason": str(words.REASONS[reason])}
        yield "  " + gettext("%(n)s stations that more vehicles do not help: %(reason)s") % told


def _row(row: Enough) -> str:
    told = gettext("%(level)s, %(mode)s: %(available)s there, %(enough)s are enough") % {
        "level": LEVELS[row.level],
        "mode": words.MODES[row.mode],
        "available": words.number(row.available),
        "enough": words.number(row.enough),
    }
    where = ", ".join(f"{area} +{count}" for area, count in row.short.items())
    return f"{told} ({where})" if where else told


_FIGURES: Final = {
    "parcels": gettext_lazy("%(n)s parcels"),
    "weight_kg": gettext_lazy("%(n)s kg"),
    "volume_l": gettext_lazy("%(n)s litres"),
    "stations": gettext_lazy("%(n)s stations at most"),
    "escort_seats": gettext_lazy("%(n)s seats for officers"),
    "rp_per_day": gettext_lazy("Rp %(n)s a day"),
    "rp_per_km": gettext_lazy("Rp %(n)s a km"),
    "rp_per_hour": gettext_lazy("Rp %(n)s an hour"),
}


def own_figures(own: Kind, usual: Kind) -> list[str]:
    """In what a single vehicle differs from its mode."""
    found = []
    if own.quicker != usual.quicker:
        told = gettext("%(n)s km/h in the country")
        speed = round(own.speed_kmh[Terrain.RURAL], 1)
        found.append(told % {"n": number_format(int(speed) if speed.is_integer() else speed, use_l10n=True)})
    if own.range_m != usual.range_m and own.range_m is not None:
        found.append(gettext("%(n)s km without refuelling") % {"n": words.number(own.range_m // 1_000)})
    for name, figure in _FIGURES.items():
        value = getattr(own, name)
        if value != getattr(usual, name) and value is not None:
            found.append(str(figure) % {"n": words.number(value)})
    if (own.opens, own.closes) != (usual.opens, usual.closes):
        hours = {"opens": f"{own.opens:%H:%M}", "closes": f"{own.closes:%H:%M}"}
        found.append(gettext("at work from %(opens)s to %(closes)s") % hours)
    return found
