"""Addresses of the plan: of an area, its map, and one trip."""

from __future__ import annotations

from django.urls import path

from kawal.desk.plan import views
from kawal.desk.plan.anew import version_views
from kawal.desk.plan.escorts import rostering_views
from kawal.desk.plan.taken import paper_views

app_name = "plan"
urlpatterns = [
    path("plan/notices", version_views.told, name="notices"),
    path("plan/notices/<int:notice_id>/seen", version_views.seen, name="notice_seen"),
    path("plan/<str:code>/compare/<int:before>/<int:after>", version_views.compare, name="compare"),
    path(
        "plan/<str:code>/compare/<int:before>/<int:after>/map.json",
        version_views.compare_map,
        name="compare_map",
    ),
    path("plan/<str:code>", views.page, name="page"),
    path("plan/<str:code>/map.json", views.page_map, name="map"),
    path("plan/<str:code>/trips.<str:form>", paper_views.trips, name="export"),
    path("plan/<str:code>/route-map.pdf", paper_views.paper, name="paper"),
    path("plan/<str:code>/escorts", rostering_views.page, name="escorts"),
    path("plan/<str:code>/escorts/<path:post>.csv", rostering_views.duty_list, name="duty_list"),
    path("plan/<str:code>/trip/<str:trip>", views.trip, name="trip"),
    path("plan/<str:code>/trip/<str:trip>/map.json", views.trip_map, name="trip_map"),
    path("plan/<str:code>/trip/<str:trip>/way.gpx", paper_views.trip, name="trip_gpx"),
]
