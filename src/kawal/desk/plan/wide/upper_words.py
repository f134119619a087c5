"""The way from suppliers to warehouses in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy

from kawal.desk.needs import reads as needs
from kawal.desk.needs import words as needs_words
from kawal.desk.places import reads as places
from kawal.rules.places.codes import zone_of

CARRIAGES = {
    "road": gettext_lazy("by road"),
    "sea": gettext_lazy("by sea"),
    "air": gettext_lazy("by air"),
}
LOADS = {
    "road": gettext_lazy("truckloads"),
    "sea": gettext_lazy("containers"),
    "air": gettext_lazy("aircraft"),
}
LATE = {
    "too_far": gettext_lazy("not even its fastest way arrives in time"),
    "lanes_full": gettext_lazy("the ways that would be in time are full"),
}
MISSING = {
    "supply_short": gettext_lazy("the suppliers have too little"),
    "no_way": gettext_lazy("no way leads there"),
    "lanes_full": gettext_lazy("the ways there are full"),
}
MENDS = {
    "U01": gettext_lazy("begin with the head: %(field)s"),
    "U02": gettext_lazy("write as many cells as the head has: %(field)s"),
    "U03": gettext_lazy("fill in %(field)s"),
    "U04": gettext_lazy("write a number in %(field)s (decimal point, above zero)"),
    "U05": gettext_lazy("write latitude and longitude of a place in or near Indonesia, such as -6.95,110.42"),
    "U06": gettext_lazy("write a day such as 2024-01-15, or a moment such as 2024-01-15T14:00, in %(field)s"),
    "U07": gettext_lazy("write an item of the needs rules, such as ballot_dpr or box"),
    "U08": gettext_lazy("write road, sea or air"),
    "U09": gettext_lazy("write a port or supplier of your files in %(field)s (or a regency code as the end)"),
    "U10": gettext_lazy("keep one row for this port"),
    "U11": gettext_lazy("save it as CSV in UTF-8"),
}
_WHOLE_FROM = 10  # tonnes; below it one decimal is told
FILES = {
    "supply": gettext_lazy("suppliers"),
    "ports": gettext_lazy("ports"),
    "lanes": gettext_lazy("lanes"),
}


def wrong_file(facts: Mapping[str, Any]) -> str:
    """Every wrong row with its mend."""
    told = gettext("%(number)s %(file)s, row %(row)s (%(value)s): %(mend)s.")
    return "\n".join(
        told
        % {
            "number": one.number,
            "file": FILES[one.file],
            "row": one.row,
            "value": one.value,
            "mend": str(MENDS[one.number]) % {"field": one.field},
        }
        for one in facts["notices"]
    )


def headline(summary: Mapping[str, Any]) -> str:
    told = gettext(
        "Suppliers: %(suppliers_count)s. Shipments: %(shipments_count)s, of %(tonnes)s tonnes together. "
        "Warehouses: %(warehouses_count)s, of which something comes late to %(late_warehouses_count)s and "
        "something is missing at %(missing_warehouses_count)s."
    )
    keys = (
        "suppliers_count",
        "shipments_count",
        "warehouses_count",
        "late_warehouses_count",
        "missing_warehouses_count",
    )
    tonnes = summary["weight_kg"] / 1_000
    told_tonnes = number(round(tonnes)) if tonnes >= _WHOLE_FROM else number_format(tonnes, 1)
    return told % {**{key: number(summary[key]) for key in keys}, "tonnes": told_tonnes}


def assumed(summary: Mapping[str, Any], handling_days: int) -> list[str]:
    """What it stands on."""
    return [
        gettext(
            "Shipments that go at least partly by an estimate (road 35 km/h for ten hours a day; sea ten "
            "knots, weekly): %(count)s. Give lanes with their timetables instead."
        )
        % {"count": number(summary["estimated_shipments_count"])},
        gettext(
            "Everything is due %(days)s days before the first departure: that of the warehouse's plan where "
            "there is one (%(planned)s), else of the usual calendar."
        )
        % {"days": handling_days, "planned": number(summary["planned_warehouses_count"])},
    ]


def item_names(area: str) -> dict[str, str]:
    """Item code -> its name in the reader's language, by the needs rules of an area."""
    rules, _ = needs.rules_of_record(area)
    return {item.code: needs_words.name(item) for item in rules.items}


def lines(summary: Mapping[str, Any], handling_days: int, area: str) -> Iterator[str]:
    yield headline(summary)
    loads = (f"{number(count)} {LOADS[mode]}" for mode, count in summary["loads"].items())
    yield gettext("Loads: %(loads)s") % {"loads": ", ".join(loads)}
    names = {one.code: one.name for one in places.areas_under("", "regency")}
    for row in summary["departures"]:
        if not row["estimated"]:
            yield "  " + departure(row)
    items = item_names(area)
    for row in summary["late"]:
        yield f"  {row['area']} {names.get(row['area'], '')}: {late(row, items)}"
    for row in summary["missing"]:
        yield f"  {row['area']} {names.get(row['area'], '')}: {missing(row, items)}"
    yield from assumed(summary, handling_days)


def departure(row: Mapping[str, Any]) -> str:
    told = gettext("%(at)s %(start)s - %(end)s %(how)s: %(kg)s kg, %(loads)s %(unit)s")
    zone = zone_of(row["end"])
    return told % {
        "at": f"{datetime.fromisoformat(row['depart_at']).astimezone(zone):%Y-%m-%d %H:%M}",
        "start": row["start"],
        "end": row["end"],
        "how": CARRIAGES[row["mode"]],
        "kg": number(row["weight_kg"]),
        "loads": number(row["loads"]),
        "unit": LOADS[row["mode"]],
    }


def late(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    told = gettext("from %(supplier)s, %(days)s days late: %(items)s; %(reason)s")
    return told % {
        "items": ", ".join(_so_many(item, count, names) for item, count in row["items"].items()),
        "supplier": row["supplier"],
        "days": number_format(row["late_s"] / 86_400, 1),
        "reason": LATE[row["reason"]],
    }


def missing(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    told = gettext("missing: %(item)s; %(reason)s")
    return told % {
        "item": _so_many(row["item"], row["quantity"], names),
        "reason": MISSING[row["reason"]],
    }


def _so_many(item: str, count: int, names: Mapping[str, str]) -> str:
    return f"{names.get(item, item)} {number(count)}"


def number(count: int) -> str:
    return str(number_format(count, force_grouping=True))
