"""A log to look at: events signed by enrolled devices, appended in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper
from pytest_django import DjangoDbBlocker

from kawal.desk.ledger import actions
from kawal.desk.people import devices
from kawal.desk.people.models import Post
from kawal.rules.custody import event
from kawal.rules.signing import cose, keys
from kawal.rules.signing.hashes import leaf_hash

append_only = import_module("kawal.desk.ledger.migrations.0005_former")

NOW = datetime(2029, 2, 10, 3, 0, tzinfo=UTC)
KEYS = [keys.key_from_seed(bytes([n]) * 32) for n in (1, 2)]
POST = "kpu/16.07.03"


def signed(seq: int, device: int = 0) -> bytes:
    told = event.Event(
        act=event.Act.POSITION,
        seq=seq,
        prev=bytes(32) if seq else None,
        happened_ms=1_865_000_000_000 + seq,
        recorded_ms=1_865_000_000_000 + seq,
        trip="T-1",
        position=(-29_761_000, 1_047_754_000, 8),
    )
    return cose.sign(event.payload(told), KEYS[device])


def entries(count: int, start: int = 0) -> list[tuple[bytes, bytes]]:
    made = [signed(seq, seq % 2) for seq in range(start, start + count)]
    return [(leaf_hash(one), one) for one in made]


@pytest.fixture
def enrolled(db: None) -> None:
    Post.objects.create(code=POST, agency="kpu", area_code="16.07.03", name="PPK")
    devices.enrol([devices.NewDevice(keys.public_bytes(key), POST, "custodian") for key in KEYS], now=NOW)


Grow = Callable[..., None]
Tamper = Callable[..., int]


@pytest.fixture
def grow(enrolled: None) -> Grow:
    """grow(3, 250, 10): three batches, a checkpoint after each."""
    told = 0

    def grow(*batches: int) -> None:
        nonlocal told
        for count in batches:
            actions.append(entries(count, told), received_at=NOW)
            actions.publish_checkpoint(now=NOW)
            told += count

    return grow


@pytest.fixture
def tamper(db: None) -> Tamper:
    """Change the database behind the log's back, as somebody with its file in hand could."""

    def tamper(sql: str, *values: object) -> int:
        append_only.allow(None, connection.schema_editor())
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.rowcount

    return tamper


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A log whose writes are committed, for what closes its connection; emptied afterwards.

    Not `db(transaction=True)`: what empties the tables there is refused by the log's own triggers. These are
    put back as they were found: later migrations made other ones of the same names.
    """
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor, _without_triggers(cursor):
            for model in apps.get_app_config("ledger").get_models():
                model.objects.all().delete()


@contextmanager
def _without_triggers(cursor: CursorWrapper) -> Iterator[None]:
    if connection.vendor == "postgresql":
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")
        return
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'ledger_%'")
    triggers = cursor.fetchall()
    for name, _ in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    yield
    for _, sql in triggers:
        cursor.execute(sql)
