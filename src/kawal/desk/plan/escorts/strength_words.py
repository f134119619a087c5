"""What is wrong with a table of strengths, row by row, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy

from kawal.rules.plan.roster.strengths import OFFICERS_MAX, Code, Notice

NOTICES: Final = {
    Code.HEAD_MISSING: gettext_lazy("the first row must name the columns post and officers, not %(value)s"),
    Code.POST_BAD: gettext_lazy("%(value)s is no post: write polri/16.07.03, or its area 16.07.03"),
    Code.OFFICERS_BAD: gettext_lazy(
        "%(value)s is no number of officers: write a whole number, 0 to %(most)s"
    ),
    Code.POST_TWICE: gettext_lazy("%(value)s stands in an earlier row too: keep one"),
    Code.POST_ELSEWHERE: gettext_lazy("%(value)s is no post of this area: the row was left out"),
    Code.EMPTY: gettext_lazy("there is no row with a post"),
}


def notice(found: Notice) -> str:
    told = str(NOTICES[found.code]) % {"value": found.value or "–", "most": number_format(OFFICERS_MAX)}
    if found.row is None:
        return f"{found.code.value}: {told}"
    row = gettext("row %(row)s") % {"row": found.row}
    return f"{found.code.value} {row}: {told}"


def wrong_strength(facts: Mapping[str, Any]) -> str:
    told = gettext("The strengths were not taken; nothing was changed.")
    lines = [notice(found) for found in facts["notices"]]
    if facts["detail"]:
        value, expected = facts["detail"]
        unreadable = gettext("this cannot be read (%(value)s); give %(expected)s")
        lines.append(unreadable % {"value": value, "expected": expected})
    return "\n".join([told, *lines])
