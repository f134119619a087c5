"""The pages that read all steps: an area with its map, its stations and findings, a station, an entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kawal.desk.clock import reads as clock
from kawal.desk.custody import reads as custody
from kawal.desk.custody.words import RULES
from kawal.desk.people import access
from kawal.desk.places import reads as places
from kawal.desk.report import (
    addresses,
    area_rows,
    areas,
    entries,
    entry_rows,
    finding_rows,
    listing,
    maps,
    slips,
    station_rows,
    stations,
    verifying,
    way_line,
    words,
)
from kawal.desk.watch import reads as watch
from kawal.desk.watch import showing
from kawal.rules.places.codes import NATION, is_area, is_station, level_of
from kawal.rules.refusals import Refused

ROWS = 100  # of a long table, on one page


@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    officer, code = _reader(request, code)
    now = clock.now()
    page = areas.area_page(code, officer=officer, now=now)
    layer, sort = _layer(request, officer), request.GET.get("sort", "")
    sees_risk = access.can_do(officer, access.Deed.SEE_RISK)
    told = {
        "page": page,
        "live_area": code,
        "layer": layer,
        "layers": area_rows.layers(request.path, layer, sees_risk=sees_risk),
        "keys": area_rows.keys(layer),
        "countdown": area_rows.countdown(page, now),
        "steps": area_rows.steps(page),
        "links": area_rows.links(page),
        "journeys": area_rows.journeys(page),
        "rules": area_rows.rules(page),
        "findings_count": sum(page.findings_by_rule.values()),
        "risk_class": area_rows.risk_class(page),
        "below": words.BELOW[page.area.level],
        "columns": area_rows.columns(page, sort, layer, sees_risk=sees_risk) if page.children else [],
        "children": area_rows.children(page, sort),
        "stations": area_rows.stations(area_rows.worst_first(page.stations)),
        "sees_risk": sees_risk,
    }
    return render(request, "report/area.html", told)


@require_safe
def area_map(request: HttpRequest, code: str) -> HttpResponse:
    officer, code = _reader(request, code)
    now = clock.now()
    page = areas.area_page(code, officer=officer, now=now)
    return JsonResponse(maps.map_data(page, _layer(request, officer), now=now))


@require_safe
def station_list(request: HttpRequest, code: str) -> HttpResponse:
    officer, code = _reader(request, code)
    if level_of(code) not in addresses.LISTED:
        raise Refused("list_needs_regency", area=code or "id")
    show = request.GET.get("show", "")
    if show and show not in words.SHOWN:
        raise Refused("unknown_choice", choice=show)
    page = listing.station_list(code, show, now=clock.now())
    rows = _page(request, page.lines)
    told = {
        "area": page.area,
        "above": areas.above(code, officer),
        "live_area": code,
        "total": page.total,
        "count": len(page.lines),
        "show": show,
        "shown": words.SHOWN.get(show, ""),
        "choices": words.SHOWN.items(),
        "rows": area_rows.stations(list(rows), villages=page.villages),
        "query": urlencode({"show": show}) if show else "",
        "area_href": addresses.area(code),
        "pages": rows,
        "alerts_open": watch.counts(code)["open"],
    }
    return render(request, "report/stations.html", told)


@require_safe
def findings(request: HttpRequest, code: str) -> HttpResponse:
    officer, code = _reader(request, code)
    rule, state = request.GET.get("rule", ""), request.GET.get("state", "open")
    if rule and rule not in RULES:
        raise Refused("unknown_rule", rule=rule)
    if state not in words.FINDING_STATES:
        raise Refused("unknown_choice", choice=state)
    cleared = None if state == "all" else state == "cleared"
    found_in = places.area(code)
    count = custody.findings_count(code, rule=rule, cleared=cleared)
    page = _page(request, range(count))
    found = custody.findings_between(
        code, max(0, page.start_index() - 1), page.end_index(), rule=rule, cleared=cleared
    )
    told = {
        "area": found_in,
        "above": areas.above(code, officer),
        "live_area": code,
        "count": count,
        "open": custody.findings_count(code, cleared=False),
        "cleared": custody.findings_count(code, cleared=True),
        "rule": rule,
        "state": state,
        "rules": RULES.items(),
        "rule_words": RULES.get(rule, ""),
        "states": words.FINDING_STATES.items(),
        "rows": finding_rows.shown(found, officer),
        "query": urlencode({"state": state, "rule": rule}),
        "pages": page,
        "alerts_open": watch.counts(code)["open"],
    }
    return render(request, "report/findings.html", told)


@require_safe
def station(request: HttpRequest, code: str) -> HttpResponse:
    officer = access.officer_of(request)
    if not is_station(code):
        raise Refused("unknown_station", station=code)
    access.check_see(officer, code)
    now = clock.now()
    page = stations.station_page(code, officer=officer, now=now)
    said = station_rows.said(page, officer)
    way = station_rows.way(said)
    told = {
        "page": page,
        "name": said.names.site(code),
        "live_area": page.station.village,
        "spare": station_rows.spare(page),
        "stage": station_rows.stage(page),
        "open_findings": len(page.open_findings),
        "line": way_line.picture(page, way, now),
        "way": way,
        "parcels": station_rows.parcels(said),
        "needs": station_rows.needs(said),
        "timeline": station_rows.timeline(said),
        "findings": finding_rows.shown(page.open_findings, officer),
        "explained": finding_rows.shown(page.explained, officer),
        "alerts": showing.shown(page.alerts, officer),
    }
    return render(request, "report/station.html", told)


@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    officer = access.officer_of(request)
    if entries.is_statement(index):
        return redirect("devices:statement", index)
    if entries.is_succession(index):
        return redirect("ledger:log")
    page = entries.entry_page(index, officer=officer)
    names = entry_rows.names(page)
    told = {
        "page": page,
        "above": areas.above(page.area, officer),
        "happening": entry_rows.happening(page, names),
        "facts": entry_rows.facts(page, names, officer),
        "lines": entry_rows.lines(page, names, officer),
        "exceptions": entry_rows.exceptions(page),
        "findings": finding_rows.shown(page.findings, officer),
        "proof": entry_rows.proof(page),
        "counted": page.sees_contents and page.has_counts,
        "signed": entry_rows.signed_lines(page),
        "receipt_url": _receipt_url(page),
    }
    return render(request, "report/entry.html", told)


@require_safe
def slip(request: HttpRequest, index: int) -> HttpResponse:
    """The receipt of an entry on paper."""
    officer = access.officer_of(request)
    found = slips.slip_page(index, officer=officer)
    names = entry_rows.names(found.page)
    told = {
        "page": found.page,
        "slip": found,
        "above": areas.above(found.page.area, officer),
        "happening": entry_rows.happening(found.page, names),
        "facts": slips.facts(found, officer),
        "receipt_url": _receipt_url(found.page),
        "verify_url": request.build_absolute_uri(reverse("report:verify")),
    }
    return render(request, "report/slip.html", told)


@login_not_required
@require_safe
@csp_update({"script-src": ["'wasm-unsafe-eval'"]})  # reads the codes where the browser cannot itself
def verify(request: HttpRequest) -> HttpResponse:
    """A receipt is checked in the reader's own browser; the hub hears nothing of it."""
    return render(request, "report/verify.html", {"told": verifying.told()})


def _receipt_url(page: entries.EntryPage) -> str:
    return reverse("ledger:receipt", args=[page.told.id.hex()])


def _reader(request: HttpRequest, code: str) -> tuple[access.Officer, str]:
    """Who asks, and for which area; the nation stands as `id` in an address. Refuses `not_your_area`."""
    officer = access.officer_of(request)
    code = NATION if code == "id" else code
    if not is_area(code):
        raise Refused("unknown_area", area=code)
    access.check_see(officer, code)
    return officer, code


def _layer(request: HttpRequest, officer: access.Officer) -> str:
    """What the map shows. The named list of vulnerable areas is for those who may see it."""
    asked = request.GET.get("layer", "progress")
    may = asked in maps.LAYERS and (asked != "risk" or access.can_do(officer, access.Deed.SEE_RISK))
    return asked if may else "progress"


def _page(request: HttpRequest, rows: Sequence[Any]) -> Page[Any]:
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))
