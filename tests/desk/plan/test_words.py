from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils.translation import override

from kawal.desk.plan import gathering, leg_words, words
from kawal.rules.plan import check
from kawal.rules.plan.check_places import Violation
from kawal.rules.plan.facts import Leg, Mode, Substitute
from kawal.rules.refusals import Refused

RULES = Path(check.__file__).parent


def _texts(path: Path, function: str) -> set[str]:
    """First text argument of every call of a function in a file."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == function
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_every_violation_has_words() -> None:
    checkers = RULES.rglob("check*.py")
    assert set().union(*(_texts(path, "Violation") for path in checkers)) == set(words.VIOLATIONS)


def test_every_leg_mode_and_substitute_has_words() -> None:
    assert set(leg_words.LEGS) == set(Leg)
    assert set(words.MODES) == set(Mode)
    assert set(words.SUBSTITUTES) == set(Substitute)


def test_every_assumption_has_words() -> None:
    room = Path(gathering.__file__).parent
    files = ("gathering.py", "preparing.py", "replanning.py", "travelling.py", "engines.py", "osm.py")
    source = "".join(path.read_text() for path in room.rglob("*.py") if path.name in files)
    for code in words.ASSUMPTIONS:
        assert f'"{code}"' in source


def test_every_refusal_of_the_room_has_words() -> None:
    rooms = [*RULES.rglob("*.py"), *Path(gathering.__file__).parent.rglob("*.py")]
    raised = set().union(*(_texts(path, "Refused") for path in rooms))
    elsewhere = {
        "no_stations",
        "needs_not_computed",
        "unknown_area",
        "wrong_fleet",
        "wrong_fleet_table",
        "wrong_access",
        "wrong_direct",
        "wrong_delays",
        "wrong_supply_file",
        "wrong_strength",
        "wrong_factors",
        "wrong_disruptions",
        "unknown_choice",
    }
    assert raised - elsewhere == set(words.REFUSALS)


@pytest.mark.parametrize("language", ["en", "id"])
def test_words_can_be_said_in_both_languages(language: str) -> None:
    with override(language):
        assert words.refusal(Refused("wrong_fleet", key="name", problem="is_missing"))
        assert words.refusal(Refused("unknown_area", area="99"))
        assert words.assumption("access_by_density", 1_234)
        for code in words.VIOLATIONS:
            named = "station site vehicle times leg expected from to parcels stations limit other km"
            named += " range kind by groups share at post count berths"
            facts = dict.fromkeys(named.split(), "1")
            assert words.violation(Violation(code, "x", tuple(facts.items()))).startswith("x: ")
