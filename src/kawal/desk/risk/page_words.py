"""Words of the risk pages: causes, layers, columns, influences, indices, in the reader's language."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, gettext_lazy

from kawal.desk.risk import specfiles, words
from kawal.desk.risk.history import Changed
from kawal.desk.risk.pages import Told
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.indices import Index, Measure

# A class as the design system draws it; its word stands beside it everywhere.
STATES: Final = {
    RiskClass.LOW: "ontime",
    RiskClass.VULNERABLE: "risk",
    RiskClass.HIGH: "late",
    RiskClass.SPECIAL: "grave",
}
CAUSES: Final = {
    "computed": gettext_lazy("computed anew"),
    "moved": gettext_lazy("something happened"),
    "decided": gettext_lazy("decided by people"),
    "ended": gettext_lazy("a decision ended"),
}
LAYERS: Final = {"class": gettext_lazy("Class"), "change": gettext_lazy("Change since yesterday")}
LEVELS: Final = {
    "province": gettext_lazy("Province"),
    "regency": gettext_lazy("Regency or city"),
    "district": gettext_lazy("District"),
    "village": gettext_lazy("Village"),
}
UNITS: Final = {"points": gettext_lazy("points"), "h": gettext_lazy("hours"), "m": "m", "percent": "%"}


def indonesian() -> bool:
    return (get_language() or "").startswith("id")


def index_name(index: Index) -> str:
    return index.name_id if indonesian() else index.name_en


def measure_name(measure: Measure) -> str:
    return measure.name_id if indonesian() else measure.name_en


def told_row(told: Told) -> dict[str, Any]:
    """A measure beside the others: what it says here, who says so, of what, since when, and what it may."""
    index, measure = told.index, told.measure
    id_ = indonesian()
    return {
        "index": index_name(index),
        "measure": measure_name(measure),
        "value": value(told.value, measure.unit),
        "band": band(told),
        "area_code": told.area_code,
        "publisher": told.publisher,
        "dated": date_format(told.dated) if isinstance(told.dated, date) else "",
        "denominator": told.denominator or (index.denominator_id if id_ else index.denominator_en),
        "licence": told.licence or (index.licence_id if id_ else index.licence_en),
        "asks": index.asks_id if id_ else index.asks_en,
        "routes": index.routes,
        "uses": [
            {
                "id": use.pk,
                "told": gettext("Counts as %(indicator)s by decision of %(by)s: %(reason)s")
                % {"indicator": indicator(use.indicator), "by": use.by, "reason": use.reason},
                "until": use.until,
                "area_code": use.area_code,
            }
            for use in told.uses
        ],
    }


def value(number: float, unit: str) -> str:
    if unit in ("share", "km", "voters_per_km2"):
        return words.value(number, unit)
    decimals = 0 if number == int(number) else 2 if unit == "points" else 1
    shown = number_format(number, decimal_pos=decimals, force_grouping=True)
    return f"{shown} {UNITS.get(unit, unit)}"


def band(told: Told) -> str:
    """The publisher's own class of the value, where it gives bounds for the level it was told of."""
    level = {2: "province", 5: "regency"}.get(len(told.area_code), "")
    if level not in told.measure.bands:
        return ""
    medium, high = told.measure.bands[level]
    if told.value >= high:
        return gettext("high (from %(from)s)") % {"from": number_format(high)}
    if told.value >= medium:
        return gettext("medium (from %(from)s)") % {"from": number_format(medium)}
    return gettext("low (below %(below)s)") % {"below": number_format(medium)}


def indicator(code: str) -> str:
    """A name of the shipped composite's indicator, else its code as written."""
    found = next((one for one in specfiles.read().spec.indicators if one.code == code), None)
    return words.name(found) if found else code


def influence(kind: str) -> str:
    found = specfiles.living().kinds.get(kind)
    if found is None:
        return kind
    return found.name_id if indonesian() else found.name_en


def influence_why(kind: str) -> str:
    found = specfiles.living().kinds.get(kind)
    return "" if found is None else found.why_id if indonesian() else found.why_en


def why(one: Changed) -> str:
    """The indicators whose points moved most: `Weather +2.1, Late before +0.8`."""
    parts = []
    for told in one.why[:3]:
        step = told["after"] - told["before"]
        sign = "+" if step > 0 else "−"
        points = number_format(abs(step), decimal_pos=1)
        parts.append(f"{indicator(told['indicator'])} {sign}{points}")
    return ", ".join(parts)


def step(count: int) -> str:
    """How many classes up or down since yesterday, for a table's cell."""
    return "" if count == 0 else f"↑ {count}" if count > 0 else f"↓ {-count}"
