"""Devices of a PPK in every state that a page shows."""

from __future__ import annotations

from datetime import datetime, timedelta

from kawal.desk.custody import actions as custody
from kawal.desk.people.devices import NewDevice
from kawal.desk.trust import actions as trust
from kawal.rules.custody.event import Act
from kawal.rules.trust.statements import Reason
from tests.desk.custody.told import record
from tests.rules.custody.stories import PPK, Phone, Story


def certified(now: datetime) -> dict[str, Phone]:
    """good, revoked, forked, and one whose certificate has ended; each has told something."""
    story = Story()
    made = {name: story.phone(name) for name in ("good", "revoked", "forked", "ended")}
    for name, phone in made.items():
        at = now - timedelta(days=20 if name == "ended" else 1)
        trust.enrol([NewDevice(phone.public_key, "kpu/16.07.03", "custodian", name)], now=at)
        phone.tells(Act.ARRIVED, site=PPK, trip="T-1")
    twin = made["forked"].forked()
    made["forked"].tells(Act.DEPARTED, site=PPK, trip="T-1")
    twin.tells(Act.DEPARTED, site=PPK, trip="T-2")
    record(story.events)
    trust.revoke(made["revoked"].kid, reason=Reason.LOST, now=now)
    trust.tell_time(now=now)
    custody.catch_up()
    return made
