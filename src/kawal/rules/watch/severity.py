"""How much a sign weighs: what it is, how near the deadline is, how vulnerable the area is."""

from __future__ import annotations

from datetime import datetime

from kawal.rules.risk.classes import RiskClass
from kawal.rules.watch.facts import Limits, Severity


def weigh(
    least: Severity,
    *,
    deadline_at: datetime | None,
    now: datetime,
    limits: Limits,
    risk: RiskClass = RiskClass.LOW,
) -> Severity:
    """`least`, one more within `urgent_within` of the deadline (or past it), one more from class HIGH."""
    near = deadline_at is not None and deadline_at - now <= limits.urgent_within
    return Severity(min(Severity.URGENT, least + near + (risk >= RiskClass.HIGH)))
