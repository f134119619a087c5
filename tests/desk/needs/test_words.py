"""Everything that can be told has words, and they are translated."""

import ast
from pathlib import Path

import pytest
from django.utils.translation import override

from kawal.desk.needs import words
from kawal.desk.report import words as report_words
from kawal.desk.risk import words as risk_words
from kawal.rules.needs.rulebook import PLACES
from kawal.rules.refusals import Refused

SOURCE = Path(words.__file__).resolve().parents[2]
ROOMS = [
    SOURCE / "rules" / "needs",
    SOURCE / "rules" / "risk",
    SOURCE / "desk" / "needs",
    SOURCE / "desk" / "risk",
]


def _calls(names: set[str]) -> list[ast.Call]:
    trees = [ast.parse(path.read_text()) for room in ROOMS for path in room.glob("*.py")]
    return [
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]


def test_every_problem_of_a_rule_file_has_its_mend_in_words() -> None:
    problems = {call.args[1].value for call in _calls({"wrong"}) if isinstance(call.args[1], ast.Constant)}
    assert len(problems) > 15
    assert problems <= set(risk_words.WRONG_RULES)


def test_every_refusal_has_words() -> None:
    codes = {call.args[0].value for call in _calls({"Refused"}) if isinstance(call.args[0], ast.Constant)}
    assert len(codes) > 8
    assert codes <= set(words.REFUSALS) | set(risk_words.REFUSALS) | set(report_words.REFUSALS)


def test_every_place_in_a_parcel_has_words() -> None:
    assert set(PLACES) == set(words.PLACES)


def test_a_wrong_rule_file_is_told_with_key_and_mend() -> None:
    refused = Refused("wrong_rules", key="item[3].unit", problem="must_be_one_of", allowed="a, b")
    with override("en"):
        assert words.refusal(refused) == "The rule file is wrong at item[3].unit: write one of: a, b."


@pytest.mark.parametrize("room", ["needs", "risk"])
def test_every_text_of_the_code_has_its_indonesian(room: str) -> None:
    """Those of pages are held by tests/desk/site/test_translations.py."""
    told = {
        arg.value
        for path in (SOURCE / "desk" / room).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"gettext", "gettext_lazy", "ngettext"}
        for arg in node.args[:1]
        if isinstance(arg, ast.Constant)
    }
    catalogue = (SOURCE / "desk" / room / "locale/id/LC_MESSAGES/django.po").read_text()
    written = {ast.literal_eval(line[6:]) for line in catalogue.splitlines() if line.startswith("msgid ")}
    assert told <= written
    assert 'msgstr ""' not in catalogue.split("\n\n", 1)[1]
