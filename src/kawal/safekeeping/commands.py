"""kawal backup, kawal restore."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from kawal.desk.ledger import standing
from kawal.desk.site import tables
from kawal.rules.refusals import Refused
from kawal.safekeeping import restoring, saving
from kawal.safekeeping.telling import JSON, refusals_told, say
from kawal.serve import running

_FILE = click.Path(dir_okay=False, path_type=Path)
_PASSPHRASE_FILE = click.option(
    "--passphrase-file", type=_FILE, help="Where the passphrase stands; else it is asked for."
)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--with-keys", is_flag=True, help="The keys too, under a passphrase.")
@_PASSPHRASE_FILE
@JSON
def backup(file: Path, with_keys: bool, passphrase_file: Path | None, as_json: bool) -> None:
    """Save all of this hub to one file, while it runs, and prove that a hub could go on from it."""
    with refusals_told(as_json):
        tables.migrate()
        passphrase = _passphrase(passphrase_file, twice=True) if with_keys else None
        manifest = saving.backup(file, passphrase=passphrase)
    lines = [
        _("%(file)s is good: the log of %(size)s entries is whole and the tables say what it says.")
        % {"file": file, "size": manifest["size"]}
    ]
    if not with_keys:
        lines.append(_("It holds no keys: keep a copy of keys/ elsewhere, or save again with --with-keys."))
    say({"file": str(file), **manifest}, lines, as_json)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--with-keys", is_flag=True, help="The keys too, which the backup holds under a passphrase.")
@_PASSPHRASE_FILE
@JSON
def restore(file: Path, with_keys: bool, passphrase_file: Path | None, as_json: bool) -> None:
    """Make a backup the state of this home, which must be empty; prove it first."""
    with refusals_told(as_json), running.alone(restoring=True):
        passphrase = _passphrase(passphrase_file, twice=False) if with_keys else None
        manifest = restoring.restore(file, passphrase=passphrase)
        stands = standing.told()
    lines = [
        _("Restored as of %(made_at)s: %(size)s entries.")
        % {"made_at": manifest["made_at"], "size": manifest["size"]},
        *stands.lines(),
    ]
    if not with_keys:
        lines.append(_("The key of the log is not here: put your copy of keys/log.key in its place."))
    if stands.barred is not None:
        lines.append(_("Others remember more of this log. Get it back with: kawal ledger recover --from URL"))
    say({**manifest, "standing": stands.plain()}, lines, as_json)


def _passphrase(file: Path | None, *, twice: bool) -> str:
    if file is None:
        asked: Any = click.prompt(_("Passphrase"), hide_input=True, confirmation_prompt=twice, err=True)
        return str(asked)
    try:
        told = file.read_text().rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("passphrase_unreadable", file=str(file), detail=str(error)) from None
    if not told:
        raise Refused("passphrase_unreadable", file=str(file), detail="empty")
    return told
