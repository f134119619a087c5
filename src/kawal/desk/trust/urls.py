"""Addresses that phones ask."""

from __future__ import annotations

from django.urls import path

from kawal.desk.trust import machines

app_name = "trust"
urlpatterns = [
    path("trust/v1/certificates", machines.certificates, name="certificates"),
    path("trust/v1/list", machines.trust_list, name="list"),
]
