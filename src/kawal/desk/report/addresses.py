"""The ways down: where a number of an area leads."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from kawal.rules.places.codes import level_of

LISTED: tuple[str, ...] = ("regency", "district", "village")  # larger areas lead on to these


def area(code: str) -> str:
    return reverse("report:area", args=[code or "id"])


def stations(code: str, show: str, *, column: str = "late") -> str:
    """The list of these stations; of a province or the nation its own table, sorted by what is asked for."""
    if level_of(code) in LISTED:
        return reverse("report:stations", args=[code]) + "?" + urlencode({"show": show})
    return f"{area(code)}?{urlencode({'sort': column})}#areas"


def findings(code: str, rule: str = "") -> str:
    address = reverse("report:findings", args=[code or "id"])
    return f"{address}?{urlencode({'rule': rule})}" if rule else address
