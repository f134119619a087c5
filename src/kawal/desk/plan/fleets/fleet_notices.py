"""The notices of a fleet's tables in words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext, gettext_lazy

from kawal.rules.plan.fleet_rows import Code, Notice

NOTICES = {
    Code.UNREADABLE: gettext_lazy("this cannot be read (%(value)s); give %(expected)s"),
    Code.HEAD_UNKNOWN: gettext_lazy("the head has no column %(field)s; it has: %(value)s"),
    Code.COLUMN_TWICE: gettext_lazy("the column %(field)s is there twice; keep one"),
    Code.COLUMN_UNUSED: gettext_lazy("the column %(field)s is not used"),
    Code.MODE_UNKNOWN: gettext_lazy("no mode is called “%(value)s”; write one of: %(expected)s"),
    Code.AREA_BAD: gettext_lazy("“%(value)s” is no regency, district or village; write a code: %(expected)s"),
    Code.NUMBER_BAD: gettext_lazy("“%(value)s” is no number that fits; write %(expected)s"),
    Code.NAME_BAD: gettext_lazy("“%(value)s” is no name; write %(expected)s characters without a hyphen"),
    Code.NAME_TWICE: gettext_lazy("“%(value)s” stands in a row before; give it another name or leave it out"),
    Code.NAME_AND_COUNT: gettext_lazy("a name is one vehicle; leave out the name “%(value)s” or the count"),
    Code.KIND_UNKNOWN: gettext_lazy("“%(value)s” is no kind of window; write one of: %(expected)s"),
    Code.PLACE_BAD: gettext_lazy("“%(value)s” is no area and no site; write a code: %(expected)s"),
    Code.DAY_BAD: gettext_lazy("“%(value)s” is no day; write one such as %(expected)s"),
    Code.HOUR_BAD: gettext_lazy("“%(value)s” is no hour; write one such as %(expected)s"),
    Code.HOURS_ORDER: gettext_lazy("“%(value)s” must be later: %(expected)s; tell a night in two rows"),
    Code.TELLS_NOTHING: gettext_lazy("say where, by which modes or for which vehicle this holds"),
    Code.VEHICLE_UNKNOWN: gettext_lazy("no table lists the vehicle “%(value)s”; is the name right?"),
    Code.EMPTY: gettext_lazy("there is no row below the head"),
    Code.CELLS_TOO_MANY: gettext_lazy(
        "%(value)s cells stand below a head of %(expected)s: name every column, and put a text or number"
        " with a comma in quotes"
    ),
    Code.SHEET_UNREAD: gettext_lazy(
        "the sheet “%(value)s” was not read, for its first row has no columns of ours; if it tells vehicles"
        " or windows, begin it with %(expected)s"
    ),
    Code.FORMULA_EMPTY: gettext_lazy(
        "the cell %(value)s holds a formula that was never computed; open and save the workbook in a"
        " spreadsheet program, or write the number"
    ),
}


def notice(one: Notice) -> str:
    facts = {"field": one.field, "value": one.value, "expected": one.expected}
    told = str(NOTICES[one.code]) % facts
    where = {"file": one.file, "row": one.row, "field": one.field, "code": one.code.value, "told": told}
    if one.row is None:
        return gettext("%(code)s %(file)s: %(told)s.") % where
    if not one.field:
        return gettext("%(code)s %(file)s, row %(row)s: %(told)s.") % where
    return gettext("%(code)s %(file)s, row %(row)s, %(field)s: %(told)s.") % where


def notices(found: Iterable[Notice]) -> str:
    return "\n".join(map(notice, found))
