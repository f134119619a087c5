"""Risk in words: classes, indicators, units, reasons, notices and refusals, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, gettext_lazy

from kawal.composite import words as spec_words
from kawal.desk.needs import words as needs_words
from kawal.desk.risk.history import Changed
from kawal.desk.risk.reads import ReasonRow
from kawal.rules.refusals import Refused
from kawal.rules.risk.classes import RiskClass
from kawal.rules.risk.composite.framework import Indicator
from kawal.rules.risk.indicators import Code

CLASSES = {
    RiskClass.LOW: gettext_lazy("low risk"),
    RiskClass.VULNERABLE: gettext_lazy("vulnerable"),
    RiskClass.HIGH: gettext_lazy("highly vulnerable"),
    RiskClass.SPECIAL: gettext_lazy("special"),
}
UNITS = {
    "km": gettext_lazy("km"),
    "voters_per_km2": gettext_lazy("voters per km²"),
    "share": "%",
}
# What a notice says; each names what to mend.
NOTICES = {
    Code.UNREADABLE: gettext_lazy("Not a readable CSV file: %(value)s. Save it as CSV in UTF-8."),
    Code.EMPTY: gettext_lazy("Nothing in it. Give a head of area, indicator, value and at least one row."),
    Code.COLUMN_MISSING: gettext_lazy("The column %(field)s is missing. Add it."),
    Code.COLUMN_TWICE: gettext_lazy("The column %(field)s stands there twice. Keep one."),
    Code.COLUMN_UNUSED: gettext_lazy("The column %(field)s is not used."),
    Code.FIELDS_COUNT: gettext_lazy("%(value)s fields, expected %(expected)s. Mend the row."),
    Code.AREA_BAD: gettext_lazy("%(value)s is no area code. Write it like %(expected)s."),
    Code.AREA_UNKNOWN: gettext_lazy("No area %(value)s has been imported. The row is left out."),
    Code.INDICATOR_UNKNOWN: gettext_lazy("No indicator %(value)s. Write one of: %(expected)s."),
    Code.NUMBER_BAD: gettext_lazy("%(value)s is not a number. Write digits and one decimal point."),
    Code.OUT_OF_RANGE: gettext_lazy("%(value)s is out of range (%(expected)s). Correct it."),
    Code.TOLD_TWICE: gettext_lazy("%(value)s is told twice for this area. Keep one row."),
    Code.NAME_UNKNOWN: gettext_lazy("No area is called %(value)s. Mend the name%(near)s, or write its code."),
    Code.NAME_AMBIGUOUS: gettext_lazy(
        "%(value)s may be %(expected)s. Add a column of the area above, or the code."
    ),
    Code.SHEET_MISSING: gettext_lazy("No sheet %(value)s. Write one of: %(expected)s."),
    Code.TOO_LARGE: gettext_lazy("Too large (%(value)s; at most %(expected)s). Split the file."),
    Code.CODE_BECAME_NUMBER: gettext_lazy(
        "The spreadsheet made the number %(value)s of this code. Format the column as text, write it anew."
    ),
    Code.OUTSIDE: gettext_lazy("%(value)s lies outside %(expected)s. Take the row out."),
    Code.NO_STATIONS: gettext_lazy(
        "The area has no stations, so that a count is no share. Import them first."
    ),
    Code.WORD_UNKNOWN: gettext_lazy("%(value)s is none of the words: %(expected)s. Add it to the mapping."),
    Code.ROW_SKIPPED: gettext_lazy("A row without an area (%(value)s) is left out."),
    Code.VALUES_MISSING: gettext_lazy("%(value)s empty cells of %(field)s: nobody knows."),
    Code.NOTHING_CHANGED: gettext_lazy("All of it was known already: nothing changes."),
    Code.NO_VALUE_KEPT: gettext_lazy("No row gave a value."),
    Code.OLDER: gettext_lazy("%(value)s values are older than what is known: they are left out."),
}
REFUSALS = {
    "wrong_spec": gettext_lazy("The spec file is wrong:"),
    "area_too_small": gettext_lazy("Risk is computed for a regency or more; %(area)s is smaller."),
    "risk_not_computed": gettext_lazy("The risk of %(area)s has not been computed yet."),
    "reason_required": gettext_lazy("An override needs its reason. Write why."),
    "by_required": gettext_lazy("An override needs a name: who decides?"),
    "until_required": gettext_lazy("A decision needs its end. Give a day and a time."),
    "until_is_past": gettext_lazy("The override would end before it begins. Give a later time."),
    "reason_too_long": gettext_lazy("The reason is too long. Say it in at most %(most)s letters."),
    "unknown_decision": gettext_lazy("There is no decision %(decision)s."),
    "not_waiting": gettext_lazy("This decision does not wait for a second person, or does no longer."),
    "same_person": gettext_lazy("Who proposed it cannot confirm it too. Another person must."),
    "not_a_higher_post": gettext_lazy(
        "A lower class is confirmed by the police of the regency or higher, over that area."
    ),
    "table_needs_regency": gettext_lazy(
        "What a class means is decided for a regency, a province or the nation; %(area)s is smaller."
    ),
    "source_required": gettext_lazy("Say who gives these values."),
    "file_too_large": gettext_lazy("%(file)s is larger than %(bytes)s bytes. Split it."),
    "file_unreadable": gettext_lazy("The file cannot be read (%(value)s). Save it as %(expected)s."),
    "forecast_unreadable": gettext_lazy(
        "No forecast of BMKG and no warning of CAP 1.2, at %(at)s: %(problem)s. Give the file as it was got."
    ),
    "cap_unreadable": gettext_lazy("The warning does not follow CAP 1.2 at %(at)s. Ask for it anew."),
    "cap_not_actual": gettext_lazy("The warning's status is %(status)s: it moves nothing here."),
    "unknown_index": gettext_lazy("There is no index %(index)s. Write one of: %(known)s."),
    "unknown_measure": gettext_lazy("%(index)s has no measure %(measure)s. Write one of: %(known)s."),
    "unknown_indicator": gettext_lazy("There is no indicator %(indicator)s. Write one of: %(known)s."),
    "index_is_of_routes": gettext_lazy("%(index)s counts as route risk already; nothing is to be decided."),
    "too_many_checks": gettext_lazy("Ask for at least 1 and at most %(most)s checks."),
    "time_unreadable": gettext_lazy("%(text)s is no time. Write it like %(expected)s."),
}

WRONG_RULES = {
    **needs_words.WRONG_RULES,
    "must_be_regency": gettext_lazy("write the code of a regency or city, such as 16.07"),
    "must_be_positive": gettext_lazy("write a number above zero"),
    "must_differ_from_safe": gettext_lazy("let safe and worst differ"),
    "must_rise_two": gettext_lazy("let the second be above the first"),
    "must_be_share_of_way": gettext_lazy("write a number from -1 to 1 that is not 0"),
    "must_be_code_or_names": gettext_lazy("name either the column of the code or those of the names"),
    "must_be_area": gettext_lazy("write the code of an area, such as 16.07, or an empty text"),
    "must_not_be_zero": gettext_lazy("write a number other than zero"),
    "must_be_short": gettext_lazy("write at most %(most)s letters"),
    "must_not_relax": gettext_lazy("guard this class at least as well as the one before it"),
}


def name(indicator: Indicator) -> str:
    """A name from the spec file in the reader's language."""
    return indicator.name_id if _indonesian() else indicator.name_en


