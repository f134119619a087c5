"""What the tests of pages in a real browser share: the browser, the sizes looked at, a hub to look at."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

# The first one found: without a window and its toolbar it draws the same pages with a third of the work.
CHROMIUM = (
    shutil.which("chromium-headless-shell") or shutil.which("chromium") or shutil.which("chromium-browser")
)
ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "build" / "screens"
SIZES = {"phone": (390, 844), "desk": (1440, 900), "wall": (2560, 1440)}
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed on this machine"),
]


@contextmanager
def browser_of(*arguments: str) -> Iterator[Any]:
    """A browser that asks nobody but whom a test tells it to ask."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: check)")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", *arguments],
        )
        yield browser
        browser.close()


def picture(page: Any, name: str, **how: Any) -> None:
    """A page as somebody sees it, kept to be looked at. On a busy machine a large frame may not come in time:
    then it is asked for again, twice."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra: check)")
    SCREENS.mkdir(parents=True, exist_ok=True)
    for left in (2, 1, 0):
        try:
            page.screenshot(path=SCREENS / f"{name}.png", **how)
            return
        except api.Error as error:
            if not left or "Unable to capture screenshot" not in str(error):
                raise


@contextmanager
def hub_of(module: str, home: Path, *arguments: str) -> Iterator[dict[str, Any]]:
    """A hub with something to show, as a process; `module` makes it, and tells where and what in one line."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, env={**os.environ, "KAWAL_HOME": str(home)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout and process.stdin
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()
