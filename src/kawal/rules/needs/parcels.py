"""Parcel codes: fifteen digits that a person can read aloud and a phone can check.

    1607032001001 | 3 | 7   station (13), what it is (1), check digit (Luhn, ISO/IEC 7812-1)

The kind digit is 1 to 5 for a ballot box by ballot type (the order of `BALLOT_TYPES`) and 9 for the
station's outside bundle (booths and other bulky things). As a number it fits 2^53, so it is the
same in CBOR, JavaScript and SQL.
"""

from __future__ import annotations

from typing import Final

# President, DPR, DPD, DPRD of the province, DPRD of the regency or city (UU 7/2017).
BALLOT_TYPES: Final = ("ppwp", "dpr", "dpd", "dprd_prov", "dprd_kab")
BUNDLE_DIGIT: Final = 9
_KIND_DIGITS: Final = frozenset("123459")


def parcel_code(station: str, kind_digit: int) -> int:
    digits = f"{station}{kind_digit}"
    return int(digits) * 10 + _luhn(digits)


def is_parcel(code: int) -> bool:
    """Whether the check digit holds: a mistyped or misread code is caught before it travels."""
    digits = f"{code:015d}"
    return len(digits) == 15 and _luhn(digits[:-1]) == int(digits[-1])


def is_readable(code: int) -> bool:
    """Whether it is the code of a kind of parcel that there is: one that was made up has no story."""
    return is_parcel(code) and f"{code:015d}"[13] in _KIND_DIGITS


def station_of(code: int) -> str:
    return f"{code:015d}"[:13]


def kind_of(code: int) -> str:
    """Ballot type of a box, or `bundle`."""
    digit = int(f"{code:015d}"[13])
    return "bundle" if digit == BUNDLE_DIGIT else BALLOT_TYPES[digit - 1]


# What a digit counts where it is doubled; a thousand parcels are checked in every slice of the log.
_DOUBLED: Final = bytes.maketrans(b"0123456789", b"0246813579")


def _luhn(digits: str) -> int:
    """Check digit of ISO/IEC 7812-1, annex B: from the right, every other digit is doubled."""
    last_first = digits.encode()[::-1]
    counted = last_first[::2].translate(_DOUBLED) + last_first[1::2]
    return (b"0"[0] * len(counted) - sum(counted)) % 10
