"""Checking many events beside the hub: processes that do nothing else.

A signature costs more than all else that is done to an event, and threads of one Python do not help:
they hand its lock to and fro at every signature. So there is a process for every core. A batch is cut
among those that are free: one client that waits for each answer is served by all cores, many clients
share them. A process reads claims and answers each with the event's id, or why it is none, until its
input ends, which it also does when the hub is killed.
"""

from __future__ import annotations

import gc
import logging
import os
import queue
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

from kawal.door import checks
from kawal.door.checks import Claim
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec

FEW: Final = 16  # are checked on the spot
PART_MIN: Final = 32  # claims that are worth waking one more process for
PROCESSES_MAX: Final = 8
_LENGTH_BYTES: Final = 4
_KEY_BYTES: Final = 32
_PIPE_BYTES: Final = 1 << 20  # all may be asked before the first has read; Linux allows so much to everybody

Answers = list[bytes | Refused]

_log = logging.getLogger(__name__)


class Beside:
    """The processes; may be asked by several threads. Where one fails, its part is checked on the spot."""

    def __init__(self, processes: int | None = None) -> None:
        count = processes or min(PROCESSES_MAX, os.cpu_count() or 1)
        self._all = [_Process() for _ in range(count)]
        self._free: queue.SimpleQueue[_Process] = queue.SimpleQueue()
        for process in self._all:
            self._free.put(process)

    def start(self) -> None:
        """So that the first large batch need not wait for them; else it starts them."""
        for process in self._all:
            process.start()

    def judged(self, claims: Sequence[Claim]) -> Answers:
        """What `checks.judged` says of each."""
        if len(claims) < FEW:
            return on_the_spot(claims)
        taken = self._taken(len(claims) // PART_MIN)
        try:
            length = -(-len(claims) // len(taken))
            parts = [claims[at : at + length] for at in range(0, len(claims), length)]
            work = list(zip(taken, parts, strict=False))  # rounding may leave one without a part
            for process, part in work:
                process.ask(part)
            return [answer for process, part in work for answer in process.answers(part)]
        finally:
            for process in taken:
                self._free.put(process)

    def stop(self) -> None:
        """Nobody may ask any more."""
        for process in self._all:
            process.stop()

    def _taken(self, wanted: int) -> list[_Process]:
        """As many as are free, up to `wanted`, but one at least."""
        taken = [self._free.get()]
        while len(taken) < wanted:
            try:
                taken.append(self._free.get_nowait())
            except queue.Empty:
                break
        return taken


class _Process:
    """Used by one thread at a time: what is asked is answered before the next is asked."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = 0  # an answer names its question: a stray one must never stand for another

    def start(self) -> None:
        try:
            self._running()
        except OSError:
            self._failed()

    def ask(self, claims: Sequence[Claim]) -> None:
        self._asked += 1
        try:
            question = [self._asked.to_bytes(8, "big"), *(key + signed for signed, key in claims)]
            _say(_stream(self._running().stdin), question)
        except Exception:
            self._failed()

    def answers(self, claims: Sequence[Claim]) -> Answers:
        """To what was asked last."""
        if self._process is not None:
            try:
                asked, *told = codec.decode(_heard(_stream(self._process.stdout)))
                if int.from_bytes(asked, "big") != self._asked or len(told) != len(claims):
                    raise EOFError("an answer to another question")
                return [one if isinstance(one, bytes) else Refused(one[0], **one[1]) for one in told]
            except Exception:
                self._failed()
        return on_the_spot(claims)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()  # it has nothing to lose
        process.wait()
        for pipe in (process.stdin, process.stdout):
            try:
                pipe and pipe.close()
            except OSError:
                _log.debug("what was left to say to the ended process is dropped")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            # A process group of its own: Ctrl+C is for the hub, which first writes what it has taken.
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pipesize=_PIPE_BYTES,
                process_group=0,
            )
        return self._process

    def _failed(self) -> None:
        _log.warning("a process that checks events failed; the next batch starts a new one", exc_info=True)
        self.stop()


def on_the_spot(claims: Sequence[Claim]) -> Answers:
    return [checks.judged(claim) for claim in claims]


def serve(claims: BinaryIO, answers: BinaryIO) -> None:
    while True:
        try:
            body = _heard(claims)
        except EOFError:
            return
        asked, *items = codec.byte_strings(body, count_max=len(body))
        judged = on_the_spot([Claim(item[_KEY_BYTES:], item[:_KEY_BYTES]) for item in items])
        _say(
            answers, [asked, *([one.code, one.facts] if isinstance(one, Refused) else one for one in judged)]
        )


def _say(to: BinaryIO, things: list[Any]) -> None:
    body = codec.encode(things)
    to.write(len(body).to_bytes(_LENGTH_BYTES, "big") + body)
    to.flush()


def _heard(stream: BinaryIO) -> bytes:
    length = stream.read(_LENGTH_BYTES)
    body = stream.read(int.from_bytes(length, "big")) if len(length) == _LENGTH_BYTES else b""
    if not body:
        raise EOFError
    return body


def _stream(pipe: Any) -> BinaryIO:
    assert pipe is not None, "the process was started with pipes"
    found: BinaryIO = pipe
    return found


if __name__ == "__main__":
    gc.freeze()  # what is loaded now stays
    gc.set_threshold(50_000)  # what an event is read into goes with it, without the collector's help
    serve(sys.stdin.buffer, sys.stdout.buffer)
