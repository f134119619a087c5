"""Writing many rows at once: one prepared statement per table, the same on SQLite and PostgreSQL.

A batch of signed events touches thousands of parcels, and the ORM's objects would cost more than the
rules. Rows are tuples in the order of the table's columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models

_Thing = TypeVar("_Thing")


class Pending:
    """Rows that are to be written together: prepared while others may write, written at one stroke."""

    def __init__(self) -> None:
        self._statements: list[tuple[str, list[list[Any]]]] = []

    def upsert(self, model: type[models.Model], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert, or replace what stands under the same primary key."""
        self._add(model, rows, _or_replace(model))

    def insert_once(self, model: type[models.Model], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert what is not there under any of the table's keys.

        No number that the database gives is told.
        """
        self._add(model, rows, "DO NOTHING")

    def write(self) -> None:
        """Inside the caller's transaction."""
        with connection.cursor() as cursor:
            for sql, rows in self._statements:
                cursor.executemany(sql, rows)

    def _add(self, model: type[models.Model], rows: Sequence[tuple[Any, ...]], on_conflict: str) -> None:
        if not rows:
            return
        sql, prepared = _statement(model, on_conflict)
        values, times = [list(row) for row in rows], _times()
        for place, field in prepared:
            as_kept = times if isinstance(field, models.DateTimeField) else _as_saved(field)
            for row in values:
                row[place] = as_kept(row[place])
        self._statements.append((sql, values))


def _as_saved(field: Any) -> Callable[[Any], Any]:
    return lambda value: field.get_db_prep_save(value, connection)


def _times() -> Callable[[Any], Any]:
    """How the database keeps a time: SQLite as text in UTC. The field's own way costs forty times as much."""
    return _time if connection.vendor == "sqlite" else lambda at: at


@lru_cache(maxsize=5_000)  # what was told together was received together
def _time(at: datetime | None) -> str | None:
    return None if at is None else str(at.astimezone(UTC).replace(tzinfo=None))


def _columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """All that a row tells; a number that the database gives is not told."""
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]


@lru_cache(maxsize=32)
def _or_replace(model: type[models.Model]) -> str:
    quote = connection.ops.quote_name
    key = model._meta.pk.column
    told = [str(field.column) for field in _columns(model)]
    changes = ", ".join(f"{quote(one)} = excluded.{quote(one)}" for one in told if one != key)
    return f"({quote(str(key))}) DO UPDATE SET {changes}"


@lru_cache(maxsize=32)
def _statement(model: type[models.Model], on_conflict: str) -> tuple[str, list[tuple[int, Any]]]:
    """The statement, and the columns whose values need the database's own form."""
    quote = connection.ops.quote_name
    fields = _columns(model)
    columns = ", ".join(quote(str(field.column)) for field in fields)
    # Every word of it comes from the table's own definition, none from outside.
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) "  # noqa: S608
        f"VALUES ({', '.join(['%s'] * len(fields))}) ON CONFLICT {on_conflict}"
    )
    kinds = (models.DateTimeField, models.JSONField)
    return sql, [(place, field) for place, field in enumerate(fields) if isinstance(field, kinds)]


def chunks(things: Iterable[_Thing], size: int) -> Iterator[list[_Thing]]:
    left = iter(things)
    while some := list(islice(left, size)):
        yield some
