"""Decimal numbers of command options within their bounds."""

from __future__ import annotations

import math

import click


class NumberRange(click.FloatRange):
    """As Click's, but `nan` is no number: it is below and above nothing, so no bound would stop it."""

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))  # type: ignore[arg-type]
        if math.isnan(number):
            self.fail(f"{value!r} is not a valid {self.name}.", param, ctx)
        return number
