"""The command page of an area with its map, and the page of a station."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kawal.desk.clock import reads as clock
from kawal.desk.people import access
from kawal.desk.report import areas, maps, rows, stations
from kawal.desk.watch import reads as watch


@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    officer, code = _reader(request, code)
    now = clock.now()
    page = areas.area_page(code, officer=officer, now=now)
    told = {
        "page": page,
        "live_area": code,
        "layer": _layer(request, officer),
        "layers": rows.layers(request.path, _layer(request, officer), officer),
        "crumbs": rows.crumbs(page.above),
        "tabs": rows.tabs(page.area, page.alerts_open, current="area"),
        "steps": rows.steps(page),
        "figures": rows.figures(page),
        "alerts": rows.alerts(watch.needs_me(officer.post), next_href=request.path),
        "sees_risk": access.can_do(officer, access.Deed.SEE_RISK),
        "now": now,
    }
    return render(request, "report/area.html", told)


@require_safe
def area_map(request: HttpRequest, code: str) -> HttpResponse:
    officer, code = _reader(request, code)
    now = clock.now()
    page = areas.area_page(code, officer=officer, now=now)
    return JsonResponse(maps.map_data(page, _layer(request, officer), now=now))


@require_safe
def station(request: HttpRequest, code: str) -> HttpResponse:
    officer = access.officer_of(request)
    access.check_see(officer, code)
    now = clock.now()
    page = stations.station_page(code, officer=officer, now=now)
    told = {
        "page": page,
        "live_area": page.station.village,
        "crumbs": rows.crumbs(page.above, station=page.station),
        "alerts": rows.alerts(watch.needs_me(officer.post), next_href=request.path),
        "about": rows.alerts(page.alerts, next_href=request.path),
        "way": rows.way(page),
        "parcels": rows.parcels(page),
        "timeline": rows.timeline(page),
        "needs": rows.needs(page),
        "findings": rows.findings(page),
        "now": now,
    }
    return render(request, "report/station.html", told)


def _reader(request: HttpRequest, code: str) -> tuple[access.Officer, str]:
    """Who asks, and for which area; the nation stands as `id` in an address. Refuses `not_your_area`."""
    officer = access.officer_of(request)
    code = "" if code == "id" else code
    access.check_see(officer, code)
    return officer, code


def _layer(request: HttpRequest, officer: access.Officer) -> str:
    """What the map shows. The named list of vulnerable areas is for those who may see it."""
    asked = request.GET.get("layer", "progress")
    may = asked in maps.LAYERS and (asked != "risk" or access.can_do(officer, access.Deed.SEE_RISK))
    return asked if may else "progress"
