"""Numbers, times and ages as Indonesian and English readers write them."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from django.utils.dateformat import format as date_format
from django.utils.formats import number_format
from django.utils.translation import get_language

from kawal.desk.site.words import AGES, AHEAD
from kawal.rules.places.codes import NATION, zone_of


def number(value: float | Decimal, decimals: int = 0) -> str:
    """2546 -> `2.546` (Indonesian), `2,546` (English)."""
    return str(number_format(value, decimals, use_l10n=True, force_grouping=True))


def percent(share: float, decimals: int = 1) -> str:
    """0.9999 -> `99,9%`: cut, never rounded up, because 100 % must mean all."""
    step = Decimal(1).scaleb(-decimals)
    cut = (Decimal(str(share)) * 100).quantize(step, rounding=ROUND_FLOOR)
    whole = cut == cut.to_integral_value()
    return number(cut, 0 if whole else decimals) + "%"


def joint() -> str:
    """Indonesian writes 18.00, English 18:00."""
    return "." if get_language() == "id" else ":"


def _local(at: datetime, area: str, pattern: str) -> str:
    """`at` in the zone of an area or station, with the zone's name: `13 Feb 18.00 WIB`."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown")
    there = at.astimezone(zone_of(area))
    return f"{date_format(there, pattern)} {there.tzname()}"


def local(at: datetime, area: str = NATION) -> str:
    return _local(at, area, f"j M H{joint()}i")


def local_long(at: datetime, area: str = NATION) -> str:
    return _local(at, area, f"l, j F Y H{joint()}i{joint()}s")


def local_clock(at: datetime, area: str = NATION) -> str:
    return _local(at, area, f"H{joint()}i")


def local_day(at: datetime, area: str = NATION) -> str:
    """The day alone, without a zone: `Sel 13 Feb`."""
    return date_format(at.astimezone(zone_of(area)), "D j M")


def age(at: datetime, now: datetime) -> str:
    """`4 menit lalu`, or `4 menit lagi` for what is still to come."""
    passed_s = int((now - at).total_seconds())
    names = list(AGES.values()) if passed_s >= 0 else list(AHEAD.values())
    left_s = abs(passed_s)
    for words, unit_s, limit_s in zip(names, (1, 60, 3600, 86400), (60, 3600, 172_800, 0), strict=True):
        if left_s < limit_s or not limit_s:
            return str(words) % {"n": number(left_s // unit_s)}
    raise AssertionError("the last unit has no limit")
