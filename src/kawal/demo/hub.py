"""The hub of an exercise as a process of its own: started, watched over, started again when it dies."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from types import TracebackType

from kawal.home import home
from kawal.rules.refusals import Refused

START_S_MAX = 60.0
RESTARTS_MAX = 5  # a hub that dies more often than that is broken, not unlucky


class Hub:
    """`with Hub(port) as hub:`; a killed hub is started again on the same port, as an office would."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.restarts = 0
        self._ending = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, name="hub-watcher", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Hub:
        self._start()
        self._await_health()
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        _close(process)

    def _start(self) -> None:
        _close(self._process)
        log = (home() / "hub.log").open("ab")
        # In a session of its own: Ctrl-C reaches the demo first, which lets the hub end in order.
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own program
            [sys.executable, "-m", "kawal", "serve", "--port", str(self.port), "--with-stdin"],
            stdin=subprocess.PIPE,  # a demo that is killed takes its hub along
            stdout=log,
            stderr=log,
            env={**os.environ, "KAWAL_HOME": str(home())},
            start_new_session=True,
        )
        log.close()
        if self.port == 0:
            self._read_port()

    def _read_port(self) -> None:
        told = home() / "hub.json"
        until = time.monotonic() + START_S_MAX
        while time.monotonic() < until:
            self._check_alive()
            try:
                stands = json.loads(told.read_text())
                if stands["pid"] == self.pid:
                    self.port = int(stands["port"])
                    return
            except (OSError, ValueError, KeyError):
                pass  # not written yet
            time.sleep(0.05)
        raise Refused("hub_did_not_start", log=str(home() / "hub.log"))

    def _await_health(self) -> None:
        until = time.monotonic() + START_S_MAX
        while time.monotonic() < until:
            self._check_alive()
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", "/door/v1/health")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass  # not listening yet
            time.sleep(0.1)
        raise Refused("hub_did_not_start", log=str(home() / "hub.log"))

    def _check_alive(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            raise Refused("hub_did_not_start", log=str(home() / "hub.log"))

    def _watch(self) -> None:
        while not self._ending.wait(0.2):
            process = self._process
            if process is None or process.poll() is None:
                continue
            if self.restarts >= RESTARTS_MAX:
                return  # the rehearsal gives up by itself when nobody answers
            self.restarts += 1
            self._start()


def _close(process: subprocess.Popen[bytes] | None) -> None:
    if process is not None and process.stdin is not None:
        process.stdin.close()
