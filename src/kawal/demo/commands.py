"""kawal demo: a whole distribution through the real system, live on the desk or headless."""

from __future__ import annotations

import json
import secrets
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from kawal.demo import officers, prepare, result, stand
from kawal.demo.hub import Hub
from kawal.demo.witnesses import Witnesses
from kawal.desk.clock import actions as clock_actions
from kawal.desk.clock import reads as clock
from kawal.desk.plan import reads as plan
from kawal.number_option import NumberRange
from kawal.rehearsal import phones
from kawal.rehearsal.duty import Duty
from kawal.rules.places.codes import zone_of
from kawal.rules.refusals import Refused

DEFAULT_SEED = 2024
DEFAULT_SPEED = 2_000.0  # eight days in some six minutes


@click.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with real areas, borders and stations; without it a fictional regency is built.",
)
@click.option("--area", help="Regency to play, for example 16.07 (needs --data).")
@click.option("--headless", is_flag=True, help="As fast as it goes, then end; no browser needed.")
@click.option("--json", "json_file", metavar="FILE|-", help="Write the result as one JSON object.")
@click.option(
    "--speed",
    type=NumberRange(60, 100_000),
    default=DEFAULT_SPEED,
    show_default=True,
    help="Simulated seconds per second, when not headless.",
)
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Same seed, same exercise.")
@click.option("--voting-day", type=click.DateTime(["%Y-%m-%d"]), default="2024-02-14", show_default=True)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@click.option("--resume", is_flag=True, help="Go on with the exercise in this home after a crash.")
def demo(
    data: Path | None, area: str | None, headless: bool, json_file: str | None, speed: float,
    seed: int, voting_day: datetime, port: int, resume: bool,
) -> None:  # fmt: skip
    """Play H-6 to H+1 of one regency: computed, planned, escorted, signed, watched, verified."""
    if (data is None) != (area is None):
        raise click.UsageError("--data and --area belong together.")
    try:
        told = play(
            data=data, area=area, speed=None if headless else speed, seed=seed, voting_day=voting_day,
            port=0 if headless and port == 8000 else port, resume=resume,
        )  # fmt: skip
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    except KeyboardInterrupt:
        click.echo("\nThe exercise was ended. Its record stays in KAWAL_HOME.", err=True)
        return
    _tell_result(told, json_file)
    sys.exit(0 if told["ok"] else 1)


def play(
    *, data: Path | None, area: str | None, speed: float | None, seed: int, voting_day: datetime,
    port: int, resume: bool,
) -> dict[str, object]:  # fmt: skip
    steps = prepare.Steps(tell=_tell)
    resumed = stand.make_ready(resume=resume, now=clock.real_now())
    if resumed:
        held = clock.exercise()
        assert held is not None
        area, seed = held.name, held.seed
    else:
        area = _begin(data, area, seed, voting_day, steps)
    record = plan.plan_of_record(area)
    assert record is not None
    running = clock.exercise()
    assert running is not None
    seats = officers.seat_all(area)
    with Witnesses(area), Hub(port) as hub:
        links = officers.links(seats, hub.url, now=clock.real_now())
        if speed is not None:
            _tell_links(hub.url, seats, links)
        with steps.step("rehearsal", "Playing H-6 to H+1"):
            played = phones.run(
                prepare.orders(area, seed),
                hub.url,
                token=running.token,
                duty=Duty({seat.post: links[seat.username] for seat in seats if seat.role == "duty"}, seed),
                keeper=links[officers.KEEPER],
                speed=speed,
                tell=_progress if sys.stderr.isatty() else None,
            )
        if speed is not None:
            _stay(hub.url)
    with steps.step("verify", "Verifying the log"):
        return result.of(area, played, steps, restarts=hub.restarts)


def _begin(data: Path | None, area: str | None, seed: int, voting_day: datetime, steps: prepare.Steps) -> str:
    if data is not None and area is not None:
        given = prepare.Given(area=area, place_files=[data])
    else:
        given = prepare.fictional_world(seed, steps)
    # 05.00 of H-6 in the area's own zone: the warehouse opens at six.
    begins_at = voting_day.replace(hour=5, tzinfo=zone_of(given.area)).astimezone(UTC) - timedelta(days=6)
    clock_actions.begin(
        name=given.area, seed=seed, sim_at=begins_at, speed=0.0, token=secrets.token_urlsafe(24)
    )
    prepare.prepare(given, voting_day=voting_day.date(), seed=seed, now=begins_at, steps=steps)
    return given.area


def _tell(words: str) -> None:
    click.echo(words, err=True)


def _progress(words: str) -> None:
    click.echo(f"\r\x1b[K{words}", err=True, nl=False)


def _tell_links(url: str, seats: list[officers.Seat], links: dict[str, str]) -> None:
    click.echo(f"\nThe desk: {url}\nSign in with one of these links (exercise only):\n")
    for seat in seats:
        if not seat.username.startswith("piket-polsek"):
            click.echo(f"  {seat.words:38} {links[seat.username]}")
    click.echo(f"\nAnybody checks a receipt of an event, without sign-in: {url}/verify")
    click.echo("\nCtrl-C ends the exercise.\n")


def _stay(url: str) -> None:
    click.echo(f"\nThe exercise has been played. The desk stays at {url} until Ctrl-C.", err=True)
    while True:
        time.sleep(3600)


def _tell_result(told: dict[str, object], json_file: str | None) -> None:
    text = json.dumps(told, indent=2, ensure_ascii=False)
    if json_file == "-":
        click.echo(text)
    elif json_file:
        Path(json_file).write_text(text + "\n", encoding="utf-8")
    else:
        for name, value in told.items():
            click.echo(f"{name:18} {value}")
