"""All rows of all tables, between the desk's database and one SQLite file, as they were at one moment."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.apps import apps
from django.db import connection, connections, transaction
from django.db.models import Model

from kawal.home import home
from kawal.rules.refusals import Refused

_ROWS = 1000
_COPY = "copy"  # alias of the SQLite file


def tables() -> list[type[Model]]:
    """Every table of ours and of Django's, those that others refer to first."""
    found = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    ordered: list[type[Model]] = []

    def place(model: type[Model], under: tuple[type[Model], ...] = ()) -> None:
        if model in ordered or model in under:
            return
        for field in model._meta.concrete_fields:
            if field.remote_field and isinstance(field.remote_field.model, type):
                place(field.remote_field.model, (*under, model))
        ordered.append(model)

    for model in found:
        place(model)
    return ordered


def counts(database: Path) -> dict[str, int]:
    """Rows by table of a SQLite file."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        names = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return {
            name: opened.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - as it says
            for (name,) in names.fetchall()
            if not name.startswith("sqlite_")
        }


def save(target: Path) -> dict[str, int]:
    """The desk's database into a SQLite file, of one moment, while hubs go on; its rows by table."""
    told: dict[str, int] = {}
    if connection.vendor == "sqlite":
        source = str(connection.settings_dict["NAME"])
        with closing(sqlite3.connect(source, timeout=60)) as ours, closing(sqlite3.connect(target)) as copy:
            ours.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    else:
        _empty(target)
        with _opened(target), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            with transaction.atomic(using=_COPY):
                _clear(_COPY)
                _copy("default", _COPY)
            told = {model._meta.db_table: model._base_manager.count() for model in tables()}
    _flush(target)
    return {**counts(target), **told}


def load(source: Path) -> None:
    """A SQLite file into the desk's database, whose tables are there and empty; all rows or none."""
    if connection.vendor == "sqlite":
        raise ValueError("a SQLite database is put in its place as a file")
    with _opened(source), transaction.atomic():
        _clear("default")
        _copy(_COPY, "default")
        _restart_counters()


def is_empty() -> bool:
    """Whether the desk's database holds nothing that people or phones told."""
    theirs = {"django_content_type", "auth_permission"}
    rows = (model for model in tables() if model._meta.db_table not in theirs)
    return not any(model._base_manager.exists() for model in rows)


def _copy(source: str, target: str) -> None:
    for model in tables():
        found = model._base_manager.using(source).order_by("pk").iterator(chunk_size=_ROWS)
        for some in _by(_ROWS, found):
            model._base_manager.using(target).bulk_create(some, batch_size=_ROWS)


def _by(count: int, found: Iterator[Model]) -> Iterator[list[Model]]:
    some: list[Model] = []
    for one in found:
        some.append(one)
        if len(some) == count:
            yield some
            some = []
    if some:
        yield some


def _clear(alias: str) -> None:
    """What migrations put into new tables is told by the backup itself."""
    for model in reversed(tables()):
        model._base_manager.using(alias).all().delete()


def _restart_counters() -> None:
    with connection.cursor() as cursor:
        from django.core.management.color import no_style

        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)


def _empty(target: Path) -> None:
    """A SQLite database with the tables of this program and nothing in them."""
    program = (
        "import django; django.setup(); from django.core.management import call_command; "
        "call_command('migrate', verbosity=0, interactive=False)"
    )
    kept = {name: value for name, value in os.environ.items() if name != "KAWAL_DATABASE"}
    subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-c", program],
        env={**kept, "KAWAL_HOME": str(home()), "KAWAL_DATABASE": f"sqlite:///{target}"},
        check=True,
    )
    with closing(sqlite3.connect(target)) as made:
        made.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def _opened(file: Path) -> Iterator[None]:
    connections.databases[_COPY] = {
        **connections.databases["default"], "ENGINE": "django.db.backends.sqlite3", "NAME": str(file),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA foreign_keys=OFF;"},
        "CONN_MAX_AGE": None, "HOST": "", "PORT": "", "USER": "", "PASSWORD": "",
    }  # fmt: skip
    try:
        yield
    finally:
        connections[_COPY].close()
        del connections[_COPY]
        del connections.databases[_COPY]


def _flush(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
        told = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if told != "ok":
        raise Refused("database_damaged", detail=str(told)[:200])
