"""kawal risk check: how sure the classes are."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click
from django.utils.translation import gettext
from tqdm import tqdm

from kawal.desk.clock.reads import now
from kawal.desk.risk import checking
from kawal.desk.risk.telling import JSON, say, told


@click.command()
@click.option("--area", required=True, help="Area whose villages are checked; id for the nation.")
@click.option("--replications", type=int, default=None, help="How many; else as the spec says.")
@JSON
def check(area: str, replications: int | None, as_json: bool) -> None:
    """Compute the classes anew under other weights, methods and data, and keep how often they change."""
    code = "" if area == "id" else area
    with told(), tqdm(total=replications, unit="check", disable=not sys.stderr.isatty()) as bar:
        found = checking.check(
            code, now=now(), replications=replications, progress=lambda done: _tell(bar, done)
        )
    if as_json:
        say(asdict(found))
        return
    facts = {
        "villages": found.villages,
        "count": found.replications,
        "percent": f"{100 * found.another:.1f}",
        "unsure": found.unsure,
    }
    click.echo(
        gettext(
            "%(villages)s villages, %(count)s checks: another class in %(percent)s %% of them on average; "
            "%(unsure)s villages in more than a fifth"
        )
        % facts
    )


def _tell(bar: tqdm, done: int) -> None:
    bar.update(done - bar.n)
