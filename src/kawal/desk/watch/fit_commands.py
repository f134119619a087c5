"""kawal plan fit-delays: a law of delays from what the trips of a plan really took."""

from __future__ import annotations

from pathlib import Path

import click
from django.utils.translation import gettext

from kawal.desk.clock.reads import now
from kawal.desk.plan import gathering, reads, words
from kawal.desk.plan.area_option import area_option
from kawal.desk.plan.telling import refusals_told
from kawal.desk.plan.words import number
from kawal.desk.watch import replanning
from kawal.rules.plan.sure.fitting import ENOUGH, fits, fitted
from kawal.rules.refusals import Refused

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("fit-delays")
@area_option("Regency or city, such as 16.07.")
@click.option("--delays", type=FILE, help="The law to begin from (TOML); by default the stated one.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def fit_delays_(area: str, delays: Path | None, file: Path) -> None:
    """Write FILE: the law of delays with the spreads that custody records show.

    A mode keeps its assumed spread until enough of its journeys were told.
    """
    with refusals_told():
        plan = reads.plan_of_record(area)
        if plan is None:
            raise Refused("no_plan", area=area)
        found = fits(reads.trips(plan.id), replanning.happened_on(plan.area))
        text = delays.read_text("utf-8") if delays else gathering.default_delays()
        source = f"measured in {plan.area}, version {plan.version}, {now():%Y-%m-%d}"
        told = fitted(text, found, source)
    file.write_text(told, "utf-8")
    for mode, fit in found.items():
        line = gettext("%(mode)s: %(count)s journeys, %(median)s times as long as planned, spread %(spread)s")
        told_mode = line % {
            "mode": words.MODES[mode],
            "count": number(fit.journeys_count),
            "median": f"{fit.median:.2f}",
            "spread": f"{fit.spread:.2f} ± {2 * fit.spread_error:.2f}",
        }
        few = gettext("too few: at least %(least)s; stays as assumed") % {"least": ENOUGH}
        click.echo(told_mode if fit.is_enough else f"{told_mode} ({few})")
    if not found:
        click.echo(
            gettext("No journey of this plan was told from departure to hand-over: all stays as assumed.")
        )
