"""`pip install kawal` without the desk: a wheel in a fresh environment, with the core dependencies alone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest

from kawal.desk.report.archive import writing
from tests.desk.report import recorded
from tests.desk.report.verified import policy_file

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

ROOT = Path(__file__).resolve().parents[3]
_NAME = re.compile(r"[A-Za-z0-9_.-]+")


def _core(package: str = "kawal", seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Names of all that a package needs without any extra."""
    for wanted in requires(package) or []:
        if "extra ==" in wanted:
            continue
        name = _canonical(_NAME.match(wanted).group())
        if name not in seen and f"{name}==" in (ROOT / "requirements.lock").read_text():
            seen = _core(name, seen | {name})
    return seen


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _locked(names: frozenset[str]) -> Iterator[str]:
    """The lines of the lock file for these packages, with their hashes."""
    keep = False
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if line[:1].strip():
            keep = _canonical(line.partition("==")[0]) in names
        if keep:
            yield line


def run(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=300, check=False, **options
    )


@pytest.fixture(scope="module")
def kawal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command as it is installed."""
    folder = tmp_path_factory.mktemp("installed")
    shutil.copytree(
        ROOT / "src", folder / "tree" / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / "tree" / name)
    made = run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
               "--wheel-dir", folder, folder / "tree")  # fmt: skip
    assert made.returncode == 0, made.stderr
    names = _core()
    assert {"click", "pynacl"} <= names and not names & {"django", "numpy", "tqdm"}
    (folder / "core.txt").write_text("\n".join(_locked(names)) + "\n")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for what in (["--require-hashes", "-r", folder / "core.txt"], ["--no-deps", *folder.glob("*.whl")]):
        done = run(*pip, *what)
        assert done.returncode == 0, done.stderr
    assert run(python, "-m", "pip", "check").returncode == 0
    return folder / "venv" / "bin" / "kawal"


def test_an_archive_is_verified_without_the_desk(kawal: Path, tmp_path: Path) -> None:
    recorded.told(recorded.cast(2), "pack", "out", "vote", "back")
    writing.write(tmp_path / "log.zip", "")
    policy = policy_file(tmp_path)
    done = run(
        kawal, "verify", "log.zip", "--policy", policy, "--processes", 2, "--language", "en", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("WHOLE.") and "Everything is home" in done.stdout
    data = bytearray((tmp_path / "log.zip").read_bytes())
    data[data.index(b"GDG-16.07")] ^= 1
    (tmp_path / "log.zip").write_bytes(data)
    done = run(kawal, "verify", "log.zip", "--policy", policy, cwd=tmp_path)
    assert done.returncode == 2 and "archive_unreadable" in done.stderr  # the zip's own check sum


def test_help_and_the_witness_are_there(kawal: Path, tmp_path: Path) -> None:
    assert "verify" in run(kawal, "--help").stdout
    made = run(kawal, "witness", "key", "--name", "example/w1", cwd=tmp_path)
    assert made.returncode == 0 and made.stdout.startswith("example/w1+"), made.stderr


@pytest.mark.parametrize("command", ["places", "ledger", "serve", "demo", "report"])
def test_a_command_of_the_desk_says_how_to_install_it(kawal: Path, command: str) -> None:
    done = run(kawal, command, "--help")
    assert done.returncode == 1 and "kawal[desk]" in done.stderr and "Traceback" not in done.stderr
