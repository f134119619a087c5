"""The desk's addresses with an area page, for tests of what leads there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from kawal.desk.site.urls import handler403, handler404, handler500
from kawal.desk.site.urls import urlpatterns as site
from kawal.rules.refusals import Refused

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]


def _area(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(code)


def _refuse(request: HttpRequest, code: str) -> HttpResponse:
    raise Refused(code, area="16.71", post="Polres Banyuasin")


def _break(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    path("", include(([path("area/<str:code>", _area, name="area")], "report"))),
    path("refuse/<str:code>", _refuse),
    path("break", _break),
    *site,
]
