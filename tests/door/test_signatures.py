import io
import os
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.door import signatures
from kawal.door.signatures import Beside, Claim
from kawal.rules.signing import cose, keys

from .conftest import KEYS, signed


def claims(count: int) -> list[Claim]:
    made = []
    for n in range(count):
        envelope = cose.opened(signed(n))
        made.append((envelope.signature, envelope.to_be_signed, keys.public_bytes(KEYS[0])))
    return made


def spoil(claim: Claim) -> Claim:
    signature, over, key = claim
    return signature[:-1] + bytes([signature[-1] ^ 1]), over, key


@pytest.mark.parametrize("count", [0, 1, signatures.FEW - 1, signatures.FEW, 300])
def test_few_and_many_are_judged_alike(count: int) -> None:
    beside = Beside()
    asked = [spoil(claim) if n % 3 == 0 else claim for n, claim in enumerate(claims(count))]
    try:
        for _ in range(2):
            assert beside.holding(asked) == [n % 3 != 0 for n in range(count)]
    finally:
        beside.stop()


def test_a_killed_process_costs_nothing_but_time(caplog: pytest.LogCaptureFixture) -> None:
    beside = Beside()
    asked = claims(50)
    try:
        for _ in range(3):
            assert beside.holding(asked) == [True] * 50
            assert beside._process is not None
            os.kill(beside._process.pid, signal.SIGKILL)
            beside._process.wait(timeout=10)
            assert beside.holding(asked) == [True] * 50
    finally:
        beside.stop()
    assert "starts a new one" in caplog.text


def test_the_process_ends_when_nobody_is_there_to_ask() -> None:
    """As when the hub is killed: its end of the pipe is closed for it."""
    with subprocess.Popen(
        [sys.executable, "-m", "kawal.door.signatures"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=20) == 0


@given(st.binary(min_size=96, max_size=200))
def test_no_claim_whatever_makes_it_fail(item: bytes) -> None:
    body = signatures.codec.encode([item])
    answers = io.BytesIO()
    signatures.serve(io.BytesIO(len(body).to_bytes(4, "big") + body), answers)
    assert answers.getvalue() == b"\0"
