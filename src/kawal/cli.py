"""kawal: every command, in the order of the work."""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Callable
from typing import Any, Final

import click

from kawal import __version__

# Command -> where it lives. Loaded when asked for, so that `kawal --help` needs neither desk nor database.
# What lives outside these rooms is the outsider's and runs without the desk (`pip install kawal`).
DESK_ROOMS = ("kawal.desk.", "kawal.serve.", "kawal.safekeeping.", "kawal.demo.")
COMMANDS = {
    "places": ("kawal.desk.places.commands:places", "Import and check areas, borders and stations."),
    "needs": ("kawal.desk.needs.commands:needs", "Compute what every station needs, parcels and seals."),
    "risk": ("kawal.desk.risk.commands:risk", "Score where a delivery is vulnerable, and why."),
    "plan": ("kawal.desk.watch.replan_commands:plan", "Plan trips, escorts and latest safe departures."),
    "people": ("kawal.desk.site.commands:people", "Posts, officers, sign-in and devices."),
    "custody": ("kawal.desk.custody.commands:custody", "Rebuild and show who holds what."),
    "ledger": ("kawal.safekeeping.ledger:ledger", "Verify the log of record; recover what it lost."),
    "watch": ("kawal.desk.watch.commands:watch", "Look once for what is late or wrong."),
    "report": (
        "kawal.desk.report.commands:report",
        "Write the record for a court or as EPCIS; say which suppliers may announce.",
    ),
    "serve": ("kawal.serve.commands:serve", "Run the hub: desk, door and watch in one process."),
    "backup": ("kawal.safekeeping.commands:backup", "Save all of a hub to one file that was proven good."),
    "restore": ("kawal.safekeeping.commands:restore", "Make a backup the state of an empty home."),
    "witness": ("kawal.witness.commands:witness", "For another agency: cosign the log, alarm when it lies."),
    "verify": ("kawal.verify.commands:verify_", "For anybody: check a log or its archive, trusting no hub."),
    "demo": ("kawal.demo.commands:demo", "Play a whole distribution through the real system."),
}


class _InOrder(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if cmd_name == "risk":
            return _Risk("risk", help=COMMANDS["risk"][1])
        return _loaded(cmd_name, COMMANDS[cmd_name][0])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands, in the order of the work"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


class _Risk(click.Group):
    """Composite indices of anybody's run without the desk; the rest of the room is the desk's."""

    OWN: Final = {
        "compute": "kawal.composite.commands:compute_index",
        "spec": "kawal.composite.commands:print_spec",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        try:
            desk = _loaded("risk", COMMANDS["risk"][0])
        except click.ClickException:  # no desk here: what runs without it is still there
            return sorted(self.OWN)
        assert isinstance(desk, click.Group)
        return sorted({*desk.list_commands(ctx), *self.OWN})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.OWN and not ctx.meta.get("kawal.of_the_desk"):
            return _loaded("risk", self.OWN[cmd_name])
        desk = _loaded("risk", COMMANDS["risk"][0])
        assert isinstance(desk, click.Group)
        return desk.get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """`compute --area` is the desk's own index; `compute SPEC DATA` is anybody's."""
        area = any(word == "--area" or word.startswith("--area=") for word in args)
        ctx.meta["kawal.of_the_desk"] = args[:1] == ["compute"] and area
        return super().resolve_command(ctx, args)


def _loaded(command: str, place: str) -> click.Command:
    module, name = place.split(":")
    if place.startswith(DESK_ROOMS):
        _set_up_desk(command)
    try:
        found: click.Command = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("kawal"):
            raise
        extra = "index" if place.startswith("kawal.composite.") else "desk"
        raise click.ClickException(
            f"kawal {command} needs {missing.name}, which is not installed: pip install 'kawal[{extra}]'"
        ) from None
    return _with_tables(found) if place.startswith("kawal.desk.") else found


def _with_tables(command: click.Command) -> click.Command:
    """The desk's own commands find the tables made and up to this program; asking for help makes none."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            _with_tables(one)
    elif command.callback is not None and not hasattr(command.callback, "finds_tables"):
        command.callback = _finding_tables(command.callback)
    return command


def _finding_tables(callback: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callback)
    def run(*args: Any, **given: Any) -> Any:
        from django.db import OperationalError

        from kawal.desk.site import tables
        from kawal.home import home
        from kawal.rules.refusals import Refused
        from kawal.serve import words

        try:
            tables.migrate()
        except Refused as refused:
            raise click.ClickException(words.REFUSALS[refused.code] % refused.facts) from refused
        except OperationalError as error:  # no room, no right to write, or no server: nothing was begun
            facts = {"home": home(), "detail": str(error).strip()}
            raise click.ClickException(words.REFUSALS["database_shut"] % facts) from error
        return callback(*args, **given)

    run.finds_tables = True  # type: ignore[attr-defined]
    return run


def _set_up_desk(command: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kawal.desk.site.settings")
    try:
        import django
    except ImportError:
        raise click.ClickException(
            f"kawal {command} needs the desk, which is not installed: pip install 'kawal[desk]'"
        ) from None
    django.setup()
    _speak()


def _speak() -> None:
    """Sentences of the desk's commands: in the language that KAWAL_LANGUAGE names, else in the hub's own."""
    from django.conf import settings
    from django.utils import translation

    asked = os.environ.get("KAWAL_LANGUAGE")
    if not asked:
        return
    known = [code for code, _ in settings.LANGUAGES]
    if asked not in known:
        raise click.ClickException(f"KAWAL_LANGUAGE is {asked!r}: write one of {', '.join(known)}")
    translation.activate(asked)


@click.group(cls=_InOrder)
@click.version_option(__version__, prog_name="kawal")
def main(**_: Any) -> None:
    """Secure distribution of election logistics: one record from voter list to proven delivery.

    All state lives under one folder, KAWAL_HOME (default: var/ in the current folder).
    """
