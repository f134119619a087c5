"""What people do on the risk pages: decide, confirm, decline, give files, change the table of classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from kawal.desk.clock import reads as clock
from kawal.desk.people import access
from kawal.desk.people import words as people_words
from kawal.desk.risk import deciding, importing, pages, reads, tables, uses, weather, words
from kawal.desk.risk.forms import UPLOAD_BYTES_MAX, DecisionForm, GiveForm, TableForm, UseForm, WeatherForm
from kawal.desk.risk.page_words import index_name
from kawal.desk.risk.views import place, reader
from kawal.rules.places.codes import level_of, zone_of
from kawal.rules.places.facts import Area
from kawal.rules.refusals import Refused
from kawal.rules.risk.pattern_text import text_of

_PEOPLES = ("not_your_", "no_post")  # refusals that stay what they are: the page says 403


@require_POST
def decide(request: HttpRequest, code: str) -> HttpResponse:
    officer, area = _may(request, code, access.Deed.PROPOSE_RISK)
    form = DecisionForm(request.POST)

    def deed() -> str:
        made = deciding.decide(
            area.code,
            form.cleaned_data["klass"],
            form.cleaned_data["reason"],
            form.ends_at(area.code),
            officer.username,
            now=clock.now(),
            post=officer.post,
        )
        if made.waits:
            return gettext("Proposed. It lowers a class, and counts once a second person confirms it.")
        return gettext("Decided. The class counts at once.")

    return _done(request, area, deed, form)


@require_POST
def confirm(request: HttpRequest, code: str, number: int) -> HttpResponse:
    officer, area = _may(request, code, access.Deed.OVERRIDE_RISK)

    def deed() -> str:
        deciding.confirm(number, by=officer.username, post=officer.post, now=clock.now())
        return gettext("Confirmed. The class counts now.")

    return _done(request, area, deed)


@require_POST
def decline(request: HttpRequest, code: str, number: int) -> HttpResponse:
    officer, area = _may(request, code, access.Deed.PROPOSE_RISK)

    def deed() -> str:
        reason = request.POST.get("reason", "")
        deciding.decline(number, by=officer.username, post=officer.post, reason=reason, now=clock.now())
        return gettext("Declined. It holds no longer, and is kept.")

    return _done(request, area, deed)


@require_POST
def use(request: HttpRequest, code: str) -> HttpResponse:
    officer, area = _may(request, code, access.Deed.OVERRIDE_RISK)
    now = clock.now()
    form = UseForm(request.POST, **uses.usable(pages.told(area.code, now=now)))

    def deed() -> str:
        told = form.cleaned_data
        index, measure = told["measure"].split("/", 1)
        until = told["use_until"].replace(tzinfo=zone_of(area.code))
        uses.decide(
            area.code, index, measure, told["indicator"], told["use_reason"], until,
            by=officer.username, now=now, post=officer.post,
        )  # fmt: skip
        return gettext("Decided, and said on the page. It counts from the next computation on.")

    return _done(request, area, deed, form)


@require_POST
def end_use(request: HttpRequest, code: str, number: int) -> HttpResponse:
    officer, area = _may(request, code, access.Deed.OVERRIDE_RISK)

    def deed() -> str:
        uses.end(number, area=area.code, by=officer.username, now=clock.now())
        return gettext("Ended. It counts no longer from the next computation on.")

    return _done(request, area, deed)


@require_http_methods(["GET", "POST"])
def table(request: HttpRequest, code: str) -> HttpResponse:
    """What each class means here: read by whoever sees risk, changed by a chief of a regency or higher."""
    officer, area = reader(request, code)
    access.check_do(officer, access.Deed.SEE_RISK)
    may = access.can_do(officer, access.Deed.OVERRIDE_RISK) and level_of(area.code) in (
        "nation", "province", "regency",
    )  # fmt: skip
    stands = reads.table(area.code)
    regency = area.code if level_of(area.code) == "regency" else ""
    form = TableForm(
        request.POST if request.method == "POST" else None, patterns=stands.patterns, regency=regency
    )
    if request.method == "POST":
        access.check_do(officer, access.Deed.OVERRIDE_RISK)
        if form.is_valid():
            try:
                says = gettext("decided by %(by)s") % {"by": officer.name}
                text = text_of(form.table(says), says=form.cleaned_data["reason"])
                deciding.change_patterns(
                    area.code, text, form.cleaned_data["reason"], officer.username,
                    now=clock.now(), post=officer.post,
                )  # fmt: skip
            except Refused as refused:
                form.add_error(None, words.refusal(refused))
            else:
                messages.success(
                    request, gettext("The table is in force. The next plan and the watch follow it.")
                )
                return HttpResponseRedirect(reverse("risk:table", args=[code]))
    told = place(officer, area) | {
        "form": form,
        "rows": form.rows(),
        "may": may,
        "stands": stands,
        "versions": tables.versions(area.code),
        "classes": list(words.CLASSES.values()),
    }
    return render(request, "risk/table.html", told, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, code: str) -> HttpResponse:
    """A file with its mapping: proposed, looked at, then taken in. Only of the officer's own area."""
    officer, area = _may(request, code, access.Deed.GIVE_RISK)
    seen: importing.Taken | None = None
    if request.method == "POST":
        form = GiveForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                seen, form = _given(request, officer, area, form)
            except Refused as refused:
                form.add_error(None, words.refusal(refused))
            if seen is not None and seen.saved:
                facts = {"count": seen.values_count, "changed": seen.changed_count}
                messages.success(
                    request, gettext("%(count)s values taken in, %(changed)s of them new.") % facts
                )
                return HttpResponseRedirect(reverse("risk:page", args=[code]))
    else:
        form = GiveForm()
    told = place(officer, area) | {
        "form": form,
        "weather_form": WeatherForm(),
        "seen": seen,
        "notices": [{**row, "words": words.notice(row)} for row in seen.notices] if seen else [],
        "indices": [index_name(one) for one in importing.catalogue()],
        "imports": importing.newest(area.code),
    }
    return render(request, "risk/give.html", told, status=400 if form.errors else 200)


