"""The house keeps its own rules: sizes, names, words, commands. A rule without a check decays."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from kawal.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "kawal"
LINES_MAX = 400
FUNCTION_LINES_MAX = 60
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "core", "manager", "service", "misc", "shared"}
CODE = {".py", ".ts", ".js", ".css", ".html"}


def _code() -> list[Path]:
    folders = [SOURCE, ROOT / "tests", ROOT / "bench"]
    not_ours = {"migrations", "built", "__pycache__", "node_modules"}
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in CODE and not not_ours & set(path.parts)
    ]


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_the_limit() -> None:
    long = {_named(path): n for path in _code() if (n := len(path.read_text().splitlines())) > LINES_MAX}
    assert not long, "split by question, never by kind"


def test_no_function_is_longer_than_the_limit() -> None:
    long = {}
    for path in _code():
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    long[f"{_named(path)}:{node.name}"] = lines
    assert not long


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not [_named(path) for path in _code() if path.stem in FORBIDDEN_NAMES and path.name != "base.html"]


def test_nothing_is_left_to_do_silently() -> None:
    left = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    assert not [_named(path) for path in _code() if path != Path(__file__) and left.search(path.read_text())]


def test_views_hold_no_styles_of_their_own() -> None:
    """One design system: no page has styles of its own, and the content policy would refuse them."""
    styled = [
        _named(path) for path in SOURCE.rglob("*.html") if re.search(r"<style|\sstyle=", path.read_text())
    ]
    assert not styled


def test_every_public_module_says_what_it_is_for() -> None:
    silent = []
    for path in SOURCE.rglob("*.py"):
        if {"migrations", "built"} & set(path.parts) or path.name in {"__init__.py", "apps.py"}:
            continue
        text = path.read_text()
        if text.strip() and not ast.get_docstring(ast.parse(text)):
            silent.append(_named(path))
    assert not silent


def test_help_lists_every_command_in_the_order_of_the_work() -> None:
    told = CliRunner().invoke(main, ["--help"]).output
    places = [told.index(f"  {name} ") for name in COMMANDS]
    assert places == sorted(places)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_is_there_and_stands_in_the_documents(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    documents = " ".join(path.read_text() for path in pages)
    assert f"kawal {name}" in documents


def test_locks_hold_no_addresses() -> None:
    for name in ["requirements.lock", "requirements-check.lock"]:
        text = (ROOT / name).read_text()
        assert "://" not in text and "index-url" not in text and "find-links" not in text
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_what_is_built_is_not_committed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing to ask git about")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    built = re.compile(r"(^|/)(node_modules/|\.venv/|built/|uv\.lock|pylock\.toml|.*\.sqlite3|.*\.mo)$|\.mo$")
    assert not [name for name in listed.splitlines() if built.search(name)]
