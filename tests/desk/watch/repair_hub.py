"""A hub for the browser test of repairs: `python -m tests.desk.watch.repair_hub`, in its own home.

A small regency whose plan can be made surer. Prints one line of JSON {url, link} when it answers, and ends
when its input is closed.

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
    from kawal.desk.people import actions as people
    from kawal.desk.people import links
    from kawal.desk.places import reads as places
    from kawal.desk.plan import gathering
    from tests.desk.plan.conftest import NOW, lay_out, make

    regency = lay_out()
    people.found_posts([places.area(""), places.area("16"), places.area(regency), *places.subtree(regency)])
    people.add_officer("logistik", post=f"kpu/{regency}", role="logistics", password=None)
    law = gathering.default_delays()
    for share in ("0.003", "0.005", "0.01", "0.03"):
        law = law.replace(f"closed_share = {share} ", "closed_share = 0.06 ")
    make(regency, delays=law)
    clock.begin(name=regency, seed=1, sim_at=NOW, speed=0.0, token="t")
    token = links.make("logistik", purpose=links.Purpose.EXERCISE, valid=timedelta(hours=1), now=real_now())
    return {"link": f"/sign-in/{token}"}


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    told = _world()
    from kawal.serve.hub import application

    shown_hub.serve(told, lambda url: application("repair_hub", url))


if __name__ == "__main__":
    main()
