"""The list of an area's alerts, and the page of one of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kawal.desk.clock import reads as clock
from kawal.desk.people import access
from kawal.desk.places import reads as places
from kawal.desk.watch import maps, reads, showing, telling, words
from kawal.desk.watch.forms import AlertFilter
from kawal.rules.places.codes import covers, lineage
from kawal.rules.places.facts import Area
from kawal.rules.refusals import Refused
from kawal.rules.watch.facts import Severity

ALERTS_PER_PAGE = 50
_WAY_OF = {Severity.NOTICE: 1, Severity.WARNING: 3, Severity.URGENT: 6}  # an order: the graver, the darker


@require_safe
def alerts(request: HttpRequest, code: str) -> HttpResponse:
    officer = access.officer_of(request)
    code = "" if code == "id" else code
    access.check_see(officer, code)
    area = places.area(code)
    form = AlertFilter(request.GET)
    waiting = reads.needs_me(officer.post)
    ids = reads.alert_ids(code, form.wanted())
    if form.only_mine():
        mine = {row.id for row in waiting}
        ids = [one for one in ids if one in mine]
    page = Paginator(ids, ALERTS_PER_PAGE).get_page(request.GET.get("page"))
    told = {
        **_place(officer, area),
        "form": form,
        "asked": urlencode([(key, value) for key, value in request.GET.items() if key != "page" and value]),
        "waiting": len(waiting),
        "oldest_at": min((row.opened_at for row in waiting), default=None),
        "waits_here": any(covers(code, row.area) for row in waiting),
        "severities": _severities(code),
        "page": page,
        "alerts": _rows(reads.alerts_by_id(list(page)), officer),
    }
    return render(request, "watch/alerts.html", told)


@require_safe
def alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    officer = access.officer_of(request)
    access.check_see(officer, reads.area_of(alert_id))
    now = clock.now()
    row, acts = reads.alert(alert_id)
    shown = _rows([row], officer)[0]
    told = {
        **_place(officer, places.area(row.area)),
        "alert": shown,
        "row": row,
        "is_waiting": officer.post == row.post and row.acknowledged_at is None,
        "severity": words.SEVERITIES[row.severity],
        "reason": words.reason(row),
        "facts": telling.facts(row),
        "ladder": telling.ladder(row, reads.ladder(alert_id), acts, now=now),
        "acts": telling.acts(row, acts),
        "villages": telling.stations(row, officer),
        "stations_count": row.facts.get("stations_count", 0),
        "parcels_count": row.facts.get("parcels_count"),
    }
    if maps.has_map(row):
        told["map_url"] = reverse("watch:alert_map", args=[row.id])
    return render(request, "watch/alert.html", told)


@require_safe
def alert_map(request: HttpRequest, alert_id: int) -> JsonResponse:
    """Refuses `unknown_alert` also where nobody told a position of its trip."""
    access.check_see(access.officer_of(request), reads.area_of(alert_id))
    row, _ = reads.alert(alert_id)
    if not maps.has_map(row):
        raise Refused("unknown_alert", alert=alert_id)
    return JsonResponse(maps.alert_map(row))


def _rows(rows: list[reads.AlertRow], officer: access.Officer) -> list[dict[str, Any]]:
    """For parts/alert.html, with what the lists of alerts alone tell: the end, and the way to end it."""
    may = access.can_do(officer, access.Deed.CLOSE_ALERT)
    return [
        {
            **shown,
            "closed_at": row.closed_at,
            "close_href": reverse("watch:close", args=[row.id])
            if may and officer.post in row.closers and row.closed_at is None
            else None,
        }
        for row, shown in zip(rows, showing.shown(rows, officer), strict=True)
    ]


def _severities(code: str) -> list[dict[str, Any]]:
    """For parts/stages.html."""
    here = reverse("watch:alerts", args=[code or "id"])
    return [
        {
            "label": words.SEVERITIES[severity],
            "count": count,
            "way": _WAY_OF[severity],
            "href": f"{here}?severity={int(severity)}#alerts",
        }
        for severity, count in reads.open_by_severity(code).items()
    ]


def _place(officer: access.Officer, area: Area) -> dict[str, Any]:
    above = [one for one in reversed(lineage(area.code)) if access.can_see(officer, one)]
    return {
        "area": area,
        "live_area": area.code,
        "above": [places.area(one) for one in above],
        "counts": reads.counts(area.code),
    }
