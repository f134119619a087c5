"""`{% load pages %}`: what the pages of one area share: where it lies, and its other pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from kawal.desk.people import access
from kawal.rules.places.facts import Area, Station

register = template.Library()


@register.inclusion_tag("site/parts/crumbs.html")
def area_crumbs(above: Sequence[Area], station: Station | None = None, page: str = "") -> dict[str, Any]:
    """`above`: the areas from the highest the reader may see to this one; a station comes after them, and
    last the name of a `page` that is not their own."""
    crumbs = [{"name": area.name, "href": reverse("report:area", args=[area.code or "id"])} for area in above]
    if station is not None:
        number = {"name": _("TPS %(number)s") % {"number": f"{station.number:03d}"}}
        crumbs.append({**number, "href": reverse("report:station", args=[station.code])})
    if page:
        crumbs.append({"name": page, "href": ""})
    return {"crumbs": crumbs}


@register.inclusion_tag("site/parts/tabs.html", takes_context=True)
def area_tabs(context: Context, code: str, current: str, alerts: int | None = None) -> dict[str, Any]:
    """Pages of an area: `current` is area, risk, plan or alerts; `alerts` how many are open.

    Risk stands there for whoever may see it, or at least how much of it there is.
    """
    address = code or "id"
    officer = context.get("officer")
    counts = officer is not None and (
        access.can_do(officer, access.Deed.SEE_RISK) or access.can_do(officer, access.Deed.COUNT_RISK)
    )
    risk = {"name": _("Risk"), "href": reverse("risk:page", args=[address]), "current": current == "risk"}
    tabs = [
        {
            "name": _("Situation"),
            "href": reverse("report:area", args=[address]),
            "current": current == "area",
        },
        *([risk] if counts else []),
        {"name": _("Plan"), "href": reverse("plan:page", args=[address]), "current": current == "plan"},
        {
            "name": _("Alerts"),
            "href": reverse("watch:alerts", args=[address]),
            "current": current == "alerts",
            "number": alerts,
        },
    ]
    return {"tabs": tabs}
