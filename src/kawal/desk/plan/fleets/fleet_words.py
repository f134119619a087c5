"""How many vehicles of a fleet would be enough, in words."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext, gettext_lazy, ngettext

from kawal.desk.plan import words
from kawal.rules.plan.enough import Enough, Reckoned

LEVELS = {
    "regency": gettext_lazy("regency"),
    "district": gettext_lazy("district"),
    "village": gettext_lazy("village"),
}


def lines(area: str, name: str, found: Reckoned) -> Iterator[str]:
    """The fleet of a regency, with the number that would be enough."""
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
