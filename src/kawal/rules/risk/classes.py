"""The four vulnerability classes of the police (Polri), mildest first."""

from __future__ import annotations

from enum import IntEnum


class RiskClass(IntEnum):
    LOW = 1  # kurang rawan
    VULNERABLE = 2  # rawan
    HIGH = 3  # sangat rawan
    SPECIAL = 4  # khusus
