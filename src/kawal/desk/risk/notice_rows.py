"""A notice as it is kept and told: plain values, its severity beside it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kawal.rules.risk.indicators import Notice


def notice_row(notice: Notice) -> dict[str, Any]:
    return {**asdict(notice), "severity": notice.severity}
