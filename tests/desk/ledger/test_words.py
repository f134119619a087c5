import ast
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import kawal
from kawal.desk.ledger import copies, loop, words
from kawal.serve import words as serve_words

SOURCE = Path(kawal.__file__).parent
CATALOGUE = SOURCE / "desk/ledger/locale/id/LC_MESSAGES/django.po"


def codes_refused_in(*paths: str) -> set[str]:
    """Every code written in a `Refused("...")` of these files."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse((SOURCE / path).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                found |= {
                    arg.value
                    for arg in ast.walk(node.args[0])
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    return found


def test_every_code_of_the_door_has_words() -> None:
    door = [str(path.relative_to(SOURCE)) for path in (SOURCE / "door").glob("*.py")]
    codes = codes_refused_in(
        *door, "rules/signing/codec.py", "rules/signing/cose.py", "rules/custody/event.py",
        "desk/ledger/reads.py", "desk/ledger/actions.py", "desk/ledger/pen.py",
        "desk/ledger/copies.py", "desk/ledger/memory.py", "desk/ledger/keys.py",
        "desk/ledger/succeeding.py", "desk/report/archive/writing.py",
        "desk/ledger/policies.py", "desk/ledger/openness.py",
            "desk/ledger/receipts.py", "desk/ledger/loop.py", "rules/ledger/policy.py",
    )  # fmt: skip
    assert codes | {copies.CLOSED} == set(words.REFUSALS)


def test_every_broken_thing_has_words() -> None:
    tree = ast.parse((SOURCE / "desk/ledger/verify.py").read_text())
    codes = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "Broken"
        and isinstance(node.args[0], ast.Constant)
    }
    assert codes == set(words.BROKEN)


def test_every_failure_of_a_witness_has_words() -> None:
    chosen = {
        "witness_forked",
        "witness_status",
        "witness_clock_ahead",
        "witness_no_cosignature",
    }  # by what the witness answered
    assert codes_refused_in("desk/ledger/asking.py") | chosen == set(words.FAILURES) == loop.FAILURES
    assert set(words.FAILURES) >= loop.GRAVE


@pytest.mark.parametrize("table", [words.REFUSALS, words.BROKEN, words.FAILURES, serve_words.REFUSALS])
def test_all_words_are_said_in_indonesian_too(table: dict[str, object]) -> None:
    from django.utils import translation

    with CATALOGUE.open("rb") as lines:
        catalogue = read_po(lines, locale="id")
    with translation.override(None):
        missing = [
            code for code, text in table.items() if not (said := catalogue.get(str(text))) or not said.string
        ]
    assert not missing
