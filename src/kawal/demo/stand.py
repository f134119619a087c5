"""Where an exercise stands: a home that is empty or held an exercise before, never a real record."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django.db.utils import OperationalError, ProgrammingError

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import reads as ledger
from kawal.desk.places import reads as places
from kawal.home import home
from kawal.rules.refusals import Refused

# What belongs to one exercise. The log's key goes with its log: the same key and origin over another
# tree would look like a fork to everybody who holds an old checkpoint. So do the keys of its issuers.
_OF_ONE_EXERCISE = (
    "kawal.sqlite3", "kawal.sqlite3-wal", "kawal.sqlite3-shm", "keys/log.key", "keys/log.signed",
    "keys/issuer-*.key", "world", "witnesses", "policy",
)  # fmt: skip


def holds_exercise() -> bool:
    """Whether this home's database holds an exercise. Refuses `real_record` for anything else in it."""
    try:
        if clock.exercise() is not None:
            return True
        if ledger.size() or places.counts()["areas"]:
            raise Refused("real_record", home=str(home()))
    except (OperationalError, ProgrammingError):
        pass  # no tables yet: a new home
    return False


def make_ready(*, resume: bool, now: datetime) -> bool:
    """Leaves a migrated database; True when it holds the exercise that is to be resumed.

    Without `resume` an exercise that was played before is set aside under `past/`, whole.
    """
    held = holds_exercise()
    if held and not resume:
        if connections["default"].vendor != "sqlite":
            raise Refused("database_not_empty")
        connections.close_all()
        _set_aside(home() / "past" / now.strftime("%Y%m%dT%H%M%S"))
    call_command("migrate", verbosity=0, interactive=False)
    return held and resume


def _set_aside(folder: Path) -> None:
    for pattern in _OF_ONE_EXERCISE:
        for path in home().glob(pattern):
            target = folder / path.relative_to(home())
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
