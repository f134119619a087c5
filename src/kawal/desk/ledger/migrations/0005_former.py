"""Entries that left the log: the database lets none leave it unless its bytes are kept here."""

from importlib import import_module

from django.db import migrations, models

append_only = import_module("kawal.desk.ledger.migrations.0002_append_only")

KEPT = "SELECT 1 FROM ledger_former f WHERE f.leaf_hash = OLD.leaf_hash AND f.signed = OLD.signed"


def forbid(apps, schema_editor):
    append_only.forbid(apps, schema_editor)
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER ledger_entry_no_delete")
        schema_editor.execute(
            f"CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry WHEN NOT EXISTS ({KEPT}) "
            "BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END"
        )
        for act in ("update", "delete"):
            schema_editor.execute(
                f"CREATE TRIGGER ledger_former_no_{act} BEFORE {act.upper()} ON ledger_former "
                "BEGIN SELECT RAISE(ABORT, 'ledger_former is append-only'); END"
            )
    else:
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION ledger_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF TG_OP = 'DELETE' AND EXISTS ({KEPT}) THEN RETURN OLD; END IF; "
            "RAISE EXCEPTION 'ledger_entry is append-only'; END $$",
            params=None,
        )
        schema_editor.execute("DROP TRIGGER ledger_entry_append_only ON ledger_entry")
        schema_editor.execute(
            "CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry "
            "FOR EACH ROW EXECUTE FUNCTION ledger_entry_append_only()"
        )
        schema_editor.execute(
            "CREATE TRIGGER ledger_former_append_only BEFORE UPDATE OR DELETE ON ledger_former "
            "FOR EACH ROW EXECUTE FUNCTION ledger_append_only()"
        )


def allow(apps, schema_editor):
    append_only.allow(apps, schema_editor)
    if schema_editor.connection.vendor == "sqlite":
        for act in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS ledger_former_no_{act}")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS ledger_former_append_only ON ledger_former")


def forbid_more(apps, schema_editor):
    append_only.allow(apps, schema_editor)
    forbid(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_witnesses")]

    operations = [
        migrations.CreateModel(
            name="Former",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("log", models.CharField(max_length=300)),
                ("index", models.BigIntegerField()),
                ("leaf_hash", models.BinaryField(max_length=32)),
                ("signed", models.BinaryField()),
                ("received_at", models.DateTimeField()),
                ("left_at", models.DateTimeField()),
                ("why", models.CharField(max_length=20)),
            ],
            options={"indexes": [models.Index(fields=["leaf_hash"], name="former_by_hash")]},
        ),
        migrations.RunPython(forbid_more, allow),
    ]
