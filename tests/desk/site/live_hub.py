"""A hub for the browser test of live pages: `python -m tests.desk.site.live_hub`, in a KAWAL_HOME of its own.

Prints one line of JSON {url, link} when it answers, and ends when its input is closed.
"""

from __future__ import annotations

import os
from datetime import timedelta

import django
from a2wsgi import WSGIMiddleware

from tests.desk import shown_hub

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawal.desk.site.settings")


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    settings.ROOT_URLCONF = "tests.desk.site.urls"
    call_command("migrate", verbosity=0)

    from kawal.desk.clock.reads import real_now
    from kawal.desk.people import actions, links
    from kawal.desk.report import live
    from kawal.rules.places.facts import Area

    actions.found_posts([Area(code="16.07", level="regency", name="Kabupaten Banyuasin")])
    actions.add_officer("piket", post="polri/16.07", role="duty", password=None)
    token = links.make("piket", purpose=links.Purpose.OPERATOR, valid=timedelta(hours=1), now=real_now())
    pages = WSGIMiddleware(get_wsgi_application(), workers=2)

    async def hub(scope, receive, send):  # type: ignore[no-untyped-def]
        await (live.app if scope["path"].startswith("/live/") else pages)(scope, receive, send)

    shown_hub.serve({"link": f"/sign-in/{token}"}, lambda url: hub, lifespan="off")


if __name__ == "__main__":
    main()
