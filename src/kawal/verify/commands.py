"""kawal verify: whoever holds an archive, or can reach a log, checks it without the desk."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import click

from kawal.rules.ledger import proof
from kawal.rules.ledger.policy import policy_in
from kawal.rules.refusals import Refused
from kawal.rules.signing.note import NOTE_BYTES_MAX
from kawal.verify import receipts, result, telling, words
from kawal.verify.archive import Archive
from kawal.verify.keyring import pinned_in
from kawal.verify.source import Log
from kawal.verify.verifying import Asked, verify
from kawal.verify.web import Web

UNUSABLE = 2
_FILE_BYTES_MAX = 10_000_000
Telling = Callable[[dict[str, Any], str], str]
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("verify")
@click.argument("place", metavar="ARCHIVE|URL|RECEIPT")
@click.option("--policy", "policy_file", required=True, type=_FILE, help="Whom you trust: C2SP tlog-policy.")
@click.option(
    "--since",
    "since_files",
    multiple=True,
    type=_FILE,
    metavar="CHECKPOINT",
    help="An old checkpoint, or a receipt, that you kept; may be repeated.",
)
@click.option(
    "--issuers",
    "issuers_file",
    type=_FILE,
    help="Keys of the agencies' issuers, one a line: AGENCY HEX. No other keys count then.",
)
@click.option("--token-file", type=_FILE, help="Holds the token for a log whose entries are not public yet.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="Write the outcome for a program; - writes it instead of the report.",
)
@click.option(
    "--parcels", "parcels_file", type=_FILE, help="Write the standing of every parcel, a line each."
)
@click.option("--findings", "findings_file", type=_FILE, help="Write every finding, a line each.")
@click.option("--language", type=click.Choice([*words.LANGUAGES, "both"]), default="both", show_default=True)
@click.option(
    "--processes", type=click.IntRange(1, 256), help="How many check signatures. [default: all cores]"
)
def verify_(
    place: str, policy_file: Path, since_files: tuple[Path, ...], issuers_file: Path | None,
    token_file: Path | None, json_file: str | None, parcels_file: Path | None, findings_file: Path | None,
    language: str, processes: int | None,
) -> None:  # fmt: skip
    """Check a log, or its archive, and replay what it tells, or check one receipt; trust only the policy.

    Exit code 0: whole. 1: something does not hold; the first thing is named. 2: it could not be read.
    """
    languages = words.LANGUAGES if language == "both" else (language,)
    try:
        policy = policy_in(_text(policy_file, errors="surrogateescape"))
        since = tuple(_checkpoint(_text(path, bytes_max=NOTE_BYTES_MAX)) for path in since_files)
        pinned = pinned_in(_text(issuers_file)) if issuers_file else None
        token = _text(token_file).strip() if token_file else ""
        if "://" not in place and receipts.is_receipt(Path(place)):
            plain = receipts.told(Path(place), policy, now_s=int(time.time()))
            _tell(plain, receipts.text, languages, json_file)
            sys.exit(0 if plain["whole"] else 1)
        with ExitStack() as open_files:
            stood = _lines_to(parcels_file, result.parcel, open_files)
            noted = _lines_to(findings_file, result.finding, open_files)
            asked = Asked(policy=policy, now_s=int(time.time()), since=since, pinned=pinned,
                          processes=processes, stood=stood, noted=noted, progressed=_bar())  # fmt: skip
            with _opened(place, token) as (log, archive):
                outcome = verify(log, archive, asked)
        _tell(result.plain(outcome), telling.text, languages, json_file)
    except Refused as refused:
        if json_file == "-":
            click.echo(json.dumps({"kawal_verify": result.FORMAT, "refused": refused.code, **refused.facts}))
        for one in languages:
            told = words.said(words.REFUSALS, refused.code, one, **refused.facts)
            details = ", ".join(f"{name}={value}" for name, value in refused.facts.items())
            click.echo(f"{told} ({refused.code}: {details})" if details else told, err=True)
        sys.exit(UNUSABLE)
    sys.exit(1 if outcome.broken else 0)


@contextmanager
def _opened(place: str, token: str) -> Iterator[tuple[Log, Archive | None]]:
    if "://" in place:
        yield Log(Web(place, token=token)), None
        return
    if not Path(place).exists():
        raise Refused("source_address", place=place)
    with Archive(Path(place)) as archive:
        yield Log(archive), archive


def _tell(plain: dict[str, Any], text: Telling, languages: tuple[str, ...], json_file: str | None) -> None:
    if json_file is not None:
        told = json.dumps(plain, indent=1, default=str) + "\n"
        if json_file == "-":
            click.echo(told, nl=False)
            return
        with _refused(Path(json_file), "file_unwritable"):
            Path(json_file).write_text(told)
    click.echo("\n".join(text(plain, language) for language in languages), nl=False)


def _text(path: Path, *, bytes_max: int = _FILE_BYTES_MAX, errors: str = "strict") -> str:
    with _refused(path, "file_unreadable"), path.open("rb") as file:
        data = file.read(bytes_max + 1)
    try:
        if len(data) > bytes_max:
            raise ValueError("too long")
        return data.decode(errors=errors)
    except ValueError as error:
        raise Refused("file_unreadable", file=str(path), detail=str(error)[:100]) from None


@contextmanager
def _refused(path: Path, code: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused(code, file=str(path), detail=error.strerror or "") from None


def _checkpoint(text: str) -> str:
    """A checkpoint, also out of a receipt. Refuses `bad_tlog_proof`."""
    return proof.proof_in(text).checkpoint if text.startswith(proof.FIRST_LINE) else text


def _lines_to(
    path: Path | None, shape: Callable[[Any], dict[str, Any]], open_files: ExitStack
) -> Callable[[Any], object]:
    if path is None:
        return lambda one: None
    with _refused(path, "file_unwritable"):
        file: IO[str] = open_files.enter_context(path.open("w"))
    return lambda one: file.write(json.dumps(shape(one), separators=(",", ":"), default=str) + "\n")


def _bar() -> Callable[[int, int], object]:
    """Progress on stderr, where a person looks at it."""
    if not sys.stderr.isatty():
        return lambda entries, size: None
    last = 0.0

    def progressed(entries: int, size: int) -> None:
        nonlocal last
        if entries == size or time.monotonic() - last > 0.2:
            last = time.monotonic()
            end = "\n" if entries == size else ""
            click.echo(f"\r{entries:,} / {size:,}{end}", err=True, nl=False)

    return progressed
