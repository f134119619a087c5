"""kawal ledger key, kawal ledger policy: whom the log asks to cosign, and who it is to them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.utils.translation import gettext as _

from kawal.desk.ledger import keys, policies, words
from kawal.rules.ledger import policy
from kawal.rules.ledger.policy import Policy
from kawal.rules.refusals import Refused

_JSON = click.option("--json", "as_json", is_flag=True, help="Answer for a program.")


@contextmanager
def _refusals_told(as_json: bool) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        told = json.dumps({"refused": refused.code, **refused.facts}, default=str)
        click.echo(told if as_json else words.said(refused), err=not as_json)
        sys.exit(1)


@click.command("key")
@_JSON
def key_(as_json: bool) -> None:
    """Print the public key (vkey) of the log, which witnesses and verifiers are given."""
    vkey = str(keys.verifier_key())
    click.echo(json.dumps({"log": vkey}) if as_json else vkey)


@click.command("policy")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--show", is_flag=True, help="Tell the policy in use.")
@click.option("--remove", is_flag=True, help="Ask no witness any more.")
@_JSON
def policy_(file: Path | None, show: bool, remove: bool, as_json: bool) -> None:
    """Check FILE (C2SP tlog-policy) and ask its witnesses from now on; a running hub follows."""
    if sum((file is not None, show, remove)) != 1:
        raise click.UsageError(_("Give a file, --show or --remove."))
    with _refusals_told(as_json):
        if remove:
            policies.remove()
        found = policies.install(file) if file else policies.installed()
    click.echo(json.dumps(_plain(found)) if as_json else policy.text(found).rstrip())


def _plain(found: Policy) -> dict[str, object]:
    witnesses = [
        {"name": witness.name, "vkey": str(witness.key), "url": witness.url} for witness in found.witnesses
    ]
    return {"path": str(policies.path()), "quorum": found.quorum, "witnesses": witnesses}
