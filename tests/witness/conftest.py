"""A witness as its agency runs it: a process of its own without Django, on a free port of this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any

import pytest

from kawal.witness.state import State, open_state
from tests.c2sp import Signer

ROOT = Path(__file__).resolve().parents[2]
KAWAL = (sys.executable, "-c", "import tests.without_django; from kawal.cli import main; main()")


def kawal(*words: str | Path, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KAWAL, *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False,
    )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes


@dataclass
class Witness:
    home: Path
    process: subprocess.Popen[str]
    place: dict[str, Any]

    @property
    def signer(self) -> Signer:
        return Signer.of(self.place["vkey"])

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.place["port"], timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def add(self, body: bytes) -> Answer:
        return self.ask("POST", "/add-checkpoint", body)


@contextmanager
def serving(home: Path, *words: str, port: int = 0) -> Iterator[Witness]:
    process = subprocess.Popen(
        [*KAWAL, "witness", "serve", "--home", str(home), "--port", str(port), "--json", *words],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, "the witness did not start"
        yield Witness(home, process, json.loads(line))
    finally:
        process.kill()
        process.wait(timeout=10)
        process.stdout.close()


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Witness]:
    """One for all tests of a module: each brings a log of its own."""
    with serving(tmp_path_factory.mktemp("witness"), "--name", "bawaslu.go.id/w1") as running:
        yield running


Opened = Callable[..., State]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """opened(home, name): the state of a witness, closed when the test ends."""
    with ExitStack() as stack:

        def opened(home: Path, name: str | None = None) -> State:
            state = open_state(home, name)
            stack.callback(state.close)
            return state

        yield opened
