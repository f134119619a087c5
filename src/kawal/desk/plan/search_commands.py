"""How long `kawal plan make` works at a plan, where it begins, and how somebody stops it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import click
from django.utils.translation import gettext

from kawal.desk.plan.improving import Patience
from kawal.number_option import NumberRange
from kawal.rules.plan.facts import PlanFacts
from kawal.rules.refusals import Refused

F = TypeVar("F", bound=Callable[..., Any])


def search_options(command: F) -> F:
    for option in (
        click.option(
            "--effort",
            type=click.IntRange(0, 100),
            default=1,
            show_default=True,
            help="So many times the usual search for cheaper trips; 0: none.",
        ),
        click.option(
            "--seconds",
            type=NumberRange(1, 86_400),
            help="Go on improving for so long. The same again may then give another plan.",
        ),
        click.option(
            "--from-present", is_flag=True, help="Begin from the plan of record: keep its trips that hold."
        ),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    effort: int
    seconds: float | None
    from_present: bool

    def check_many(self, area: str) -> None:
        """Of many regencies each has one effort, so that the run can be gone on with."""
        if self.effort != 1 or self.seconds is not None or self.from_present:
            raise Refused("search_needs_regency", area=area)


def parted(given: dict[str, Any]) -> tuple[Search, dict[str, Any]]:
    """What `search_options` asked for, and the rest."""
    names = [field.name for field in fields(Search)]
    rest = {name: value for name, value in given.items() if name not in names}
    return Search(**{name: given[name] for name in names}), rest


@contextmanager
def patience_of(search: Search) -> Iterator[Patience]:
    """Ctrl-C once ends the search and keeps the best so far; twice ends the command."""
    patience = Patience(search.seconds)

    def stopped(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        patience.stop()
        click.echo(gettext("Stopping: what is not begun is scheduled without a search."), err=True)

    before = signal.signal(signal.SIGINT, stopped)
    try:
        yield patience
    finally:
        signal.signal(signal.SIGINT, before)


def lines(found: PlanFacts) -> Iterator[str]:
    """What the plan of record must tell about how it was made."""
    search = found.summary.get("search", {})
    if search.get("stopped"):
        yield gettext("It was stopped: the best so far, which breaks no rule.")
    elif search.get("seconds") is not None:
        told = gettext("It was worked at for %(seconds)s seconds, in %(rounds)s rounds.")
        yield told % {"seconds": f"{search['seconds']:g}", "rounds": search["rounds"]}
    if not search.get("repeatable", True):
        yield gettext("The same again may give another plan.")
