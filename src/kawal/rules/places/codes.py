"""Area and station codes: the code is the tree, so a subtree is a prefix.

area     `16` province, `16.07` regency, `16.07.03` district, `16.07.03.2001` village
         (Kemendagri, Kepmendagri 300.2.2-2430 of 2025); `` (empty) is the nation
station  13 digits: the village's ten digits and the station's number in three
         (`1607032001001`), as in the commission's public data of 2024
"""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from typing import Final

NATION: Final = ""
LEVELS: Final = ("nation", "province", "regency", "district", "village")

# ASCII digits only: `\d` would take Arabic and Javanese digits for a code too.
_AREA = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?")
_STATION = re.compile(r"[0-9]{13}")

# Time zones by province code (Keppres 41/1987; the new provinces of Papua keep WIT). Indonesia has
# no summer time, so a fixed offset is exact and needs no time zone database.
WIB: Final = timezone(timedelta(hours=7), "WIB")
WITA: Final = timezone(timedelta(hours=8), "WITA")
WIT: Final = timezone(timedelta(hours=9), "WIT")
_WITA_PROVINCES: Final = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})
_WIT_PROVINCES: Final = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})


def is_area(code: str) -> bool:
    return code == NATION or _AREA.fullmatch(code) is not None


def is_station(code: str) -> bool:
    return _STATION.fullmatch(code) is not None


def level_of(code: str) -> str:
    """Name of the level of an area code, one of `LEVELS`."""
    return LEVELS[0] if code == NATION else LEVELS[code.count(".") + 1]


def parent_of(code: str) -> str:
    """Code one level up; the nation is its own parent."""
    return code.rpartition(".")[0]


def lineage(code: str) -> list[str]:
    """The area itself and all above it, nation last: `16.07` -> `16.07`, `16`, ``."""
    chain = [code]
    while chain[-1] != NATION:
        chain.append(parent_of(chain[-1]))
    return chain


def covers(area: str, code: str) -> bool:
    """Whether `code` (an area) is `area` itself or lies below it."""
    return area == NATION or code == area or code.startswith(area + ".")


def subtree_range(area: str) -> tuple[str, str]:
    """First and last code that an area below `area` can have, both included.

    Both ends carry the dots where the codes carry them, so the range holds under any collation of
    the database, also those that skip punctuation: `16.07` -> `16.07.00`, `16.07.99.9999`.
    """
    first, last = "00.00.00.0000", "99.99.99.9999"
    start = len(area) + 1 if area else 0
    stop = start + (4 if level_of(area) == "district" else 2)
    return area + first[len(area) : stop], area + last[len(area) :]


def station_range(area: str) -> tuple[str, str]:
    """First and last station code that can lie in an area, both included."""
    digits = area.replace(".", "")
    return digits.ljust(13, "0"), digits.ljust(13, "9")


def station_code(village: str, number: int) -> str:
    """Thirteen digits of station `number` (1..999) of a village."""
    if not 1 <= number <= 999 or level_of(village) != "village":
        raise ValueError(f"no station {number} in {village!r}")
    return village.replace(".", "") + f"{number:03d}"


def village_of(station: str) -> str:
    """`1607032001001` -> `16.07.03.2001`."""
    return f"{station[0:2]}.{station[2:4]}.{station[4:6]}.{station[6:10]}"


def zone_of(code: str) -> timezone:
    """Time zone of an area or station (WIB, WITA or WIT) by its province."""
    province = code[:2]
    if province in _WITA_PROVINCES:
        return WITA
    return WIT if province in _WIT_PROVINCES else WIB


def post_code(agency: str, area: str) -> str:
    """Code of an agency's post at an area (or of a KPPS at its station): `polri/16.07.03`, `polri/id`."""
    return f"{agency}/{area or 'id'}"
