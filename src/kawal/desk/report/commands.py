"""kawal report: what leaves the house as a file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click
from django.utils.translation import gettext as _
from tqdm import tqdm

from kawal.desk.clock import reads as clock
from kawal.desk.ledger import reads as log
from kawal.desk.ledger import words as log_words
from kawal.desk.places import reads as places
from kawal.desk.places import words as place_words
from kawal.desk.report.archive import writing
from kawal.desk.supply import mapped
from kawal.desk.supply.commands import supplier
from kawal.rules.places.codes import NATION
from kawal.rules.refusals import Refused
from kawal.rules.report.epcis.document import document


@click.group()
def report() -> None:
    """Write the record to a file that others can check."""


@report.command("archive")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--area", default=NATION, help="Needs of this area only; entries are always all.")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def archive_(file: Path, area: str, as_json: bool) -> None:
    """One FILE with the whole log and what is needed to check it without Kawal (kawal verify FILE)."""
    try:
        if area != NATION:
            places.area(area)
        with tqdm(total=log.size(), unit="entry", file=sys.stderr, disable=None, leave=False) as bar:
            written = writing.write(file, area, progressed=bar.update)
    except Refused as refused:
        code = refused.code
        text = log_words.REFUSALS.get(code) or place_words.refusal(refused)
        click.echo(json.dumps({"refused": code}) if as_json else str(text), err=not as_json)
        sys.exit(1)
    except OSError as error:
        click.echo(f"{file}: {error.strerror}", err=True)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps({"file": str(file), "size": written.size, "root": written.root.hex(),
                               "checkpoints": written.checkpoints, "quorum": written.quorum}))  # fmt: skip
        return
    said = _("%(file)s: %(size)s entries, %(checkpoints)s checkpoints, root %(root)s")
    facts = {"size": written.size, "checkpoints": written.checkpoints, "root": written.root.hex()}
    click.echo(said % {"file": file, **facts})
    if not written.quorum:
        click.echo(_("No checkpoint was cosigned by the quorum of witnesses."), err=True)


@report.command("epcis")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--area", default=NATION, help="Events of this area, and those that name a parcel for it.")
@click.option("--since", help="Received by the hub at or after this time, as 2029-02-13T08:00:00+07:00.")
@click.option("--until", help="Received by the hub before this time.")
def epcis(file: str, area: str, since: str | None, until: str | None) -> None:
    """The log as an EPCIS 2.0 document (JSON-LD) in FILE, or on standard output for a dash.

    A view for systems that speak EPCIS: what proves an event is the entry, which stands in it.
    """
    try:
        if area != NATION:
            places.area(area)
        window = {"since": _time(since, "--since"), "until": _time(until, "--until")}
        names = mapped.naming()
        with (
            tqdm(total=log.size(), unit="entry", file=sys.stderr, disable=None, leave=False) as bar,
            _whole_file(file) as out,
        ):
            told = mapped.events(area, **window, progressed=bar.update)
            for piece in document(told, names, created=clock.now()):
                out.write(piece)
    except Refused as refused:
        code = refused.code
        click.echo(str(log_words.REFUSALS.get(code) or place_words.refusal(refused)), err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"{file}: {error.strerror}", err=True)
        sys.exit(2)


report.add_command(supplier)


def _time(told: str | None, option: str) -> datetime | None:
    if told is None:
        return None
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise click.BadParameter(
            _("not a time with its zone, such as 2029-02-13T08:00:00+07:00: %(told)s") % {"told": told},
            param_hint=option,
        )
    return at


@contextmanager
def _whole_file(name: str) -> Iterator[TextIO]:
    """Standard output, or a file that gets its name when it is whole."""
    if name == "-":
        yield sys.stdout
        sys.stdout.flush()
        return
    path = Path(name)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
