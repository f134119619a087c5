"""The log as anybody may read it: static resources of C2SP tlog-tiles, without sign-in."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import former, openness, policies, publishing, reads, receipts
from kawal.rules.ledger import tiles
from kawal.rules.refusals import Refused
from kawal.rules.signing.note import NOTE_BYTES_MAX

_FOR_EVER = "public, max-age=31536000, immutable"  # the log only grows: a tile of a width never changes
_PRIVATE_FOR_EVER = "private, max-age=31536000, immutable"
_FOR_SECONDS = "public, max-age=2"
_RETRY_S = "5"  # a checkpoint follows within seconds
_TEXT = "text/plain; charset=utf-8"
_BYTES = "application/octet-stream"


@login_not_required
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest published head, with the cosignatures there are by now."""
    published = publishing.newest(published=True)
    return _nothing_there() if published is None else _answer(published.note.encode(), _TEXT, _FOR_SECONDS)


@login_not_required
@require_safe
def signed_checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed head, which may still wait for its witnesses: for those that come by themselves."""
    signed = publishing.newest(published=False)
    return _nothing_there() if signed is None else _answer(signed.note.encode(), _TEXT, "no-store")


@login_not_required
@csrf_exempt  # nobody is signed in: what counts is the witness's signature
@require_POST
def add_cosignature(request: HttpRequest) -> HttpResponse:
    """A witness without an address of its own brings its cosignature, under the checkpoint it is for."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > NOTE_BYTES_MAX:
        return _told(413, "body_too_large")
    try:
        told = request.read(NOTE_BYTES_MAX + 1).decode()
        publishing.add_note(told, policies.installed(), now=clock.real_now())
    except UnicodeDecodeError:
        return _told(400, "bad_note")
    except Refused as refused:
        return _told(_COSIGNATURE_STATUSES.get(refused.code, 400), str(refused))
    return _told(200, "kept")


_COSIGNATURE_STATUSES = {
    "no_such_checkpoint": 404, "checkpoint_differs": 409, "unsigned": 403, "bad_signature": 403,
    "cosigned_in_future": 403, "bad_policy": 503, "policy_unreadable": 503,
}  # fmt: skip


@login_not_required
@require_safe
def tile(request: HttpRequest, level: str, number: str, width: str | None = None) -> HttpResponse:
    try:
        data = reads.tile_served(int(level), tiles.number_of(number), int(width or tiles.WIDTH))
    except Refused:
        return _nothing_there()
    return _answer(data, _BYTES, _FOR_EVER)


@login_not_required
@require_safe
def bundle(request: HttpRequest, number: str, width: str | None = None) -> HttpResponse:
    return _entries(request, lambda: reads.bundle_served(tiles.number_of(number), int(width or tiles.WIDTH)))


def _entries(request: HttpRequest, read: Callable[[], bytes]) -> HttpResponse:
    """Entries; where they are not for everybody (docs/decisions/0006), for those who show the token."""
    if not openness.may_read(request.headers.get("Authorization", "")):
        refused = _told(401, "entries_not_public")
        refused["WWW-Authenticate"] = 'Bearer realm="entries"'
        return refused
    try:
        data = read()
    except Refused:
        return _nothing_there()
    answer = _answer(data, _BYTES, _FOR_EVER if openness.open_to_all() else _PRIVATE_FOR_EVER)
    patch_vary_headers(answer, ["Accept-Encoding"])
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        answer.content = gzip.compress(data, compresslevel=6, mtime=0)
        answer["Content-Encoding"] = "gzip"
    return answer


@login_not_required
@require_safe
def former_checkpoint(request: HttpRequest, digest: str) -> HttpResponse:
    try:
        told = former.checkpoint(former.origin_of(digest))
    except Refused:
        return _nothing_there()
    return _answer(told.encode(), _TEXT, _FOR_SECONDS)


@login_not_required
@require_safe
def former_tile(
    request: HttpRequest, digest: str, level: str, number: str, width: str | None = None
) -> HttpResponse:
    try:
        origin = former.origin_of(digest)
        data = former.tile_served(origin, int(level), tiles.number_of(number), int(width or tiles.WIDTH))
    except Refused:
        return _nothing_there()
    return _answer(data, _BYTES, _FOR_EVER)


@login_not_required
@require_safe
def former_bundle(request: HttpRequest, digest: str, number: str, width: str | None = None) -> HttpResponse:
    return _entries(
        request,
        lambda: former.bundle_served(
            former.origin_of(digest), tiles.number_of(number), int(width or tiles.WIDTH)
        ),
    )


@login_not_required
@require_safe
def receipt(request: HttpRequest, id: str) -> HttpResponse:
    """A C2SP tlog-proof of one entry; with the entry itself where the reader may have it."""
    may_read = openness.may_read(request.headers.get("Authorization", ""))
    try:
        told = receipts.receipt(bytes.fromhex(id), with_entry=may_read)
    except Refused as refused:
        if refused.code == "no_such_entry":
            return _nothing_there()
        waiting = _told(503, refused.code)
        waiting["Retry-After"] = _RETRY_S
        return waiting
    answer = _answer(told.encode(), _TEXT, _FOR_SECONDS if openness.open_to_all() else "no-store")
    patch_vary_headers(answer, ["Authorization"])
    return answer


def _answer(data: bytes, content_type: str, cache: str) -> HttpResponse:
    """Pages of others may read it too: another agency checks this log in its own browser."""
    headers = {"Cache-Control": cache, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(data, content_type=content_type, headers=headers)


def _told(status: int, words: str) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(f"{words}\n".encode(), status=status, content_type=_TEXT, headers=headers)


def _nothing_there() -> HttpResponse:
    return _told(404, "not found")
