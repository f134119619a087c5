"""What the command line needs: the desk for the desk's commands, nothing of it for the outsider's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WITHOUT_DJANGO = "import tests.without_django; from kawal.cli import main; main(prog_name='kawal')"


def kawal(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_DJANGO, *words],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_help_needs_no_desk() -> None:
    told = kawal("--help")
    assert told.returncode == 0, told.stderr
    assert "serve" in told.stdout


def test_a_command_of_the_desk_says_how_to_install_it() -> None:
    told = kawal("serve", "--port", "0")
    assert told.returncode == 1
    assert "kawal[desk]" in told.stderr
    assert "Traceback" not in told.stderr
