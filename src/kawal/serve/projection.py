"""The projector's process as the hub sees it: started, woken when the log grew, started again if it dies."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading

from kawal.desk.custody import projector

LOOKS_S = 0.5
ENDS_S = 10.0  # for the slice it is at; then it is killed, which costs nothing but that slice
RESTARTS_AFTER_S = (0.5, 30.0)  # first, and at most

_log = logging.getLogger(__name__)


class Projection:
    """start, wake ..., stop."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="projection", daemon=True)

    def start(self) -> None:
        self._process = _started()
        self._watcher.start()

    def wake(self) -> None:
        """There is more to fold. Never waits: a full pipe means that it is awake."""
        process = self._process
        if process is not None and process.stdin is not None:
            try:
                os.write(process.stdin.fileno(), b"\n")
            except (OSError, ValueError):
                _log.debug("the projector is busy, or just being started again")

    def stop(self) -> None:
        """It ends after the slice it is at; what is left is folded when a hub starts again."""
        self._ending.set()
        self._watcher.join()
        process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _watch(self) -> None:
        first_s, most_s = RESTARTS_AFTER_S
        pause_s = first_s
        while not self._ending.wait(LOOKS_S):
            process = self._process
            if process is None or process.poll() is None:
                continue
            _log.error("the projector ended (%s); started again in %.1f s", process.returncode, pause_s)
            if self._ending.wait(pause_s):
                return
            pause_s = min(most_s, pause_s * 2)
            if process.stdin is not None:
                process.stdin.close()
            self._process = _started()


def _started() -> subprocess.Popen[bytes]:
    # In the hub's session, so that the kernel weighs the two against each other, but in a process group
    # of its own: Ctrl+C is for the hub.
    process = subprocess.Popen(  # noqa: S603 - this very program
        [sys.executable, "-m", projector.__name__], stdin=subprocess.PIPE, process_group=0
    )
    assert process.stdin is not None
    os.set_blocking(process.stdin.fileno(), False)
    return process
