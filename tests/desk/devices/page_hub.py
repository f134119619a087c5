"""A hub for the browser tests of devices: `python -m tests.desk.devices.page_hub`, in its own home.

A PPK with a device in every state. Prints one line of JSON {url, link, device, forked} and ends when its
input is closed.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import django

from tests.desk import shown_hub

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawal.desk.site.settings")

NOW = datetime(2029, 2, 8, 1, 0, tzinfo=UTC)


def _world() -> dict[str, str]:
    from kawal.desk.clock import actions as clock
    from kawal.desk.clock.reads import real_now
    from kawal.desk.people import actions as people
    from kawal.desk.people import links
    from kawal.desk.places import models
    from kawal.desk.places import reads as places
    from kawal.rules.places.codes import level_of
    from tests.desk.devices.states import certified

    for code, name in {"16": "Sumatera Selatan", "16.07": "Banyuasin", "16.07.03": "Betung"}.items():
        models.Area.objects.create(code=code, level=level_of(code), name=name)
    people.found_posts([places.area("16.07"), places.area("16.07.03")])
    people.add_officer("logistik", post="kpu/16.07", role="logistics", password=None)
    clock.begin(name="16.07", seed=1, sim_at=NOW, speed=0.0, token="t")
    phones = certified(NOW)
    token = links.make("logistik", purpose=links.Purpose.EXERCISE, valid=timedelta(hours=1), now=real_now())
    told = {name: phone.kid.hex() for name, phone in phones.items()}
    return {"link": f"/sign-in/{token}", "device": told["revoked"], "forked": told["forked"]}


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    told = _world()
    from kawal.serve.hub import application

    shown_hub.serve(told, lambda url: application("page_hub", url))


if __name__ == "__main__":
    main()
