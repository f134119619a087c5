"""Addresses of the pages that read all steps: an area, its stations and findings, a station, an entry."""

from __future__ import annotations

from django.urls import path

from kawal.desk.report import views

app_name = "report"
urlpatterns = [
    path("area/<str:code>", views.area, name="area"),
    path("area/<str:code>/map.json", views.area_map, name="area_map"),
    path("area/<str:code>/stations", views.station_list, name="stations"),
    path("station/<str:code>", views.station, name="station"),
    path("findings/<str:code>", views.findings, name="findings"),
    path("entry/<int:index>", views.entry, name="entry"),
    path("entry/<int:index>/slip", views.slip, name="slip"),
    path("verify", views.verify, name="verify"),
]
