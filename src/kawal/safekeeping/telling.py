"""How these commands answer: words, or JSON for a program; a refusal is exit code 1."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from kawal.rules.refusals import Refused
from kawal.safekeeping import words

JSON = click.option("--json", "as_json", is_flag=True, help="Answer for a program.")


@contextmanager
def refusals_told(as_json: bool) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        plain = {"refused": refused.code, **refused.facts}
        told = json.dumps(plain, default=str) if as_json else words.said(refused)
        click.echo(told, err=not as_json)
        sys.exit(1)


def say(plain: dict[str, Any], lines: list[str], as_json: bool) -> None:
    click.echo(json.dumps(plain, default=str) if as_json else "\n".join(lines))
