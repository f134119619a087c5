"""What of a plan can be taken along: its trips for other programs, its route map on paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kawal.desk.people import access
from kawal.desk.plan import reads, timetable
from kawal.desk.plan.forms import TripFilter
from kawal.desk.plan.picture import days_of
from kawal.desk.plan.showing import names_of
from kawal.desk.plan.taken import exporting, route_map
from kawal.desk.plan.views import plan_of, reader
from kawal.rules.places.codes import zone_of
from kawal.rules.plan.facts import PlanFacts
from kawal.rules.refusals import Refused


@require_safe
def trips(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The trips that the page shows under the same filter, all pages of them."""
    officer, area = reader(request, code)
    if form not in exporting.FORMS:
        raise Refused("unknown_choice", choice=form)
    plan = plan_of(area)
    zone = zone_of(area.code)
    sees_risk = access.can_do(officer, access.Deed.SEE_RISK)
    runs = timetable.runs(plan.id, area.code)
    asked = TripFilter(request.GET, days=days_of(runs, zone), sees_risk=sees_risk).wanted()
    picked = {run.code for run in timetable.picked(runs, asked, zone)}
    found = [trip for trip in reads.trips_of_area(area.code) if trip.code in picked]
    data = exporting.trips(
        found, plan, form, zone=zone, sees_risk=sees_risk, sees=lambda code: access.can_see(officer, code)
    )
    return _file(data, exporting.FORMS[form], f"trips-{area.code}", plan, form)


@require_safe
def trip(request: HttpRequest, code: str, trip: str) -> HttpResponse:
    """One trip for the receiver of the one who drives it."""
    _, area = reader(request, code)
    plan = plan_of(area)
    found = next((one for one in reads.trips_of_area(area.code) if one.code == trip), None)
    if found is None:
        raise Refused("unknown_trip", trip=trip)
    data = exporting.gpx([found], names_of([found]))
    return _file(data, exporting.FORMS["gpx"], found.code, plan, "gpx")


@require_safe
def paper(request: HttpRequest, code: str) -> HttpResponse:
    officer, area = reader(request, code)
    plan = plan_of(area)
    data = route_map.paper(area, plan, sees_risk=access.can_do(officer, access.Deed.SEE_RISK))
    return _file(data, "application/pdf", f"route-map-{area.code}", plan, "pdf")


def _file(data: bytes, kind: str, name: str, plan: PlanFacts, form: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="kawal-{name}-v{plan.version}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer
