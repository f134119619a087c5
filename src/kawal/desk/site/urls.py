"""Every address of the desk, in the order of the work."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from kawal.desk.site import design, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("find", views.find, name="find"),
    path("theme", views.theme, name="theme"),
    path("language", login_not_required(set_language), name="set_language"),
    path("design", design.page, name="design"),
    path("design/map.json", design.map_data, name="design_map"),
    path("", include("kawal.desk.people.urls")),
    path("", include("kawal.desk.ledger.urls")),
    path("", include("kawal.desk.trust.urls")),
    path("", include("kawal.desk.risk.urls")),
    path("", include("kawal.desk.plan.urls")),
    path("", include("kawal.desk.watch.urls")),
    path("", include("kawal.desk.devices.urls")),
    path("", include("kawal.desk.supply.urls")),
    path("", include("kawal.desk.report.urls")),
]

handler403 = views.forbidden
handler404 = views.missing
handler500 = views.broken
