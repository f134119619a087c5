"""All phones of an exercise against a real hub: `run(orders, hub, ...)` uploads what they sign, in time.

Headless, the clock of the exercise is moved tick by tick: first everything is uploaded that is due by
the hub's clock, then the clock moves on and the watch looks once. Nothing is ever uploaded before the
hub's clock reached it, else the hub would find every phone's clock ahead of its own.
Live, the same in small steps of real time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from kawal.rehearsal.actors import play
from kawal.rehearsal.calls import Caller
from kawal.rehearsal.duty import Duty
from kawal.rehearsal.keeper import Keeper
from kawal.rehearsal.mishaps import choose
from kawal.rehearsal.orders import Orders
from kawal.rehearsal.outbox import Outbox, Uplink, ahead
from kawal.rules.refusals import Refused

DAY_TICK: Final = timedelta(minutes=30)
NIGHT_TICK: Final = timedelta(minutes=60)
NIGHT: Final = (22, 5)  # local hours
STEP_S: Final = 0.5  # real, between two moves of the clock when live
LOOK_EVERY_S: Final = 4.0  # real, between two looks of the duty officers when live


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    signed: int  # different events
    accepted: int  # of them acknowledged by the hub
    repeated: int  # answers "known already"
    refused: int
    acknowledged: int  # alerts answered by duty officers
    hub_restarts: int  # times the hub was away and came back, as the phones saw it
    mishaps: list[dict[str, Any]] = field(default_factory=list)  # what went wrong, and what to expect


def run(
    orders: Orders,
    hub: str,
    *,
    token: str,
    duty: Duty | None = None,
    keeper: str = "",
    speed: float | None = None,
    tell: Callable[[str], None] | None = None,
) -> Played:
    """Plays the whole exercise against the hub at `http://host:port`; may be asked again after a crash.

    `token` moves the exercise's clock. `keeper`: sign-in link of who revokes lost phones; without one they
    go on signing. `speed` None: headless, as fast as it goes; else simulated seconds
    per real second. Refuses `hub_away`, `hub_broken`, `clock_not_moved`.
    """
    clock = HubClock(hub, token)
    outbox = Outbox(ahead(play(orders)))
    with Uplink(hub) as uplink:
        keeps = Keeper(keeper, orders, choose(orders)) if keeper else None
        course = _Course(orders, clock, outbox, uplink, duty, keeps, tell)
        try:
            if speed is None:
                course.headless()
            else:
                course.live(speed)
        finally:
            clock.close()
            for officer in (duty, keeps):
                if officer:
                    officer.close()
        return Played(
            signed=outbox.signed,
            accepted=uplink.counts.accepted,
            repeated=uplink.counts.repeated,
            refused=uplink.counts.refused,
            acknowledged=duty.answered if duty else 0,
            hub_restarts=uplink.outages,
            mishaps=[asdict(mishap) for mishap in choose(orders)],
        )


class HubClock:
    """The exercise's clock, which the hub keeps."""

    def __init__(self, hub: str, token: str) -> None:
        self._caller = Caller(hub)
        self._token = token

    def now(self) -> datetime:
        return datetime.fromisoformat(json.loads(self._caller.call("GET", "/door/v1/health").body)["now"])

    def move(self, to: datetime) -> dict[str, Any] | None:
        """What the watch saw at its look; None where the clock stands later already."""
        answer = self._caller.call(
            "POST",
            "/exercise/clock",
            json.dumps({"now": to.isoformat(), "speed": 0.0}).encode(),
            {"Content-Type": "application/json", "X-Kawal-Exercise": self._token},
        )
        if answer.status == 200:
            seen: dict[str, Any] = json.loads(answer.body)
            return seen
        if self.now() >= to:
            return None
        raise Refused("clock_not_moved", status=answer.status)

    def close(self) -> None:
        self._caller.close()


class _Course:
    def __init__(
        self,
        orders: Orders,
        clock: HubClock,
        outbox: Outbox,
        uplink: Uplink,
        duty: Duty | None,
        keeper: Keeper | None,
        tell: Callable[[str], None] | None,
    ) -> None:
        self.orders, self.clock, self.outbox, self.uplink = orders, clock, outbox, uplink
        self.duty, self.keeper, self.tell = duty, keeper, tell
        self.open_alerts = 0

    def headless(self) -> None:
        now = self.clock.now()
        self._attend(now)  # alerts that were open before a crash
        while self._upload(now):
            now = self._next_tick(now)
            seen = self.clock.move(now)
            if seen is not None:
                self.open_alerts += _count(seen, "opened") - _count(seen, "closed")
                if _count(seen, "opened") or _count(seen, "climbed"):
                    self._attend(now)
        self.clock.move(self._tick_after(now))

    def live(self, speed: float) -> None:
        """Steps of `speed` x STEP_S simulated seconds. A hub that cannot follow slows the exercise down:
        a clock that ran by itself would make every phone late that waits for its answer."""
        now, looked_s, begun_s = self.clock.now(), 0.0, time.monotonic()
        while self._upload(now):
            if begun_s - looked_s > LOOK_EVERY_S:
                looked_s = begun_s
                self._attend(now)
            now += timedelta(seconds=speed * STEP_S)
            self.clock.move(now)
            time.sleep(max(0.0, STEP_S - (time.monotonic() - begun_s)))
            begun_s = time.monotonic()

    def _upload(self, now: datetime) -> bool:
        """Sends what is due, lets the officers answer what is due; False when nothing is left to come."""
        if self.keeper:  # first: what a lost phone signs comes after its revocation
            self.keeper.act(now)
        self.uplink.send(self.outbox.due(now))
        if self.duty:
            self.duty.act(now)
        if self.tell:
            local = now.astimezone(self.orders.zone)
            self.tell(f"{local:%a %d %b %H:%M} {self.uplink.counts.accepted} events in the log")
        return self.outbox.next_at() is not None

    def _attend(self, now: datetime) -> None:
        if self.duty:
            self.duty.look(now)

    def _next_tick(self, now: datetime) -> datetime:
        """The next tick, or while no alert is open the tick before which nothing happens."""
        tick = self._tick_after(now)
        coming = [each.next_at() for each in (self.outbox, self.duty, self.keeper) if each]
        first = min((at for at in coming if at is not None), default=tick)
        while not self.open_alerts and tick < first:
            tick = self._tick_after(tick)
        return tick

    def _tick_after(self, now: datetime) -> datetime:
        begins, ends = NIGHT
        hour = now.astimezone(self.orders.zone).hour
        step = NIGHT_TICK if hour >= begins or hour < ends else DAY_TICK
        whole_s = step.total_seconds()
        return now + timedelta(seconds=whole_s - now.timestamp() % whole_s)


def _count(seen: dict[str, Any], what: str) -> int:
    told = seen.get(what, 0)
    return told if isinstance(told, int) else len(told)
