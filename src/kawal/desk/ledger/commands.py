"""kawal ledger: prove that the log is whole, look at an entry."""

from __future__ import annotations

import dataclasses
import json
import sys
from enum import IntEnum
from typing import Any

import click
from django.utils.translation import gettext as _
from tqdm import tqdm

from kawal.desk.ledger import copies, keys, pen, reads, standing, witness_commands, words
from kawal.desk.ledger.verify import Broken, verify
from kawal.rules.custody import event
from kawal.rules.ledger import succession
from kawal.rules.ledger.succession import Succession
from kawal.rules.refusals import Refused
from kawal.rules.signing import cose
from kawal.rules.trust import statements

_JSON = click.option("--json", "as_json", is_flag=True, help="Answer for a program.")


@click.group()
def ledger() -> None:
    """Verify the log of record."""


ledger.add_command(witness_commands.key_)
ledger.add_command(witness_commands.policy_)


@ledger.command("verify")
@_JSON
def verify_(as_json: bool) -> None:
    """Recompute the whole log from its stored bytes; exit 1 and name the first broken thing."""
    try:
        with tqdm(total=reads.size(), unit="entry", file=sys.stderr, disable=None, leave=False) as bar:
            whole = verify(bar.update)
    except Broken as broken:
        found = {"whole": False, "broken": broken.what, "index": broken.index, **broken.facts}
        told = _("Broken at index %(index)s: %(words)s %(facts)s") % {
            "index": broken.index,
            "words": words.BROKEN[broken.what],
            "facts": " ".join(f"{name}={value}" for name, value in broken.facts.items()),
        }
        click.echo(json.dumps(found) if as_json else told.rstrip(), err=not as_json)
        sys.exit(1)
    if (barred := copies.judged(None)) is not None:  # whole in itself, and yet not all that was signed
        refused = pen.refusal(barred)
        click.echo(
            json.dumps({"whole": False, **barred}) if as_json else words.said(refused), err=not as_json
        )
        sys.exit(1)
    root = whole.root.hex()
    if as_json:
        log = str(keys.verifier_key())
        click.echo(json.dumps({"whole": True, "size": whole.size, "root": root,
                               "checkpoints": whole.checkpoints, "statements": whole.statements,
                               "uncertified": whole.uncertified,
                               "log": log}))  # fmt: skip
        return
    click.echo(
        _("The log is whole: %(size)s entries, %(checkpoints)s checkpoints, root %(root)s")
        % {"size": whole.size, "checkpoints": whole.checkpoints, "root": root}
    )
    if whole.uncertified:
        said = _(
            "%(count)s devices signed without a certificate in the log: only this hub says whose they are."
        )
        click.echo(said % {"count": whole.uncertified})


@ledger.command()
@_JSON
def status(as_json: bool) -> None:
    """Where the log stands, who writes it, what this hub and its witnesses remember; exit 1 where it stands
    still."""
    told = standing.told()
    if as_json:
        click.echo(json.dumps(told.plain()))
    else:
        for line in told.lines():
            click.echo(line)
    sys.exit(0 if told.barred is None else 1)


@ledger.command()
@click.argument("index", type=click.IntRange(min=0))
@_JSON
def show(index: int, as_json: bool) -> None:
    """One entry, decoded."""
    try:
        entry = reads.entry(index)
        envelope, told = _read(entry.signed)
    except Refused as refused:
        text = words.REFUSALS.get(refused.code, refused.code)
        click.echo(json.dumps({"refused": refused.code}) if as_json else str(text), err=not as_json)
        sys.exit(1)
    shown = {
        "index": entry.index,
        "id": entry.leaf_hash.hex(),
        "received_at": entry.received_at.isoformat(),
        "kid": envelope.kid.hex(),
        "signed": entry.signed.hex(),
        "says": type(told).__name__.lower(),
        "event": _plain(told),
    }
    if as_json:
        click.echo(json.dumps(shown))
        return
    for name, value in [*shown.items(), *shown["event"].items()]:
        if name != "event":
            click.echo(f"{name:<12} {value}")


def _read(signed: bytes) -> tuple[cose.Envelope, event.Event | statements.Statement | Succession]:
    if succession.is_succession(signed):
        log = keys.verifier_key()
        envelope = cose.opened(signed, cose.Typ.SUCCESSION)
        return envelope, succession.opened(signed, log.name, [log.public_key])
    if statements.is_statement(signed):
        return statements.opened(signed)
    envelope = cose.opened(signed)
    return envelope, event.of(envelope.payload)


def _plain(value: Any) -> Any:
    """An event as JSON can say it: bytes in hex, acts by name, without what was not told."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, IntEnum):
        return value.name.lower()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if dataclasses.is_dataclass(value):
        fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: _plain(part) for name, part in fields if part is not None and part != ()}
    return value
