"""`kawal ledger`, with what needs more than the ledger's room: after a recovery the tables follow the log."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click
from django.utils.translation import gettext as _

from kawal.desk.custody import actions as custody
from kawal.desk.ledger import keys, pen, recovering
from kawal.desk.ledger.commands import ledger
from kawal.desk.ledger.recovering import Recovered
from kawal.rules.refusals import Refused
from kawal.safekeeping.telling import JSON, refusals_told, say
from kawal.serve import running
from kawal.verify.source import Log
from kawal.verify.web import Web

__all__ = ["ledger"]

_MOVED_SHOWN_MAX = 50


@ledger.command()
@click.option("--from", "url", required=True, help="A hub, a mirror or a witness that kept the entries.")
@click.option(
    "--token-file", type=click.Path(dir_okay=False, path_type=Path), help="Shown to it where it asks for one."
)
@JSON
def recover(url: str, token_file: Path | None, as_json: bool) -> None:
    """Get missing entries back from whoever kept them; nothing is believed that this log did not sign."""
    with refusals_told(as_json), running.alone():
        token = _token(token_file)
        running.migrate()
        with pen.borrowed(*running.named_as("kawal ledger recover")):
            found = recovering.recover(_source(url, token))
            custody.rebuild()
    say(_plain(found), _lines(found), as_json)


def _source(url: str, token: str) -> Log:
    """The log at that address; a witness keeps its copy further down."""
    straight = Log(Web(url, token=token))
    try:
        straight.checkpoint()
        return straight
    except Refused as refused:
        if refused.code != "source_missing":
            raise
    digest = hashlib.sha256(keys.verifier_key().name.encode()).hexdigest()
    return Log(Web(f"{url.rstrip('/')}/mirror/{digest}", token=token))


def _token(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("token_unreadable", file=str(file), detail=str(error)) from None


def _plain(found: Recovered) -> dict[str, object]:
    return {
        "start": found.start,
        "size": found.size,
        "root": found.root.hex(),
        "moved": [
            {"id": one.id.hex(), "old_index": one.old_index, "index": one.index} for one in found.moved
        ],
        "unchecked": list(found.unchecked),
    }


def _lines(found: Recovered) -> list[str]:
    facts = {"start": found.start, "size": found.size, "count": found.size - found.start}
    lines = [_("%(count)s entries came back: the log holds what was signed up to %(size)s.") % facts]
    if found.moved:
        lines.append(_("Told again behind them, with receipts that changed (old index, new index):"))
        lines += [f"  {one.id.hex()}  {one.old_index}  {one.index}" for one in found.moved[:_MOVED_SHOWN_MAX]]
        if len(found.moved) > _MOVED_SHOWN_MAX:
            lines.append(_("  and %(more)s more (--json)") % {"more": len(found.moved) - _MOVED_SHOWN_MAX})
    if found.unchecked:
        lines.append(_("Devices that are not enrolled here any more; enrol them again:"))
        lines += [f"  {kid}" for kid in found.unchecked]
    return lines
