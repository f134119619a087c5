"""A log that was closed stays as it was: its tiles and signed heads, and a head leaves only for there."""

from importlib import import_module

from django.db import migrations, models

append_only = import_module("kawal.desk.ledger.migrations.0002_append_only")

TABLES = ("ledger_formertile", "ledger_formercheckpoint")
KEPT = (
    "SELECT 1 FROM ledger_formercheckpoint f WHERE f.size = OLD.size "
    "AND substr(f.note, 1, length(OLD.note)) = OLD.note"
)


def forbid(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for table in TABLES:
            for act in ("update", "delete"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        schema_editor.execute("DROP TRIGGER ledger_checkpoint_no_delete")
        schema_editor.execute(
            "CREATE TRIGGER ledger_checkpoint_no_delete BEFORE DELETE ON ledger_checkpoint "
            f"WHEN NOT EXISTS ({KEPT}) BEGIN SELECT RAISE(ABORT, 'ledger_checkpoint is append-only'); END"
        )
        return
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ledger_append_only()"
        )
    schema_editor.execute(
        "CREATE OR REPLACE FUNCTION ledger_checkpoint_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'DELETE' AND EXISTS ({KEPT}) THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'ledger_checkpoint is append-only'; END $$",
        params=None,
    )
    schema_editor.execute("DROP TRIGGER ledger_checkpoint_append_only ON ledger_checkpoint")
    schema_editor.execute(
        "CREATE TRIGGER ledger_checkpoint_append_only BEFORE UPDATE OR DELETE ON ledger_checkpoint "
        "FOR EACH ROW EXECUTE FUNCTION ledger_checkpoint_append_only()"
    )


def allow(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "sqlite":
            for act in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_former")]

    operations = [
        migrations.CreateModel(
            name="FormerTile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("log", models.CharField(max_length=300)),
                ("level", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={"constraints": [
                models.UniqueConstraint(fields=["log", "level", "number"], name="former_tile_once")
            ]},
        ),
        migrations.CreateModel(
            name="FormerCheckpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("log", models.CharField(max_length=300)),
                ("size", models.BigIntegerField()),
                ("note", models.TextField()),
                ("signed_at", models.DateTimeField()),
                ("published", models.BooleanField()),
            ],
            options={"constraints": [
                models.UniqueConstraint(fields=["log", "size"], name="former_checkpoint_once")
            ]},
        ),
        migrations.RunPython(forbid, allow),
    ]
