"""A key without its memory is never used again."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kawal.rules.refusals import Refused
from kawal.rules.signing import note
from kawal.witness import cosigning
from kawal.witness.state import KEY_FILE, STATE_FILE
from tests.c2sp import Log, Signer

from .conftest import Opened, kawal, serving

LOG = Log.of("log.example/2029", 30)


def test_a_witness_is_made_once_and_keeps_its_key_and_name(tmp_path: Path) -> None:
    assert kawal("witness", "show", "--home", tmp_path).returncode == 2  # none yet, and none made
    first = kawal("witness", "key", "--home", tmp_path, "--name", "polda.example/w").stdout
    kawal("witness", "trust", LOG.signer.vkey, "--home", tmp_path)
    assert f"{LOG.name}: 0" in kawal("witness", "show", "--home", tmp_path).stdout
    assert Signer.of(first.strip()).name == "polda.example/w"
    assert Signer.of(first.strip()).kind == 4
    assert kawal("witness", "key", "--home", tmp_path).stdout == first
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_without_a_name_it_is_named_after_its_key(opened: Opened, tmp_path: Path) -> None:
    one, other = opened(tmp_path / "one"), opened(tmp_path / "other")
    assert one.name.startswith("kawal.local/witness/")
    assert one.name != other.name


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda home: [path.unlink() for path in home.glob(STATE_FILE + "*")], "state_lost"),
        (lambda home: (home / KEY_FILE).unlink(), "key_lost"),
        (lambda home: (home / KEY_FILE).write_bytes(bytes(32)), "key_of_another"),
    ],
)
def test_a_key_and_a_memory_that_do_not_belong_together_are_refused(
    opened: Opened, tmp_path: Path, spoil: object, code: str
) -> None:
    state = opened(tmp_path)
    state.trust(LOG.signer.vkey, None, now_s=1)
    cosigning.add_checkpoint(state, LOG.request(0, 3), now_s=1)
    state.close()
    spoil(tmp_path)  # type: ignore[operator]
    with pytest.raises(Refused, match=code):
        opened(tmp_path)
    told = kawal("witness", "serve", "--home", tmp_path, "--port", "0")
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    assert told.stderr.strip()


def test_a_name_is_given_once_and_must_be_one(opened: Opened, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="bad_name"):
        opened(tmp_path / "one", "with space")
    opened(tmp_path / "two", "w.example")
    with pytest.raises(Refused, match="name_differs"):
        opened(tmp_path / "two", "other.example")


def test_only_keys_of_logs_are_trusted(opened: Opened, tmp_path: Path) -> None:
    state = opened(tmp_path)
    with pytest.raises(Refused, match="not_a_log_key"):
        state.trust(str(state.verifier_key), None, now_s=1)
    with pytest.raises(Refused, match="bad_vkey"):
        state.trust("log.example+00000000+AA==", None, now_s=1)
    assert state.logs() == {}


def test_a_clock_that_was_set_back_unsays_nothing(opened: Opened, tmp_path: Path) -> None:
    state = opened(tmp_path)
    state.trust(LOG.signer.vkey, None, now_s=1)
    cosigning.add_checkpoint(state, LOG.request(0, 3), now_s=1_000)
    cosigning.add_checkpoint(state, LOG.request(3, 5), now_s=10)
    last = state.last(LOG.name)
    assert last is not None
    assert last.time_s == 1_000
    assert note.signers(note.parsed(last.note), [state.verifier_key])[0].time_s == 1_000


def test_a_log_that_is_no_longer_trusted_is_cosigned_no_more_and_remembered(
    opened: Opened, tmp_path: Path
) -> None:
    state = opened(tmp_path)
    state.trust(LOG.signer.vkey, "https://log.example", now_s=1)
    cosigning.add_checkpoint(state, LOG.request(0, 3), now_s=1)
    assert kawal("witness", "trust", LOG.signer.vkey, "--remove", "--home", tmp_path).returncode == 0
    with pytest.raises(Refused, match="log_unknown"):
        cosigning.add_checkpoint(state, LOG.request(3, 5), now_s=2)
    assert kawal("witness", "trust", LOG.signer.vkey, "--home", tmp_path).stdout.strip() == LOG.name
    with pytest.raises(Refused, match="wrong_old_size"):
        cosigning.add_checkpoint(state, LOG.request(0, 5), now_s=3)


def test_the_logs_of_a_policy_are_trusted(tmp_path: Path) -> None:
    policy, bad = tmp_path / "policy", tmp_path / "bad"
    policy.write_text(f"log {LOG.signer.vkey} https://log.example\nquorum none\n")
    with serving(tmp_path / "w", "--policy", str(policy)) as witness:
        assert witness.add(LOG.request(0, 3)).status == 200
    bad.write_text("quorum none\nlog nothing\n")
    told = kawal("witness", "serve", "--home", tmp_path / "w", "--policy", bad, "--port", "0")
    assert (told.returncode, " 2" in told.stderr) == (2, True)