def why(indicator: Indicator) -> str:
    """The reason for its weight, from the spec file."""
    return indicator.why_id if _indonesian() else indicator.why_en


def value(number: float, unit: str) -> str:
    """`42.5 km`, `30 %`; a unit of a spec of one's own stands as written."""
    shown = number * 100 if unit == "share" else number
    decimals = 0 if abs(shown) >= 100 or shown == int(shown) else 1
    told = number_format(shown, decimal_pos=decimals, force_grouping=True)
    return f"{told} {UNITS.get(unit, unit)}"


def reason(row: ReasonRow) -> str:
    """`Way from the warehouse: 75.3 km (+14.2 points)`, with who gave a given value."""
    facts = {
        "name": name(row.indicator),
        "points": number_format(row.points, decimal_pos=1),
        "value": "" if row.value is None else value(row.value, row.indicator.unit),
    }
    if row.value is None:
        return gettext("%(name)s: +%(points)s points on average") % facts
    if row.given_by is None or row.given_on is None:
        return gettext("%(name)s: %(value)s, +%(points)s points") % facts
    facts |= {"source": row.given_by, "date": date_format(row.given_on)}
    return gettext("%(name)s: %(value)s, +%(points)s points (%(source)s, %(date)s)") % facts


def notice(row: dict[str, Any]) -> str:
    """What a kept notice (IndicatorImport.notices) says, and what to do."""
    near = gettext(" (perhaps %(names)s)") % {"names": row["expected"]} if row["expected"] else ""
    return str(NOTICES[Code(row["code"])]) % {**row, "near": near}


def change(one: Changed) -> str:
    """`Sungai Rengit: low risk → vulnerable, score 28.0 → 33.5`."""
    facts = {
        "name": one.name,
        "before": str(CLASSES[one.before]) if one.before else "–",
        "after": str(CLASSES[one.after]),
        "score_before": "–" if one.score_before is None else number_format(one.score_before, decimal_pos=1),
        "score": number_format(one.score, decimal_pos=1),
    }
    return gettext("%(name)s: %(before)s → %(after)s, score %(score_before)s → %(score)s") % facts


def refusal(refused: Refused) -> str:
    if refused.code == "wrong_spec":
        told = refused.facts["notices"]
        assert isinstance(told, tuple)
        lines = [spec_words.line(found, get_language() or "en") for found in told]
        return "\n".join([str(REFUSALS["wrong_spec"]), *lines])
    words = REFUSALS.get(refused.code)
    return str(words) % refused.facts if words else needs_words.refusal(refused, WRONG_RULES)


def _indonesian() -> bool:
    return (get_language() or "").startswith("id")
