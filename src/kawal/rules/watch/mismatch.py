"""Findings of custody that somebody must act on, folded by where they happened.

    seal_mismatch    C3   a seal seen is not the seal last put on, is broken, or is missing
    count_mismatch   C8   the two sides of a hand-over did not count the same
    custody_gap      C2, C5   taken without an offer that anybody told, or nobody is named as holder
    disputed         C12  two claims on one parcel, or one device that tells two stories

An accident touches every box of a truck, so findings of one kind are one sign per area. A custody gap
waits `explained_within` first: the other side's phone may only be without network, and its event would
clear the finding. All other findings are kept and shown by custody; nobody is called for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from kawal.rules.custody.findings import KINDS
from kawal.rules.places.codes import covers
from kawal.rules.watch.facts import Kind, Limits, OpenFinding, Severity, Sign, WatchedPlan
from kawal.rules.watch.severity import weigh
from kawal.rules.watch.told import clock, listed

_KIND_OF_RULE: Final = {
    "C3": Kind.SEAL_MISMATCH,
    "C5": Kind.CUSTODY_GAP,
    "C8": Kind.COUNT_MISMATCH,
    "C12": Kind.DISPUTED,
}
# Finding kind -> what it is called for. Of C2 only the taking without an offer leaves a gap.
CALLED_FOR: Final = {"offer_unknown": Kind.CUSTODY_GAP} | {
    finding: _KIND_OF_RULE[rule] for finding, rule in KINDS.items() if rule in _KIND_OF_RULE
}
LEAST: Final = {
    Kind.CUSTODY_GAP: Severity.WARNING,
    Kind.COUNT_MISMATCH: Severity.WARNING,
    Kind.SEAL_MISMATCH: Severity.URGENT,
    Kind.DISPUTED: Severity.URGENT,
}


def mismatches(
    findings: Iterable[OpenFinding], plans: Sequence[WatchedPlan], *, now: datetime, limits: Limits
) -> list[Sign]:
    """`plans` say how near the deadline is; a finding outside all of them weighs what its kind weighs."""
    together: dict[tuple[Kind, str], list[OpenFinding]] = defaultdict(list)
    for finding in findings:
        kind = CALLED_FOR.get(finding.kind)
        waits = kind is Kind.CUSTODY_GAP and now - finding.found_at < limits.explained_within
        if kind and not waits:
            together[kind, finding.area].append(finding)
    signs = []
    for (kind, area), found in sorted(together.items()):
        deadline_at = next((plan.deadline_at for plan in plans if covers(plan.area, area)), None)
        severity = weigh(LEAST[kind], deadline_at=deadline_at, now=now, limits=limits)
        signs.append(_sign(kind, severity, area, found, deadline_at))
    return signs


def _sign(
    kind: Kind, severity: Severity, area: str, found: list[OpenFinding], deadline_at: datetime | None
) -> Sign:
    stations = sorted({one.station for one in found if one.station})
    parcels = sorted({f"{one.parcel:015d}" for one in found if one.parcel is not None})
    facts = {
        "findings": sorted({one.kind for one in found}),
        "found_at": clock(min(one.found_at for one in found)),
        "deadline_at": deadline_at.isoformat() if deadline_at else None,
        "count": len(found),
        **listed("parcels", parcels),
        **listed("stations", stations),
    }
    station = stations[0] if len(stations) == 1 else ""
    return Sign(kind=kind, cause=f"{kind}:{area}", severity=severity, area=area, station=station, facts=facts)
