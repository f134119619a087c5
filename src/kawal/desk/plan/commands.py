"""kawal plan: make a plan, show it, check it."""

from __future__ import annotations

import getpass
import json
import signal
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext
from tqdm import tqdm

from kawal.desk.clock.reads import now
from kawal.desk.plan import (
    actions,
    at_risk_words,
    direct_words,
    exposing,
    exposing_words,
    reads,
    solving,
    words,
)
from kawal.desk.plan.area_option import area_option
from kawal.desk.plan.direct_words import HELP as DIRECT_HELP
from kawal.desk.plan.direct_words import direct_option
from kawal.desk.plan.escorts.rostering_commands import escorts_
from kawal.desk.plan.fleets import fleet_files, passed_over
from kawal.desk.plan.fleets.fleet_commands import fleet_
from kawal.desk.plan.journey.travel_commands import roads_, teller_of, travel_options
from kawal.desk.plan.leaving import Left, nothing_known
from kawal.desk.plan.leg_words import LEGS
from kawal.desk.plan.preparing import Asked, default_of
from kawal.desk.plan.search_commands import lines as search_lines
from kawal.desk.plan.search_commands import parted, patience_of, search_options
from kawal.desk.plan.sure import living, living_words
from kawal.desk.plan.taken import paper_commands
from kawal.desk.plan.telling import refusals_told
from kawal.desk.plan.textfiles import access_in, text_in
from kawal.desk.plan.wide import nation_commands
from kawal.desk.plan.wide.upper_commands import upper_
from kawal.desk.risk import specfiles
from kawal.number_option import NumberRange
from kawal.rules.places.codes import NATION
from kawal.rules.plan.calendar import FIRST_DAY
from kawal.rules.plan.facts import BY_GATEWAY, BY_LANDING, DIRECT, Leg, Level, Mode, PlanFacts, Substitute
from kawal.rules.plan.fleet import fleet_of
from kawal.rules.plan.routing.literature import SCALE
from kawal.rules.plan.sure.simulation import SCENARIOS
from kawal.rules.refusals import Refused

AREA = area_option("Regency or city, such as 16.07.")
MANY = area_option("Regency or city (16.07), province (16) or the nation (id).", nation=True)
JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SEED = click.IntRange(0, 2**31 - 1)  # what every database keeps
VOTING_DAY = datetime(2024, 2, 14)  # noqa: DTZ001 - a day, not a moment


@click.group()
def plan() -> None:
    """Plan trips, escorts and latest safe departures."""


plan.add_command(paper_commands.export_)
plan.add_command(paper_commands.route_map_)
plan.add_command(roads_)
plan.add_command(fleet_)
plan.add_command(escorts_)
plan.add_command(upper_)


