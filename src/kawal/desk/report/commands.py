"""kawal report: what leaves the house as a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from django.utils.translation import gettext as _
from tqdm import tqdm

from kawal.desk.ledger import reads as log
from kawal.desk.ledger import words as log_words
from kawal.desk.places import reads as places
from kawal.desk.places import words as place_words
from kawal.desk.report.archive import writing
from kawal.rules.places.codes import NATION
from kawal.rules.refusals import Refused


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
