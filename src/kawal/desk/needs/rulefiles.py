"""Rule files: the ones that are shipped, by name, or a file of one's own, by path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from kawal.rules.needs.rulebook import Rules, rules_of
from kawal.rules.needs.strict import tables_of
from kawal.rules.refusals import Refused

DEFAULT = "pemilu-2024"


@dataclass(frozen=True, slots=True)
class RuleText:
    rules: Rules
    text: str
    sha256: str  # of the text in UTF-8, hexadecimal


def shipped() -> list[str]:
    folder = files("kawal.rules.needs")
    return sorted(Path(found.name).stem for found in folder.iterdir() if found.name.endswith(".toml"))


def read(rules: str) -> RuleText:
    """By name or path. Refuses `unknown_rules` and, naming key and mend, `wrong_rules`."""
    if rules in shipped():
        data = (files("kawal.rules.needs") / f"{rules}.toml").read_bytes()
    elif Path(rules).is_file():
        data = Path(rules).read_bytes()
    else:
        raise Refused("unknown_rules", rules=rules, known=", ".join(shipped()))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("wrong_rules", key=rules, problem="not_utf8") from error
    return RuleText(parsed(text), text, sha256(data).hexdigest())


@lru_cache(maxsize=8)
def parsed(text: str) -> Rules:
    return rules_of(tables_of(text))
