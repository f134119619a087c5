"""kawal report supplier: who may announce deliveries at /epcis/."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from django.utils.translation import gettext as _

from kawal.desk.clock import reads as clock
from kawal.desk.supply import tokens, words
from kawal.rules.refusals import Refused


@click.group()
def supplier() -> None:
    """Printers and others whose systems announce deliveries (POST /epcis/capture)."""


@supplier.command("add")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def add(name: str, as_json: bool) -> None:
    """Give the supplier NAME a token; it is shown this once."""
    with _told(as_json):
        token = tokens.add(name, now=clock.now())
        click.echo(json.dumps({"name": name, "token": token}) if as_json else token)
        if not as_json:
            click.echo(
                _("Give it to %(name)s on a safe way: it is shown only now.") % {"name": name}, err=True
            )


@supplier.command("revoke")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def revoke(name: str, as_json: bool) -> None:
    """From now on the token of NAME opens nothing; what was announced stays."""
    with _told(as_json):
        tokens.revoke(name, now=clock.now())
        said = _("The token of %(name)s opens nothing from now on.") % {"name": name}
        click.echo(json.dumps({"name": name, "revoked": True}) if as_json else said)


@supplier.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
def list_(as_json: bool) -> None:
    """Every supplier, with those whose token was revoked."""
    for row in tokens.suppliers():
        made = row.made_at.isoformat(timespec="seconds")
        revoked = row.revoked_at.isoformat(timespec="seconds") if row.revoked_at else None
        if as_json:
            click.echo(json.dumps({"name": row.name, "made_at": made, "revoked_at": revoked}))
        else:
            ended = "  " + _("revoked") + f" {revoked}" if revoked else ""
            click.echo(f"{row.name}  {made}{ended}")


@contextmanager
def _told(as_json: bool) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        told = {"refused": refused.code, **refused.facts}
        click.echo(json.dumps(told) if as_json else words.refusal(refused), err=not as_json)
        sys.exit(1)
