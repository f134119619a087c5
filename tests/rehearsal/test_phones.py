"""All phones of an exercise reach the hub, whatever becomes of the hub in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kawal.rehearsal import calls, phones
from kawal.rehearsal.actors import play
from kawal.rehearsal.mishaps import choose
from kawal.rehearsal.orders import devices_of
from kawal.rehearsal.outbox import EVENTS_MAX, Outbox, Uplink
from kawal.rules.custody.late import CLOCK_AHEAD_MS
from kawal.rules.refusals import Refused
from kawal.rules.signing.hashes import leaf_hash
from tests.rehearsal import small
from tests.rehearsal.paperhub import TOKEN, PaperHub

ORDERS = small.orders(signal=0.4)
BEGIN = small.at(-6, 5)


@pytest.fixture
def hub() -> Iterator[PaperHub]:
    with PaperHub(BEGIN) as hub:
        yield hub


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between tries that suit a test."""
    monkeypatch.setattr(calls, "WAIT_S", (0.005, 0.02))


def _signed() -> set[bytes]:
    return {leaf_hash(deed.signed) for deed in play(ORDERS)}


def test_everything_that_was_signed_is_in_the_log(hub: PaperHub) -> None:
    played = phones.run(ORDERS, hub.url, token=TOKEN)
    assert set(hub.log) == _signed()
    assert played.signed == played.accepted == len(hub.log)
    assert played.repeated == sum(deed.copy for deed in play(ORDERS)) > 0
    assert played.refused == played.hub_restarts == played.acknowledged == 0
    assert [row["kind"] for row in played.mishaps] == [mishap.kind for mishap in choose(ORDERS)]


def test_no_phone_is_ahead_of_the_hub_and_time_passes_in_ticks(hub: PaperHub) -> None:
    phones.run(ORDERS, hub.url, token=TOKEN)
    assert max(hub.ahead_ms) < CLOCK_AHEAD_MS
    assert hub.moves == sorted(hub.moves)
    assert all(move.timestamp() % phones.DAY_TICK.total_seconds() == 0 for move in hub.moves)
    for move in hub.moves:
        local = move.astimezone(ORDERS.zone)
        assert local.minute == 0 or phones.NIGHT[1] <= local.hour <= phones.NIGHT[0]
    assert hub.moves[-1] > max(deed.upload_at for deed in play(ORDERS))


def test_an_exercise_goes_on_after_a_crash_where_it_stood(hub: PaperHub) -> None:
    half = small.at(-2, 12)
    before = [deed for deed in play(ORDERS) if deed.upload_at <= half]
    with Uplink(hub.url) as uplink:
        uplink.send(before)
    hub.now = half
    known = len(hub.log)
    played = phones.run(ORDERS, hub.url, token=TOKEN)
    assert set(hub.log) == _signed()
    assert played.signed == played.accepted == len(hub.log)
    assert played.repeated >= known
    assert hub.moves[0] > half


@pytest.mark.parametrize("fault", ["away", "busy", "lost"])
def test_a_hub_that_fails_for_a_while_loses_nothing(hub: PaperHub, fault: str) -> None:
    hub.faults = ["", fault, fault, "", fault, "", "", fault] * 3
    played = phones.run(ORDERS, hub.url, token=TOKEN)
    assert set(hub.log) == _signed()
    assert played.signed == played.accepted == len(hub.log)
    assert (played.hub_restarts > 0) == (fault != "busy")


def test_a_hub_that_is_gone_for_good_is_given_up(hub: PaperHub) -> None:
    hub.faults = ["away"] * 1000
    deeds = list(play(ORDERS))[:10]
    with Uplink(hub.url, patience_s=0.2) as uplink, pytest.raises(Refused, match="hub_away"):
        uplink.send(deeds)
    assert not hub.log


def test_what_the_hub_refuses_is_counted_and_not_sent_for_ever(hub: PaperHub) -> None:
    stranger = next(device.kid for device in devices_of(ORDERS) if device.role == "escort")
    hub.refused_devices = {stranger}
    played = phones.run(ORDERS, hub.url, token=TOKEN)
    theirs = [deed for deed in play(ORDERS) if deed.kid == stranger]
    assert played.refused == len(theirs) > 0
    assert played.accepted == len(hub.log) == played.signed - len({deed.signed for deed in theirs})


def test_a_wrong_token_moves_nothing_and_is_said(hub: PaperHub) -> None:
    with pytest.raises(Refused, match="clock_not_moved"):
        phones.run(ORDERS, hub.url, token="stolen")
    assert not hub.moves


def test_live_the_clock_never_outruns_the_phones(hub: PaperHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phones, "STEP_S", 0.001)
    said: list[str] = []
    played = phones.run(ORDERS, hub.url, token=TOKEN, speed=2_000_000.0, tell=said.append)
    assert set(hub.log) == _signed()
    assert played.accepted == len(hub.log)
    assert max(hub.ahead_ms) < CLOCK_AHEAD_MS
    assert said


def test_bundles_are_small_enough_for_the_door(hub: PaperHub) -> None:
    deeds = list(play(ORDERS)) * 6
    with Uplink(hub.url) as uplink:
        uplink.send(deeds)
    assert max(hub.bundles) == EVENTS_MAX
    assert uplink.counts.accepted == len(hub.log)


def test_the_outbox_gives_out_each_deed_once_when_it_is_due() -> None:
    outbox, given, now = Outbox(play(ORDERS)), [], BEGIN
    while (coming := outbox.next_at()) is not None:
        now = max(now, coming) + timedelta(hours=1)
        due = outbox.due(now)
        assert all(deed.upload_at <= now for deed in due)
        given += due
    assert sorted(given, key=_key) == sorted(play(ORDERS), key=_key)
    assert outbox.signed == len(_signed())


def _key(deed: object) -> str:
    return repr(deed)