@plan.command()
@MANY
@click.option(
    "--voting-day", type=click.DateTime(["%Y-%m-%d"]), default=VOTING_DAY, show_default="2024-02-14"
)
@click.option(
    "--first-day",
    type=click.IntRange(FIRST_DAY, 30),
    default=FIRST_DAY,
    show_default=True,
    help="Distribution may begin so many days before the vote.",
)
@click.option("--seed", type=SEED, default=1, show_default=True, help="Same problem and seed, same plan.")
@click.option("--fleet", type=FILE, help="Your fleet (TOML, CSV, XLSX); without it the stated default.")
@click.option(
    "--access", type=FILE, help="How areas are reached (CSV of area,access: road, water, foot, air)."
)
@click.option("--delays", type=FILE, help="Your law of delays (TOML); without it the stated default.")
@click.option("--direct", callback=direct_option, metavar="better|FILE", help=DIRECT_HELP)
@travel_options
@search_options
@click.option("--reason", default="", help="Why there is a new version.")
@click.option("--by", default=getpass.getuser, help="Who makes it; by default the user of this machine.")
@click.option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    help="Down to the stations (of a regency) or to the villages (of many).",
)
@click.option("--workers", type=click.IntRange(1), default=actions.WORKERS, show_default=True)
@click.option("--dask", help="Plan many regencies on the Dask cluster of this scheduler (tcp://host:port).")
@click.option("--replace", is_flag=True, help="Of many: also plans that a regency asked for by itself.")
@JSON
@click.pass_obj
def make(
    left: Left | None,
    /,
    area: str,
    voting_day: datetime,
    first_day: int,
    seed: int,
    fleet: Path | None,
    access: Path | None,
    delays: Path | None,
    direct: str | None,
    reason: str,
    by: str,
    level: str | None,
    workers: int,
    dask: str | None,
    replace: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Make the plan of record of a regency: a new version, checked before it is saved.

    Of a province or the nation every regency is planned, each saved when it is done. Stop it when you like:
    the same command goes on. Of one regency Ctrl-C gives the best so far. Once trips have left, plan anew
    instead: kawal plan replan.
    """
    search, travel = parted(given)
    with refusals_told():
        told = access_in(access)
        default = partial(default_of, area, told, now=now())
        asked = Asked(
            voting_day=voting_day.date(), seed=seed, access=told, first_day=first_day, direct=direct or "",
            fleet=fleet_files.text_of(fleet, default) if fleet else None,
            delays=text_in(delays) if delays else None, level=Level(level) if level else Level.STATION,
        )  # fmt: skip
        nation_commands.check_dask(area, dask)
        _tell_passed_over(asked, area)
    if nation_commands.is_many(area):
        with refusals_told(), teller_of(**travel) as teller:
            search.check_many(area)
            asked = nation_commands.asked(asked, level)
            nation_commands.make(
                area, asked, reason, by, workers, dask, teller, replace=replace, as_json=as_json,
                left=left or nothing_known,
            )  # fmt: skip
        return
    bars = tqdm(desc="plan", unit="district", leave=False)
    with refusals_told(), bars as bar, teller_of(**travel) as teller, patience_of(search) as patience:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        actions.make(
            area, voting_day=asked.voting_day, seed=seed, reason=reason, by=by, now=now(), progress=progress,
            fleet=asked.fleet, access=asked.access, delays=asked.delays, level=asked.level, workers=workers,
            first_day=asked.first_day, teller=teller, effort=search.effort, patience=patience,
            from_present=search.from_present, left=left or nothing_known, direct=direct,
        )  # fmt: skip
    _show(_of_record(area), as_json)


@plan.command()
@AREA
@JSON
def show(area: str, as_json: bool) -> None:
    """The plan of record in figures."""
    with refusals_told():
        found = _of_record(area)
    _show(found, as_json)


@plan.command("check")
@AREA
@JSON
def check_(area: str, as_json: bool) -> None:
    """Judge the plan of record by the rules and by the places, needs and risk as they are now."""
    with refusals_told():
        found = _of_record(area)
        broken = reads.check_plan(found.id, now=now())
    told = [{"code": one.code, "where": one.where, "words": words.violation(one)} for one in broken]
    if as_json:
        _say({"area": found.area, "version": found.version, "violations": told})
    else:
        for row in told:
            click.echo(row["words"])
        click.echo(gettext("%(count)s rules broken") % {"count": len(told)})
    if broken:
        raise SystemExit(1)


def _docks(_: click.Context, __: click.Parameter, told: tuple[str, ...]) -> dict[str, int]:
    """SITE=N of each dock."""
    found = {}
    for one in told:
        site, _equals, count = one.partition("=")
        if not site or not count.isdigit() or int(count) < 1:
            raise click.BadParameter(one)
        found[site] = int(count)
    return found


@plan.command()
@AREA
@click.option("--scenarios", type=click.IntRange(100, 1_000_000), default=SCENARIOS, show_default=True)
@click.option("--seed", type=SEED, default=1, show_default=True)
@click.option("--delays", type=FILE, help="Your law of delays (TOML); without it the stated default.")
@click.option(
    "--events",
    type=click.IntRange(10, 100_000),
    help="Live through so many scenarios event by event: with queues at docks and for escorts.",
)
@click.option(
    "--berths",
    type=click.IntRange(1),
    help="With --events: boats or aircraft handled at once everywhere, instead of as the plan's fleet says.",
)
@click.option("--dock", "docks", multiple=True, callback=_docks, help="With --events: SITE=N, for one place.")
@JSON
def simulate(
    area: str, scenarios: int, seed: int, delays: Path | None, events: int | None, berths: int | None,
    docks: dict[str, int], as_json: bool,
) -> None:  # fmt: skip
    """Live through the plan of record many times: how sure is each station's delivery?"""
    with refusals_told():
        text = text_in(delays) if delays else None
        if events:
            queues = living.queued(area, seed=seed, scenarios=events, berths=berths, docks=docks, delays=text)
            if as_json:
                _say(living_words.plain_queues(queues))
            else:
                click.echo("\n".join(living_words.queue_lines(queues)))
            return
        found = living.live(area, seed=seed, scenarios=scenarios, now=now(), delays=text)
    if as_json:
        _say(living_words.plain(found))
    else:
        for line in living_words.lines(found):
            click.echo(line)


@plan.command("legs")
@AREA
@click.option("--spec", default=specfiles.LEGS, show_default=True, help="Shipped spec, or a file.")
@JSON
def legs_(area: str, spec: str, as_json: bool) -> None:
    """Score every trip of the plan of record: which leg could go wrong, and why."""
    with refusals_told():
        found = exposing.exposed(area, spec)
    if as_json:
        _say(exposing.plain(found))
    else:
        for line in exposing_words.lines(found):
            click.echo(line)


@plan.command("solve")
@click.argument("file", type=FILE)
@click.option("--seconds", type=NumberRange(0, 86_400), default=10.0, show_default=True)
@click.option(
    "--round", "rounding", type=click.Choice(list(SCALE)), help="By default as the literature does."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--start", type=FILE, help="A solution file to begin with.")
@click.option(
    "--json", "json_file", type=click.Path(allow_dash=True), help="Answer in JSON; - for the screen."
)
def solve_(
    file: Path, seconds: float, rounding: str | None, seed: int, start: Path | None, json_file: str | None
) -> None:
    """Solve a routing problem in VRPLIB or Solomon format by the planner's solver.

    Prints a solution file. Ctrl-C stops early; the best so far is the answer.
    """
    with (
        refusals_told(),
        tqdm(total=seconds, unit="s", leave=False, bar_format="{n:.0f} s  {postfix}") as bar,
    ):

        def progress(best_cost: int, spent_s: float) -> None:
            bar.n = spent_s
            bar.set_postfix_str(gettext("best %(cost)s") % {"cost": best_cost})

        stop = solving.Stop(seconds, progress)
        before = signal.signal(signal.SIGINT, lambda *_: setattr(stop, "now", True))
        try:
            first = text_in(start) if start else ""
            solved = solving.solve(text_in(file), stop, rounding=rounding, seed=seed, start=first)
        finally:
            signal.signal(signal.SIGINT, before)
    if solved.left_out:
        names = {"names": ", ".join(solved.left_out)}
        click.echo(gettext("Left out, because nobody here knows it: %(names)s.") % names, err=True)
    if json_file is None:
        click.echo(solving.solution_text(solved), nl=False)
    else:
        with click.open_file(json_file, "w", encoding="utf-8") as out:
            json.dump(asdict(solved), out, ensure_ascii=False)
            out.write("\n")
    if not solved.feasible:
        click.echo(gettext("No solution that keeps all rules was found."), err=True)
        raise SystemExit(1)


def _show(found: PlanFacts, as_json: bool) -> None:
    if as_json:
        _say(asdict(found))
        return
    click.echo(words.headline(found))
    if told := at_risk_words.from_before(found):
        click.echo(told)
    for line in search_lines(found):
        click.echo(line)
    summary = found.summary
    for leg, modes in summary["trips"].items():
        counts = ", ".join(
            f"{words.number(count)} {words.MODES[Mode(mode)]}" for mode, count in modes.items()
        )
        if counts or Leg(leg) not in BY_GATEWAY | BY_LANDING | DIRECT:
            click.echo(f"  {LEGS[Leg(leg)]}: {counts or '-'}")
    for line in direct_words.lines(summary):
        click.echo(line)
    escort = summary["escort"]
    told = gettext("Escorts: %(sum)s officers over all trips, at most %(peak)s at once")
    click.echo(
        told
        % {
            "sum": words.number(escort["officers_count"]),
            "peak": words.number(escort["officers_peak_count"]),
        }
    )
    for code, count in escort["substitutes"].items():
        click.echo(f"  {words.number(count)} {words.SUBSTITUTES[Substitute(code)]}")
    left: Counter[tuple[str, str]] = Counter()
    for row in summary["unserved"]:
        left[row["site"], words.why_unserved(row)] += row["stations_count"]
    for (site, reason), count in left.items():
        told = gettext("%(site)s: %(count)s stations not carried: %(reason)s")
        click.echo("  " + told % {"site": site, "count": count, "reason": reason})
    for row in summary["shortfalls"]:
        click.echo(f"  {words.shortfall(row)}")
    click.echo(gettext("Assumed:"))
    for code in summary["assumptions"]:
        click.echo(f"  {words.assumption(code, summary['assumed_counts'][code])}")


def _tell_passed_over(asked: Asked, area: str) -> None:
    """Refuses `wrong_fleet`."""
    if asked.fleet is not None:
        code = NATION if area == "id" else area
        for line in passed_over.lines(passed_over.passed_over(fleet_of(asked.fleet), code), code):
            click.echo(line, err=True)


def _of_record(area: str) -> PlanFacts:
    found = reads.plan_of_record(area)
    if found is None:
        raise Refused("no_plan", area=area)
    return found


def _say(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1, default=_plain))


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
