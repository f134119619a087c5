"""What phones ask about keys, at /trust/v1/ (docs/people.md): certificates, and what is needed offline."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import keys as log_keys
from kawal.desk.ledger import reads as log
from kawal.desk.people import devices
from kawal.desk.trust import actions, codes, reads
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys
from kawal.rules.trust import requests
from kawal.rules.trust.requests import Enrol, Renew

REQUEST_BYTES_MAX = 2_000
_STATUS = {
    "bad_code": 403, "bad_signature": 403, "too_many_tries": 429, "revoked_device": 403,
    "unknown_device": 403, "certificate_ended": 403, "not_the_writer": 503, "oversized": 413,
    "device_known": 409, "device_taken": 409, "key_taken": 409, "renewed_already": 409,
}  # fmt: skip


@login_not_required
@csrf_exempt
@require_POST
def certificates(request: HttpRequest) -> JsonResponse:
    """A signed request (rules.trust.requests) is answered with the certificate and the trust list."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > REQUEST_BYTES_MAX:
            raise Refused("oversized", bytes_max=REQUEST_BYTES_MAX)
        asked = requests.checked(request.body, log_keys.verifier_key().name)
        kid = _enrolled(asked, request) if isinstance(asked, Enrol) else _renewed(asked)
        return JsonResponse({"kid": kid.hex(), **_certificate(kid), **_list()})
    except Refused as refused:
        answer = {"refused": refused.code, **refused.facts}
        return JsonResponse(answer, status=_STATUS.get(refused.code, 400), json_dumps_params={"default": str})


@login_not_required
@require_safe
def trust_list(request: HttpRequest) -> JsonResponse:
    """What a phone needs to judge others with no network: issuers, revocations, the newest checkpoint."""
    return JsonResponse(_list(), headers={"Cache-Control": "no-cache"})


def _enrolled(asked: Enrol, request: HttpRequest) -> bytes:
    address = request.META.get("REMOTE_ADDR", "")
    return codes.use(asked, address=address, now=clock.now(), real_now=clock.real_now())


def _renewed(asked: Renew) -> bytes:
    """A phone renews by itself as long as its certificate holds; after that an officer shows a code."""
    now = clock.now()
    known = devices.device_key(keys.kid_of(asked.public_key))
    if known is None or known.public_key != asked.public_key:
        raise Refused("unknown_device")
    newest = reads.certificates(known.kid)[-1:]
    if known.revoked_at is not None:
        raise Refused("revoked_device", revoked_at=known.revoked_at.isoformat())
    if known.valid_to is None or known.valid_to <= now or not newest:
        raise Refused("certificate_ended", ended_at=known.valid_to and known.valid_to.isoformat())
    if newest[0].serial != asked.serial:
        raise Refused("renewed_already", serial=newest[0].serial)
    actions.renew(known.kid, head=asked.head, now=now)
    return known.kid


def _certificate(kid: bytes) -> dict[str, Any]:
    newest = reads.certificates(kid)[-1]
    entry = log.entry(newest.entry_index)
    return {"certificate": entry.signed.hex(), "index": entry.index, "valid_to": newest.valid_to.isoformat()}


def _list() -> dict[str, Any]:
    latest = log.latest_checkpoint()
    return {
        "log": str(log_keys.verifier_key()),
        "now": clock.now().isoformat(),
        "checkpoint": latest.note if latest else None,
        "issuers": _entries([row.entry_index for row in reads.issuers()]),
        "revocations": _entries(reads.revocation_indexes()),
    }


def _entries(indexes: list[int]) -> list[dict[str, Any]]:
    stored = log.entries_at(indexes)
    return [{"index": index, "signed": stored[index].signed.hex()} for index in indexes]
