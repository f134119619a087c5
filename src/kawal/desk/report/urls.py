"""Addresses of the pages that read all steps: an area, a station."""

from __future__ import annotations

from django.urls import path

from kawal.desk.report import views

app_name = "report"
urlpatterns = [
    path("area/<str:code>", views.area, name="area"),
    path("area/<str:code>/map.json", views.area_map, name="area_map"),
    path("station/<str:code>", views.station, name="station"),
]
