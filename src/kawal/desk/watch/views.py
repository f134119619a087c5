"""Answers to alerts, and the clock of an exercise."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kawal.desk.clock import actions as clock_actions
from kawal.desk.clock import reads as clock
from kawal.desk.custody import actions as custody_actions
from kawal.desk.people import access
from kawal.desk.watch import actions, feeding, reads, words
from kawal.rules.refusals import Refused

PROJECTORS_TURN_S: Final = 2.0  # then the hub folds by itself

# The officer sees these where the form stands, and can mend them there.
_TOLD_ON_THE_PAGE: Final = {"already_closed", "not_your_ladder", "reason_missing", "note_too_long"}


@csrf_exempt  # a program moves the clock: it shows the exercise's token, and has no session to ride on
@login_not_required
@require_http_methods(["GET", "POST"])
def exercise_clock(request: HttpRequest) -> JsonResponse:
    running = clock.exercise()
    if running is None:
        return JsonResponse({"refused": "no_exercise"}, status=404)
    if request.method == "GET":
        return JsonResponse({"name": running.name, "now": clock.now().isoformat(), "speed": running.speed})
    if not constant_time_compare(request.headers.get("X-Kawal-Exercise", ""), running.token):
        return JsonResponse({"refused": "wrong_token"}, status=403)
    try:
        to, speed = _told(request.body)
        # What was told until now is in the picture before the clock moves on: a played exercise is the
        # same however fast the machine is.
        custody_actions.catch_up(patience_s=PROJECTORS_TURN_S)
        clock_actions.move(to, speed)
    except Refused as refused:
        status = 409 if refused.code == "clock_backwards" else 400
        return JsonResponse({"refused": refused.code}, status=status)
    done = actions.sweep(now=to)
    feeding.teach(now=to)
    return JsonResponse(
        {"now": to.isoformat(), "opened": done.opened, "climbed": done.climbed, "closed": done.closed}
    )


@require_safe
def mine(request: HttpRequest) -> JsonResponse:
    """What awaits the officer's own post now, for programs."""
    rows = reads.needs_me(access.officer_of(request).post)
    told = [{"id": row.id, "opened_at": row.opened_at, "step_post": row.post} for row in rows]
    return JsonResponse(told, safe=False)


@require_POST
def acknowledge(request: HttpRequest, alert_id: int) -> HttpResponse:
    def answer(officer: access.Officer) -> dict[str, Any]:
        access.check_do(officer, access.Deed.ANSWER_ALERT)
        answered = actions.acknowledge(
            alert_id,
            officer_post=officer.post,
            by=officer.username,
            now=clock.now(),
            note=request.POST.get("note", "").strip(),
        )
        return {"alert": alert_id, "answered": answered}

    return _done(request, alert_id, answer)


@require_POST
def close(request: HttpRequest, alert_id: int) -> HttpResponse:
    def end(officer: access.Officer) -> dict[str, Any]:
        access.check_do(officer, access.Deed.CLOSE_ALERT)
        actions.close(
            alert_id,
            officer_post=officer.post,
            by=officer.username,
            now=clock.now(),
            reason=request.POST.get("reason", "").strip(),
        )
        return {"alert": alert_id, "closed": True}

    return _done(request, alert_id, end)


def _done(
    request: HttpRequest, alert_id: int, deed: Callable[[access.Officer], dict[str, Any]]
) -> HttpResponse:
    """Does it for whoever signed in and sees the alert; a form goes back, a program gets JSON."""
    wants_json = request.accepts("application/json") and not request.accepts("text/html")
    try:
        officer = access.officer_of(request)
        access.check_see(officer, reads.area_of(alert_id))
        told = deed(officer)
    except Refused as refused:
        if wants_json:
            return JsonResponse({"refused": refused.code}, status=_status(refused))
        if refused.code not in _TOLD_ON_THE_PAGE:
            raise
        messages.error(request, words.refusal(refused))
    else:
        if wants_json:
            return JsonResponse(told)
        messages.success(request, words.done(told))
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if safe else "/")


def _status(refused: Refused) -> int:
    if refused.code.startswith("unknown_"):
        return 404
    return 403 if refused.code.startswith(("not_your_", "no_post")) else 409


def _told(body: bytes) -> tuple[datetime, float]:
    """{"now": ISO 8601 with a zone, "speed": number}. Refuses `bad_clock`."""
    try:
        said = json.loads(body)
        to, speed = datetime.fromisoformat(said["now"]), float(said["speed"])
    except (ValueError, TypeError, KeyError) as error:
        raise Refused("bad_clock") from error
    if to.tzinfo is None:
        raise Refused("bad_clock")
    return to, speed
