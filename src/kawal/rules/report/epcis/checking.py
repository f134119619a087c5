"""Checks of values, each of which says what is wrong, where, and nothing more."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from kawal.rules.report.epcis.vocabulary import CBV

WRONGS_MAX: Final = 100  # of one document: who has more mends these first
TEXT_MAX: Final = 2_000  # characters of an identifier

# RFC 3986, section 3: ASCII only, percent-encoding whole. What follows the scheme is the scheme's matter.
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_OFFSET: Final = re.compile(r"[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)")
_UNIT: Final = re.compile(r"[A-Z0-9]{2,3}")
_HEX: Final = re.compile(r"[A-Fa-f0-9]+")


@dataclass(frozen=True, slots=True)
class Wrong:
    """`at` is the place (`eventList[2].quantityList[0].uom`); `code` one of words.WRONGS at the edge."""

    at: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


Wrongs = list[Wrong]
Check = Callable[[Any, str, Wrongs], None]


def shown(told: str) -> str:
    """What strangers wrote, short and such that any database, log and page can hold it."""
    return "".join(char if char.isprintable() else "?" for char in told[:100])


def uri(value: Any, at: str, wrongs: Wrongs) -> None:
    if not is_uri(value):
        wrongs.append(Wrong(at, "must_be_uri"))


def is_uri(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= TEXT_MAX and _URI.fullmatch(value) is not None


def node(value: Any, at: str, wrongs: Wrongs) -> None:
    """A document may also be a blank node, which nobody outside of it can name (JSON-LD 1.1, section 3.7)."""
    if not (isinstance(value, str) and value.startswith("_:") and value.isprintable()):
        uri(value, at, wrongs)


def time(value: Any, at: str, wrongs: Wrongs) -> None:
    if time_of(value) is None:
        wrongs.append(Wrong(at, "must_be_time"))


def time_of(value: Any) -> datetime | None:
    """RFC 3339 with its zone, in UTC; a leap second is the second before it."""
    found = _TIME.fullmatch(value) if isinstance(value, str) and len(value) <= TEXT_MAX else None
    if found is None:
        return None
    day, minute, second, fraction, zone = found.groups()
    seconds = "59" if second == "60" else second
    plain = f"{day}T{minute}:{seconds}.{(fraction or '0')[:6]:0<6}{zone.upper().replace('Z', '+00:00')}"
    try:
        return datetime.fromisoformat(plain).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def offset(value: Any, at: str, wrongs: Wrongs) -> None:
    if not isinstance(value, str) or not _OFFSET.fullmatch(value):
        wrongs.append(Wrong(at, "must_be_offset"))


def unit(value: Any, at: str, wrongs: Wrongs) -> None:
    if not isinstance(value, str) or not _UNIT.fullmatch(value):
        wrongs.append(Wrong(at, "must_be_unit"))


def hexadecimal(value: Any, at: str, wrongs: Wrongs) -> None:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        wrongs.append(Wrong(at, "must_be_hex"))


def number(value: Any, at: str, wrongs: Wrongs) -> None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        wrongs.append(Wrong(at, "must_be_number"))


def flag(value: Any, at: str, wrongs: Wrongs) -> None:
    if not isinstance(value, bool):
        wrongs.append(Wrong(at, "must_be_true_or_false"))


def text(value: Any, at: str, wrongs: Wrongs) -> None:
    if not isinstance(value, str):
        wrongs.append(Wrong(at, "must_be_text"))


def anything(value: Any, at: str, wrongs: Wrongs) -> None:
    """An extension: kept as it came."""


def context(value: Any, at: str, wrongs: Wrongs) -> None:
    """JSON-LD 1.1, section 3.1: the address of a context, a context, or several."""
    several = value if isinstance(value, list) else [value]
    if not all(isinstance(one, dict) or is_uri(one) for one in several):
        wrongs.append(Wrong(at, "must_be_context"))


def one_of(words: Collection[str]) -> Check:
    def check(value: Any, at: str, wrongs: Wrongs) -> None:
        if not isinstance(value, str) or value not in words:
            wrongs.append(Wrong(at, "must_be_one_of", {"words": ", ".join(sorted(words))}))

    return check


def word(words: Collection[str], standard: tuple[str, ...] = CBV) -> Check:
    """A word of the vocabulary, bare; or a word of somebody's own, as a URI."""

    def check(value: Any, at: str, wrongs: Wrongs) -> None:
        if isinstance(value, str) and value in words:
            return
        if not is_uri(value):
            wrongs.append(Wrong(at, "unknown_word", {"words": ", ".join(sorted(words))}))
        elif value.startswith(standard):
            wrongs.append(Wrong(at, "write_bare_word", {"word": re.split("[:/#-]", value)[-1]}))

    return check


def many(check_one: Check, *, least: int = 0, once: bool = False) -> Check:
    def check(value: Any, at: str, wrongs: Wrongs) -> None:
        if not isinstance(value, list):
            wrongs.append(Wrong(at, "must_be_list"))
            return
        if len(value) < least:
            wrongs.append(Wrong(at, "list_empty"))
        for index, one in enumerate(value):
            if len(wrongs) >= WRONGS_MAX:
                return
            check_one(one, f"{at}[{index}]", wrongs)
        names = [one for one in value if isinstance(one, str)]
        if once and len(set(names)) < len(names):
            seen: set[str] = set()
            twice = next(one for one in names if one in seen or seen.add(one))  # type: ignore[func-returns-value]
            wrongs.append(Wrong(at, "named_twice", {"value": shown(twice)}))

    return check


def either(first: Check, second: Check) -> Check:
    """The first is tried; where it finds something, the second decides."""

    def check(value: Any, at: str, wrongs: Wrongs) -> None:
        tried: Wrongs = []
        first(value, at, tried)
        if tried:
            second(value, at, wrongs)

    return check


def members(known: Mapping[str, Check], *, needed: Collection[str] = (), others: Check | None = uri) -> Check:
    """An object. Members of others carry a prefix (`example:field`), which makes their names URIs: `others`
    checks those names; None lets none in."""

    def check(value: Any, at: str, wrongs: Wrongs) -> None:
        if not isinstance(value, dict):
            wrongs.append(Wrong(at, "must_be_object"))
            return
        inside = f"{at}." if at else ""
        wrongs.extend(Wrong(f"{inside}{name}", "missing") for name in needed if name not in value)
        for name, one in value.items():
            if len(wrongs) >= WRONGS_MAX:
                return
            if name in known:
                known[name](one, f"{inside}{name}", wrongs)
            elif others is None or _finds(others, name):
                wrongs.append(Wrong(f"{inside}{shown(name)}", "unknown_field"))

    return check


def _finds(check: Check, value: Any) -> bool:
    found: Wrongs = []
    check(value, "", found)
    return bool(found)
