"""What an import takes and what it calls far or many: arguments of the rules, with their reasons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    # The nation has 820,161 stations: a longer table is a mistake or an attack.
    rows_max: int = 2_000_000
    # Unpacked. A small gzip file can hold terabytes of zeros.
    table_bytes_max: int = 512 * 2**20
    # Unpacked and read whole: JSON takes about ten times its text in memory.
    borders_bytes_max: int = 48 * 2**20
    line_chars_max: int = 2**20
    # At most 300 voters per station in a general election (KPU for 2024; a station at a special
    # location may have more, therefore a warning). Regional elections allow 600.
    voters_per_station_max: int = 300
    # Simplified borders cut corners of some hundred metres: nearer than this is not outside.
    near_km: float = 0.5
    # Borders are simplified and islands get lost in them: real village points lie up to 13 km
    # outside. Beyond this distance a point is a mistake.
    far_km: float = 25.0
    # Without a border only the neighbours' points tell where a regency is. Remote islands lie up
    # to 240 km from the next village, so only what is beyond this is a mistake.
    far_from_neighbours_km: float = 250.0
