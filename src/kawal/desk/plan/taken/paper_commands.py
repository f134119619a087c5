"""kawal plan export and route-map: what of a plan can be taken along."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import click
from django.utils.translation import gettext

from kawal.desk.places import reads as places
from kawal.desk.plan import reads
from kawal.desk.plan.area_option import area_option
from kawal.desk.plan.taken import exporting, route_map
from kawal.desk.plan.telling import refusals_told
from kawal.rules.places.codes import zone_of
from kawal.rules.plan.facts import PlanFacts
from kawal.rules.refusals import Refused

AREA = area_option("Regency, district or village, such as 16.07.")
OUT = click.argument("file", type=click.File("wb", atomic=True))


@click.command("export")
@AREA
@click.option(
    "--form",
    type=click.Choice(sorted(exporting.FORMS)),
    help="By default what the file's name ends with.",
)
@OUT
def export_(area: str, form: str | None, file: BinaryIO) -> None:
    """Write the trips of the plan of record to FILE (- for the screen): CSV, XLSX, GeoJSON or GPX."""
    form = form or Path(file.name).suffix.removeprefix(".")
    if form not in exporting.FORMS:
        raise click.ClickException(
            gettext("Say in which form: --form %(forms)s.") % {"forms": ", ".join(sorted(exporting.FORMS))}
        )
    plan = _of_record(area)
    found = reads.trips_of_area(area)
    file.write(exporting.trips(found, plan, form, zone=zone_of(area), sees_risk=True))


@click.command("route-map")
@AREA
@OUT
def route_map_(area: str, file: BinaryIO) -> None:
    """Write the distribution-route map (peta jalur distribusi) of the plan of record to FILE, a PDF."""
    plan = _of_record(area)
    file.write(route_map.paper(places.area(area), plan, sees_risk=True))


def _of_record(area: str) -> PlanFacts:
    with refusals_told():
        found = reads.plan_of_record(area)
        if found is None:
            raise Refused("no_plan", area=area)
    return found
