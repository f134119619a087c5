"""Issuers, devices and their statements for tests: keys from names, times in days."""

from __future__ import annotations

import hashlib
from typing import Any

from kawal.rules.signing import keys
from kawal.rules.trust import statements
from kawal.rules.trust.statements import Certificate, Issuer, Reason, Revocation, Role

LOG = "kawal.example/log/test"
DAY = statements.DAY_S
START_S = 1_865_000_000


def key(name: str) -> keys.SigningKey:
    return keys.key_from_seed(hashlib.sha256(name.encode()).digest())


def public(name: str) -> bytes:
    return keys.public_bytes(key(name))


def kid(name: str) -> bytes:
    return keys.kid_of(public(name))


def issuer(name: str = "kpu", agency: str | None = None, *, log: str = LOG, before: str = "") -> bytes:
    agency = agency or name
    endorsed = None
    if before:
        said = statements.endorsement(agency, public(name), log)
        endorsed = (kid(before), key(before).sign(said).signature)
    told = Issuer(at_s=START_S, agency=agency, public_key=public(name), log=log, endorsed=endorsed)
    return statements.sign(told, key(name))


def certificate(device: str, by: str = "kpu", *, day: int = 0, days: int = 14, **fields: Any) -> bytes:
    at_s = START_S + day * DAY
    told = Certificate(
        **{
            "at_s": at_s,
            "public_key": public(device),
            "post": f"{by.partition(' ')[0]}/16.07",
            "role": Role.CUSTODIAN,
            "valid_to_s": at_s + days * DAY,
            "serial": 1,
            **fields,
        }
    )
    return statements.sign(told, key(by))


def revocation(device: str, by: str = "kpu", *, day: int = 1, last: bytes | None = None) -> bytes:
    told = Revocation(at_s=START_S + day * DAY, kid=kid(device), reason=Reason.LOST, last=last)
    return statements.sign(told, key(by))
