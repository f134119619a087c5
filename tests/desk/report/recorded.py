"""A whole distribution in the log, told by enrolled phones, with a checkpoint after each part of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from kawal.desk.ledger import actions as ledger
from kawal.desk.people.devices import NewDevice, enrol
from kawal.desk.people.models import Post
from tests.desk.custody.told import need, parcels, planned, record, stations
from tests.rules.custody.stories import START, Cast, Phone, Story

DEADLINE = START + timedelta(days=3)
POST = "kpu/16.07"


def cast(stations_count: int = 2) -> Cast:
    """Parcels needed, a plan of record, phones enrolled; nothing told yet."""
    codes = stations(stations_count)
    seals = need(codes)
    planned(DEADLINE)
    again = {parcel: tuple(number + 10_000 for number in numbers) for parcel, numbers in seals.items()}
    found = Cast(Story(), [one for code in codes for one in parcels(code)], first=seals, second=again)
    enrolled([found.packer, found.driver, found.ppk, found.rider, found.pps, found.escort])
    enrolled(list(found.kpps.values()))
    return found


def enrolled(phones: list[Phone]) -> None:
    Post.objects.get_or_create(code=POST, agency="kpu", area_code="16.07", name="KPU")
    enrol([NewDevice(phone.public_key, POST, "custodian") for phone in phones], now=START)


def told(cast: Cast, *parts: str) -> datetime:
    """Each part (`pack`, `out`, `vote`, `back`) is recorded, and the head of the log signed after it."""
    for part in parts:
        getattr(cast, part)()
        record(cast.story.events)
        cast.story.events.clear()
        ledger.publish_checkpoint(now=cast.story.now)
    return cast.story.now
