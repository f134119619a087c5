"""A hub for the browser tests of the report's pages: `python -m tests.desk.report.page_hub`, in its own home.

A district whose logistics are underway, with findings, two alerts and a vehicle. Prints one line of JSON
{url, link} when it answers, and ends when its input is closed.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import django

from tests.desk import shown_hub

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawal.desk.site.settings")


def _world() -> dict[str, str]:
    from kawal.desk.clock.reads import real_now
    from kawal.desk.custody.models import Position
    from kawal.desk.ledger import actions as ledger
    from kawal.desk.people import actions as people
    from kawal.desk.people import links
    from tests.desk.custody.told import record
    from tests.desk.report import world

    world.put_areas()
    world.put_stations()
    world.compute_needs()
    world.plan_it()
    told = world.cast()
    told.pack(count=200)  # not the ballots that are needed
    told.out()
    record(told.story.events)
    now = told.story.now
    world.clock_at(now)
    ledger.publish_checkpoint(now=now)
    world.put_alert("seal_mismatch", [world.ONE], post="kpu/16.07")
    world.put_alert("predicted_late", ["1607042001001"], area="16.07.04", post="kpu/16.07")
    at = now - timedelta(minutes=5)
    Position.objects.create(
        trip_code="16.07-to_pps-1", lat=-2.44, lon=104.27, accuracy_m=9,
        happened_at=at, received_at=at, heard_at=at, entry_index=0, track=b"",
    )  # fmt: skip
    announced(now)
    people.add_officer("logistik", post="kpu/16.07", role="logistics", password=None)
    token = links.make("logistik", purpose=links.Purpose.EXERCISE, valid=timedelta(hours=1), now=real_now())
    return {"link": f"/sign-in/{token}"}


def announced(now: datetime) -> None:
    """Three shipments of a printer: received, partly received, on its way."""
    from kawal.desk.supply import actions, tokens
    from kawal.rules.report.epcis import reading
    from tests.rules.report.epcis.foreign import document, packing, sent, shipping

    token = tokens.add("PT Percetakan Nusantara", now=now)
    events = []
    for number, received in ((77, 3), (78, 1), (79, 0)):
        boxes = [f"https://printer.example.com/box/{number}-{at}" for at in (1, 2, 3)]
        paper = {"type": "desadv", "bizTransaction": f"https://printer.example.com/sj/SJ-2029-{number}"}
        name = f"urn:uuid:{number}"
        events += [packing(parentID=box, eventID=f"{name}-{box[-1]}") for box in boxes]
        left = {
            "epcList": boxes,
            "bizTransactionList": [paper],
            "eventTime": f"2029-02-{number - 70:02}T02:00:00Z",
        }
        events.append(shipping(eventID=name, **left))
        came = {"bizStep": "receiving", "epcList": boxes[:received], "eventTime": "2029-02-11T02:00:00Z"}
        events += [shipping(eventID=f"{name}-came", **came)] if received else []
    read = reading.document(sent(document(*events)))
    actions.capture(read, tokens.holder(f"Bearer {token}") or 0, behaviour="rollback", now=now)


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    told = _world()
    from kawal.serve.hub import application

    shown_hub.serve(told, lambda url: application("page_hub", url))


if __name__ == "__main__":
    main()
