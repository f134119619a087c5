"""The outcome as a program reads it (docs/verify.md): members are added, never renamed or removed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from kawal.rules.custody.findings import KINDS
from kawal.rules.ledger.succession import Succession
from kawal.verify.broken import Broken
from kawal.verify.counts import Counted
from kawal.verify.heads import SignedHead
from kawal.verify.replay import Found, Replayed, Stood
from kawal.verify.verifying import Outcome
from kawal.verify.words import BROKEN, said

FORMAT: Final = 1


def plain(outcome: Outcome) -> dict[str, Any]:
    head, read = outcome.head, outcome.read
    return {
        "kawal_verify": FORMAT,
        "whole": not outcome.broken,
        "broken": [_broken(one) for one in outcome.broken],
        "log": _head(head) if head else None,
        "quorum": {"name": outcome.quorum, "there": head.quorum} if head else None,
        "since": [
            {"origin": one.head.origin, "size": one.head.size, "root": one.head.root.hex()}
            for one in outcome.since
        ],
        "succession": _succession(outcome.succession) if outcome.succession else None,
        "entries": read.entries if read else None,
        "checkpoints": read.checkpoints if read else None,
        "events": dict(sorted(read.acts.items())) if read else None,
        "statements": dict(sorted(outcome.statements.items())),
        "statements_passed_over": dict(sorted(outcome.passed_over.items())),
        "devices": outcome.devices,
        "devices_on_the_hubs_word": outcome.keys_told,
        "issuers": [{"agency": agency, "public_key": key} for agency, key in outcome.issuers],
        "gaps": [{"device": kid, "missing": missing} for kid, missing in outcome.gaps],
        "gaps_count": outcome.gaps_count,
        "told_by_the_hub": bool(outcome.written_by),
        "area": outcome.area,
        "custody": _custody(outcome.replayed) if outcome.replayed else None,
    }


def parcel(stood: Stood) -> dict[str, Any]:
    """A line of `--parcels`."""
    stands = stood.standing
    told: dict[str, Any] = {
        "parcel": f"{stood.parcel:015d}",
        "stage": stands.stage.name if stands else "NEEDED",
    }
    if stands is not None:
        told |= {
            "holder": stands.holder.hex() if stands.holder else None,
            "site": stands.site or None,
            "offered": stands.offered,
            "disputed": stands.disputed,
            "received": None if stands.received_ms is None else _time(stands.received_ms / 1000),
            "findings": len(stands.findings),
        }
    return told


def finding(found: Found) -> dict[str, Any]:
    """A line of `--findings`. `events` are the ids (leaf hashes) of the entries that show it."""
    one = found.finding
    return {
        "rule": one.rule, "kind": one.kind, "index": found.index,
        "parcel": None if found.parcel is None else f"{found.parcel:015d}",
        "events": [event_id.hex() for event_id in one.ids], "facts": one.facts,
    }  # fmt: skip


def _broken(broken: Broken) -> dict[str, Any]:
    words = {language: said(BROKEN, broken.code, language) for language in ("en", "id")}
    return {"code": broken.code, "index": broken.index, "words": words, "facts": broken.facts}


def _head(head: SignedHead) -> dict[str, Any]:
    times = sorted(head.times_s.items())
    return {
        "origin": head.head.origin, "size": head.head.size, "root": head.head.root.hex(),
        "key": str(head.key), "checkpoint": head.note,
        "cosigned": [{"witness": name, "time": _time(time_s)} for name, time_s in times],
    }  # fmt: skip


def _succession(said: Succession) -> dict[str, Any]:
    return {
        "former": said.former.origin, "size": said.former.size, "root": said.former.root.hex(),
        "reason": said.reason.name, "held": said.held, "time": _time(said.at_s),
    }  # fmt: skip


def _custody(replayed: Replayed) -> dict[str, Any]:
    counted = sorted(replayed.counted.items())
    whole = Counted()
    for _, one in counted:
        whole = whole.plus(one)
    return {
        "parcels_told": replayed.parcels,
        "stages": dict(replayed.stages),
        "stations": {name: replayed.stations[name] for name in ("received", "received_late", "not_received")},
        "findings": [
            {"rule": KINDS[kind], "kind": kind, "count": count}
            for kind, count in sorted(replayed.findings.items())
        ],
        "forks": [finding(one) for one in replayed.forks],
        "counted": {kind: _counted(one) for kind, one in [*counted, ("all", whole)]},
    }


def _counted(counted: Counted) -> dict[str, Any]:
    return asdict(counted) | {"remainders": counted.remainders()}


def _time(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):  # a time that no calendar has
        return str(int(seconds))
