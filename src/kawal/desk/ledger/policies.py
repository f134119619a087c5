"""Which witnesses this hub's heads are to carry: one C2SP policy file of this installation."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from kawal.desk.ledger import keys
from kawal.home import home
from kawal.rules.ledger import policy
from kawal.rules.ledger.policy import Policy
from kawal.rules.refusals import Refused

FILE = "policy"
BYTES_MAX = 1_000_000
NO_WITNESSES = Policy(policy.NONE)


def path() -> Path:
    """KAWAL_LEDGER_POLICY, or `policy` in the home."""
    named = os.environ.get("KAWAL_LEDGER_POLICY")
    return Path(named) if named else home() / FILE


def installed() -> Policy:
    """The policy in use; without a file no witness is asked. Refuses `bad_policy`, `policy_unreadable`."""
    try:
        told = _read(path())
    except FileNotFoundError:
        if os.environ.get("KAWAL_LEDGER_POLICY"):
            raise Refused("policy_unreadable", path=str(path()), detail="no such file") from None
        return NO_WITNESSES
    return policy.policy_in(told)


def asks_witnesses() -> bool:
    """Whether heads wait for witnesses. A policy that cannot be read may ask for some: then they wait too."""
    try:
        return bool(installed().witnesses)
    except Refused:
        return True


def install(file: Path) -> Policy:
    """Check a policy file and put it in the home.

    Refuses `bad_policy`, `policy_unreadable`, `policy_other_log`, `policy_bad_url`, and `policy_elsewhere`
    where KAWAL_LEDGER_POLICY names the file in use.
    """
    if os.environ.get("KAWAL_LEDGER_POLICY"):
        raise Refused("policy_elsewhere", path=str(path()))
    try:
        told = _read(file)
    except FileNotFoundError:
        raise Refused("policy_unreadable", path=str(file), detail="no such file") from None
    found = policy.policy_in(told)
    ours = keys.verifier_key()
    if found.logs and all(log.key != ours for log in found.logs):
        raise Refused("policy_other_log", log=str(ours))
    for witness in found.witnesses:
        if witness.url and not _is_address(witness.url):
            raise Refused("policy_bad_url", name=witness.name, url=witness.url)
    draft = path().with_suffix(".draft")
    draft.write_text(told, encoding="utf-8", errors="surrogateescape")
    draft.replace(path())
    return found


def remove() -> bool:
    """No witness is asked any more. Whether there was a policy. Refuses `policy_elsewhere`."""
    if os.environ.get("KAWAL_LEDGER_POLICY"):
        raise Refused("policy_elsewhere", path=str(path()))
    was_there = path().exists()
    path().unlink(missing_ok=True)
    return was_there


def _read(file: Path) -> str:
    """Text that was not UTF-8 keeps its bytes. Refuses `policy_unreadable`."""
    try:
        with file.open("rb") as opened:
            data = opened.read(BYTES_MAX + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Refused("policy_unreadable", path=str(file), detail=error.strerror or "") from None
    if len(data) > BYTES_MAX:
        raise Refused("policy_unreadable", path=str(file), detail="too long")
    return data.decode("utf-8", "surrogateescape")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
