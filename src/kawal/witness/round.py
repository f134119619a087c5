"""Looks again and again: tells what it sees, alarms, goes on; or looks once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Final

from kawal.rules.refusals import Refused
from kawal.witness.watching import Alarm, Seen, Watch

# After these there is nothing to wait for: the log contradicts itself, and people must act.
FINAL: Final = {"forked", "root_differs", "entry_broken", "checkpoint_unsigned", "another_log"}

# What happened, "seen" or the code of an alarm, and facts.
Tell = Callable[[str, dict[str, object]], object]


@dataclass(slots=True)
class Rounds:
    """`silence_s`: so long may the log not answer; `standstill_s`: so long nothing new, 0 for ever."""

    watch: Watch
    tell: Tell
    silence_s: float
    standstill_s: float = 0.0
    _answered: float = field(default_factory=time.monotonic)
    _grew: float = field(default_factory=time.monotonic)
    _handed_over: str = ""
    _alarm: str = ""  # the one that goes on

    @property
    def fine(self) -> bool:
        """Whether no alarm goes on."""
        return not self._alarm

    def once(self) -> bool:
        """Whether the log is whole and answers now."""
        try:
            self._told(self.watch.look())
        except Alarm as alarm:
            self.tell(alarm.code, dict(alarm.facts))
            return False
        except Refused as refused:
            _only_silence(refused)
            self.tell("silent", {"seconds": 0, "detail": str(refused)})
            return False
        return True

    def run(self, stop: threading.Event, *, every_s: float) -> bool:
        """Until `stop`; ends by itself, with False, after an alarm of FINAL."""
        while not stop.is_set():
            try:
                self._told(self.watch.look())
            except Alarm as alarm:
                self._raise(alarm)
                if alarm.code in FINAL:
                    return False
            except Refused as refused:
                _only_silence(refused)
                silent_s = time.monotonic() - self._answered
                if silent_s >= self.silence_s:
                    self._raise(Alarm("silent", seconds=round(silent_s), detail=str(refused)))
            stop.wait(every_s)
        return self.fine

    def _told(self, seen: Seen) -> None:
        now = time.monotonic()
        self._answered = now
        self._grew = now if seen.new else self._grew
        if seen.new or seen.cosigned or seen.handed_over != self._handed_over:
            self.tell("seen", asdict(seen))
        self._handed_over = seen.handed_over
        if self.standstill_s and now - self._grew >= self.standstill_s:
            self._raise(Alarm("standing_still", seconds=round(now - self._grew), size=seen.size))
        elif self._alarm:
            self.tell("over", {"alarm": self._alarm})
            self._alarm = ""

    def _raise(self, alarm: Alarm) -> None:
        """Each alarm once while it goes on."""
        if alarm.code != self._alarm:
            self.tell(alarm.code, dict(alarm.facts))
        self._alarm = alarm.code


def _only_silence(refused: Refused) -> None:
    """A log that does not answer may come back; anything else that is refused must be mended here."""
    if not refused.code.startswith("source_") or refused.code == "source_address":
        raise refused
