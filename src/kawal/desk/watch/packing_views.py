"""The packing order of a warehouse, on the page, on paper and as a list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kawal.desk.clock import reads as clock
from kawal.desk.people import access
from kawal.desk.places import reads as places
from kawal.desk.watch import packing as reads
from kawal.rules.places.codes import level_of, lineage
from kawal.rules.plan.waves import PER_HOUR, Wave
from kawal.rules.refusals import Refused


@require_safe
def waves(request: HttpRequest, code: str) -> HttpResponse:
    officer = access.officer_of(request)
    access.check_see(officer, code)
    area = places.area(code)
    if level_of(area.code) != "regency":
        raise Refused("plan_needs_regency", area=area.name)
    per_hour = _rate(request.GET.get("per_hour", ""))
    plan, found = reads.packing(area.code, per_hour=per_hour)
    if request.GET.get("form") == "csv":
        answer = HttpResponse(reads.as_csv(found, area.code), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="packing-{area.code}.csv"'
        return answer
    now = clock.now()
    names = places.areas({district for wave in found for district in wave.districts})
    rows = [_row(wave, {key: one.name for key, one in names.items()}, now) for wave in found]
    told = {
        "area": area,
        "live_area": area.code,
        "above": [places.area(one) for one in reversed(lineage(area.code)) if access.can_see(officer, one)],
        "plan": plan,
        "per_hour": per_hour,
        "waves": rows,
        "first": found[0] if found else None,
        "last": found[-1] if found else None,
        "parcels_count": sum(wave.parcels_count for wave in found),
        "late_count": sum(row["late"] for row in rows),
    }
    return render(request, "watch/waves.html", told)


def _row(wave: Wave, names: dict[str, str], now: datetime) -> dict[str, Any]:
    return {
        "wave": wave,
        "stations": len(wave.stations),
        "districts": ", ".join(names.get(code, code) for code in wave.districts),
        "late": wave.begin_by < now,
    }


def _rate(text: str) -> int:
    """What is no rate asks for the default."""
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:9]) <= 100_000 else PER_HOUR
