"""kawal witness: run by an agency that trusts no hub. Needs no desk."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from kawal import listening
from kawal.number_option import NumberRange
from kawal.rules.ledger import policy
from kawal.rules.refusals import Refused
from kawal.verify.keyring import pinned_in
from kawal.witness import words
from kawal.witness.app import Witness
from kawal.witness.round import Rounds
from kawal.witness.state import State, open_state
from kawal.witness.watching import Watch

PLACE_FILE = "witness.json"  # where the witness answers, while it does
CONNECTIONS_MAX = 200

HOME = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: Path(os.environ.get("KAWAL_WITNESS_HOME") or "witness"),
    help="Folder of this witness: its key and its memory. [default: KAWAL_WITNESS_HOME or witness/]",
)
NAME = click.option("--name", help="Name in every cosignature, for example bawaslu.go.id/w1; given once.")
JSON = click.option("--json", "as_json", is_flag=True, help="Answer for a program.")
TOKEN = click.option(
    "--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Holds the token for a log whose entries are not public yet.",
)  # fmt: skip


@click.group()
def witness() -> None:
    """Remember what a log has shown, cosign it, and alarm when it changes its story."""


@contextmanager
def refusals_told(as_json: bool) -> Iterator[None]:
    """A refusal ends the command with its words and exit code 2: 1 is kept for alarms."""
    try:
        yield
    except Refused as refused:
        facts = {"refused": refused.code, **refused.facts}
        click.echo(json.dumps(facts, default=str) if as_json else words.told(refused), err=not as_json)
        sys.exit(2)


@witness.command()
@HOME
@NAME
@JSON
def key(home: Path, name: str | None, as_json: bool) -> None:
    """Print the public key (vkey) that others enter in their policy; made at first use."""
    with refusals_told(as_json):
        state = open_state(home, name)
        vkey = str(state.verifier_key)
        click.echo(json.dumps({"name": state.name, "vkey": vkey}) if as_json else vkey)


@witness.command()
@click.argument("vkey")
@click.option("--url", help="Where the log is read, for those who ask this witness.")
@click.option("--remove", is_flag=True, help="Trust this key no longer. What was cosigned stays remembered.")
@HOME
@JSON
def trust(vkey: str, url: str | None, remove: bool, home: Path, as_json: bool) -> None:
    """Witness the log with this public key, as the commission gave it to you."""
    with refusals_told(as_json):
        state = open_state(home)
        if remove:
            removed = state.distrust(vkey)
            click.echo(json.dumps({"removed": removed}) if as_json else vkey)
            return
        origin = state.trust(vkey, url, now_s=_now_s()).name
        click.echo(json.dumps({"trusted": origin}) if as_json else origin)


@witness.command()
@HOME
@NAME
@click.option("--host", default="127.0.0.1", show_default=True, help="Put a TLS proxy in front for others.")
@click.option(
    "--port", default=8010, show_default=True, type=click.IntRange(0, 65_535), help="0: a free one."
)
@click.option("--log", "logs", multiple=True, metavar="VKEY", help="Trust this log; may be repeated.")
@click.option(
    "--policy", "policy_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Trust the logs of this policy file.",
)  # fmt: skip
@TOKEN
@click.option("--with-stdin", is_flag=True, help="End when standard input does: with whoever started it.")
@JSON
def serve(
    home: Path, name: str | None, host: str, port: int, logs: tuple[str, ...], policy_file: Path | None,
    token_file: Path | None, with_stdin: bool, as_json: bool,
) -> None:  # fmt: skip
    """Answer logs that ask for a cosignature, and whoever asks what was cosigned."""

    def ready(place: dict[str, object]) -> None:
        click.echo(json.dumps(place) if as_json else f"{place['name']} {place['url']}\n{place['vkey']}")
        sys.stdout.flush()

    # uvicorn ends on these by itself and then raises them again: this time they mean nothing more.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    if with_stdin:
        listening.end_with_stdin()
    with refusals_told(as_json):
        state = open_state(home, name)
        _trust_all(state, logs, policy_file)
        place: dict[str, object] = {"name": state.name, "vkey": str(state.verifier_key)}
        state.close()
        app = Witness(lambda: open_state(home, must_exist=True), entries_token=_token(token_file))
        with listening.bound(host, port) as sock:
            told = home / PLACE_FILE
            started = listening.serve(app, sock, place, told, ready, connections_max=CONNECTIONS_MAX)
        sys.exit(0 if started else 1)


@witness.command()
@click.argument("url")
@HOME
@click.option("--once", is_flag=True, help="Look once; exit 1 where something is wrong.")
@click.option("--every", "every_s", default=2.0, show_default=True, type=NumberRange(0.1), metavar="SECONDS")
@click.option(
    "--silence",
    "silence_s",
    default=120.0,
    show_default=True,
    type=NumberRange(0),
    metavar="SECONDS",
    help="Alarm when the log has not answered for so long.",
)
@click.option(
    "--standstill",
    "standstill_s",
    default=0.0,
    type=NumberRange(0),
    metavar="SECONDS",
    help="Alarm when nothing new came for so long; 0: never, for nights are quiet.",
)
@click.option(
    "--issuers",
    "issuers_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Keys of the agencies' issuers, one a line: AGENCY HEX. Entries by others are an alarm then.",
)
@TOKEN
@JSON
def watch(
    url: str, home: Path, once: bool, every_s: float, silence_s: float, standstill_s: float,
    issuers_file: Path | None, token_file: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Pull the log at URL, verify every entry, cosign; alarm on a fork, a rollback or silence.

    Exit code 0: nothing was wrong. 1: an alarm. 2: it could not begin. With --json every happening is a line
    on stdout; alarms are told on stderr in any case.
    """
    with refusals_told(as_json):
        state = open_state(home, must_exist=True)
        pinned = pinned_in(issuers_file.read_text(encoding="utf-8")) if issuers_file else None
        looking = Watch(state, url, _now_s, time.sleep, _token(token_file), pinned)
        rounds = Rounds(looking, lambda code, facts: _tell(code, facts, as_json), silence_s, standstill_s)
        # Whatever is under way: what was stored is whole, and the rest is pulled again.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sys.exit(0 if rounds.fine else 1))
        fine = rounds.once() if once else rounds.run(threading.Event(), every_s=every_s)
    sys.exit(0 if fine else 1)


