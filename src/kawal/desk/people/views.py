"""Signing in and out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kawal.desk.clock.reads import real_now
from kawal.desk.people import access, actions, links, words
from kawal.desk.people.forms import SignInForm
from kawal.rules.refusals import Refused

_BACKEND = "django.contrib.auth.backends.ModelBackend"


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else settings.LOGIN_REDIRECT_URL


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            _enter(request, form.cleaned_data["username"], form.cleaned_data["password"])
            return HttpResponseRedirect(_next(request))
        except Refused as refused:
            form.add_error(None, words.refusal(refused))
            status = 429 if refused.code == "too_many_tries" else 403
    page = {"form": form, "next": _next(request)}
    return render(request, "people/sign_in.html", page, status=status)


def _enter(request: HttpRequest, username: str, password: str) -> None:
    now, address = real_now(), request.META.get("REMOTE_ADDR", "")
    actions.check_tries(username, address, now=now)
    user = authenticate(request, username=username, password=password)
    if user is None:
        actions.note_failure(username, address, now=now)
        raise Refused("wrong_password")
    actions.forget_failures(username, address)
    login(request, user, backend=_BACKEND)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link shows whom it signs in, pressing the button does: a preview signs nobody in."""
    try:
        user = links.read(token, now=real_now())
    except Refused as refused:
        page = {"form": SignInForm(), "refusal": words.refusal(refused), "next": settings.LOGIN_REDIRECT_URL}
        return render(request, "people/sign_in.html", page, status=403)
    if request.method == "POST":
        login(request, user, backend=_BACKEND)
        return redirect(settings.LOGIN_REDIRECT_URL)
    page = {"somebody": access.officer_of_user(user.pk)}
    return render(request, "people/sign_in_link.html", page)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("people:sign_in")
