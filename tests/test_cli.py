"""What the command line needs: the desk for the desk's commands, nothing of it for the outsider's."""

from __future__ import annotations

import os
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


def in_new_home(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kawal", *words],
        cwd=ROOT, env={**os.environ, "KAWAL_HOME": str(home), **settings},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_any_command_of_the_desk_finds_its_tables_made_and_help_makes_none(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert in_new_home(home, "plan", "show", "--help").returncode == 0
    assert not list(home.glob("*.sqlite*"))
    told = in_new_home(home, "plan", "show", "--area", "16.07")
    assert told.returncode == 1 and "16.07" in told.stderr
    assert "Traceback" not in told.stderr


def test_commands_of_the_desk_speak_indonesian_or_the_language_that_is_asked_for(tmp_path: Path) -> None:
    asked = ("plan", "show", "--area", "16.07")
    assert "Belum ada rencana" in in_new_home(tmp_path / "home", *asked, KAWAL_LANGUAGE="").stderr
    assert "There is no plan" in in_new_home(tmp_path / "home", *asked, KAWAL_LANGUAGE="en").stderr
    told = in_new_home(tmp_path / "home", *asked, KAWAL_LANGUAGE="fr")
    assert told.returncode == 1
    assert told.stderr == "Error: KAWAL_LANGUAGE is 'fr': write one of id, en\n"


def test_a_database_that_cannot_be_opened_is_told_without_a_traceback(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "kawal.sqlite3").mkdir(parents=True)
    told = in_new_home(home, "plan", "show", "--area", "16.07", KAWAL_LANGUAGE="en")
    assert told.returncode == 1
    assert f"The database of {home} cannot be used" in told.stderr and "Traceback" not in told.stderr
