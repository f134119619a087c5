"""`kawal report supplier`: who may announce."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from kawal.desk.report.commands import report
from kawal.desk.supply import tokens

pytestmark = pytest.mark.django_db


def run(*words: str) -> Result:
    return CliRunner().invoke(report, ["supplier", *words])


def test_a_supplier_is_added_listed_and_revoked() -> None:
    added = run("add", "Percetakan Satu")
    token = added.stdout.strip()
    assert added.exit_code == 0 and tokens.holder(f"Bearer {token}") is not None
    assert run("list").stdout.startswith("Percetakan Satu")
    assert run("revoke", "Percetakan Satu").exit_code == 0
    assert tokens.holder(f"Bearer {token}") is None
    assert json.loads(run("list", "--json").stdout)["revoked_at"]


def test_what_cannot_be_is_refused() -> None:
    assert run("add", "").exit_code == 1 and run("add", "a\nb").exit_code == 1
    assert run("add", "A").exit_code == 0
    again = run("add", "A", "--json")
    assert again.exit_code == 1 and json.loads(again.stdout)["refused"] == "supplier_known"
    assert run("revoke", "B").exit_code == 1 and "B" in run("revoke", "B").stderr
