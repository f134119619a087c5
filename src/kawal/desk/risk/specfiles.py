"""The shipped spec and pattern files of risk, or a spec of one's own, by path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Final

from kawal.desk.risk.models import SpecFile
from kawal.rules.needs.strict import tables_of
from kawal.rules.refusals import Refused
from kawal.rules.risk.indices import Indices, indices_of
from kawal.rules.risk.living import Living, living_of
from kawal.rules.risk.patterns import Patterns, patterns_of
from kawal.rules.risk.spec import RiskSpec, spec_of

DEFAULT: Final = "route-custody-2024"
LEGS: Final = "route-leg-2024"  # the same question, asked of a trip of the plan
SHIPPED: Final = (DEFAULT, LEGS)
PATTERNS: Final = "patterns-2024"
INDICES: Final = "indices-2024"
LIVING: Final = "living-2024"


@dataclass(frozen=True, slots=True)
class SpecText:
    spec: RiskSpec
    text: str
    sha256: str  # of the text in UTF-8, hexadecimal


def read(spec: str = DEFAULT) -> SpecText:
    """By shipped name or path. Refuses `unknown_rules`, `wrong_rules`, `wrong_spec`."""
    if spec in SHIPPED:
        data = (files("kawal.rules.risk") / f"{spec}.toml").read_bytes()
    elif Path(spec).is_file():
        data = Path(spec).read_bytes()
    else:
        raise Refused("unknown_rules", rules=spec, known=", ".join(SHIPPED))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("wrong_rules", key=spec, problem="not_utf8") from error
    return SpecText(parsed(text), text, sha256(data).hexdigest())


def spec_of_run(spec_sha256: str) -> RiskSpec:
    """The spec that a run used, from its kept text."""
    return parsed(SpecFile.objects.get(pk=spec_sha256).text)


@lru_cache(maxsize=8)
def parsed(text: str) -> RiskSpec:
    return spec_of(tables_of(text))


@cache
def patterns() -> Patterns:
    """The shipped escort patterns, loss limits and watch limits by class."""
    return patterns_of(tables_of(patterns_text()[0]))


@cache
def patterns_text() -> tuple[str, str]:
    """The shipped table as it stands in its file, and its SHA-256."""
    data = (files("kawal.rules.risk") / f"{PATTERNS}.toml").read_bytes()
    return data.decode("utf-8"), sha256(data).hexdigest()


@cache
def indices() -> Indices:
    """The shipped catalogue of indices."""
    return indices_of(tables_of((files("kawal.rules.risk") / f"{INDICES}.toml").read_text("utf-8")))


@cache
def living() -> Living:
    """The shipped table of what moves an indicator, and for how long."""
    return living_of(tables_of((files("kawal.rules.risk") / f"{LIVING}.toml").read_text("utf-8")))
