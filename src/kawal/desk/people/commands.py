"""kawal people: officers, sign-in links, devices. Posts are founded from places: kawal.desk.site.commands."""

from __future__ import annotations

import csv
import dataclasses
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from django.urls import reverse

from kawal.desk.clock.reads import now, real_now
from kawal.desk.people import actions, devices, links, reads, words
from kawal.rules.refusals import Refused

JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
COLUMNS = ["public_key", "post", "role", "label"]


@click.group()
def people() -> None:
    """Posts, officers, sign-in and devices."""


@contextmanager
def told() -> Iterator[None]:
    """A refusal ends the command with its words and exit code 1."""
    try:
        yield
    except Refused as refused:
        raise click.ClickException(words.refusal(refused)) from refused


def say(answer: Any, plain: str, as_json: bool) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, default=str) if as_json else plain)


@people.command("add-officer")
@click.argument("username")
@click.option("--post", required=True, help="Code of the post, such as polri/16.07.03.")
@click.option("--role", required=True, help="logistics, custodian, escort, duty, chief or supervisor.")
@click.option("--name", default="", help="Name that others see.")
@click.option("--ask", is_flag=True, help="Ask for a password instead of making one.")
@JSON
def add_officer(username: str, post: str, role: str, name: str, ask: bool, as_json: bool) -> None:
    """An account at a post; the password is asked, or made and printed once."""
    password = (
        click.prompt("Password", hide_input=True, confirmation_prompt=True)
        if ask
        else secrets.token_urlsafe(12)
    )
    with told():
        actions.add_officer(username, post=post, role=role, password=password, name=name)
    answer = {"username": username, "post": post, "role": role}
    if ask:
        say(answer, f"{username}: {post} ({role})", as_json)
    else:
        say({**answer, "password": password}, f"{username}: {post} ({role})\n{password}", as_json)


@people.command("sign-in-link")
@click.argument("username")
@click.option("--hours", default=24, show_default=True, type=click.IntRange(1, 24 * 30))
@click.option("--at", default="http://127.0.0.1:8000", show_default=True, help="Address of the hub.")
@JSON
def sign_in_link(username: str, hours: int, at: str, as_json: bool) -> None:
    """A link that signs one officer in once, until it ends."""
    valid, started = timedelta(hours=hours), real_now()
    with told():
        token = links.make(username, purpose=links.Purpose.OPERATOR, valid=valid, now=started)
    link = at.rstrip("/") + reverse("people:sign_in_link", args=[token])
    say({"username": username, "link": link, "ends_at": (started + valid).isoformat()}, link, as_json)


@people.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@JSON
def enrol(file: Path, as_json: bool) -> None:
    """Devices from a CSV file: public_key (64 hexadecimal digits), post, role, label."""
    with told():
        count = devices.enrol(_devices(file), now=now())
    say({"enrolled": count}, str(count), as_json)


def _devices(file: Path) -> list[devices.NewDevice]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        table = csv.DictReader(lines)
        if table.fieldnames != COLUMNS:
            raise Refused("bad_table", file=file.name, line=1, problem="columns")
        return [_device(row, file.name, table.line_num) for row in table]


def _device(row: dict[str, str], file: str, line: int) -> devices.NewDevice:
    if None in row.values():
        raise Refused("bad_table", file=file, line=line, problem="short")
    try:
        key = bytes.fromhex(row["public_key"])
    except ValueError:
        raise Refused("bad_table", file=file, line=line, problem="key") from None
    return devices.NewDevice(public_key=key, post=row["post"], role=row["role"], label=row["label"])


@people.command("list")
@JSON
def listed(as_json: bool) -> None:
    """Posts with officers or devices, and who signs in there."""
    posts = [dataclasses.asdict(row) for row in reads.posts_with_people()]
    officers = [dataclasses.asdict(row) for row in reads.officers()]
    lines = [f"{row['code']:24} {row['name']} ({row['devices_count']})" for row in posts]
    lines += [f"  {row['username']:20} {row['role']:12} {row['post']}" for row in officers]
    say({"posts": posts, "officers": officers}, "\n".join(lines), as_json)
