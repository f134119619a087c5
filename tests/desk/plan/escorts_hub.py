"""A hub for the browser test of escorts: `python -m tests.desk.plan.escorts_hub`, in its own home.

Prints one line of JSON {url, links: {officer: address}, trip} when it answers, and ends with its input.
"""

from __future__ import annotations

import os
from datetime import timedelta

import django

from tests.desk import shown_hub

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawal.desk.site.settings")
STRENGTHS = b"post,officers\n16.07.01,4\n16.07.02,3\n16.07,3\n16,1\n"


def _world() -> dict[str, object]:
    from kawal.desk.clock import actions as clock
    from kawal.desk.clock.reads import real_now
    from kawal.desk.people import actions as people
    from kawal.desk.people import links
    from kawal.desk.places import reads as places
    from kawal.desk.plan.escorts import rostering

    from .conftest import NOW, lay_out, make

    lay_out()
    people.found_posts([places.area(code) for code in ("16", "16.07", "16.07.01", "16.07.02")])
    people.add_officer("kapolres", post="polri/16.07", role="chief", password=None)
    clock.begin(name="16.07", seed=1, sim_at=NOW, speed=0.0, token="t")
    make("16.07")
    (kept,), _ = rostering.make("16.07", by="Polres", now=NOW, strength=STRENGTHS, workers=1)
    link = links.make("kapolres", purpose=links.Purpose.EXERCISE, valid=timedelta(hours=1), now=real_now())
    return {"links": {"kapolres": f"/sign-in/{link}"}, "trip": kept.problem.duties[0].trips[0]}


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    told = _world()
    from kawal.serve.hub import application

    shown_hub.serve(told, lambda url: application("escorts_hub", url))


if __name__ == "__main__":
    main()
