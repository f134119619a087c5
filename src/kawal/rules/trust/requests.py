"""What a device asks its issuer, signed by the key that asks: so it is proven that the asker holds it.

A COSE_Sign1 with type 65001 over a deterministic CBOR map:

    key  name        value
    0    ask         1 ENROL, 2 RENEW
    1    log         origin of the hub's log: a request to one hub is good for no other
    2    public_key  32 bytes
    3    code        ENROL: the digits that an officer of the post shows
    4    serial      RENEW: of the certificate that is to be renewed; so nobody can ask twice with one request
    5    head        RENEW: id of the newest event of the device's own chain, where it has one
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, cose, keys
from kawal.rules.signing.cose import Typ

CODE_DIGITS: Final = 8
_ENROL, _RENEW = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol:
    log: str
    public_key: bytes
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Renew:
    log: str
    public_key: bytes
    serial: int
    head: bytes | None = None


Request = Enrol | Renew


def sign(request: Request, key: keys.SigningKey) -> bytes:
    told: dict[int, Any] = {1: request.log, 2: request.public_key}
    if isinstance(request, Enrol):
        told |= {0: _ENROL, 3: request.code}
    else:
        told |= {0: _RENEW, 4: request.serial} | ({5: request.head} if request.head else {})
    return cose.sign(codec.encode(told), key, Typ.REQUEST)


def checked(signed: bytes, log: str) -> Request:
    """A request that whoever holds its key made for this log.

    Refuses `bad_request` with the field, `bad_key` (small order, not canonical), `bad_signature`,
    `other_log`, and what `cose.opened` refuses.
    """
    envelope = cose.opened(signed, Typ.REQUEST)
    told = codec.decode(envelope.payload)
    if not isinstance(told, dict) or not all(type(key) is int for key in told):
        raise Refused("bad_request", field="keys")
    request = _of(told)
    keys.check_public_key(request.public_key)
    if envelope.kid != keys.kid_of(request.public_key):
        raise Refused("bad_signature", kid=envelope.kid.hex())
    cose.check(envelope, request.public_key)
    if request.log != log:
        raise Refused("other_log", log=request.log)
    return request


def _of(told: dict[int, Any]) -> Request:
    log, public_key = told.get(1), told.get(2)
    if not isinstance(log, str) or not 1 <= len(log) <= 200:
        raise Refused("bad_request", field="log")
    if not isinstance(public_key, bytes):
        raise Refused("bad_request", field="public_key")
    ask = told.get(0) if type(told.get(0)) is int else None  # true is no 1
    if ask == _ENROL and told.keys() == {0, 1, 2, 3}:
        return Enrol(log=log, public_key=public_key, code=_code(told[3]))
    if ask == _RENEW and told.keys() - {5} == {0, 1, 2, 4}:
        serial = told[4]
        if type(serial) is not int or serial < 0:
            raise Refused("bad_request", field="serial")
        return Renew(log=log, public_key=public_key, serial=serial, head=_head(told))
    raise Refused("bad_request", field="ask")


def _code(value: Any) -> str:
    if not isinstance(value, str) or len(value) != CODE_DIGITS or not (value.isascii() and value.isdigit()):
        raise Refused("bad_request", field="code")
    return value


def _head(told: dict[int, Any]) -> bytes | None:
    if 5 not in told:
        return None
    if not isinstance(told[5], bytes) or len(told[5]) != 32:
        raise Refused("bad_request", field="head")
    return told[5]
