"""Notices of a spec or its data in words that name the mend, in English or Indonesian, without the desk."""

from __future__ import annotations

import gettext as catalogues
from functools import cache
from pathlib import Path
from typing import Final

from kawal.rules.places.notices import Severity
from kawal.rules.risk.composite.notices import Code, Notice

_FOLDER: Final = Path(__file__).parent / "locale"


def gettext_noop(text: str) -> str:
    """Marks a sentence for the catalogue; it is translated when it is said."""
    return text


NOTICES: Final = {
    Code.NOT_TOML: gettext_noop(
        "Not readable as TOML: %(value)s. Mend the file there, and save it as UTF-8."
    ),
    Code.KEY_MISSING: gettext_noop("Something is missing here%(for)s. Add it, such as %(expected)s."),
    Code.KEY_UNKNOWN: gettext_noop(
        "The key %(value)s means nothing here. Remove it, or mean one of: %(expected)s."
    ),
    Code.KIND_WRONG: gettext_noop("%(value)s cannot stand here. Write it like %(expected)s."),
    Code.WORD_UNKNOWN: gettext_noop("%(value)s is not known here. Did you mean %(expected)s?"),
    Code.NUMBER_OUT: gettext_noop("%(value)s is out of range. Write a number in %(expected)s."),
    Code.CONTRADICTION: gettext_noop("%(value)s contradicts what else the spec says. Write %(expected)s."),
    Code.CODE_TWICE: gettext_noop("The code %(value)s stands there twice. Give each its own."),
    Code.PARENT_UNKNOWN: gettext_noop("There is no %(value)s. Name one of: %(expected)s."),
    Code.JUDGEMENTS_WRONG: gettext_noop("Judgements: %(value)s. Expected: %(expected)s."),
    Code.MEAN_IMPOSSIBLE: gettext_noop(
        "A mean of values that may be negative (%(value)s) says nothing. Normalise them by %(expected)s."
    ),
    Code.CIRCLE: gettext_noop("%(value)s is its own ancestor. Let its parents end at the top."),
    Code.NOTHING_BELOW: gettext_noop("The dimension %(value)s has nothing in it. Fill or remove it."),
    Code.UNREADABLE: gettext_noop("Not readable: %(value)s. Save it as CSV in UTF-8, or as XLSX."),
    Code.EMPTY: gettext_noop("No units in it. Give a head and at least one row."),
    Code.COLUMN_MISSING: gettext_noop("The column is missing. The file has: %(expected)s."),
    Code.COLUMN_TWICE: gettext_noop("The column stands there twice. Keep one."),
    Code.COLUMN_UNUSED: gettext_noop("The column is not used."),
    Code.FIELDS_COUNT: gettext_noop("%(value)s fields, expected %(expected)s. Mend the row."),
    Code.ID_MISSING: gettext_noop("The unit has no usable id (%(value)s). Give it one of at most 200 signs."),
    Code.ID_TWICE: gettext_noop("The id %(value)s stands there twice. Give each unit one row."),
    Code.NUMBER_BAD: gettext_noop(
        "%(value)s is not a number. Write it like %(expected)s, or leave it empty."
    ),
    Code.OUT_OF_RANGE: gettext_noop("%(value)s is out of the valid range %(expected)s. Correct it."),
    Code.VALUE_MISSING: gettext_noop("%(value)s has no value, and the spec refuses that. Add the value."),
    Code.NO_LOGARITHM: gettext_noop(
        "%(value)s has no logarithm. Correct it, or give the indicator a floor (%(expected)s)."
    ),
    Code.NEGATIVE_IN_MEAN: gettext_noop(
        "Some normalised values are below zero, which a %(value)s mean cannot take. Write %(expected)s."
    ),
    Code.TOO_LARGE: gettext_noop("Too much: %(value)s. Use %(expected)s."),
    Code.REFERENCE_MISSING: gettext_noop("No unit %(value)s to compare with. Name %(expected)s."),
    Code.NUMBER_UNSURE: gettext_noop("%(value)s could mean two numbers. Say which, with %(expected)s."),
    Code.INCONSISTENT: gettext_noop(
        "The judgements contradict each other (consistency ratio %(value)s, not %(expected)s). Judge anew."
    ),
    Code.IMPUTED: gettext_noop("%(value)s missing values were filled in (%(expected)s)."),
    Code.TREATED: gettext_noop("%(value)s outliers were pulled in (%(expected)s)."),
    Code.HELD: gettext_noop("%(value)s values were held at a limit (%(expected)s)."),
    Code.NOT_SCORED: gettext_noop("%(value)s has no score: %(expected)s of the weight is known."),
    Code.NO_SPREAD: gettext_noop("All units have the same value %(value)s: it tells nobody apart."),
    Code.WEIGHT_UNDEFINED: gettext_noop(
        "The data allow no weights by %(value)s. The weights are %(expected)s instead."
    ),
    Code.ENCODING_GUESSED: gettext_noop("Not UTF-8; read as %(value)s. Check names, or save it as UTF-8."),
}


def said(notice: Notice, language: str = "en") -> str:
    """What the notice says, and what to do."""
    facts = {
        "value": notice.value,
        "expected": notice.expected,
        "for": f" ({notice.value})" if notice.value else "",
    }
    return _catalogue(language[:2]).gettext(NOTICES[notice.code]) % facts


def line(notice: Notice, language: str = "en") -> str:
    """`S05 error my.toml: indicator[2].direction: ...`, as a compiler would say it."""
    place = ":".join(filter(None, [notice.file, "" if notice.row is None else str(notice.row)]))
    where = ": ".join(filter(None, [place, notice.field]))
    severity = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}[notice.severity]
    return f"{notice.code} {severity} {where}: {said(notice, language)}"


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    return catalogues.translation("django", _FOLDER, languages=[language], fallback=True)
