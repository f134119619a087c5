"""The shipped rules of 2024, and stations for them."""

import tomllib
from decimal import Decimal
from importlib.resources import files
from typing import Any

from kawal.rules.needs.rulebook import Rules, rules_of
from kawal.rules.places.codes import village_of
from kawal.rules.places.facts import Station


def data() -> dict[str, Any]:
    text = (files("kawal.rules.needs") / "pemilu-2024.toml").read_text("utf-8")
    return tomllib.loads(text, parse_float=Decimal)


RULES: Rules = rules_of(data())


def station(voters: int, code: str = "1607032001001") -> Station:
    return Station(
        code=code, village=village_of(code), number=int(code[-3:]), voters=voters, voter_list="DPT 2024"
    )
