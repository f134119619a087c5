"""A hub for the browser tests of risk: `python -m tests.desk.risk.page_hub`, in its own home.

Prints one line of JSON {url, links: {officer: address}} when it answers, and ends when its input is closed.
"""

from __future__ import annotations

import os
from datetime import timedelta

import django

from tests.desk import shown_hub

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawal.desk.site.settings")


def _world() -> dict[str, object]:
    from kawal.desk.clock import actions as clock
    from kawal.desk.clock.reads import real_now
    from kawal.desk.people import links

    from . import world

    world.places()
    world.officers()
    clock.begin(name="16.07", seed=1, sim_at=world.NOW, speed=0.0, token="t")
    world.living()
    made = {
        name: links.make(name, purpose=links.Purpose.EXERCISE, valid=timedelta(hours=1), now=real_now())
        for name in world.OFFICERS
    }
    return {"links": {name: f"/sign-in/{token}" for name, token in made.items()}}


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    told = _world()
    from kawal.serve.hub import application

    shown_hub.serve(told, lambda url: application("page_hub", url))


if __name__ == "__main__":
    main()
