"""One receipt instead of a whole log: what it proves, or the first thing that is wrong with it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kawal.rules.custody import event
from kawal.rules.custody.event import Event
from kawal.rules.ledger import proof, receipt
from kawal.rules.ledger.policy import NONE, Policy
from kawal.rules.ledger.proof import PROOF_BYTES_MAX
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose
from kawal.verify import receipt_words as words
from kawal.verify.result import FORMAT

_LABEL_WIDTH: Final = 34
_WIDTH: Final = 100
_FIRST_BYTES: Final = (proof.FIRST_LINE + "\n").encode()


def is_receipt(place: Path) -> bool:
    """Whether a file begins as a tlog-proof does."""
    try:
        with place.open("rb") as file:
            return file.read(len(_FIRST_BYTES)) == _FIRST_BYTES
    except OSError:
        return False


def told(place: Path, policy: Policy, *, now_s: int) -> dict[str, Any]:
    """What comes out, for a program; `whole` is false where it does not hold. Refuses `file_unreadable`."""
    try:
        with place.open("rb") as file:
            text = file.read(PROOF_BYTES_MAX + 1).decode()
    except OSError as error:
        raise Refused("file_unreadable", file=str(place), detail=error.strerror or "") from None
    except UnicodeDecodeError:
        return _wrong(Refused("bad_tlog_proof", detail="not UTF-8"))
    try:
        brought, proven = receipt.checked(text, policy, now_s=now_s)
    except Refused as refused:
        return _wrong(refused)
    head = proven.head
    return {
        "kawal_verify": FORMAT,
        "whole": True,
        "broken": [],
        "receipt": {
            "leaf_hash": brought.leaf_hash.hex(),
            "index": proof.proof_in(text).index,
            "event": None if brought.entry is None else _event(brought.entry),
            "signature_checked": brought.public_key is not None,
        },
        "log": {
            "origin": head.origin, "size": head.size, "root": head.root.hex(),
            "cosigned": [{"witness": name, "time": _time(at_s)} for name, at_s in proven.times_s.items()],
        },
        "quorum": {"name": policy.quorum, "there": policy.quorum != NONE},
    }  # fmt: skip


def text(plain: dict[str, Any], language: str) -> str:
    return "".join(f"{wrapped}\n" for line in _lines(plain, language) for wrapped in _wrapped(line))


def _lines(plain: dict[str, Any], language: str) -> Iterator[str]:
    if not plain["whole"]:
        yield words.said("fails", language)
        (broken,) = plain["broken"]
        yield words.said(broken["code"], language, **broken["facts"])
        yield ""
        return
    found, log = plain["receipt"], plain["log"]
    yield words.said("holds" if plain["quorum"]["there"] else "log_only", language)
    if not found["event"]:
        yield words.said("hash_only" if found["event"] is None else "no_event", language)
    elif not found["signature_checked"]:
        yield words.said("unchecked", language)
    rows = [*(found["event"] or {}).items(), ("leaf_hash", found["leaf_hash"]), ("index", found["index"])]
    rows += [("log", log["origin"]), ("size", log["size"])]
    for name, value in rows:
        yield f"  {words.said(name, language):{_LABEL_WIDTH}}{value}"
    for each in log["cosigned"]:
        yield f"  {words.said('cosigned', language, name=each['witness']):{_LABEL_WIDTH}}{each['time']}"
    yield ""


def _event(entry: bytes) -> dict[str, Any]:
    """What a phone told; nothing where the entry is no event but a statement of an issuer."""
    try:
        envelope = cose.opened(entry)
        said: Event = event.of(envelope.payload)
    except Refused:
        return {}
    told = {
        "act": said.act.name,
        "kind": said.kind,
        "site": said.site,
        "trip": said.trip,
        "happened": _time(said.happened_ms // 1000),
        "parcels": len(said.manifest) or None,
        "device": envelope.kid.hex(),
    }
    return {name: value for name, value in told.items() if value is not None}


def _wrong(refused: Refused) -> dict[str, Any]:
    facts = {
        name: ", ".join(value) if isinstance(value, list) else value for name, value in refused.facts.items()
    }
    return {
        "kawal_verify": FORMAT, "whole": False, "broken": [{"code": refused.code, "facts": facts}],
    }  # fmt: skip


def _time(at_s: int) -> str:
    try:
        return datetime.fromtimestamp(at_s, UTC).isoformat().replace("+00:00", "Z")
    except (OverflowError, ValueError):  # beyond what calendars hold
        return str(at_s)


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, _WIDTH, subsequent_indent="    ", break_long_words=False) or [""]