@require_POST
def weather_file(request: HttpRequest, code: str) -> HttpResponse:
    officer, area = _may(request, code, access.Deed.GIVE_RISK)
    form = WeatherForm(request.POST, request.FILES)

    def deed() -> str:
        data = _bytes(form.cleaned_data["weather"])
        told = weather.take_in(data, now=clock.now(), inside=officer.area)
        facts = {"count": told.happenings, "new": told.new, "outside": told.outside}
        return gettext("%(count)s things told, %(new)s of them new; %(outside)s lie elsewhere.") % facts

    return _done(request, area, deed, form)


def _given(
    request: HttpRequest, officer: access.Officer, area: Area, form: GiveForm
) -> tuple[importing.Taken | None, GiveForm]:
    """What is to be said about the file; without a mapping, a form with a proposed one."""
    file = form.cleaned_data["file"]
    data = _bytes(file)
    mapping = form.cleaned_data["mapping"].replace("\r\n", "\n")
    if not mapping.strip():
        proposed = importing.proposal(data, now=clock.now(), within=area.code)
        return None, GiveForm(initial={"mapping": proposed})
    if "save" in request.POST:
        taken = importing.take_in(
            data, file.name, mapping, by=officer.username, now=clock.now(), inside=officer.area
        )
        return taken, form
    return importing.look_at(data, file.name, mapping, inside=officer.area), form


def _bytes(file: Any) -> bytes:
    if file.size > UPLOAD_BYTES_MAX:
        raise Refused("file_too_large", file=file.name, bytes=UPLOAD_BYTES_MAX)
    data: bytes = file.read()
    return data


def _may(request: HttpRequest, code: str, deed: access.Deed) -> tuple[access.Officer, Area]:
    officer, area = reader(request, code)
    access.check_do(officer, access.Deed.SEE_RISK)
    access.check_do(officer, deed)
    return officer, area


def _done(
    request: HttpRequest, area: Area, deed: Callable[[], str], form: Any = None
) -> HttpResponseRedirect:
    """Does it and says so on the area's page; what is wrong is said there too, and changes nothing."""
    try:
        if form is not None and not form.is_valid():
            for name, errors in form.errors.items():
                label = form.fields[name].label if name in form.fields else ""
                messages.error(request, f"{label}: {' '.join(errors)}")
        else:
            messages.success(request, deed())
    except Refused as refused:
        if refused.code.startswith(_PEOPLES):
            raise
        told = words.refusal(refused)
        messages.error(request, people_words.refusal(refused) if told == str(refused) else told)
    return HttpResponseRedirect(reverse("risk:page", args=[area.code or "id"]))
