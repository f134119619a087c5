"""The plan of an area, the list of plans of a larger one, and the page of one trip."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kawal.desk.clock import reads as clock
from kawal.desk.people import access
from kawal.desk.places import reads as places
from kawal.desk.plan import at_risk_words, maps, overview, reads, timetable, why_words, words
from kawal.desk.plan.anew import notices
from kawal.desk.plan.escorts import rostering_words
from kawal.desk.plan.forms import TripFilter
from kawal.desk.plan.picture import days_of, picture, query
from kawal.desk.plan.showing import names_of, names_under, stop_rows, trip_row
from kawal.desk.plan.sure import living, living_words
from kawal.desk.plan.taken import exporting
from kawal.desk.plan.timetable import Run, Wanted
from kawal.desk.plan.wide import many
from kawal.rules.places.codes import level_of, lineage, zone_of
from kawal.rules.places.facts import Area
from kawal.rules.plan.facts import PlanFacts, Trip
from kawal.rules.refusals import Refused

TRIPS_PER_PAGE = 50
REGENCIES_PER_PAGE = 100


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    officer, area = reader(request, code)
    if level_of(area.code) in ("nation", "province"):
        return _regencies(request, officer, area)
    plan = reads.plan_of_record(area.code)
    told = place(officer, area)
    if plan is None:
        return render(request, "plan/none.html", told)
    runs = timetable.runs(plan.id, area.code)
    form, wanted = _filter(request, officer, area, runs)
    found = timetable.picked(runs, wanted, zone_of(area.code))
    shown = Paginator(found, TRIPS_PER_PAGE).get_page(request.GET.get("page"))
    trips = reads.trips_by_code(plan.id, [run.code for run in shown])
    names = names_of(trips)
    below = {child.code: child.name for child in places.children(area.code)}
    asked = query(wanted)
    delivery = timetable.delivery(plan.id, area.code)
    at_risk = set(reads.stations_at_risk(plan.id, plan.summary))
    told |= {
        "plan": plan,
        "older_table": reads.follows_older_table(plan.id, area.code),
        "delivery": delivery,
        "from_before": at_risk_words.from_before(plan),
        "parcels_url": f"?{query(Wanted(leg=delivery.goal))}#trips",
        "spare": _spare(plan, delivery),
        "trips_count": len(runs),
        "form": form,
        "asked": asked,
        "map_url": f"{reverse('plan:map', args=[code])}?{asked}",
        "picture": picture(plan, area.code, found, wanted, below, now=clock.now()),
        "trips": [trip_row(trip, names, area=area.code, officer=officer, at_risk=at_risk) for trip in trips],
        "shown": shown,
        "take_forms": exporting.FORMS,
        "sure": _sure(plan, area, runs),
        "regency_code": plan.area,
        "unseen_count": notices.unseen_count(officer.post),
        **overview.told(plan, area.code, delivery.at_risk),
    }
    return render(request, "plan/page.html", told)


@require_safe
def page_map(request: HttpRequest, code: str) -> JsonResponse:
    officer, area = reader(request, code)
    if level_of(area.code) in ("nation", "province"):
        return JsonResponse(maps.regencies_map(area, overview.children(area)))
    plan = plan_of(area)
    runs = timetable.runs(plan.id, area.code)
    _, wanted = _filter(request, officer, area, runs)
    found = timetable.picked(runs, wanted, zone_of(area.code))
    return JsonResponse(_map(area, plan, found, asked=query(wanted)))


@require_safe
def trip(request: HttpRequest, code: str, trip: str) -> HttpResponse:
    officer, area = reader(request, code)
    plan = plan_of(area)
    found, run = _trip(plan, area, trip)
    names = names_of([found])
    at_risk = set(reads.stations_at_risk(plan.id, plan.summary))
    told = place(officer, area) | {
        "plan": plan,
        "trip": found,
        "row": trip_row(found, names, area=area.code, officer=officer, at_risk=at_risk),
        "too_late": at_risk_words.too_late(found, at_risk, names, officer),
        "stops": stop_rows(found, names, officer=officer),
        "distance_km": found.distance_m / 1000,
        "why": overview.why_so_late(plan, found, names),
        "why_route": why_words.route(plan, found, sees_risk=access.can_do(officer, access.Deed.SEE_RISK)),
        "why_hour": why_words.hour(plan, found, names),
        "guards": rostering_words.guards(plan, found.code, officer),
        "map_url": reverse("plan:trip_map", args=[code, run.code]),
    }
    return render(request, "plan/trip.html", told)


@require_safe
def trip_map(request: HttpRequest, code: str, trip: str) -> JsonResponse:
    _, area = reader(request, code)
    plan = plan_of(area)
    _, run = _trip(plan, area, trip)
    return JsonResponse(_map(area, plan, [run], near=True))


def _regencies(request: HttpRequest, officer: access.Officer, area: Area) -> HttpResponse:
    told = place(officer, area) | many.told(area, request.GET.get("sort", ""))
    told |= {
        "shown": Paginator(told["rows"], REGENCIES_PER_PAGE).get_page(request.GET.get("page")),
        "map_url": reverse("plan:map", args=[area.code or "id"]),
        "sees_escorts": access.can_do(officer, access.Deed.SEE_RISK),
    }
    return render(request, "plan/regencies.html", told)


def _map(
    area: Area, plan: PlanFacts, runs: list[Run], *, asked: str = "", near: bool = False
) -> dict[str, Any]:
    delivery = timetable.delivery(plan.id, area.code)
    return maps.plan_map(area, plan, runs, delivery, names_under(area.code), asked=asked, near=near)


def _sure(plan: PlanFacts, area: Area, runs: list[Run]) -> dict[str, Any] | None:
    """How sure the plan is, where it was lived through."""
    found = living.last(plan)
    if found is None:
        return None
    return living_words.shown(found, area.code, names_under(area.code), runs)


def _spare(plan: PlanFacts, delivery: timetable.Delivery) -> str:
    """Time between the last receipt and the deadline, in words; empty where nothing is brought."""
    last = delivery.last_received_at
    return words.span(int((plan.deadline_at - last).total_seconds())) if last else ""


def reader(request: HttpRequest, code: str) -> tuple[access.Officer, Area]:
    """Who asks, and for which area; the nation stands as `id` in an address."""
    officer = access.officer_of(request)
    code = "" if code == "id" else code
    access.check_see(officer, code)
    return officer, places.area(code)


def place(officer: access.Officer, area: Area) -> dict[str, Any]:
    above = [one for one in reversed(lineage(area.code)) if access.can_see(officer, one)]
    return {
        "area": area,
        "live_area": area.code,
        "above": [places.area(one) for one in above],
        "sees_risk": access.can_do(officer, access.Deed.SEE_RISK),
    }


def plan_of(area: Area) -> PlanFacts:
    """Refuses `no_plan`."""
    plan = reads.plan_of_record(area.code)
    if plan is None:
        raise Refused("no_plan", area=area.name)
    return plan


def _trip(plan: PlanFacts, area: Area, code: str) -> tuple[Trip, Run]:
    """A trip that carries something of this area. Refuses `unknown_trip`."""
    run = next((run for run in timetable.runs(plan.id, area.code) if run.code == code), None)
    if run is None:
        raise Refused("unknown_trip", trip=code)
    return reads.trip(plan.id, code), run


def _filter(
    request: HttpRequest, officer: access.Officer, area: Area, runs: list[Run]
) -> tuple[TripFilter, Wanted]:
    days = days_of(runs, zone_of(area.code))
    sees_risk = access.can_do(officer, access.Deed.SEE_RISK)
    form = TripFilter(request.GET, days=days, sees_risk=sees_risk)
    return form, form.wanted()
