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

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "build" / "screens"
SIZES = {"phone": (390, 844), "desk": (1440, 900), "wall": (2560, 1440)}
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed on this machine"),
]


@contextmanager
def hub_of(module: str, home: Path) -> Iterator[dict[str, Any]]:
    """A hub with something to show, as a process; `module` makes it, and tells where and what in one line."""
    process = subprocess.Popen(
        [sys.executable, "-m", module],
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