def _tell(code: str, facts: dict[str, object], as_json: bool) -> None:
    if as_json:
        told = {"at": _iso(_now_s()), "alarm" if code in words.ALARMS else "told": code, **facts}
        click.echo(json.dumps(told, default=str))
        sys.stdout.flush()
    if code in words.ALARMS:
        click.echo(words.said(words.ALARMS[code], facts), err=True)
    elif not as_json:
        click.echo(words.said(words.TOLD[code], facts))
        for more in ("cosigned", "unvouched", str(facts.get("handed_over", ""))):
            if more in words.TOLD and facts.get(more, more):
                click.echo(words.said(words.TOLD[more], facts))


@witness.command()
@HOME
@JSON
def show(home: Path, as_json: bool) -> None:
    """What was cosigned, and the evidence against logs that changed their story."""
    with refusals_told(as_json):
        state = open_state(home, must_exist=True)
        told = _shown(state)
    if as_json:
        click.echo(json.dumps(told))
        return
    click.echo(f"{told['name']}\n{told['vkey']}")
    for log in told["logs"]:
        click.echo(f"  {log['origin']}: {log['size']} {log.get('root', '')} {log.get('at', '')}".rstrip())
    for alarm in told["alarms"]:
        sentence = words.said(words.ALARMS[alarm["code"]], alarm["facts"])
        click.echo(f"{alarm['first_at']} {alarm['origin']}: {sentence} ({alarm['times']})")
    for found in told["evidence"]:
        click.echo(f"\n{found['code']} {found['origin']} {found['at']}\n{found['told']}")


def _shown(state: State) -> dict[str, Any]:
    logs = []
    for origin, keys in state.logs().items():
        log: dict[str, Any] = {"origin": origin, "keys": [str(key) for key in keys], "size": 0}
        if last := state.last(origin):
            log |= {"size": last.head.size, "root": last.head.root.hex(), "at": _iso(last.time_s)}
            log |= {"checkpoint": last.note}
        logs.append(log)
    evidence = []
    for one in state.evidence():
        told = one.told.decode("utf-8", "replace")
        evidence.append({"origin": one.origin, "code": one.code, "at": _iso(one.time_s), "told": told})
    alarms = [
        {"origin": one["origin"], "code": one["code"], "first_at": _iso(one["first_s"]),
         "last_at": _iso(one["last_s"]), "times": one["times"], "facts": one["facts"]}
        for one in state.alarms()
    ]  # fmt: skip
    return {
        "name": state.name, "vkey": str(state.verifier_key), "logs": logs, "alarms": alarms,
        "evidence": evidence,
    }  # fmt: skip


def _trust_all(state: State, vkeys: tuple[str, ...], policy_file: Path | None) -> None:
    for vkey in vkeys:
        state.trust(vkey, None, now_s=_now_s())
    if policy_file is not None:
        told = policy_file.read_text(encoding="utf-8", errors="surrogateescape")
        for log in policy.policy_in(told).logs:
            state.trust(str(log.key), log.url, now_s=_now_s())


def _token(path: Path | None) -> str:
    return path.read_text(encoding="utf-8").strip() if path else ""


def _now_s() -> int:
    return int(time.time())


def _iso(time_s: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time_s))
