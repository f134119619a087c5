"""The devices of a post: who has one, how long it is good for, and what is done when one is lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kawal.desk.clock import reads as clock
from kawal.desk.custody import chains
from kawal.desk.devices import rows, showing
from kawal.desk.devices.forms import AddForm, RenewForm, RevokeForm
from kawal.desk.ledger import reads as log
from kawal.desk.people import access
from kawal.desk.people import reads as people
from kawal.desk.people.actions import DEVICE_ROLES
from kawal.desk.trust import actions, codes
from kawal.desk.trust import reads as trust
from kawal.desk.trust.codes import Wanted
from kawal.rules.refusals import Refused
from kawal.rules.trust.statements import Reason

POSTS_PER_PAGE = 100


@login_not_required
@require_safe
def scanned(request: HttpRequest) -> HttpResponse:
    """Where the QR code leads when a camera opens it instead of the phone's Kawal: it says what to do."""
    return render(request, "devices/scanned.html")


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    return redirect("devices:post", *access.officer_of(request).post.split("/"))


@require_safe
def post(request: HttpRequest, agency: str, place: str) -> HttpResponse:
    officer, code = access.officer_of(request), f"{agency}/{place}"
    access.check_see_devices(officer, code)
    shown = rows.of_post(code, now=clock.now())
    page = {**_post(code, officer), **showing.counts(shown), "rows": showing.listed(shown)}
    below = Paginator(showing.below(officer, code), POSTS_PER_PAGE)
    page["below"] = below.get_page(request.GET.get("page"))
    return render(request, "devices/post.html", page)


@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, agency: str, place: str) -> HttpResponse:
    """The code is told on the answer to the POST alone: it is kept nowhere."""
    officer, code = access.officer_of(request), f"{agency}/{place}"
    access.check_manage(officer, code)
    gone = [one.device for one in rows.of_post(code, now=clock.now())]
    form = AddForm(
        request.POST or None,
        roles=sorted(DEVICE_ROLES[agency]),
        devices=[(one.kid, one.label or one.kid) for one in gone],
    )
    page = _post(code, officer)
    if not form.is_valid():
        return render(request, "devices/add.html", page | {"form": form})
    told = form.cleaned_data
    succeeds = bytes.fromhex(told["succeeds"]) if told["succeeds"] else None
    wanted = Wanted(post=code, role=told["role"], label=told["label"], succeeds=succeeds)
    return _code(request, wanted, officer, page)


@require_safe
def device(request: HttpRequest, kid: str) -> HttpResponse:
    officer, shown = _device(request, kid)
    return render(request, "devices/device.html", _page(officer, shown))


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, kid: str) -> HttpResponse:
    officer, shown = _device(request, kid)
    access.check_manage(officer, shown.device.post)
    form = RevokeForm(request.POST or None)
    if form.is_valid():
        last = bytes.fromhex(form.cleaned_data["last"]) if form.cleaned_data["last"] else None
        if last and not chains.told_by(kid, last):
            form.add_error("last", _("The device has not told this event."))
        else:
            reason = Reason(form.cleaned_data["reason"])
            actions.revoke(bytes.fromhex(kid), reason=reason, last=last, now=clock.now())
            if _wants_json(request):
                return JsonResponse({"revoked": kid})
            messages.success(request, _("The device is revoked. What it signs from now on moves nothing."))
            return redirect("devices:device", kid)
    return render(request, "devices/revoke.html", _page(officer, shown) | {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def renew(request: HttpRequest, kid: str) -> HttpResponse:
    """A phone whose certificate holds renews by itself; this is for one that was offline for too long."""
    officer, shown = _device(request, kid)
    access.check_manage(officer, shown.device.post)
    if shown.device.revoked_at is not None:
        raise Refused("revoked_device", kid=kid)
    form = RenewForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return render(request, "devices/renew.html", _page(officer, shown) | {"form": form})
    vouched = form.cleaned_data["vouch"] and shown.newest
    wanted = Wanted(
        post=shown.device.post, role=shown.device.role, renews=bytes.fromhex(kid),
        head=shown.newest.event_id if vouched and shown.newest else None,
    )  # fmt: skip
    return _code(request, wanted, officer, _page(officer, shown))


@require_safe
def proof(request: HttpRequest, kid: str) -> HttpResponse:
    officer, shown = _device(request, kid)
    page = _page(officer, shown) | {"proofs": showing.proofs(kid, shown.device.post)}
    return render(request, "devices/proof.html", page)


@require_safe
def statement(request: HttpRequest, index: int) -> HttpResponse:
    """Where an entry of the log is what an issuer said: the page of the device that it is about."""
    access.officer_of(request)
    kid = trust.subject_of(index)
    if kid is None:
        raise Refused("no_such_entry", index=index, size=log.size())
    return redirect("devices:device", kid)


def _code(
    request: HttpRequest, wanted: Wanted, officer: access.Officer, page: dict[str, Any]
) -> HttpResponse:
    code = codes.make(wanted, by=officer.username, real_now=clock.real_now())
    hub = request.build_absolute_uri("/").rstrip("/")
    return render(request, "devices/code.html", page | showing.code(code, hub) | {"wanted": wanted})


def _device(request: HttpRequest, kid: str) -> tuple[access.Officer, rows.Shown]:
    officer = access.officer_of(request)
    if len(kid) != 16 or not set(kid) <= set("0123456789abcdef"):
        raise Http404
    shown = rows.one(kid, now=clock.now())
    access.check_see_devices(officer, shown.device.post)
    return officer, shown


def _page(officer: access.Officer, shown: rows.Shown) -> dict[str, Any]:
    return {**_post(shown.device.post, officer), "shown": shown, **showing.about(shown)}


def _post(code: str, officer: access.Officer) -> dict[str, Any]:
    names = people.post_names([code])
    if code not in names:
        raise Refused("unknown_post", post=code)
    agency, _, place = code.partition("/")
    return {
        "post": code,
        "post_name": names[code],
        "agency": agency,
        "place": place,
        "area_code": showing.area_of(place),
        "may_manage": access.can_manage(officer, code),
    }


def _wants_json(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")
