"""What an issuer says about keys: entries of the log beside the events of devices.

An agency's issuer key vouches for the keys of its devices. Each statement is a COSE_Sign1 like an event,
with type 65000 in its protected header (signing.cose), over a deterministic CBOR map:

    key  name        value
    0    act         20 ISSUER, 21 CERTIFICATE, 22 REVOCATION, 23 ISSUER_END, 24 TIME
    1    at_s        when it was said, Unix seconds by the issuer's clock

    20 ISSUER: this key issues for the agency in this log. Signed by the key itself.
    2    agency      kpu, polri, bawaslu, tni or pemda
    3    public_key  32 bytes
    4    log         the log's origin: a statement made for another log says nothing here
    5    endorsed    [kid of the issuer before it, its signature over `endorsement`], where there is one

    21 CERTIFICATE: until valid_to the key signs for a post. Valid from `at_s`, for 14 days at most.
    2    public_key  32 bytes
    3    post        `agency/area`, the post's code
    4    role        Role
    5    valid_to_s  Unix seconds, not included
    6    serial      1, 2, 3 ... per issuer
    7    head        id of the device's newest event that the issuer saw: it vouches for the chain up to it
    8    succeeds    kid of the device that this one takes the place of

    22 REVOCATION: what the key signs from here on counts no more.
    2    kid         8 bytes
    3    reason      Reason
    4    last        id of the last event that its owner vouches for, where there is one
    5    reported_s  when it was reported, where known

    23 ISSUER_END: certificates that this issuer's key signs from here on do not count.
    2    kid         8 bytes
    3    reason      Reason

    24 TIME: it is `at_s` now. Certificates of this issuer's agency that ended by then have ended.

No statement holds a name, a label or free text: a log cannot forget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from kawal.rules.places.codes import is_area, is_station
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, cose, keys
from kawal.rules.signing.cose import Envelope, Typ

DAY_S: Final = 86_400
VALID_S_MAX: Final = 14 * DAY_S
AGENCIES: Final = ("kpu", "polri", "bawaslu", "tni", "pemda")
_TIME_LIMIT: Final = 2**40


class Act(IntEnum):
    ISSUER = 20
    CERTIFICATE = 21
    REVOCATION = 22
    ISSUER_END = 23
    TIME = 24


class Role(IntEnum):
    """What a device signs as. The desk knows them by name, in small letters."""

    LOGISTICS = 1
    CUSTODIAN = 2
    ESCORT = 3
    DUTY = 4
    CHIEF = 5
    SUPERVISOR = 6


class Reason(IntEnum):
    LOST = 1
    STOLEN = 2
    REPLACED = 3  # another device takes its place
    LEFT = 4  # its officer does
    FORKED = 5  # a copy of its key signs as well
    COMPROMISED = 6  # somebody else may have the key


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    at_s: int
    agency: str
    public_key: bytes
    log: str
    endorsed: tuple[bytes, bytes] | None = None  # kid of the issuer before, its signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    at_s: int  # valid from then on
    public_key: bytes
    post: str
    role: Role
    valid_to_s: int
    serial: int
    head: bytes | None = None
    succeeds: bytes | None = None

    @property
    def kid(self) -> bytes:
        return keys.kid_of(self.public_key)

    @property
    def agency(self) -> str:
        return self.post.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    at_s: int
    kid: bytes
    reason: Reason
    last: bytes | None = None
    reported_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerEnd:
    at_s: int
    kid: bytes
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    at_s: int


Statement = Issuer | Certificate | Revocation | IssuerEnd | Time

_ACTS: Final = {
    Issuer: Act.ISSUER,
    Certificate: Act.CERTIFICATE,
    Revocation: Act.REVOCATION,
    IssuerEnd: Act.ISSUER_END,
    Time: Act.TIME,
}


def is_statement(signed: bytes) -> bool:
    """Whether this entry of a log claims to be a statement of an issuer."""
    return cose.typ_of(signed) is Typ.STATEMENT


def sign(statement: Statement, key: keys.SigningKey) -> bytes:
    """The log entry. A statement that `of` would refuse is a bug: ValueError."""
    data = payload(statement)
    try:
        of(data)
    except Refused as refused:
        raise ValueError(f"not a statement: {refused}") from refused
    return cose.sign(data, key, Typ.STATEMENT)


def opened(signed: bytes) -> tuple[Envelope, Statement]:
    """Refuses `bad_statement` with the field, and what `cose.opened` refuses. No signature is checked."""
    envelope = cose.opened(signed, Typ.STATEMENT)
    return envelope, of(envelope.payload)


def endorsement(agency: str, public_key: bytes, log: str) -> bytes:
    """What the issuer before signs when a new key is to issue for its agency."""
    return codec.encode(["kawal/v1/issuer", agency, public_key, log])


def payload(statement: Statement) -> bytes:
    """The bytes that are signed. What is absent has no key."""
    values = [getattr(statement, name) for name in statement.__dataclass_fields__]
    plain = [list(value) if isinstance(value, tuple) else value for value in values]
    numbers = [int(value) if isinstance(value, IntEnum) else value for value in plain]
    told = {place: value for place, value in enumerate(numbers, 1) if value is not None}
    return codec.encode({0: int(_ACTS[type(statement)]), **told})


def of(data: bytes) -> Statement:
    """Reads a payload strictly. Refuses `bad_statement` with the field, and what `codec.decode` refuses."""
    told = codec.decode(data)
    if not isinstance(told, dict) or not all(type(key) is int for key in told):
        raise Refused("bad_statement", field="keys")
    kind = told.pop(0, None)
    if type(kind) is not int or kind not in _READERS:
        raise Refused("bad_statement", field="act")
    fields = _Fields(told)
    statement = _READERS[kind](fields)
    if fields.left():
        raise Refused("bad_statement", field="keys")
    return statement


class _Fields:
    """The map of a payload, read key by key; what nobody asked for is left."""

    def __init__(self, told: dict[int, Any]) -> None:
        self._told = told
        self._read: set[int] = set()

    def left(self) -> bool:
        return bool(self._told.keys() - self._read)

    def has(self, key: int) -> bool:
        return key in self._told

    def take(self, key: int) -> Any:
        self._read.add(key)
        return self._told.get(key)

    def uint(self, key: int, field: str, limit: int = _TIME_LIMIT) -> int:
        value = self.take(key)
        if type(value) is not int or not 0 <= value < limit:
            raise Refused("bad_statement", field=field)
        return value

    def data(self, key: int, field: str, length: int) -> bytes:
        value = self.take(key)
        if not isinstance(value, bytes) or len(value) != length:
            raise Refused("bad_statement", field=field)
        return value

    def some_data(self, key: int, field: str, length: int) -> bytes | None:
        return self.data(key, field, length) if self.has(key) else None

    def text(self, key: int, field: str, length_max: int) -> str:
        value = self.take(key)
        if not isinstance(value, str) or not value.isascii() or not value.isprintable():
            raise Refused("bad_statement", field=field)
        if not 1 <= len(value) <= length_max or " " in value:
            raise Refused("bad_statement", field=field)
        return value

    def public_key(self, key: int) -> bytes:
        """No small order, no second spelling: the register holds only keys that sign for one holder."""
        value = self.data(key, "public_key", 32)
        try:
            keys.check_public_key(value)
        except Refused:
            raise Refused("bad_statement", field="public_key") from None
        return value

    def reason(self, key: int) -> Reason:
        try:
            return Reason(self.uint(key, "reason", 256))
        except ValueError:
            raise Refused("bad_statement", field="reason") from None


def _issuer(fields: _Fields) -> Issuer:
    made = Issuer(
        at_s=fields.uint(1, "at_s"),
        agency=fields.text(2, "agency", 20),
        public_key=fields.public_key(3),
        log=fields.text(4, "log", 200),
        endorsed=_endorsed(fields.take(5)) if fields.has(5) else None,
    )
    if made.agency not in AGENCIES:
        raise Refused("bad_statement", field="agency")
    return made


def _endorsed(value: Any) -> tuple[bytes, bytes]:
    whole = isinstance(value, list) and len(value) == 2 and all(isinstance(part, bytes) for part in value)
    if not whole or (len(value[0]), len(value[1])) != (keys.KID_BYTES, 64):
        raise Refused("bad_statement", field="endorsed")
    return value[0], value[1]


def _certificate(fields: _Fields) -> Certificate:
    made = Certificate(
        at_s=fields.uint(1, "at_s"),
        public_key=fields.public_key(2),
        post=fields.text(3, "post", 40),
        role=_role(fields.uint(4, "role", 256)),
        valid_to_s=fields.uint(5, "valid_to_s"),
        serial=fields.uint(6, "serial"),
        head=fields.some_data(7, "head", 32),
        succeeds=fields.some_data(8, "succeeds", keys.KID_BYTES),
    )
    agency, _, area = made.post.partition("/")
    if agency not in AGENCIES or not (area == "id" or (area and is_area(area)) or is_station(area)):
        raise Refused("bad_statement", field="post")
    if not 0 < made.valid_to_s - made.at_s <= VALID_S_MAX:
        raise Refused("bad_statement", field="valid_to_s")
    if made.succeeds == made.kid:
        raise Refused("bad_statement", field="succeeds")
    return made


def _role(number: int) -> Role:
    try:
        return Role(number)
    except ValueError:
        raise Refused("bad_statement", field="role") from None


def _revocation(fields: _Fields) -> Revocation:
    return Revocation(
        at_s=fields.uint(1, "at_s"),
        kid=fields.data(2, "kid", keys.KID_BYTES),
        reason=fields.reason(3),
        last=fields.some_data(4, "last", 32),
        reported_s=fields.uint(5, "reported_s") if fields.has(5) else None,
    )


def _issuer_end(fields: _Fields) -> IssuerEnd:
    return IssuerEnd(
        at_s=fields.uint(1, "at_s"), kid=fields.data(2, "kid", keys.KID_BYTES), reason=fields.reason(3)
    )


def _time(fields: _Fields) -> Time:
    return Time(at_s=fields.uint(1, "at_s"))


_READERS: Final[dict[int, Callable[[_Fields], Statement]]] = {
    int(Act.ISSUER): _issuer,
    int(Act.CERTIFICATE): _certificate,
    int(Act.REVOCATION): _revocation,
    int(Act.ISSUER_END): _issuer_end,
    int(Act.TIME): _time,
}
