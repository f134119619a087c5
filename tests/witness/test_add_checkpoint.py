"""tlog-witness, status by status, asked by a client that shares no code with the witness."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path

import pytest

from kawal.witness.state import open_state
from tests.c2sp import Log, b64, leaf, mth

from .conftest import Witness, kawal, serving

Trusted = Callable[..., Log]
_names = itertools.count()


@pytest.fixture
def trusted(witness: Witness) -> Trusted:
    """trusted(size): a log of a name of its own that the witness was told to trust."""

    def trusted(size: int) -> Log:
        log = Log.of(f"log{next(_names)}.example/2029", size)
        state = open_state(witness.home)
        state.trust(log.signer.vkey, None, now_s=1)
        state.close()
        return log

    return trusted


def latest(witness: Witness, log: Log) -> str:
    path = f"/{sha256(log.name.encode()).hexdigest()}/checkpoint"
    answer = witness.ask("GET", path)
    assert answer.status == 200
    return answer.body.decode()


def test_a_log_is_cosigned_from_its_first_head_on(witness: Witness, trusted: Trusted) -> None:
    log = trusted(300)
    for old, size in ((0, 3), (3, 3), (3, 256), (256, 300)):
        before = int(time.time())
        answer = witness.add(log.request(old, size))
        assert answer.status == 200
        line = answer.body.decode()
        assert line.startswith("\u2014 bawaslu.go.id/w1 ")
        assert line.endswith("\n")
        cosigned_at = witness.signer.signed(log.checkpoint(size) + line)
        assert cosigned_at is not None
        assert before <= cosigned_at <= time.time()
        held = latest(witness, log)
        assert held == log.checkpoint(size) + line
        assert log.signer.signed(held) == 0


def test_a_log_may_begin_empty(witness: Witness, trusted: Trusted) -> None:
    log = trusted(2)
    assert witness.add(log.request(0, 0)).status == 200
    assert witness.add(log.request(0, 2)).status == 200


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"x",
        b"old 0",
        b"old 0\n",
        b"old 0\n\n",
        b"old 01\n\n{note}",
        b"old -1\n\n{note}",
        b"old  0\n\n{note}",
        b"new 0\n\n{note}",
        b"old 0\n{note}",
        b"old 0\nAAAA\n\n{note}",
        b"old 0\n" + (b64(bytes(32)).encode() + b"\n") * 64 + b"\n{note}",
        b"old 0\n" + b64(bytes(32)).encode()[:-2] + b"x=\n\n{note}",
        b"old 0\n\n\xff{note}",
        b"old 99999999999999999999\n\n{note}",
    ],
)
def test_400_what_is_no_request(witness: Witness, trusted: Trusted, spoilt: bytes) -> None:
    log = trusted(5)
    assert witness.add(spoilt.replace(b"{note}", log.checkpoint(5).encode())).status == 400


def test_400_a_checkpoint_without_its_three_lines(witness: Witness, trusted: Trusted) -> None:
    log = trusted(5)
    for text in (f"{log.name}\n5\n", f"{log.name}\n05\n{b64(bytes(32))}\n", f"{log.name}\n5\nAAAA\n"):
        assert witness.add(b"old 0\n\n" + log.signed(text).encode()).status == 400


def test_400_an_old_size_above_the_checkpoint(witness: Witness, trusted: Trusted) -> None:
    log = trusted(5)
    assert witness.add(log.request(5, 5, proof=[]).replace(b"old 5", b"old 6")).status == 400


def test_404_an_unknown_log(witness: Witness) -> None:
    assert witness.add(Log.of("nobody.example/log", 3).request(0, 3)).status == 404


def test_403_a_log_by_name_but_not_by_key(witness: Witness, trusted: Trusted) -> None:
    log = trusted(3)
    thief = Log.of(log.name, 3, seed=2)
    assert witness.add(thief.request(0, 3)).status == 403
    broken = log.request(0, 3).replace(log.checkpoint(3).encode(), log.checkpoint(2).encode())
    text, _, line = log.checkpoint(3).rpartition("\n\n")
    other_line = log.checkpoint(2).rpartition("\n\n")[2]
    assert witness.add(f"old 0\n\n{text}\n\n{other_line}".encode()).status == 403
    assert witness.add(broken).status == 200  # whole, only smaller than asked for
    assert line != other_line


def test_a_checkpoint_may_carry_lines_of_others_and_they_are_not_vouched_for(
    witness: Witness, trusted: Trusted
) -> None:
    log = trusted(3)
    other = Log.of("other.example/log", 3, seed=9).signed(log.text(3)).rpartition("\n\n")[2]
    assert witness.add(log.request(0, 3) + other.encode()).status == 200
    assert "other.example" not in latest(witness, log)


def test_409_tells_the_size_that_was_cosigned_last(witness: Witness, trusted: Trusted) -> None:
    log = trusted(20)
    for old in (3, 7):  # never seen: 0
        answer = witness.add(log.request(old, 10))
        assert (answer.status, answer.body) == (409, b"0\n")
    assert witness.add(log.request(0, 10)).status == 200
    for old, size in ((0, 20), (9, 20), (11, 20), (0, 5)):
        answer = witness.add(log.request(old, size))
        assert (answer.status, answer.body) == (409, b"10\n")
        assert answer.headers["Content-Type"] == "text/x.tlog.size"
    assert witness.add(log.request(10, 20)).status == 200


def test_422_a_history_that_does_not_follow_is_refused_and_kept_as_evidence(
    witness: Witness, trusted: Trusted
) -> None:
    log = trusted(20)
    assert witness.add(log.request(0, 10)).status == 200
    forked = Log(log.name, log.key, [leaf(b"another past"), *log.leaves[1:]])
    for request in (
        forked.request(10, 20),  # another past
        forked.request(10, 10),  # another root for the same size
        log.request(10, 20, proof=[]),
        log.request(10, 20, proof=[bytes(32)] * 4),
    ):
        assert witness.add(request).status == 422
    assert latest(witness, log).startswith(log.text(10))
    shown = kawal("witness", "show", "--home", witness.home, "--json").stdout
    assert b64(mth(forked.leaves[:10])) in shown
    assert "root_differs" in shown


def test_422_first_heads_that_cannot_be(witness: Witness, trusted: Trusted) -> None:
    log = trusted(4)
    assert witness.add(log.request(0, 4, proof=[bytes(32)])).status == 422
    not_empty = log.signed(f"{log.name}\n0\n{b64(bytes(32))}\n")
    assert witness.add(f"old 0\n\n{not_empty}".encode()).status == 422


def test_a_second_root_is_evidence_also_with_a_wrong_old_size(witness: Witness, trusted: Trusted) -> None:
    log = trusted(8)
    assert witness.add(log.request(0, 8)).status == 200
    forked = Log(log.name, log.key, [leaf(b"x"), *log.leaves[1:]])
    assert witness.add(forked.request(0, 8)).status == 409
    state = open_state(witness.home)
    found = [one for one in state.evidence() if one.origin == log.name]
    state.close()
    assert [one.code for one in found] == ["root_differs"]
    assert forked.checkpoint(8).encode() in found[0].told


def test_of_requests_at_the_same_time_one_wins_and_the_log_never_goes_back(
    witness: Witness, trusted: Trusted
) -> None:
    log = trusted(60)
    assert witness.add(log.request(0, 10)).status == 200
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda size: witness.add(log.request(10, size)), range(11, 61, 5)))
    won = [answer for answer in answers if answer.status == 200]
    assert (len(won), {answer.status for answer in answers}) == (1, {200, 409})
    size = int(latest(witness, log).split("\n")[1])
    assert {answer.body for answer in answers if answer.status == 409} == {f"{size}\n".encode()}


def test_other_methods_and_places(witness: Witness) -> None:
    answer = witness.ask("GET", "/add-checkpoint")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert witness.ask("POST", "/", b"x").status == 405
    assert witness.ask("DELETE", "/checkpoint").status == 405
    for path in ("/nothing", f"/{'0' * 64}/checkpoint", "/checkpoint", "/tile/0/000", "/mirror/x/checkpoint"):
        assert witness.ask("GET", path).status == 404
    assert "bawaslu.go.id/w1+" in witness.ask("GET", "/").body.decode()
    head = witness.ask("HEAD", "/")
    assert (head.status, head.body) == (200, b"")


def test_a_body_that_is_too_large_is_not_read(witness: Witness) -> None:
    with socket.create_connection(("127.0.0.1", witness.place["port"]), timeout=10) as wire:
        wire.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 90000000\r\n\r\n")
        assert b" 413 " in wire.recv(200)
    with socket.create_connection(("127.0.0.1", witness.place["port"]), timeout=10) as wire:
        wire.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        try:
            for _ in range(40):
                wire.sendall(chunk)
        except OSError:
            pass  # it hung up, as it may
        else:
            assert b" 413 " in wire.recv(200)


def test_what_was_cosigned_survives_a_killed_witness(tmp_path: Path) -> None:
    log = Log.of("killed.example/log", 40)
    with serving(tmp_path, "--log", log.signer.vkey) as witness:
        assert witness.add(log.request(0, 10)).status == 200
        answer = witness.add(log.request(10, 30))
        witness.process.kill()
        witness.process.wait(timeout=10)
    assert answer.status == 200
    with serving(tmp_path) as again:
        assert again.signer == witness.signer
        assert latest(again, log) == log.checkpoint(30) + answer.body.decode()
        late = again.add(log.request(10, 40))
        assert (late.status, late.body) == (409, b"30\n")
        assert again.add(log.request(30, 40)).status == 200


def test_a_witness_killed_at_any_moment_remembers_all_that_it_answered(tmp_path: Path) -> None:
    log = Log.of("killed-busy.example/log", 400)
    for killed_after in (1, 3):
        with serving(tmp_path, "--log", log.signer.vkey) as witness:
            answered = [_size(witness, log)]

            def push(witness: Witness = witness, answered: list[int] = answered) -> None:
                while answered[-1] < 400:
                    try:
                        answer = witness.add(log.request(answered[-1], answered[-1] + 1))
                    except (OSError, HTTPException):
                        return  # killed
                    assert answer.status == 200
                    answered.append(answered[-1] + 1)

            with ThreadPoolExecutor(1) as threads:
                pushing = threads.submit(push)
                while len(answered) < 10 * killed_after and not pushing.done():
                    time.sleep(0.001)
                witness.process.kill()
                pushing.result(timeout=30)
        with serving(tmp_path) as again:
            # The last one may have been stored while its answer was lost.
            assert _size(again, log) in (answered[-1], answered[-1] + 1)


def _size(witness: Witness, log: Log) -> int:
    answer = witness.add(log.request(399, 400))  # 409 tells what was cosigned last
    assert answer.status == 409
    return int(answer.body)
