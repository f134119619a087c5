"""kawal people: officers, sign-in links, devices. Posts are founded from places: kawal.desk.site.commands."""

from __future__ import annotations

import dataclasses
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import click
from django.urls import reverse

from kawal.desk.clock.reads import now, real_now
from kawal.desk.people import actions, devices, links, reads, words
from kawal.rules.refusals import Refused

JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")


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


@people.command("list")
@click.option("--post", help="Only the devices of this post, each with its state.")
@JSON
def listed(post: str | None, as_json: bool) -> None:
    """Posts with officers or devices, and who signs in there; or the devices of one post."""
    if post is not None:
        held = [_held(row, now()) for row in devices.of_posts([post])]
        lines = [f"{row['kid']}  {row['state']:12} {row['role']:10} {row['label']}" for row in held]
        say({"post": post, "devices": held}, "\n".join(lines), as_json)
        return
    posts = [dataclasses.asdict(row) for row in reads.posts_with_people()]
    officers = [dataclasses.asdict(row) for row in reads.officers()]
    lines = [f"{row['code']:24} {row['name']} ({row['devices_count']})" for row in posts]
    lines += [f"  {row['username']:20} {row['role']:12} {row['post']}" for row in officers]
    say({"posts": posts, "officers": officers}, "\n".join(lines), as_json)


def _held(row: devices.DeviceRow, at: datetime) -> dict[str, Any]:
    state = "in force"
    if row.revoked_at is not None:
        state = "revoked"
    elif row.valid_to is None:
        state = "uncertified"
    elif row.valid_to <= at:
        state = "ended"
    return {**dataclasses.asdict(row), "state": state}
