"""The issuer keys of this hub: one per agency, made at first use, kept beside the key of the log."""

from __future__ import annotations

from dataclasses import dataclass

from kawal.desk.ledger import keys as log_keys
from kawal.desk.trust import reads
from kawal.home import home, secret
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys
from kawal.rules.trust import statements
from kawal.rules.trust.statements import AGENCIES, Issuer


@dataclass(frozen=True, slots=True)
class IssuerKey:
    kid: bytes
    key: keys.SigningKey

    def signs(self, statement: statements.Statement) -> bytes:
        return statements.sign(statement, self.key)


def key_file(agency: str, number: int) -> str:
    return f"issuer-{agency}-{number}.key"


def issuer_key(agency: str, number: int) -> IssuerKey:
    """The agency's key of that number (1, 2 ... as it was replaced). Refuses `unknown_agency`."""
    if agency not in AGENCIES:
        raise Refused("unknown_agency", agency=agency)
    key = keys.key_from_seed(secret(key_file(agency, number)))
    return IssuerKey(keys.kid_of(keys.public_bytes(key)), key)


def current(agency: str) -> IssuerKey | None:
    """The newest announced key of the agency that has not ended; None where none was announced.

    Refuses `issuer_elsewhere`: it was announced, but its key is not in this hub's home.
    """
    known = {row.kid for row in reads.issuers(agency) if row.ended_index is None}
    for number in range(reads.issuers_count(agency), 0, -1):
        if (home() / "keys" / key_file(agency, number)).exists():
            found = issuer_key(agency, number)
            if found.kid in known:
                return found
    if known:
        raise Refused("issuer_elsewhere", agency=agency)
    return None


def announcement(agency: str, new: IssuerKey, before: IssuerKey | None, *, at_s: int) -> bytes:
    """The entry by which the key begins to issue, endorsed by the one before where there is one."""
    public_key, log = keys.public_bytes(new.key), log_keys.verifier_key().name
    endorsed = None
    if before is not None:
        said = statements.endorsement(agency, public_key, log)
        endorsed = (before.kid, before.key.sign(said).signature)
    return new.signs(Issuer(at_s=at_s, agency=agency, public_key=public_key, log=log, endorsed=endorsed))
