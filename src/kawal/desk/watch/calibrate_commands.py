"""kawal plan calibrate: what journeys really took, as factors for the next plan."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click
from django.utils.translation import gettext

from kawal.desk.clock.reads import now
from kawal.desk.plan import words
from kawal.desk.plan.area_option import area_option
from kawal.desk.plan.journey.osrm import Osrm
from kawal.desk.plan.journey.travel_commands import engine_of
from kawal.desk.plan.journey.valhalla import Valhalla
from kawal.desk.plan.telling import refusals_told
from kawal.desk.watch import calibrating
from kawal.rules.plan.journey.measured import text_of


@click.command("calibrate")
@area_option("Regency or city, such as 16.07.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the factors here (TOML).")
@click.option("--valhalla", metavar="URL|FILE", help="Put recorded positions on the roads of this server.")
@click.option("--osrm", metavar="URL|FILE", help="The same, with an OSRM server.")
def calibrate_(area: str, out: Path | None, valhalla: str | None, osrm: str | None) -> None:
    """Compare the plan of record with what its trips really took.

    Writes factors by mode and terrain for kawal plan make --travel. Nothing uses them by itself.
    """
    at = now()
    with refusals_told():
        speech, where = (Valhalla(), valhalla) if valhalla else (Osrm(), osrm)
        with engine_of(speech, where) if where else nullcontext() as engine:
            done = calibrating.calibrate(area, now=at, engine=engine)
    found = done.found
    told = gettext(
        "%(area)s, version %(version)s: %(count)s journeys told from end to end, %(passed)s passed over."
    )
    counts = {"count": words.number(found.journeys_count), "passed": words.number(found.passed_over_count)}
    click.echo(told % {"area": done.area, "version": done.version, **counts})
    for row in found.rows:
        told = gettext("  %(mode)s, %(terrain)s: real over planned %(median).2f, factor %(factor).2f (%(n)s)")
        click.echo(
            told
            % {
                "mode": words.MODES[row.mode],
                "terrain": row.terrain.value,
                "median": row.median,
                "factor": row.factor,
                "n": f"{row.journeys:g}",
            }
        )
    if done.roads_ratio is not None:
        told = gettext("Of %(count)s recorded ways the roads are %(ratio).2f times as long as planned.")
        click.echo(told % {"count": words.number(done.roads_count), "ratio": done.roads_ratio})
    if out:
        text = text_of(found, area=done.area, made_on=at.date().isoformat(), against=done.against)
        out.write_text(text, "utf-8")
        click.echo(gettext("Written to %(file)s; for use: kawal plan make --travel.") % {"file": out})
