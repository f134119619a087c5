"""On the command line a refusal is told in the user's language, and the command fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from kawal.desk.plan import words
from kawal.rules.refusals import Refused


@contextmanager
def refusals_told() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise click.ClickException(words.refusal(refused)) from refused
