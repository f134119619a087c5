"""JSON of strangers: bounded before it is read, and every value's place in the text known afterwards.

An event of others is kept as the text that it came as: numbers, escapes and the order of members survive,
which no decoded value can promise.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple, NoReturn

from kawal.rules.refusals import Refused

DEPTH_MAX: Final = 40
NUMBER_LENGTH_MAX: Final = 40
_EXPONENT_MAX: Final = 308  # what a double can hold: further out, readers differ
# Strings first, so that brackets in them are none; possessive, so that no text makes it slow.
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"]++', re.DOTALL)

Path = tuple[str | int, ...]


class Span(NamedTuple):
    start: int
    stop: int


def parsed(data: bytes, *, bytes_max: int) -> tuple[str, Any]:
    """Text and value; decimal numbers become Decimal. Refuses `too_large`, and `bad_json` with the reason
    (`encoding`, `syntax`, `depth`, `twice`, `number`) and the place."""
    if len(data) > bytes_max:
        raise Refused("too_large", bytes_max=bytes_max)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused("bad_json", why="encoding", at=f"byte {error.start}") from None
    _check_depth(text)
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_float=_decimal, parse_int=_whole, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}"
        raise Refused("bad_json", why="syntax", at=at) from None
    return text, value


def _check_depth(text: str) -> None:
    depth = 0
    for found in _TOKEN.finditer(text):
        mark = found[0]
        if mark in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise Refused("bad_json", why="depth", at=f"character {found.start()}")
        elif mark in "]}":
            depth -= 1


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Readers differ on a name that is told twice. One is let through, the last counting as in ECMAScript:
    an event that names itself twice, because an official example does (AssociationEvent-h.jsonld)."""
    told = dict(pairs)
    if len(told) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen and key != "eventID":
                raise Refused("bad_json", why="twice", at=key[:100])
            seen.add(key)
    return told


def _whole(digits: str) -> int:
    if len(digits) > NUMBER_LENGTH_MAX:
        raise Refused("bad_json", why="number", at=digits[:NUMBER_LENGTH_MAX])
    return int(digits)


def _decimal(digits: str) -> Decimal:
    value = Decimal(digits) if len(digits) <= NUMBER_LENGTH_MAX else None
    if value is None or not value.is_finite() or abs(value.adjusted()) > _EXPONENT_MAX:
        raise Refused("bad_json", why="number", at=digits[:NUMBER_LENGTH_MAX])
    return value


def _no_constant(word: str) -> NoReturn:
    raise Refused("bad_json", why="number", at=word)


def spans(text: str, depth_max: int) -> dict[Path, Span]:
    """Where each value stands in a text that `parsed` took, down to a depth; the whole is `()`."""
    found: dict[Path, Span] = {}
    tokens = _TOKEN.finditer(text)
    for first in tokens:
        _walk(first, tokens, (), depth_max, found)
    return found


def _walk(
    first: re.Match[str], tokens: Iterator[re.Match[str]], path: Path, depth_max: int, found: dict[Path, Span]
) -> int:
    """Notes the value that begins at `first` and what is in it; where it stops. The depth is bounded."""
    opening, stop = first[0], first.end()
    if opening in "[{":
        key: str | int | None = 0 if opening == "[" else None
        for token in tokens:
            word = token[0]
            if word in "]}":
                stop = token.end()
                break
            if word == "," and opening == "[":
                assert isinstance(key, int)
                key += 1
            elif word == ",":
                key = None
            elif key is None:
                key = json.loads(word)
            elif word != ":":
                _walk(token, tokens, (*path, key), depth_max, found)
    if len(path) <= depth_max:
        found[path] = Span(first.start(), stop)
    return stop


def fingerprint(value: Any) -> str:
    """SHA-256 in hex of what a value says, whatever the order of its members and the space between them."""
    told = json.dumps(value, sort_keys=True, separators=(",", ":"), default=_as_number)
    return hashlib.sha256(told.encode()).hexdigest()


def _as_number(value: Any) -> str:
    assert isinstance(value, Decimal)
    return f"{value.normalize():e}"
