"""Two versions side by side, and what a new version changed for the officer's own post."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from kawal.desk.clock import reads as clock
from kawal.desk.people import access
from kawal.desk.places import reads as places
from kawal.desk.plan import maps, timetable
from kawal.desk.plan.anew import comparing, comparing_words, notices
from kawal.desk.plan.anew.version_rows import notice_rows, promise_rows, trip_rows
from kawal.desk.plan.showing import names_under
from kawal.desk.plan.sure import repairing_words
from kawal.desk.plan.views import place, reader

ROWS_MOST = 200


@require_safe
def compare(request: HttpRequest, code: str, before: int, after: int) -> HttpResponse:
    officer, area = reader(request, code)
    found = comparing.compared(area.code, before, after)
    told = place(officer, area) | {
        "before": found.before,
        "after": found.after,
        "verdict": comparing_words.verdict(found),
        "moved": comparing_words.moved(found.found),
        "figures": comparing_words.figure_rows(found),
        "from_before": comparing_words.from_before(found),
        "promises": promise_rows(found.found.promises[:ROWS_MOST], officer),
        "promises_count": len(found.found.promises),
        "trips": trip_rows(found.found.trips[:ROWS_MOST]),
        "trips_count": len(found.found.trips),
        "map_url": reverse("plan:compare_map", args=[code, before, after]),
        "repair": found.repair
        and repairing_words.shown(
            found.repair, names_under(area.code), found.after.summary["stations_unserved_count"]
        ),
    }
    return render(request, "plan/compare.html", told)


@require_safe
def compare_map(request: HttpRequest, code: str, before: int, after: int) -> JsonResponse:
    """The trips of the later version that are not as they were."""
    _, area = reader(request, code)
    found = comparing.compared(area.code, before, after)
    moved = {one.code for one in found.found.trips if one.after is not None}
    plan = found.after
    runs = [run for run in timetable.runs(plan.id, area.code) if run.code in moved]
    delivery = timetable.delivery(plan.id, area.code)
    return JsonResponse(maps.plan_map(area, plan, runs, delivery, names_under(area.code)))


@require_safe
def told(request: HttpRequest) -> HttpResponse:
    """What changed for the post of whoever asks, newest first."""
    officer = access.officer_of(request)
    found = notices.of_post(officer.post)
    shown = {
        "area": places.area(officer.area),
        "live_area": officer.area,
        "unseen": sum(one.seen_at is None for one in found),
        "notices": [notice_rows(one, officer) for one in found],
    }
    return render(request, "plan/notices.html", shown)


@require_POST
def seen(request: HttpRequest, notice_id: int) -> HttpResponse:
    officer = access.officer_of(request)
    notices.seen(notice_id, post=officer.post, by=officer.name, now=clock.now())
    return HttpResponseRedirect(reverse("plan:notices"))
