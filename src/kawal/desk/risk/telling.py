"""What all commands of risk share: answers for programs, refusals in words, local times."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click

from kawal.desk.risk import words
from kawal.rules.places.codes import zone_of
from kawal.rules.refusals import Refused

JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")


def say(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1, default=_plain))


def local_time(text: str, area: str) -> datetime:
    """A time as somebody there writes it. Refuses `time_unreadable`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused("time_unreadable", text=text, expected="2024-02-14T18:00") from error
    return found if found.tzinfo else found.replace(tzinfo=zone_of(area))


@contextmanager
def told() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise click.ClickException(words.refusal(refused)) from refused


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
