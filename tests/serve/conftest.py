"""A hub as a process of its own, on a free port of this machine, in a home of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
KAWAL = (sys.executable, "-c", "from kawal.cli import main; main()")

# Run in the hub's own home, before it: a post and a device that may sign.
ENROL = """
import django, sys
django.setup()
from datetime import UTC, datetime
from kawal.desk.people import devices
from kawal.desk.people.models import Post
from kawal.desk.site import tables
tables.migrate()
post, _ = Post.objects.get_or_create(code="kpu/16.07.03", agency="kpu", area_code="16.07.03", name="PPK")
device = devices.NewDevice(bytes.fromhex(sys.argv[1]), post.code, "custodian")
devices.enrol([device], now=datetime(2029, 2, 1, tzinfo=UTC))
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAWAL_")}
    return {
        **kept, "KAWAL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "kawal.desk.site.settings",
        "PYTHONUNBUFFERED": "1", **more,
    }  # fmt: skip


def kawal(home: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KAWAL, *command],
        env=environment(home, **more), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def enrol(home: Path, public_key: bytes, **more: str) -> None:
    """Makes `home` one where this key may sign."""
    if more:  # its database may be elsewhere, where no copy of a folder reaches
        prepare(home, ENROL, public_key.hex(), **more)
    else:
        shutil.copytree(prepared(ENROL, public_key.hex()), home, dirs_exist_ok=True)


def prepare(home: Path, program: str, *arguments: str, **more: str) -> None:
    subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environment(home, PYTHONPATH=str(ROOT), **more),
        check=True,
        timeout=300,
    )


@cache
def prepared(program: str, *arguments: str) -> Path:
    """A home in which this program ran, once for all tests of this process; to be copied, not used."""
    home = Path(tempfile.mkdtemp(prefix="kawal-test-"))
    prepare(home, program, *arguments)
    return home


@dataclass
class Hub:
    process: subprocess.Popen[str]
    port: int
    home: Path

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def told(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        status, answer = self.ask(method, path, body)
        return status, json.loads(answer)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Exit code, and how long it took in seconds."""
        before = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(timeout=30), time.monotonic() - before


Start = Callable[..., Hub]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """start(home): a hub that answers. What still runs after the test is ended."""
    processes: list[subprocess.Popen[str]] = []

    def start(home: Path = tmp_path, **more: str) -> Hub:
        with (home / "hub.err").open("a") as errors:
            process = subprocess.Popen(
                [*KAWAL, "serve", "--port", "0", "--json"],
                env=environment(home, **more), stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip
        processes.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (home / "hub.err").read_text()
        return Hub(process, json.loads(line)["port"], home)

    yield start
    for process in processes:
        process.kill()
        process.wait(timeout=10)
        if process.stdout:
            process.stdout.close()
