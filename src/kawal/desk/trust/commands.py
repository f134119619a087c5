"""kawal people enrol, revoke, issuer: what is said about keys, from the command line.

While a hub runs it alone writes its log: then devices are added on its pages.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import click

from kawal.desk.clock.reads import now
from kawal.desk.people.commands import JSON, people, say, told
from kawal.desk.people.devices import NewDevice
from kawal.desk.trust import actions, reads
from kawal.rules.refusals import Refused
from kawal.rules.trust.statements import AGENCIES, Reason

COLUMNS = ["public_key", "post", "role", "label"]
_REASONS = click.Choice([one.name.lower() for one in Reason])


def _hex(length: int) -> Callable[[click.Context, click.Parameter, str | None], bytes | None]:
    """Bytes of a known length, told in hexadecimal digits."""

    def read(_: click.Context, parameter: click.Parameter, told: str | None) -> bytes | None:
        if told is None:
            return None
        try:
            data = bytes.fromhex(told)
        except ValueError:
            data = b""
        if len(data) != length:
            raise click.BadParameter(f"{2 * length} hexadecimal digits are needed", param=parameter)
        return data

    return read


@people.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@JSON
def enrol(file: Path, as_json: bool) -> None:
    """Certify devices from a CSV file: public_key (64 hexadecimal digits), post, role, label."""
    with told():
        count = actions.enrol(_devices(file), now=now())
    say({"enrolled": count}, str(count), as_json)


@people.command()
@click.argument("kid", callback=_hex(8))
@click.option("--reason", type=_REASONS, required=True)
@click.option("--last", callback=_hex(32), help="Id of the last event that its owner vouches for.")
@JSON
def revoke(kid: bytes, reason: str, last: bytes | None, as_json: bool) -> None:
    """What the device KID signs from now on moves nothing. Said again with --last, that is added."""
    with told():
        actions.revoke(kid, reason=Reason[reason.upper()], last=last, now=now())
    say({"revoked": kid.hex()}, kid.hex(), as_json)


@people.command()
@click.argument("agency", type=click.Choice(AGENCIES), required=False)
@click.option("--replace", is_flag=True, help="Announce a new key; the one before endorses it.")
@click.option("--reason", type=_REASONS, help="With --replace: the old key ends at once, unendorsing.")
@click.option("--end", callback=_hex(8), help="End the key of this id: the overlap is over.")
@JSON
def issuer(agency: str | None, replace: bool, reason: str | None, end: bytes | None, as_json: bool) -> None:
    """The issuer keys of an agency (or of all), one line each: give them to whoever checks the log."""
    why = Reason[reason.upper()] if reason else None
    with told():
        if end is not None:
            actions.end_issuer(end, reason=why or Reason.REPLACED, now=now())
        elif replace and agency:
            actions.replace_issuer(agency, now=now(), reason=why)
        elif agency:
            actions.announce(agency, now=now())
    rows = [
        {"agency": row.agency, "kid": row.kid.hex(), "public_key": row.public_key.hex(),
         "entry": row.entry_index, "endorsed_by": row.endorsed_by or None, "ended": row.ended_index}
        for row in reads.issuers(agency)
    ]  # fmt: skip
    # Ended ones too: what they certified before stands.
    say({"issuers": rows}, "\n".join(f"{row['agency']} {row['public_key']}" for row in rows), as_json)


def _devices(file: Path) -> list[NewDevice]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        table = csv.DictReader(lines)
        if table.fieldnames != COLUMNS:
            raise Refused("bad_table", file=file.name, line=1, problem="columns")
        return [_device(row, file.name, table.line_num) for row in table]


def _device(row: dict[str, str], file: str, line: int) -> NewDevice:
    if None in row.values():
        raise Refused("bad_table", file=file, line=line, problem="short")
    try:
        key = bytes.fromhex(row["public_key"])
    except ValueError:
        raise Refused("bad_table", file=file, line=line, problem="key") from None
    return NewDevice(public_key=key, post=row["post"], role=row["role"], label=row["label"])
