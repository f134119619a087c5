"""The life of a parcel as one table: which act moves it from which stage to which.

`PPK`, `PPS` and so on are read from the kind of site at which custody was accepted. The table is
drawn into docs/custody.md by `kawal custody stages`, and a test fails when the two differ.
"""

from __future__ import annotations

from enum import IntEnum


class Stage(IntEnum):
    """In the order of a parcel's way; a station stands where its slowest parcel stands."""

    NEEDED = 0  # computed, not yet packed
    PACKED = 1
    SEALED = 2  # sealed and in the warehouse (a bundle needs no seal: packed is ready)
    ON_THE_WAY_PPK = 3  # with the courier, from the warehouse
    AT_PPK = 4
    ON_THE_WAY_PPS = 5
    AT_PPS = 6  # at the village: not yet received in the sense of the law (C10)
    AT_STATION = 7  # accepted by KPPS at its own station: received
    OPENED = 8  # voting day
    RESEALED = 9  # counted and sealed again
    BACK_AT_PPS = 10
    BACK_ON_THE_WAY = 11
    BACK_AT_PPK = 12
    BACK_HOME = 13  # warehouse
