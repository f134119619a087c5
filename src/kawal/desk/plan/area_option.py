"""`--area` of the planner's commands: never an empty text, which a script's unset variable would give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from django.utils.translation import gettext

from kawal.rules.places.codes import NATION, is_area


class AreaCode(click.ParamType):  # type: ignore[type-arg]  # older Clicks take none
    """A code such as 16.07, and id where the nation can be asked for. It need not have been imported."""

    name = "code"

    def __init__(self, *, nation: bool) -> None:
        self.nation = nation

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        code = value.strip()
        if code == NATION:
            self.fail(gettext("no area is told; write its code, such as 16.07"), param, ctx)
        if not is_area(code) and not (self.nation and code == "id"):
            told = gettext("“%(code)s” is no code of an area; write one such as 16.07")
            self.fail(told % {"code": code}, param, ctx)
        return code


def area_option(told: str, *, required: bool = True, nation: bool = False) -> Callable[[Any], Any]:
    return click.option("--area", type=AreaCode(nation=nation), metavar="CODE", required=required, help=told)
