"""What the watch makes of a log that shows it this and that: cosign, or alarm and cosign nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kawal.rules.ledger import checkpoint, succession, witnessing
from kawal.rules.ledger.succession import Reason, Succession
from kawal.rules.refusals import Refused
from kawal.rules.signing import keys, note
from kawal.witness import cosigning
from kawal.witness.mirror import Mirror
from kawal.witness.round import Rounds
from kawal.witness.state import State, open_state
from kawal.witness.watching import Alarm, Seen, Watch
from tests.rules.trust import makers

from .conftest import Opened, kawal
from .shown import DEVICE, NAME, Shown, position, showing

LOG = [position(n) for n in range(600)]


@pytest.fixture
def shown() -> Iterator[Shown]:
    with showing() as shown:
        yield shown


@pytest.fixture
def state(tmp_path: Path, shown: Shown) -> Iterator[State]:
    state = open_state(tmp_path / "w", "w.example")
    state.trust(shown.vkey, None, now_s=1)
    yield state
    state.close()


def watching(state: State, shown: Shown, **more: Any) -> Watch:
    return Watch(state, shown.url, lambda: 1_000, lambda seconds: None, **more)


def cosigned(state: State) -> int:
    last = state.last(NAME)
    return last.head.size if last else 0


def test_a_log_is_pulled_step_by_step_verified_and_cosigned(state: State, shown: Shown) -> None:
    watch = watching(state, shown)
    before = 0
    for size in (1, 3, 256, 257, 600):
        signed = shown.show(LOG[:size])
        seen = watch.look()
        assert seen == Seen(NAME, size, size - before, True, "not_taken", size)
        last = state.last(NAME)
        assert last is not None
        assert last.note.startswith(signed)
        assert note.signers(note.parsed(last.note), [state.verifier_key])
        before = size
    assert watch.look() == Seen(NAME, 600, 0, False, "not_taken", 600)
    mirror = Mirror(state, NAME)
    assert [entry for n in range(3) for entry in mirror.entries(n)] == LOG


def test_a_watch_that_starts_again_goes_on_where_it_was(state: State, shown: Shown) -> None:
    shown.show(LOG[:300])
    watching(state, shown).look()
    shown.show(LOG[:301])
    assert watching(state, shown).look() == Seen(NAME, 301, 1, True, "not_taken", 301)


def test_a_log_that_nobody_trusted_is_refused(opened: Opened, tmp_path: Path, shown: Shown) -> None:
    shown.show(LOG[:2])
    with pytest.raises(Refused, match="log_unknown"):
        watching(opened(tmp_path / "w"), shown).look()


def forked(entries: list[bytes], at: int) -> list[bytes]:
    return [*entries[:at], position(at, trip="T-2"), *entries[at + 1 :]]


@pytest.mark.parametrize("size", [10, 300, 9, 600])
def test_another_history_is_a_fork_whatever_its_size(state: State, shown: Shown, size: int) -> None:
    watch = watching(state, shown)
    shown.show(LOG[:300])
    watch.look()
    told = shown.show(forked(LOG[:size], 3))
    for again in (watch, watching(state, shown)):
        with pytest.raises(Alarm) as alarm:
            again.look()
        assert alarm.value.code == "forked"
    assert cosigned(state) == 300
    assert Mirror(state, NAME).held.checked == Mirror(state, NAME).held.pulled == 300
    assert told.encode() in [found.told for found in state.evidence()]
    shown.show(LOG[:310])
    assert watch.look().size == 310  # the copy was not spoilt by what was pulled of the fork


def test_a_fork_of_what_was_cosigned_on_request_is_seen_too(state: State, shown: Shown) -> None:
    request = witnessing.Request(0, (), shown.signed(LOG[:20]))
    cosigning.cosign(state, request, now_s=1)
    shown.show(forked(LOG[:30], 5))
    with pytest.raises(Alarm, match="forked"):
        watching(state, shown).look()
    shown.show(LOG[:30])
    assert watching(state, shown).look().cosigned


def test_a_log_that_goes_back_is_told_after_a_second_look(state: State, shown: Shown) -> None:
    pauses: list[float] = []
    watch = Watch(state, shown.url, lambda: 1_000, pauses.append)
    shown.show(LOG[:300])
    watch.look()
    shown.show(LOG[:299])
    with pytest.raises(Alarm) as alarm:
        watch.look()
    assert (alarm.value.code, alarm.value.facts) == ("rolled_back", {"size": 299, "remembered": 300})
    assert pauses == [3.0]

    watch.pause = lambda seconds: shown.show(LOG[:301])  # a cache that was late
    assert watch.look().size == 301


def test_an_entry_that_is_no_signed_event_is_named(state: State, shown: Shown) -> None:
    shown.show([*LOG[:30], b"x" + LOG[30], *LOG[31:40]])
    with pytest.raises(Alarm) as alarm:
        watching(state, shown).look()
    assert alarm.value.code == "entry_broken"
    assert (alarm.value.facts["reason"], alarm.value.facts["index"]) == ("entry_unreadable", 30)
    assert cosigned(state) == 0


def test_with_issuers_an_entry_that_nobody_vouches_for_is_an_alarm(state: State, shown: Shown) -> None:
    shown.show(LOG[:3])
    with pytest.raises(Alarm) as alarm:
        watching(state, shown, pinned={}).look()
    assert (alarm.value.code, alarm.value.facts["reason"]) == ("entry_broken", "device_unknown")
    assert cosigned(state) == 0


def test_signatures_of_certified_devices_are_checked(state: State, shown: Shown) -> None:
    pinned = {"kpu": {makers.public("kpu")}}
    whole = [makers.issuer(), makers.certificate("phone")]
    whole += [position(n, key=makers.key("phone")) for n in range(20)]
    spoilt = [*whole[:9], whole[9][:-1] + bytes([whole[9][-1] ^ 1]), *whole[10:]]
    watch = watching(state, shown, pinned=pinned)
    shown.show(spoilt)
    with pytest.raises(Alarm) as alarm:
        watch.look()
    assert (alarm.value.facts["reason"], alarm.value.facts["index"]) == ("signature_bad", 9)
    assert cosigned(state) == 0
    shown.show(whole)
    assert watch.look() == Seen(NAME, 22, 22, True, "not_taken", 0)
    shown.show([*whole, position(20, key=makers.key("phone"))])
    assert watching(state, shown, pinned=pinned).look().unvouched == 0  # read again from the copy


def test_a_certificate_may_come_after_what_its_device_signed(state: State, shown: Shown) -> None:
    log = [makers.issuer(), position(0, key=makers.key("phone"))]
    watch = watching(state, shown)
    shown.show(log)
    assert watch.look().unvouched == 1
    shown.show([*log, makers.certificate("phone")])
    assert watch.look().unvouched == 0


def test_entries_that_are_not_those_of_the_head_are_not_cosigned(state: State, shown: Shown) -> None:
    shown.show(LOG[:50], shown.signed(forked(LOG[:50], 7)))
    with pytest.raises(Alarm, match="root_differs"):
        watching(state, shown).look()
    assert cosigned(state) == 0
    shown.show(LOG[:50])
    assert watching(state, shown).look().cosigned


def test_a_head_by_another_key_or_that_is_none_is_an_alarm(state: State, shown: Shown) -> None:
    watch = watching(state, shown)
    shown.show(LOG[:5])
    watch.look()
    thief = Shown(keys.key_from_seed(b"\x02" * 32))
    for told, code in (
        (thief.signed(LOG[:6]), "checkpoint_unsigned"),
        ("x", "checkpoint_unreadable"),
        (shown.signed(LOG[:6], name="other.example/log"), "another_log"),
    ):
        shown.show(LOG[:6], told)
        with pytest.raises(Alarm, match=code):
            watch.look()
    assert cosigned(state) == 5
    assert {alarm["code"] for alarm in state.alarms()} == {
        "checkpoint_unsigned", "checkpoint_unreadable", "another_log",
    }  # fmt: skip


def test_an_alarm_is_told_once_while_it_goes_on_and_when_it_is_over(state: State, shown: Shown) -> None:
    told: list[str] = []
    rounds = Rounds(watching(state, shown), lambda code, facts: told.append(code), silence_s=0.0)
    steps = [LOG[:9], [], [], LOG[:8], LOG[:8], LOG[:10]]

    class Script(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            if steps:
                entries = steps.pop(0)
                shown.show(entries) if entries else shown.found.clear()
            else:
                self.set()
            return super().wait(0)

    stop = Script()
    stop.wait()
    assert rounds.run(stop, every_s=0.0)
    assert told == ["seen", "silent", "rolled_back", "seen", "over"]


def test_a_log_that_shows_nothing_new_for_too_long_is_told(state: State, shown: Shown) -> None:
    told: list[str] = []
    shown.show(LOG[:5])
    rounds = Rounds(watching(state, shown), lambda code, facts: told.append(code), 60.0, standstill_s=1e-9)
    assert rounds.once()
    assert rounds.once()
    assert told[-1] == "standing_still"
    assert told.count("standing_still") == 1


def test_the_command_looks_once_and_says_by_its_code_what_it_saw(tmp_path: Path, shown: Shown) -> None:
    home = tmp_path / "w"
    assert kawal("witness", "watch", shown.url, "--once", "--home", home).returncode == 2
    kawal("witness", "key", "--home", home, "--name", "w.example")
    shown.show(LOG[:20])
    told = kawal("witness", "watch", shown.url, "--once", "--home", home)
    assert (told.returncode, "kawal witness trust" in told.stderr) == (2, True)
    kawal("witness", "trust", shown.vkey, "--home", home)
    told = kawal("witness", "watch", shown.url, "--once", "--home", home, "--json")
    assert (told.returncode, '"size": 20' in told.stdout) == (0, True)
    shown.show(forked(LOG[:25], 2))
    told = kawal("witness", "watch", shown.url, "--once", "--home", home)
    assert told.returncode == 1
    assert "BERCABANG" in told.stderr
    shown_alarms = kawal("witness", "show", "--home", home, "--json").stdout
    assert '"code": "forked"' in shown_alarms
    told = kawal("witness", "show", "--home", home)
    assert (told.returncode, f"{NAME}: 20 " in told.stdout, "BERCABANG" in told.stdout) == (0, True, True)
    shown.found.clear()
    assert kawal("witness", "watch", shown.url, "--once", "--home", home).returncode == 1  # silent


def succeeding(key: keys.SigningKey) -> bytes:
    """Entry 0 of a log that takes the place of another of which nothing is held."""
    old = checkpoint.Head("kawal.example/log/old", 2, bytes(32))
    said = Succession(
        at_s=makers.START_S, log=NAME, former=old, note_hash=succession.note_hash_of(old),
        reason=Reason.ENTRIES_LOST, held=0,
    )  # fmt: skip
    return succession.sign(said, key)


def test_a_log_that_takes_the_place_of_another_is_witnessed(state: State, shown: Shown) -> None:
    pinned = {"kpu": {makers.public("kpu")}}
    shown.show([succeeding(shown.key), makers.issuer()])
    assert watching(state, shown, pinned=pinned).look().unvouched == 0
    assert watching(state, shown, pinned=pinned).look().unvouched == 0  # read again from the copy


def test_a_succession_that_another_key_signed_is_not_witnessed(state: State, shown: Shown) -> None:
    shown.show([succeeding(DEVICE)])
    with pytest.raises(Alarm, match="entry_broken"):
        watching(state, shown).look()
    assert cosigned(state) == 0
