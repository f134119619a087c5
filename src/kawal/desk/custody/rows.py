"""Writing many rows at once: one prepared statement per table, the same on SQLite and PostgreSQL.

A batch of signed events touches thousands of parcels, and the ORM's objects would cost more than the
rules. Rows are tuples in the order of the table's columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models

_Thing = TypeVar("_Thing")


def upsert(model: type[models.Model], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert, or replace what stands under the same primary key."""
    if not rows:
        return
    sql, prepared = _statement(model)
    values = [list(row) for row in rows]
    for place, field in prepared:
        is_time = isinstance(field, models.DateTimeField)
        for row in values:
            row[place] = _time(row[place]) if is_time else field.get_db_prep_save(row[place], connection)
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


def _time(at: datetime | None) -> datetime | str | None:
    """As Django writes it: SQLite keeps UTC as text. The field's own way costs forty times as much."""
    if at is None or connection.vendor != "sqlite":
        return at
    return str(at.astimezone(UTC).replace(tzinfo=None))


@lru_cache(maxsize=32)
def _statement(model: type[models.Model]) -> tuple[str, list[tuple[int, Any]]]:
    """The statement, and the columns whose values need the database's own form."""
    quote = connection.ops.quote_name
    fields = model._meta.concrete_fields
    columns = [quote(str(field.column)) for field in fields]
    key = quote(str(model._meta.pk.column))
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns if column != key)
    # Every word of it comes from the table's own definition, none from outside.
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns)}) "  # noqa: S608
        f"VALUES ({', '.join(['%s'] * len(columns))}) ON CONFLICT ({key}) DO UPDATE SET {changes}"
    )
    kinds = (models.DateTimeField, models.JSONField)
    return sql, [(place, field) for place, field in enumerate(fields) if isinstance(field, kinds)]


def chunks(things: Iterable[_Thing], size: int) -> Iterator[list[_Thing]]:
    left = iter(things)
    while some := list(islice(left, size)):
        yield some
