"""The log as anybody may read it: static resources of C2SP tlog-tiles, without sign-in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kawal.desk.ledger import reads
from kawal.rules.ledger import tiles
from kawal.rules.refusals import Refused

_FOR_EVER = "public, max-age=31536000, immutable"  # the log only grows: a tile of a width never changes
_FOR_SECONDS = "public, max-age=2"


@login_not_required
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    latest = reads.latest_checkpoint()
    if latest is None:
        return _nothing_there()
    return _answer(latest.note.encode(), "text/plain; charset=utf-8", _FOR_SECONDS)


@login_not_required
@require_safe
def tile(request: HttpRequest, level: str, number: str, width: str | None = None) -> HttpResponse:
    try:
        data = reads.tile_served(int(level), tiles.number_of(number), int(width or tiles.WIDTH))
    except Refused:
        return _nothing_there()
    return _answer(data, "application/octet-stream", _FOR_EVER)


@login_not_required
@require_safe
def bundle(request: HttpRequest, number: str, width: str | None = None) -> HttpResponse:
    try:
        data = reads.bundle_served(tiles.number_of(number), int(width or tiles.WIDTH))
    except Refused:
        return _nothing_there()
    return _answer(data, "application/octet-stream", _FOR_EVER)


def _answer(data: bytes, content_type: str, cache: str) -> HttpResponse:
    return HttpResponse(data, content_type=content_type, headers={"Cache-Control": cache})


def _nothing_there() -> HttpResponse:
    return HttpResponse(
        b"not found\n", status=404, content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )  # fmt: skip
