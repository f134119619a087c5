"""The risk of an area: why, where, what changed; counts alone for whoever may not see names; exports."""

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
from kawal.desk.places.spreadsheets import FORMS
from kawal.desk.risk import counting, explaining, exporting, maps, page_rows, page_words, pages, reads, words
from kawal.desk.risk.forms import DecisionForm, UseForm
from kawal.desk.risk.uses import usable
from kawal.rules.places.codes import is_area, level_of, lineage
from kawal.rules.places.facts import Area
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass

ROWS = 100
LARGE = ("nation", "province")


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    officer, area = reader(request, code)
    if not access.can_do(officer, access.Deed.SEE_RISK):
        return _counts(request, officer, area)
    return _named(request, officer, area)


@require_safe
def page_map(request: HttpRequest, code: str) -> JsonResponse:
    officer, area = reader(request, code)
    access.check_do(officer, access.Deed.SEE_RISK)
    layer = maps.layer_of(request.GET.get("layer", ""))
    return JsonResponse(maps.risk_map(area, layer, now=clock.now()))


@require_safe
def export(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The villages of the area with class, score and reasons, as CSV or XLSX."""
    officer, area = reader(request, code)
    access.check_do(officer, access.Deed.SEE_RISK)
    if form not in FORMS:
        raise Refused("unknown_choice", choice=form)
    now = clock.now()
    data = exporting.villages(area.code, form, now=now)
    answer = HttpResponse(data, content_type=FORMS[form])
    name = f"kawal-risk-{area.code or 'id'}-{now:%Y%m%d%H%M}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _named(request: HttpRequest, officer: access.Officer, area: Area) -> HttpResponse:
    now = clock.now()
    found = pages.page(area.code, now=now)
    layer = maps.layer_of(request.GET.get("layer", ""))
    sort = request.GET.get("sort", "")
    by_village = request.GET.get("of") == "villages" or (
        area.level in LARGE and request.GET.get("of") == "hardest"
    )
    below = _below(area, found, request.GET.get("of", ""), now)
    rows = page_rows.below(below, sort)
    query = {key: request.GET[key] for key in ("layer", "of") if request.GET.get(key)}
    shown = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    names = {one.code: one.name for one in places.areas([d.area_code for d in found.waiting]).values()}
    names |= {one.code: one.name for one in above_of(officer, area)}
    told = place(officer, area) | {
        "page": found,
        "found": found.assessment,
        "why": explaining.sentence(found.assessment) if found.assessment else "",
        "badge": page_rows.badge(found.assessment.klass) if found.assessment else None,
        "scale": page_rows.scale(found.assessment) if found.assessment else None,
        "reasons": page_rows.reasons(found.assessment) if found.assessment else [],
        "nothing": _adds_nothing(found.assessment),
        "missing": [words.name(one) for one in found.assessment.missing] if found.assessment else [],
        "bar": page_rows.counts(area.code, found.counts),
        "vulnerable_count": sum(found.counts[1:]),
        "villages_count": sum(found.counts),
        "layer": layer,
        "layers": page_rows.layers(area.code, layer, _told_below(area)),
        "map_url": f"{reverse('risk:map', args=[area.code or 'id'])}?{urlencode({'layer': layer})}",
        "keys": page_rows.keys(layer),
        "table_id": "reasons" if area.level == "village" else "below",
        "shown": shown,
        "query": urlencode({**query, **({"sort": sort} if sort else {})}),
        "columns": page_rows.columns(
            area.code, sort, query, checked=any(one.another is not None for one in below)
        ),
        "by_village": by_village or area.level == "district",
        "changes": page_rows.changes(found.changes[:ROWS]),
        "history": page_rows.changes(found.history),
        "told": [page_words.told_row(one) for one in found.told],
        "moving": page_rows.moving(found.moving, now),
        "waiting": page_rows.decisions(found.waiting, names, officer, now),
        "decisions": page_rows.decisions(found.decisions, names, officer, now),
        "table": reads.table(area.code),
        **_forms(officer, area, found),
    }
    return render(request, "risk/page.html", told)


def _counts(request: HttpRequest, officer: access.Officer, area: Area) -> HttpResponse:
    """Only how many, and only where that names nobody (rules.risk.disclosure)."""
    access.check_do(officer, access.Deed.COUNT_RISK)
    counts, rows = counting.told(area.code, now=clock.now())
    names = {one: found.name for one, found in places.areas([a for row in rows for a in row.areas]).items()}
    told = place(officer, area) | {
        "counts": counts,
        "all": sum(counts) if counts else 0,
        "vulnerable_count": sum(counts[1:]) if counts else 0,
        "bar": page_rows.counts(area.code, counts) if counts else [],
        "classes": [{"word": words.CLASSES[klass], "state": page_words.STATES[klass]} for klass in RiskClass],
        "rows": [
            {
                "name": ", ".join(names.get(one, one) for one in row.areas),
                "counts": row.counts,
                "joined": len(row.areas) > 1,
            }
            for row in rows
        ],
    }
    return render(request, "risk/counts.html", told)


def _below(area: Area, found: pages.RiskPage, of: str, now: Any) -> list[pages.Below]:
    if of == "hardest" and area.level in LARGE:
        return pages.hardest(area.code, now=now, changes=found.changes)
    if of == "villages" and area.level == "regency":
        return pages.below(area.code, now=now, changes=found.changes, villages=True)
    return list(found.below)


def _adds_nothing(found: reads.Assessment | None) -> list[str]:
    """Indicators that are known and add nothing: they speak for the area."""
    told = found.reasons if found else ()
    return [words.name(row.indicator) for row in told if row.points < page_rows.POINTS_SHOWN]


def _told_below(area: Area) -> list[tuple[str, str]]:
    """Layers of the map for every measure that some child has."""
    return [
        (
            f"{index.code}/{measure.code}",
            f"{page_words.index_name(index)}: {page_words.measure_name(measure)}",
        )
        for index, measure in pages.measures_below(area.code)
    ]


def _forms(officer: access.Officer, area: Area, found: pages.RiskPage) -> dict[str, Any]:
    may_use = access.can_do(officer, access.Deed.OVERRIDE_RISK) and any(
        not one.index.routes for one in found.told
    )
    return {
        "decision_form": DecisionForm() if access.can_do(officer, access.Deed.PROPOSE_RISK) else None,
        "may_give": access.can_do(officer, access.Deed.GIVE_RISK),
        "may_end_use": access.can_do(officer, access.Deed.OVERRIDE_RISK),
        "use_form": UseForm(**usable(found.told)) if may_use else None,
        "has_levels": level_of(area.code) in (*LARGE, "regency"),
    }


def reader(request: HttpRequest, code: str) -> tuple[access.Officer, Area]:
    """Who asks, and for which area; the nation stands as `id` in an address."""
    officer = access.officer_of(request)
    code = "" if code == "id" else code
    if not is_area(code):
        raise Refused("unknown_area", area=code)
    access.check_see(officer, code)
    return officer, places.area(code)


def above_of(officer: access.Officer, area: Area) -> list[Area]:
    return [places.area(one) for one in reversed(lineage(area.code)) if access.can_see(officer, one)]


def place(officer: access.Officer, area: Area) -> dict[str, Any]:
    return {
        "area": area,
        "live_area": area.code,
        "above": above_of(officer, area),
        "sees_risk": access.can_do(officer, access.Deed.SEE_RISK),
        "level_word": page_words.LEVELS.get(area.level, ""),
    }
