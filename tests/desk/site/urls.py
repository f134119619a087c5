"""The desk's addresses with an area page, for tests of what leads there."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import actions as ledger
from kawal.desk.people.models import Post
from kawal.desk.site.urls import handler403, handler404, handler500
from kawal.desk.site.urls import urlpatterns as site
from kawal.rules.refusals import Refused

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]


def _area(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse(code)


def _refuse(request: HttpRequest, code: str) -> HttpResponse:
    raise Refused(code, area="16.71", post="Polres Banyuasin")


LIVE_PAGE = """{% extends "site/base.html" %}{% load site %}
{% block title %}Langsung{% endblock %}{% block place %}Langsung{% endblock %}
{% block body %}
  {% section title="Pos" id="posts" live=True %}
    <p id="told">{{ posts }}</p><input id="note" aria-label="note"><a href="#a">a</a>
  {% endsection %}
  <p id="still">{{ posts }}</p>
{% endblock %}"""


def _live(request: HttpRequest) -> HttpResponse:
    page = RequestContext(request, {"live_area": "16.07", "posts": Post.objects.count()})
    return HttpResponse(Template(LIVE_PAGE).render(page))


@csrf_exempt
@login_not_required
def _tell(request: HttpRequest) -> HttpResponse:
    """Something changes, and the log grows by what told of it."""
    count = Post.objects.count()
    Post.objects.create(code=f"kpu/{count}", agency="kpu", area_code="16.07", name="Pos")
    with transaction.atomic():
        ledger.append([(count.to_bytes(32, "big"), b"signed")], received_at=clock.real_now())
    return HttpResponse(status=204)


def _break(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    path("", include(([path("area/<str:code>", _area, name="area")], "report"))),
    path("refuse/<str:code>", _refuse),
    path("break", _break),
    path("live-page", _live),
    path("tell", _tell),
    *site,
]
