"""Addresses of the watch."""

from __future__ import annotations

from django.urls import path

from kawal.desk.watch import packing_views, pages, replan_views, views

app_name = "watch"
urlpatterns = [
    path("exercise/clock", views.exercise_clock, name="exercise_clock"),
    path("alerts/mine.json", views.mine, name="mine"),
    path("alerts/<int:alert_id>/acknowledge", views.acknowledge, name="acknowledge"),
    path("alerts/<int:alert_id>/close", views.close, name="close"),
    path("alerts/<str:code>", pages.alerts, name="alerts"),
    # Not alerts/<id>: alerts/16 is the list of a province.
    path("plan/<str:code>/packing", packing_views.waves, name="packing"),
    path("plan/<str:code>/versions", replan_views.versions, name="versions"),
    path("alert/<int:alert_id>", pages.alert, name="alert"),
    path("alert/<int:alert_id>/map.json", pages.alert_map, name="alert_map"),
]
