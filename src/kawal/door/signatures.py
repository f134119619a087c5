"""Checking many signatures beside the hub: a process that does nothing else.

A signature costs more than all else that is done to an event, and threads of one Python do not help:
they hand its lock to and fro at every signature. So each checker of the intake has a process of its
own, started at its first large batch. It reads claims and answers a byte each (1: it holds) until
its input ends, which it also does when the hub is killed.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from typing import BinaryIO

from kawal.rules.signing import codec, cose

Claim = tuple[bytes, bytes, bytes]  # signature (64 bytes), what it is over, public key (32 bytes)

FEW = 16  # are checked on the spot
_LENGTH_BYTES = 4
_SIGNATURE, _KEY = slice(0, 64), slice(64, 96)
_SIGNED = slice(96, None)

_log = logging.getLogger(__name__)


def on_the_spot(claims: Sequence[Claim]) -> list[bool]:
    return [cose.holds(*claim) for claim in claims]


class Beside:
    """The process, for one thread. Where it fails, the claims are checked on the spot."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def holding(self, claims: Sequence[Claim]) -> list[bool]:
        if len(claims) < FEW:
            return on_the_spot(claims)
        try:
            return self._asked(claims)
        except (OSError, EOFError):
            _log.warning("the process that checks signatures ended; the next batch starts a new one")
            self.stop()
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

    def _asked(self, claims: Sequence[Claim]) -> list[bool]:
        if self._process is None:
            # A session of its own: Ctrl+C is for the hub, which first writes what it has taken.
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        to, answers = self._process.stdin, self._process.stdout
        assert to is not None and answers is not None
        body = codec.encode([signature + key + signed for signature, signed, key in claims])
        to.write(len(body).to_bytes(_LENGTH_BYTES, "big") + body)
        to.flush()
        told = answers.read(len(claims))
        if len(told) < len(claims):
            raise EOFError
        return [answer == 1 for answer in told]


def serve(claims: BinaryIO, answers: BinaryIO) -> None:
    while len(length := claims.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
        body = claims.read(int.from_bytes(length, "big"))
        items = codec.byte_strings(body, count_max=len(body))
        answers.write(bytes(cose.holds(item[_SIGNATURE], item[_SIGNED], item[_KEY]) for item in items))
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
