"""kawal serve: run the hub until a signal ends it."""

from __future__ import annotations

import json
import signal
import sys

import click
from django.utils.translation import gettext as _

from kawal import listening
from kawal.desk.site import tables
from kawal.rules.refusals import Refused
from kawal.serve import running, words


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Other than this machine: set KAWAL_HOSTS."
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65_535), help="0: any free one."
)
@click.option("--with-stdin", is_flag=True, help="End when standard input does: with whoever started it.")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def serve(host: str, port: int, with_stdin: bool, as_json: bool) -> None:
    """Run the hub: desk, door and watch in one process."""

    def ready(place: dict[str, object]) -> None:
        text = _("Kawal is at %(url)s (Ctrl+C ends it)") % place
        click.echo(json.dumps(place) if as_json else text)
        sys.stdout.flush()

    # uvicorn ends on these by itself and then raises them again: this time they mean nothing more.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    if with_stdin:
        listening.end_with_stdin()
    try:
        running.check_host(host)
        running.check_log_settings()
        with running.alone(), listening.bound(host, port) as sock:
            tables.migrate()
            from kawal.serve.hub import application

            started = running.run(application(*running.named(sock)), sock, ready)
    except Refused as refused:
        told = {"refused": refused.code, **refused.facts}
        text = words.REFUSALS[refused.code] % refused.facts
        click.echo(json.dumps(told) if as_json else text, err=not as_json)
        sys.exit(1)
    sys.exit(0 if started else 1)
