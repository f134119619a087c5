"""Events as phones tell them, for the mapping."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kawal.rules.custody.event import Act
from kawal.rules.custody.told import Told
from kawal.rules.report.epcis.mapping import events_of
from kawal.rules.report.epcis.naming import Naming
from kawal.rules.report.epcis.shaping import Around
from tests.rules.custody.stories import Phone, Story

NAMING = Naming("kawal.kpu.go.id/log/2029")
BASE = "https://kawal.kpu.go.id/log/2029"
GIVER, RECEIVER = Story().phone("giver"), Story().phone("receiver")
POSTS = {GIVER.kid: "kpu/16.07", RECEIVER.kid: "kpu/16.07.03"}


def told(act: Act, by: Phone | None = None, **fields: Any) -> Told:
    phone = by or Story().phone("giver")
    said = phone.tells(act, **fields)
    return Told(said.id, said.kid, said.event, 7, phone.story.now + timedelta(minutes=2))


def mapped(one: Told, **around: Any) -> list[dict[str, Any]]:
    return events_of(one, Around(**{"naming": NAMING, "area": "16.07", "posts": POSTS, **around}))
