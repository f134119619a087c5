"""The shipped spec and patterns, and assessments by hand."""

import tomllib
from decimal import Decimal
from importlib.resources import files
from typing import Any

import numpy as np

from kawal.rules.risk.measures import Values
from kawal.rules.risk.patterns import Patterns, patterns_of
from kawal.rules.risk.spec import RiskSpec, spec_of


def data(name: str) -> dict[str, Any]:
    text = (files("kawal.rules.risk") / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text, parse_float=Decimal)


SPEC: RiskSpec = spec_of(data("route-custody-2024"))
PATTERNS: Patterns = patterns_of(data("patterns-2024"))
CODES = [indicator.code for indicator in SPEC.indicators]


def values(*rows: dict[str, float]) -> Values:
    """A row of indicator values for each area; what is not given is missing."""
    return np.array([[row.get(code, np.nan) for code in CODES] for row in rows], dtype=np.float64)
