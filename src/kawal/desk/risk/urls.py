"""Addresses of risk: an area's page, its map, its exports, and what people decide and give there."""

from __future__ import annotations

from django.urls import path

from kawal.desk.risk import deeds, views

app_name = "risk"
urlpatterns = [
    path("risk/<str:code>", views.page, name="page"),
    path("risk/<str:code>/map.json", views.page_map, name="map"),
    path("risk/<str:code>/villages.<str:form>", views.export, name="export"),
    path("risk/<str:code>/table", deeds.table, name="table"),
    path("risk/<str:code>/give", deeds.give, name="give"),
    path("risk/<str:code>/weather", deeds.weather_file, name="weather"),
    path("risk/<str:code>/decide", deeds.decide, name="decide"),
    path("risk/<str:code>/use", deeds.use, name="use"),
    path("risk/<str:code>/use/<int:number>/end", deeds.end_use, name="end_use"),
    path("risk/<str:code>/decision/<int:number>/confirm", deeds.confirm, name="confirm"),
    path("risk/<str:code>/decision/<int:number>/decline", deeds.decline, name="decline"),
]
