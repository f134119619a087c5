"""kawal plan roads, and where `kawal plan make` takes its ways from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click
from django.utils.translation import gettext
from tqdm import tqdm

from kawal.desk.places import reads as places
from kawal.desk.plan import words
from kawal.desk.plan.area_option import area_option
from kawal.desk.plan.journey import osm, roadfiles, served
from kawal.desk.plan.journey.engines import ByEngine
from kawal.desk.plan.journey.osrm import Osrm
from kawal.desk.plan.journey.speech import Speech
from kawal.desk.plan.journey.travelling import SNAP_M, ByRoads, Corrected, Teller
from kawal.desk.plan.journey.valhalla import Valhalla
from kawal.desk.plan.telling import refusals_told
from kawal.number_option import NumberRange
from kawal.rules.plan.journey.measured import factors_of
from kawal.rules.refusals import Refused

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MARGIN = 0.2  # degrees round the places of the area: some 22 km, for ways that leave it and come back
F = TypeVar("F", bound=Callable[..., Any])


def travel_options(command: F) -> F:
    """The options of `make` that say where its ways come from; `teller_of` reads them."""
    for option in (
        click.option("--roads", type=FILE, help="Roads of the area, built by kawal plan roads."),
        click.option("--travel", type=FILE, help="Factors measured on real journeys: kawal plan calibrate."),
        click.option(
            "--valhalla",
            metavar="URL|FILE",
            help="Ask a Valhalla server for ways (http://host:8002), or one run over this .osm.pbf.",
        ),
        click.option(
            "--osrm",
            metavar="URL|FILE",
            help="Ask an OSRM server for ways (http://host:5000), or one run over this extract.",
        ),
        click.option(
            "--snap-km",
            type=NumberRange(0.1, 50),
            default=SNAP_M / 1_000,
            show_default=True,
            help="With --roads: a place farther from any road has none.",
        ),
    ):
        command = option(command)
    return command


@contextmanager
def teller_of(
    roads: Path | None, travel: Path | None, valhalla: str | None, osrm: str | None, snap_km: float
) -> Iterator[Teller | None]:
    """Refuses `one_source_of_ways`, `wrong_roads`, `wrong_factors`, `engine_address`."""
    factors = factors_of(travel.read_text("utf-8", "replace")) if travel else ()
    with _source_of(roads, valhalla, osrm, snap_km) as source:
        yield Corrected(factors, source) if factors else source


@contextmanager
def _source_of(
    roads: Path | None, valhalla: str | None, osrm: str | None, snap_km: float
) -> Iterator[Teller | None]:
    if sum(bool(source) for source in (roads, valhalla, osrm)) > 1:
        raise Refused("one_source_of_ways")
    if roads:
        yield ByRoads(roadfiles.load(roads), snap_km * 1_000)
    elif valhalla or osrm:
        with engine_of(Valhalla() if valhalla else Osrm(), valhalla or osrm or "") as engine:
            yield engine
    else:
        yield None


@contextmanager
def engine_of(speech: Speech, where: str) -> Iterator[ByEngine]:
    """By its address; or of one's own, over an extract.

    Refuses `engine_address`, `engine_missing`, `engine_unbuilt`, `engine_unstarted`.
    """
    with ExitStack() as stack:
        name = ""
        if Path(where).is_file():
            name = served.name_of(speech.name, Path(where))
            say = partial(click.echo, err=True)
            where = stack.enter_context(served.serving(speech.name, Path(where), say))
        yield stack.enter_context(closing(ByEngine(speech, where, name)))


@click.command("roads")
@click.argument("extract", type=FILE)
@area_option("Regency, city or province whose roads are wanted.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="By default roads-AREA.npz.")
def roads_(extract: Path, area: str, out: Path | None) -> None:
    """Build the road file of an area from an OpenStreetMap extract (.osm.pbf, .osm)."""
    file = out or Path(f"roads-{area}.npz")
    with refusals_told(), tqdm(desc=extract.name, unit=" objects", leave=False) as bar:
        found = osm.read(extract, box_of(area), lambda number: _forward(bar, number))
        roadfiles.save(found, file)
    told = gettext("%(file)s: %(km)s km of roads, %(junctions)s junctions.")
    km = words.number(round(float(found.metres.sum()) / 1_000))
    click.echo(told % {"file": file, "km": km, "junctions": words.number(found.junctions)})


def box_of(area: str) -> osm.Box:
    """South, west, north and east of all places of an area, with a margin. Refuses `unknown_area` and
    `area_without_points`."""
    areas = [(one.lat, one.lon) for one in (places.area(area), *places.subtree(area))]
    sites = [(one.lat, one.lon) for one in places.sites_under(area)]
    points = [(lat, lon) for lat, lon in (*areas, *sites) if lat is not None and lon is not None]
    if not points:
        raise Refused("area_without_points", area=area)
    lats, lons = zip(*points, strict=True)
    return min(lats) - MARGIN, min(lons) - MARGIN, max(lats) + MARGIN, max(lons) + MARGIN


def _forward(bar: Any, number: int) -> None:
    bar.update(number - bar.n)
