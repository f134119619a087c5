import io
import os
import signal
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kawal.door import beside, checks
from kawal.door.beside import Beside
from kawal.door.checks import Claim
from kawal.rules.refusals import Refused
from kawal.rules.signing import codec, cose, keys
from kawal.rules.signing.hashes import leaf_hash

from .conftest import KEYS, signed

PUBLIC = keys.public_bytes(KEYS[0])


def claims(count: int, *, first: int = 0) -> list[Claim]:
    """Every third has a wrong signature, every seventh is no event."""
    made = []
    for n in range(first, first + count):
        one = cose.sign(codec.encode({0: 99}), KEYS[0]) if n % 7 == 6 else signed(n)
        made.append(Claim(one[:-1] + bytes([one[-1] ^ 1]) if n % 3 == 0 else one, PUBLIC))
    return made


def plain(answers: list[bytes | Refused]) -> list[object]:
    return [(one.code, one.facts) if isinstance(one, Refused) else one for one in answers]


def expected(asked: list[Claim]) -> list[object]:
    return plain([checks.judged(claim) for claim in asked])


@pytest.mark.parametrize("count", [0, 1, beside.FEW - 1, beside.FEW, 63, 64, 65, 300])
def test_few_and_many_are_judged_alike_and_in_their_order(count: int) -> None:
    many = Beside(3)
    asked = claims(count)
    try:
        for _ in range(2):
            assert plain(many.judged(asked)) == expected(asked)
    finally:
        many.stop()
    codes = {one[0] for one in expected(claims(30)) if isinstance(one, tuple)}
    assert codes == {"bad_signature", "bad_event"}
    assert expected(claims(2))[1] == leaf_hash(signed(1))


def test_several_threads_are_each_answered_what_they_asked() -> None:
    many, wrong = Beside(2), []

    def ask(first: int) -> None:
        asked = claims(40 + first, first=first)
        for _ in range(5):
            if plain(many.judged(asked)) != expected(asked):
                wrong.append(first)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    many.stop()
    assert wrong == []


def test_a_killed_process_costs_nothing_but_time(caplog: pytest.LogCaptureFixture) -> None:
    one = Beside(1)
    asked = claims(50)
    (process,) = one._all
    try:
        for _ in range(3):
            assert plain(one.judged(asked)) == expected(asked)
            assert process._process is not None
            os.kill(process._process.pid, signal.SIGKILL)
            process._process.wait(timeout=10)
            assert plain(one.judged(asked)) == expected(asked)
    finally:
        one.stop()
    assert "starts a new one" in caplog.text


def test_an_answer_that_nobody_fetched_never_stands_for_another(caplog: pytest.LogCaptureFixture) -> None:
    one = Beside(1)
    (process,) = one._all
    try:
        process.ask(claims(40))
        asked = claims(40, first=100)
        assert plain(one.judged(asked)) == expected(asked)
    finally:
        one.stop()
    assert "another question" in caplog.text


def test_the_process_ends_when_nobody_is_there_to_ask() -> None:
    """As when the hub is killed: its end of the pipe is closed for it."""
    with subprocess.Popen(
        [sys.executable, "-m", "kawal.door.beside"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=20) == 0


@given(st.binary(min_size=32, max_size=200))
def test_no_claim_whatever_makes_it_fail(item: bytes) -> None:
    body = codec.encode([bytes(8), item])
    answers = io.BytesIO()
    beside.serve(io.BytesIO(len(body).to_bytes(4, "big") + body), answers)
    asked, (code, _) = codec.decode(answers.getvalue()[4:])
    assert (asked, isinstance(code, str)) == (bytes(8), True)
