import ast
from pathlib import Path

from babel.messages.pofile import read_po

import kawal.safekeeping
from kawal.rules.refusals import Refused
from kawal.safekeeping import words

ROOM = Path(kawal.safekeeping.__file__).parent


def _said() -> set[str]:
    """Every sentence of this room: what is handed to `_`."""
    found = set()
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
                found.add(ast.literal_eval(node.args[0]))
    return found


def test_every_sentence_has_its_indonesian() -> None:
    with (ROOM / "locale/id/LC_MESSAGES/django.po").open("rb") as lines:
        catalogue = read_po(lines, locale="id")
    told = {message.id for message in catalogue if message.id and message.string}
    assert told == _said()


def test_every_refusal_of_the_room_and_of_recovery_has_words() -> None:
    files = [*ROOM.glob("*.py"), ROOM.parent / "desk/ledger/recovering.py"]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                code = ast.literal_eval(node.args[0])
                facts = {keyword.arg: "x" for keyword in node.keywords if keyword.arg}
                assert words.said(Refused(code, **facts)) != str(Refused(code, **facts)), code
