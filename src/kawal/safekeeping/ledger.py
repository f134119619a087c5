"""`kawal ledger`, with what needs more than the ledger's room: after a recovery the tables follow the log."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click
from django.utils.translation import gettext as _

from kawal.desk.custody import actions as custody
from kawal.desk.ledger import keys, pen, recovering, succeeding
from kawal.desk.ledger.commands import ledger
from kawal.desk.ledger.recovering import Recovered
from kawal.desk.site import tables
from kawal.rules.ledger.succession import Reason
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
        tables.migrate()
        with pen.borrowed(*running.named_as("kawal ledger recover")):
            found = recovering.recover(_source(url, token))
            custody.rebuild()
    say(_plain(found), _lines(found), as_json)


_REASON = click.option(
    "--reason", type=click.Choice([one.name.lower() for one in Reason]), required=True, help="Why."
)
_YES = click.option("--yes", is_flag=True, help="Do not ask.")


@ledger.command()
@_REASON
@_YES
@JSON
def close(reason: str, yes: bool, as_json: bool) -> None:
    """End this log: it takes nothing in any more. Only a successor goes on from there."""
    if not yes:
        click.confirm(_("Close this log for ever?"), abort=True, err=True)
    with refusals_told(as_json), running.alone():
        tables.migrate()
        with pen.borrowed(*running.named_as("kawal ledger close")):
            size = succeeding.close(Reason[reason.upper()])
    say(
        {"closed": True, "size": size},
        [_("The log is closed at %(size)s entries.") % {"size": size}],
        as_json,
    )


@ledger.command()
@_REASON
@click.option("--origin", help="The successor's name; needed where KAWAL_LOG_ORIGIN names this log.")
@_YES
@JSON
def succeed(reason: str, origin: str | None, yes: bool, as_json: bool) -> None:
    """Begin another log in the place of one that is closed or stands still, and commit to what it was."""
    if not yes:
        click.confirm(_("Begin a successor? Witnesses must be told its key."), abort=True, err=True)
    with refusals_told(as_json), running.alone():
        tables.migrate()
        with pen.borrowed(*running.named_as("kawal ledger succeed")):
            found = succeeding.succeed(Reason[reason.upper()], origin, follow=custody.rebuild)
    former = found.former
    plain = {
        "log": found.log, "held": found.held,
        "former": {"origin": former.origin, "size": former.size, "root": former.root.hex()},
    }  # fmt: skip
    told = {"log": found.log, "origin": former.origin, "size": former.size, "held": found.held}
    lines = [
        _("The successor commits to %(origin)s at %(size)s entries and holds %(held)s of them.") % told,
        _("Its key: %(log)s") % told,
        _(
            "Tell every witness: kawal witness trust '%(log)s'. Put it into the policy, too "
            "(kawal ledger policy)."
        )
        % told,
    ]
    if origin is not None:
        lines.append(_("From now on start the hub with KAWAL_LOG_ORIGIN=%(origin)s") % {"origin": origin})
    say(plain, lines, as_json)


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
