"""The versions of a plan: what each was made from, and the forms that make another, adopt or drop one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kawal.desk.clock import reads as clock
from kawal.desk.people import access
from kawal.desk.places import reads as places
from kawal.desk.plan import reads, words
from kawal.desk.plan.anew import comparing, notices
from kawal.desk.plan.anew import replanning as plans
from kawal.desk.plan.sure import repairing_words
from kawal.desk.watch import repair_words, repairs, replanning
from kawal.desk.watch.replan_forms import ReplanForm
from kawal.rules.places.codes import level_of, lineage
from kawal.rules.places.facts import Area
from kawal.rules.plan.facts import PlanFacts
from kawal.rules.refusals import Refused


@require_http_methods(["GET", "POST"])
def versions(request: HttpRequest, code: str) -> HttpResponse:
    officer = access.officer_of(request)
    access.check_see(officer, code)
    area = places.area(code)
    if level_of(area.code) != "regency":
        raise Refused("plan_needs_regency", area=area.name)
    form = ReplanForm(request.POST if request.method == "POST" and "kind" in request.POST else None)
    refused = ""
    if request.method == "POST":
        access.check_do(officer, access.Deed.MAKE_PLAN)
        try:
            done = _done(request, officer, area, form)
        except Refused as one:
            refused = words.refusal(one)
        else:
            if done is not None:
                return done
    wrong = bool(refused) or (form.is_bound and not form.is_valid())
    return render(
        request, "watch/versions.html", _told(officer, area, form, refused), status=400 if wrong else 200
    )


def _done(request: HttpRequest, officer: access.Officer, area: Area, form: ReplanForm) -> HttpResponse | None:
    """Does what was asked; None where the form must be mended."""
    now = clock.now()
    asked = request.POST.get("do", "")
    if asked in ("adopt", "drop"):
        plan = reads.plan_by_version(area.code, _number(request.POST.get("version", "")))
        if asked == "adopt":
            replanning.adopt(plan.id, by=officer.name, now=now)
            messages.success(request, gettext("Adopted. Every post concerned is told."))
        else:
            plans.drop(plan.id, by=officer.name, now=now)
            messages.success(request, gettext("Dropped."))
        return HttpResponseRedirect(reverse("watch:versions", args=[area.code]))
    if asked in ("repair", "try_repair"):
        repairs.ask(
            area.code,
            what_if=asked == "try_repair",
            reason=request.POST.get("reason", "").strip(),
            by=officer.name,
            now=now,
        )
        return HttpResponseRedirect(reverse("watch:versions", args=[area.code]) + "#surer")
    if not form.is_valid():
        return None
    what_if = asked != "replan"
    made = replanning.make_again(
        area.code,
        disruptions=form.text(),
        reason=form.cleaned_data["reason"],
        by=officer.name,
        now=now,
        what_if=what_if,
    )
    change = comparing.changes(area.code)[made]
    if what_if:
        messages.success(request, gettext("A what-if stands beside the plan of record."))
    else:
        messages.success(request, gettext("The new version is of record. Every post concerned is told."))
    after = reads.plan_by_id(made).version
    return HttpResponseRedirect(reverse("plan:compare", args=[area.code, change.base_version, after]))


def _repair(area: Area, newest: PlanFacts | None) -> dict[str, Any] | None:
    """What became of the repair that was asked for last, until a newer version than its own is there."""
    told = repairs.latest(area.code)
    if told is None or newest is None:
        return None
    if told.outcome and newest.version > (told.version or told.newest_version):
        return None
    found: dict[str, Any] = {"told": told, "stage": repair_words.stage(told)}
    if told.outcome == repairs.Outcome.UNCHANGED:
        found["unchanged"] = repairing_words.unchanged()
    if told.version:
        found["href"] = reverse("plan:compare", args=[area.code, told.base_version, told.version])
    if told.code:
        found["refused"] = words.refusal(Refused(told.code, **told.facts))
    return found


def _told(officer: access.Officer, area: Area, form: ReplanForm, refused: str) -> dict[str, Any]:
    found = reads.versions(area.code)
    changes = comparing.changes(area.code)
    above = [one for one in reversed(lineage(area.code)) if access.can_see(officer, one)]
    record = next((plan for plan in found if plan.of_record), None)
    seen = notices.counts([plan.id for plan in found])
    open_ = [
        plan
        for plan in found
        if (change := changes.get(plan.id)) and change.what_if and change.adopted is None
    ]
    return {
        "area": area,
        "live_area": area.code,
        "above": [places.area(one) for one in above],
        "record": record,
        "open_count": len(open_),
        "versions": [_row(plan, changes.get(plan.id), record, seen.get(plan.id)) for plan in found],
        "told": [one for one in notices.of_plan(record.id) if one.seen_at is None] if record else [],
        "change": changes.get(record.id) if record else None,
        "may": access.can_do(officer, access.Deed.MAKE_PLAN) and record is not None,
        "repair": _repair(area, found[0] if found else None),
        "form": form,
        "refused": refused,
    }


def _row(
    plan: PlanFacts,
    change: comparing.ChangeFacts | None,
    record: PlanFacts | None,
    seen: tuple[int, int] | None,
) -> dict[str, Any]:
    against = None
    if change is not None:
        against = change.base_version
    elif record is not None and record.version != plan.version:
        against = record.version
    elif plan.version > 1:
        against = plan.version - 1
    is_open = change is not None and change.what_if and change.adopted is None
    return {
        "plan": plan,
        "change": change,
        "open": is_open,
        "adoptable": is_open and change is not None and record is not None and change.base_id == record.id,
        "compare_href": reverse("plan:compare", args=[plan.area, against, plan.version]) if against else "",
        "against": against,
        "told_count": seen[0] if seen else 0,
        "seen_count": seen[1] if seen else 0,
    }


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Refused("unknown_version", version=text)
    return int(text)
