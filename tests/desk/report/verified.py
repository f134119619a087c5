"""`kawal verify` as the outsider runs it: its own process knows nothing of the desk, here it is called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from kawal.desk.ledger import keys
from kawal.verify.commands import verify_


def policy_file(folder: Path, text: str | None = None) -> Path:
    path = folder / "policy.txt"
    path.write_text(text or f"log {keys.verifier_key()}\nquorum none\n")
    return path


def verify(place: Path | str, policy: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and outcome."""
    done = CliRunner().invoke(verify_, [str(place), "--policy", str(policy), "--json", "-", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, json.loads(done.stdout)
