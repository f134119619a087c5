"""Compile the translations: `python -m kawal.desk.site.languages`. Needs no gettext tools, only Babel."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

ROOT = Path(__file__).resolve().parents[2]  # kawal/
_LINE = re.compile(r'(msg\w+(\[\d\])? +)?"([^"\\]|\\.)*"')


class BrokenTranslation(Exception):
    """A .po file that cannot be compiled; the text says which and why."""


def compile_file(po: Path) -> bool:
    """Write the .mo beside a .po where it is missing or older; answers whether it was written."""
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
        return False
    catalogue = _read(po)
    draft = mo.with_suffix(".mo.draft")
    with draft.open("wb") as out:
        write_mo(out, catalogue)
    draft.replace(mo)  # a running desk never reads half a catalogue
    return True


def _read(po: Path) -> Catalog:
    for number, line in enumerate(po.read_text(encoding="utf-8").splitlines(), 1):
        # Babel closes an open quotation mark by taking a letter away; a reader would never know.
        if line.startswith(("msg", '"')) and not _LINE.fullmatch(line.rstrip()):
            raise BrokenTranslation(f"{po}:{number}: the quotation marks are not in pairs")
    try:
        with po.open("rb") as lines:
            catalogue = read_po(lines, locale=po.parents[1].name, abort_invalid=True)
    except (PoFileError, ValueError) as wrong:
        raise BrokenTranslation(f"{po}: {wrong}") from wrong
    for message in catalogue:
        for error in message.check(catalogue):
            raise BrokenTranslation(f"{po}:{message.lineno}: {message.id!r}: {error}")
    return catalogue


def compile_all(root: Path = ROOT) -> int:
    """Compile every catalogue below `root`; answers how many were written."""
    return sum(compile_file(po) for po in sorted(root.glob("**/locale/*/LC_MESSAGES/django.po")))


def main() -> int:
    try:
        written = compile_all()
    except BrokenTranslation as broken:
        sys.stderr.write(f"A translation is broken. {broken}\n")
        return 1
    sys.stdout.write(f"translations: {written} compiled\n" if written else "translations: up to date\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
