"""Addresses of devices: those of a post, and one."""

from __future__ import annotations

from django.urls import path

from kawal.desk.devices import views

app_name = "devices"
urlpatterns = [
    path("devices", views.own, name="own"),
    path("enrol", views.scanned, name="scanned"),
    path("devices/<str:agency>/<str:place>", views.post, name="post"),
    path("devices/<str:agency>/<str:place>/add", views.add, name="add"),
    path("device/<str:kid>", views.device, name="device"),
    path("device/<str:kid>/revoke", views.revoke, name="revoke"),
    path("device/<str:kid>/renew", views.renew, name="renew"),
    path("device/<str:kid>/proof", views.proof, name="proof"),
    path("device/said/<int:index>", views.statement, name="statement"),
]
