"""The way in, the switches, the search, and the pages that say what went wrong."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kawal.desk.people import access
from kawal.desk.site import reads
from kawal.desk.site.context import THEMES

_YEAR_S = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everybody begins at the own area."""
    officer = access.officer_of(request)
    return redirect("report:area", officer.area or "id")


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    officer = access.officer_of(request)
    text = request.GET.get("q", "").strip()[:80]
    found = reads.find_areas(text, within=officer.area) if text else []
    if len(found) == 1:
        return redirect("report:area", found[0].code)
    page = {"text": text, "found": found, "many": len(found) == reads.FOUND_MAX}
    return render(request, "site/find.html", page)


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Day, night, or as the machine; the choice stays on this machine for a year."""
    chosen, back = request.POST.get("theme", ""), request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=_YEAR_S, httponly=True, samesite="Lax")
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


def _wrong(request: HttpRequest, status: int, reason: str) -> HttpResponse:
    page = {"status": status, "reason": reason, "code": ""}
    return render(request, "site/refused.html", page, status=status)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _wrong(
        request, 403, _("The form was too old, or came from elsewhere. Go back, load it anew, send it.")
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _wrong(request, 403, _("This is not for you to see or do."))


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _wrong(request, 404, _("There is nothing at this address."))


def broken(request: HttpRequest) -> HttpResponse:
    """A bug. The page asks the database nothing, because the database may be what is broken."""
    return HttpResponseServerError(render_to_string("site/broken.html"))
