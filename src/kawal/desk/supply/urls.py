"""Addresses of suppliers' systems. Identifiers are URIs and hold slashes: they come percent-encoded."""

from __future__ import annotations

from django.urls import path

from kawal.desk.supply import machines, views

app_name = "supply"
urlpatterns = [
    path("shipments", views.announced, name="shipments"),
    path("epcis", machines.root, name="root"),
    path("epcis/", machines.root),
    path("epcis/capture", machines.capture, name="capture"),
    path("epcis/capture/<str:code>", machines.job, name="job"),
    path("epcis/events", machines.events, name="events"),
    path("epcis/events/<path:event_id>", machines.event, name="event"),
    path("epcis/epcs/<path:epc>/events", machines.events_of_epc, name="events_of_epc"),
    path("epcis/eventTypes/<path:kind>/events", machines.events_of_type, name="events_of_type"),
    path("epcis/<path:rest>", machines.nothing),
]
