"""The tables of the database, brought up to the program that is about to use them."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kawal.rules.refusals import Refused


def migrate() -> None:
    """Bring the database up to this program; makes it where there is none. Refuses `database_newer`."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    ours = {app for app, _ in loader.disk_migrations}
    unknown = [
        name for name in loader.applied_migrations if name[0] in ours and name not in loader.disk_migrations
    ]
    if unknown:
        raise Refused("database_newer", migration=".".join(min(unknown)))
    if executor.migration_plan(loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
