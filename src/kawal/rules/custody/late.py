"""C11: what was entered late, back-dated or told late stays visible for ever."""

from __future__ import annotations

from typing import Final

from kawal.rules.custody.findings import Finding, of_event

MINUTE_MS: Final = 60_000
BACK_FILLED_MS: Final = 10 * MINUTE_MS  # a hand-over of a full truck is entered within this
CLOCK_AHEAD_MS: Final = 5 * MINUTE_MS  # an ordinary phone's clock is better than this
TOLD_LATE_MS: Final = 24 * 60 * MINUTE_MS  # within a day everybody comes where there is a network


def late(event_id: bytes, happened_ms: int, recorded_ms: int, received_ms: int) -> list[Finding]:
    """A function of one event alone, so nothing told later can take it back."""
    found: list[Finding] = []
    if recorded_ms - happened_ms > BACK_FILLED_MS:
        found.append(of_event("back_filled", event_id, late_s=(recorded_ms - happened_ms) // 1000))
    if happened_ms - received_ms > CLOCK_AHEAD_MS:
        found.append(of_event("clock_ahead", event_id, ahead_s=(happened_ms - received_ms) // 1000))
    if received_ms - happened_ms > TOLD_LATE_MS:
        found.append(of_event("told_late", event_id, late_s=(received_ms - happened_ms) // 1000))
    return found
