"""A rule file's tables, read strictly: a typing error is refused by key and with its mend, never skipped.

A rule file is a table of tables (TOML). Every key is asked for once; what nobody
asked for is refused at the end. Decimal numbers arrive as `Decimal` and become exact fractions.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeVar

from kawal.rules.refusals import Refused

Row = TypeVar("Row")

WHOLE_MAX: Final = 10**9  # a sum over a nation of such numbers still fits the solvers' 64 bits
_DIGITS_MAX: Final = 30  # before and behind the point: 1e999999999 would be written out as a fraction


def tables_of(text: str) -> dict[str, Any]:
    """The tables of a TOML file. Refuses `wrong_rules` with `key` (what is wrong) and `problem`."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except RecursionError as error:
        raise wrong("[[[[", "not_toml") from error
    except ValueError as error:  # TOMLDecodeError, and a number of more digits than Python reads
        raise wrong(str(error), "not_toml") from error


class Table:
    """One table of a rule file; `where` is its place in the file, such as `item[3]`."""

    def __init__(self, values: Any, where: str = "") -> None:
        self.where = where
        if not isinstance(values, Mapping):
            raise wrong(where, "must_be_table")
        self._left = dict(values)

    def has(self, key: str) -> bool:
        return key in self._left

    def text(self, key: str) -> str:
        value = self._take(key)
        if not isinstance(value, str) or not value.strip():
            raise wrong(self.key(key), "must_be_text")
        return value

    def day(self, key: str) -> date:
        """A day as TOML writes it: 2024-02-14, without quotes and without a time."""
        value = self._take(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise wrong(self.key(key), "must_be_day")
        return value

    def moment(self, key: str) -> datetime:
        """A day with its hour as TOML writes it: 2024-02-11 06:00:00, or with an offset; without quotes."""
        value = self._take(key)
        if not isinstance(value, datetime):
            raise wrong(self.key(key), "must_be_moment")
        return value

    def names_left(self) -> list[str]:
        """What nobody has asked for yet, in the order of the file."""
        return list(self._left)

    def flag(self, key: str) -> bool:
        value = self._take(key)
        if not isinstance(value, bool):
            raise wrong(self.key(key), "must_be_true_or_false")
        return value

    def whole(self, key: str, least: int = 0, most: int = WHOLE_MAX) -> int:
        value = self._take(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise wrong(self.key(key), "must_be_whole", least=least)
        if value > most:
            raise wrong(self.key(key), "must_be_at_most", most=most)
        return value

    def number(self, key: str) -> Fraction:
        """An exact number; binary floats are refused, for 2.3 % must be 2.3 % and not nearly."""
        value = self._take(key)
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            raise wrong(self.key(key), "must_be_number")
        if isinstance(value, Decimal) and not (value.is_finite() and _is_short(value)):
            raise wrong(self.key(key), "must_be_number")
        return Fraction(value)

    def numbers(self, key: str, count: int) -> tuple[Fraction, ...]:
        """A list of so many exact numbers."""
        values = self._take(key)
        if not isinstance(values, list) or len(values) != count:
            raise wrong(self.key(key), "must_be_numbers", count=count)
        row = Table({str(place): value for place, value in enumerate(values)}, self.key(key))
        return tuple(row.number(str(place)) for place in range(count))

    def choice(self, key: str, allowed: Sequence[str], *, old: Sequence[str] = ()) -> str:
        """`old`: words that files of former times use: still read, no longer offered."""
        value = self._take(key)
        if value not in (*allowed, *old):
            raise wrong(self.key(key), "must_be_one_of", allowed=", ".join(allowed))
        return str(value)

    def names(self) -> tuple[str, str]:
        """The names in Indonesian and in English: `name = { id = "...", en = "..." }`."""
        with self.table("name") as name:
            return name.text("id"), name.text("en")

    def words(self, key: str) -> tuple[str, ...]:
        value = self._take(key)
        if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
            raise wrong(self.key(key), "must_be_list_of_text")
        return tuple(value)

    @contextmanager
    def table(self, key: str) -> Iterator[Table]:
        inner = Table(self._take(key), self.key(key))
        yield inner
        inner.done()

    def rows(self, key: str, read: Callable[[Table], Row]) -> tuple[Row, ...]:
        """Each `[[key]]` table as `read` makes it; at least one must be there."""
        tables = self._take(key)
        if not isinstance(tables, list) or not tables:
            raise wrong(self.key(key), "must_be_list_of_tables")
        rows = []
        for place, values in enumerate(tables, start=1):
            table = Table(values, f"{self.key(key)}[{place}]")
            rows.append(read(table))
            table.done()
        return tuple(rows)

    def done(self) -> None:
        """Refuses what nobody asked for: a misspelt key must not pass for an absent one."""
        for key in self._left:
            raise wrong(self.key(key), "unknown_key")

    def key(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def _take(self, key: str) -> Any:
        if key not in self._left:
            raise wrong(self.key(key), "is_missing")
        return self._left.pop(key)


def _is_short(value: Decimal) -> bool:
    _, digits, exponent = value.as_tuple()
    return isinstance(exponent, int) and abs(exponent) + len(digits) <= 2 * _DIGITS_MAX


def wrong(key: str, problem: str, **facts: object) -> Refused:
    """The refusal of a rule file: where, and a code of what to mend."""
    return Refused("wrong_rules", key=key, problem=problem, **facts)
