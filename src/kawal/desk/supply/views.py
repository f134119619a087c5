"""Announced shipments: what suppliers have sent, and whether it came in."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kawal.desk.people import access
from kawal.desk.supply import shipments, tokens
from kawal.rules.refusals import Refused

ROWS = 50


@require_safe
def announced(request: HttpRequest) -> HttpResponse:
    officer = access.officer_of(request)
    access.check_do(officer, access.Deed.SEE_CONTENTS)
    if officer.station is not None:  # a KPPS waits for its own boxes, not for a printer
        raise Refused("not_your_area", area=officer.station, post=officer.post_name)
    found = shipments.latest()
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    told = {
        **shipments.counts(found),
        "rows": shipments.shown(list(page)),
        "pages": page,
        "suppliers": any(row.revoked_at is None for row in tokens.suppliers()),
    }
    return render(request, "supply/shipments.html", told)
