"""kawal plan repair: move what makes stations late, and say what else would help."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from typing import Any

import click
from django.utils.translation import gettext

from kawal.desk.clock.reads import now
from kawal.desk.plan.sure import repairing, repairing_words
from kawal.desk.plan.sure.living import TARGET
from kawal.desk.plan.sure.living_words import percent
from kawal.desk.plan.telling import refusals_told


@click.command("repair")
@click.option("--area", required=True, help="Regency or city, such as 16.07.")
@click.option("--target", type=click.FloatRange(0.5, 0.9999), default=TARGET, show_default=True)
@click.option("--reason", default="", help="Why; by default what was repaired.")
@click.option("--by", default=getpass.getuser, help="Who repairs; by default the user of this machine.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def repair_(area: str, target: float, reason: str, by: str, as_json: bool) -> None:
    """Repair the plan of record until every station and the regency reach the target.

    Makes a new version if anything can be moved; names the stations that cannot, and the cheapest help.
    """
    told = reason or gettext("Repaired towards %(target)s on time") % {"target": percent(target)}
    with refusals_told():
        found = repairing.repair(area, target=target, by=by, reason=told, now=now())
    if as_json:
        click.echo(json.dumps(_plain(found), ensure_ascii=False, indent=1, default=str))
    else:
        for line in repairing_words.lines(found):
            click.echo(line)


def _plain(found: repairing.Repair) -> dict[str, Any]:
    done = found.repaired
    return {
        "area": found.plan.area,
        "version": found.plan.version,
        "new_version": found.made,
        "target": found.target,
        "before": _promise(done.before, found.target),
        "after": _promise(done.after, found.target),
        "changes": [asdict(change) for change in done.changes],
        "helps": [asdict(help_) for help_ in found.helps],
        "reserves": found.reserves,
        "hold_points": [asdict(point) for point in found.hold_points],
    }


def _promise(promise: Any, target: float) -> dict[str, Any]:
    return {
        "regency": promise.regency,
        "error": promise.outcome.error(promise.regency),
        "classes": {risk.name.lower(): share for risk, share in promise.classes.items()},
        "stations_count": len(promise.stations),
        "below": {code: promise.stations[code] for code in promise.below(target)},
    }
