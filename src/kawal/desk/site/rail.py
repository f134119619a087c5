"""What needs the officer now, for the rail that stands beside every page."""

from __future__ import annotations

from typing import Any, Final

from kawal.desk.people import access
from kawal.desk.plan.anew import notices
from kawal.desk.watch import reads as watch
from kawal.desk.watch import showing

ROWS_MAX: Final = 12  # more than one person answers at once; the number tells how many there are


def needs_now(officer: access.Officer) -> dict[str, Any]:
    """`{count, alerts, plan_changes}` for site/parts/rail.html, the most severe alert first."""
    rows = watch.needs_me(officer.post)
    return {
        "count": len(rows),
        "alerts": showing.shown(rows[:ROWS_MAX], officer),
        "plan_changes": notices.unseen_count(officer.post),
    }
