"""The door of suppliers, at /epcis/: capture and simple queries of EPCIS 2.0 (REST bindings, section 12).

A supplier shows its token (Bearer) and reads its own announcements; an officer who is signed in reads them
by role, and after them the log of the own area in the same language. Errors are RFC 7807 problems.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from kawal.desk.clock import reads as clock
from kawal.desk.people import access
from kawal.desk.supply import actions, mapped, reads, tokens, words
from kawal.desk.supply.actions import BEHAVIOURS, problem
from kawal.desk.supply.asking import query
from kawal.desk.supply.reads import CaptureFacts, Reader
from kawal.rules.refusals import Refused
from kawal.rules.report.epcis import reading
from kawal.rules.report.epcis.answering import answer
from kawal.rules.report.epcis.checking import shown
from kawal.rules.report.epcis.document import VERSION, instant
from kawal.rules.report.epcis.reading import BYTES_MAX, EVENTS_MAX

_JSON: Final = ("application/json", "application/ld+json")
_PROBLEM: Final = "application/problem+json"
_STATUS: Final = {
    "no_token": (401, "SecurityException"),
    "not_a_supplier": (403, "SecurityException"),
    "no_such_capture": (404, "NoSuchResourceException"),
    "no_such_event": (404, "NoSuchResourceException"),
    "no_such_resource": (404, "NoSuchResourceException"),
    "bad_method": (405, "ImplementationException"),
    "bad_accept": (406, "NotAcceptableException"),
    "bad_version": (406, "NotAcceptableException"),
    "too_large": (413, "CaptureLimitExceededException"),
    "too_many_events": (413, "CaptureLimitExceededException"),
    "bad_type": (415, "UnsupportedMediaTypeException"),
    "bad_parameter": (400, "QueryParameterException"),
}
_ABOUT: Final = {
    "GS1-EPCIS-Version": VERSION + ".0",
    "GS1-CBV-Version": VERSION + ".0",
    "GS1-EPCIS-Min": VERSION + ".0",
    "GS1-EPCIS-Max": VERSION + ".0",
    "GS1-CBV-Min": VERSION + ".0",
    "GS1-CBV-Max": VERSION + ".0",
    "GS1-EPC-Format": "Never_Translates",
}
_CAPTURE: Final = {
    "GS1-Capture-Limit": str(EVENTS_MAX),
    "GS1-Capture-File-Size-Limit": str(BYTES_MAX),
    "GS1-Capture-Error-Behaviour": BEHAVIOURS[0],
}

View = Callable[..., HttpResponseBase]


def _door(**methods: View) -> View:
    """One address: its methods, who may ask, and what every answer carries."""

    @wraps(next(iter(methods.values())))
    def view(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        with translation.override(_language(request)):
            return answered(request, **parts)

    def answered(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        method = "GET" if request.method == "HEAD" else str(request.method)
        try:
            reader = _reader(request)
            _check_asked(request)
            if method == "OPTIONS":
                response: HttpResponseBase = HttpResponse(
                    status=204, headers=_CAPTURE if "POST" in methods else {}
                )
            elif method not in methods:
                raise Refused("bad_method", method=method[:20])
            else:
                response = methods[method](request, reader, **parts)
        except Refused as refused:
            response = _refused(refused)
        response.headers["Allow"] = ", ".join([*methods, "HEAD", "OPTIONS"])
        response.headers["GS1-Extensions"] = f"kawal={mapped.naming().vocabulary}"
        response.headers["Content-Language"] = _language(request)
        response.headers.setdefault("Cache-Control", "no-store")
        for name, value in _ABOUT.items():
            response.headers.setdefault(name, value)
        return response

    return csrf_exempt(login_not_required(view))  # a page of others has no token to send along


def _capture(request: HttpRequest, reader: Reader) -> HttpResponse:
    made = _taken(request, reader, reading.document)
    where = request.build_absolute_uri(reverse("supply:job", kwargs={"code": made.code}))
    headers = {"Location": where, "GS1-Capture-Error-Behaviour": _behaviour(request)}
    if made.invalid and _behaviour(request) == "rollback":
        return _wrong_events(made, headers)
    return HttpResponse(status=202, headers=headers)


def _single(request: HttpRequest, reader: Reader) -> HttpResponse:
    made = _taken(request, reader, reading.single)
    if not made.success:
        return _wrong_events(made, {})
    where = reverse("supply:event", kwargs={"event_id": made.event_ids[0]})
    return HttpResponse(
        content_type=_JSON[1], status=201,
        headers={"Location": request.build_absolute_uri(where)},
    )  # fmt: skip


def _taken(
    request: HttpRequest, reader: Reader, read: Callable[[bytes], reading.ReadDocument]
) -> actions.Captured:
    if reader.supplier is None:
        raise Refused("not_a_supplier")
    if request.content_type not in _JSON:
        raise Refused("bad_type")
    behaviour = _behaviour(request)
    told = read(_body(request))
    return actions.capture(told, reader.supplier, behaviour=behaviour, now=clock.now())


def _body(request: HttpRequest) -> bytes:
    """Django reads what is announced in Content-Length; a body in chunks is read here, up to the limit."""
    if request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        data: bytes = request.META["wsgi.input"].read(BYTES_MAX + 1)
        return data  # one byte too many is refused as any other
    if int(request.META.get("CONTENT_LENGTH") or 0) > BYTES_MAX:
        raise Refused("too_large", bytes_max=BYTES_MAX)
    return request.body


def _behaviour(request: HttpRequest) -> str:
    asked = request.headers.get("GS1-Capture-Error-Behaviour", BEHAVIOURS[0]).strip().lower()
    if asked not in BEHAVIOURS:
        raise Refused("bad_behaviour")
    return asked


def _wrong_events(made: actions.Captured, headers: dict[str, str]) -> HttpResponse:
    refused = Refused("bad_events", count=len(made.errors))
    return _problem(400, "ValidationException", words.refusal(refused), headers, errors=made.errors)


def _jobs(request: HttpRequest, reader: Reader) -> HttpResponse:
    asked = query(
        [(name, str(request.GET[name])) for name in ("perPage", "nextPageToken") if name in request.GET]
    )
    rows = reads.captures(reader, count=asked.per_page + 1, after=asked.token)
    shown = rows[: asked.per_page]
    response = _json([_job_told(row) for row in shown])
    if len(rows) > asked.per_page:
        _link_next(request, response, shown[-1].code)
    return response


def _job(_request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    found = reads.capture(reader, code)
    response = _json(_job_told(found))
    response.headers["GS1-Capture-Error-Behaviour"] = found.behaviour
    return response


def _job_told(row: CaptureFacts) -> dict[str, Any]:
    return {
        "captureID": row.code,
        "createdAt": instant(row.created_at),
        "finishedAt": instant(row.finished_at),
        "running": False,
        "success": row.success,
        "captureErrorBehaviour": row.behaviour,
        "errors": row.errors,
    }


def _events(request: HttpRequest, reader: Reader, **of: str) -> HttpResponseBase:
    """`of`: what the address itself asks for, as a parameter and its value."""
    told = [(name, value) for name in request.GET for value in request.GET.getlist(name)]
    asked = query([*told, *of.items()])
    found = reads.answer(asked, reader)
    response = _document(found.events)
    if found.token:
        _link_next(request, response, found.token)
    return response


def _events_of_epc(request: HttpRequest, reader: Reader, epc: str) -> HttpResponseBase:
    return _events(request, reader, MATCH_anyEPC=epc)


def _events_of_type(request: HttpRequest, reader: Reader, kind: str) -> HttpResponseBase:
    return _events(request, reader, eventType=kind)


def _event(_request: HttpRequest, reader: Reader, event_id: str) -> HttpResponseBase:
    return _document(reads.event(event_id, reader))


def _root(_request: HttpRequest, _reader: Reader) -> HttpResponse:
    return _json(["capture", "events", "epcs", "eventTypes"])


def _nothing(_request: HttpRequest, _reader: Reader, **_parts: str) -> HttpResponse:
    raise Refused("no_such_resource")


def _reader(request: HttpRequest) -> Reader:
    shown = request.headers.get("Authorization", "")
    if shown:
        supplier = tokens.holder(shown)
        if supplier is not None:
            return Reader(supplier=supplier)
        raise Refused("no_token")
    officer = access.officer_or_none(request)
    if officer is None:
        raise Refused("no_token")
    return Reader(officer=officer)


def _language(request: HttpRequest) -> str:
    """A machine has no switch to press: its header decides; Indonesian where it asks for neither."""
    return "en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "id"


def _check_asked(request: HttpRequest) -> None:
    """What the answer may be: JSON, of EPCIS 2."""
    wanted = {
        part.partition(";")[0].strip() for part in request.headers.get("Accept", "*/*").lower().split(",")
    }
    if not wanted & {"*/*", "application/*", *_JSON, _PROBLEM, "text/html"}:
        raise Refused("bad_accept")
    for name in ("GS1-EPCIS-Version", "GS1-CBV-Version"):
        version = request.headers.get(name, VERSION)
        if version.strip().partition(".")[0] != VERSION.partition(".")[0]:
            raise Refused("bad_version")


def _document(events: Iterable[str]) -> StreamingHttpResponse:
    pieces = answer(events, mapped.naming(), created=clock.now())
    return StreamingHttpResponse((piece.encode() for piece in pieces), content_type=_JSON[1])


def _link_next(request: HttpRequest, response: HttpResponseBase, token: str) -> None:
    kept = [(name, value) for name in request.GET for value in request.GET.getlist(name)]
    told = urlencode([*(pair for pair in kept if pair[0] != "nextPageToken"), ("nextPageToken", token)])
    response.headers["Link"] = f'<{request.build_absolute_uri(request.path)}?{told}>; rel="next"'


def _refused(refused: Refused) -> HttpResponse:
    status, kind = _STATUS.get(refused.code, (400, "ValidationException"))
    headers = {"WWW-Authenticate": 'Bearer realm="EPCIS"'} if status == 401 else {}
    more: dict[str, Any] = {"code": refused.code}
    if refused.code == "bad_document":
        found = refused.facts["wrongs"]
        assert isinstance(found, list)
        more["errors"] = [
            problem("ValidationException", 400, words.wrong(one), code=one.code, field=one.at)
            for one in found
        ]
    if status == 413:
        headers |= {name: value for name, value in _CAPTURE.items() if "Limit" in name}
    facts = {name: shown(fact) if isinstance(fact, str) else fact for name, fact in refused.facts.items()}
    return _problem(status, kind, words.refusal(Refused(refused.code, **facts)), headers, **more)


def _problem(status: int, kind: str, detail: str, headers: dict[str, str], **more: Any) -> HttpResponse:
    told = problem(kind, status, detail, **more)
    return HttpResponse(json.dumps(told, ensure_ascii=False), _PROBLEM, status, headers=headers)


def _json(told: object) -> HttpResponse:
    return HttpResponse(json.dumps(told, ensure_ascii=False), _JSON[0])


root = _door(GET=_root)
capture = _door(GET=_jobs, POST=_capture)
job = _door(GET=_job)
events = _door(GET=_events, POST=_single)
event = _door(GET=_event)
events_of_epc = _door(GET=_events_of_epc)
events_of_type = _door(GET=_events_of_type)
nothing = _door(GET=_nothing)
