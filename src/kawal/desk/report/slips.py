"""A receipt on paper: one entry in words, and the codes that prove it (rules/ledger/slip.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import segno
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kawal.desk.ledger import keys, publishing, receipts
from kawal.desk.people.access import Officer
from kawal.desk.report import entries, entry_rows
from kawal.rules.ledger import slip
from kawal.rules.refusals import Refused

_QUIET_MODULES = 4  # ISO/IEC 18004: nothing is printed around a code


@dataclass(frozen=True, slots=True)
class SlipPage:
    page: entries.EntryPage
    codes: list[dict[str, Any]]
    tells_entry: bool  # else the leaf hash only: the entry is too large, or not for everybody
    origin: str
    covered: publishing.Published | None


def slip_page(index: int, *, officer: Officer) -> SlipPage:
    """Refuses what `entry_page` refuses, `not_published_yet` and `too_long_for_slip`."""
    page = entries.entry_page(index, officer=officer)
    may_tell = page.sees_contents or not page.has_counts
    parts, tells_entry = _parts(page.told.id, with_entry=may_tell)
    codes = [
        {"svg": _svg(part, at, len(parts)), "number": at, "of": len(parts)}
        for at, part in enumerate(parts, start=1)
    ]
    return SlipPage(page, codes, tells_entry, keys.verifier_key().name, publishing.covering(index))


def _parts(id: bytes, *, with_entry: bool) -> tuple[list[str], bool]:
    if with_entry:
        try:
            return slip.parts(receipts.receipt(id, with_entry=True)), True
        except Refused as refused:
            if refused.code != "too_long_for_slip":
                raise
    return slip.parts(receipts.receipt(id, with_entry=False)), False


def _svg(part: str, number: int, of: int) -> SafeString:
    """Black on white whatever the page's colours; the name is read out instead of the picture."""
    code = segno.make(part, mode="alphanumeric", error="m", boost_error=False)
    name = _("Code %(number)s of %(of)s") % {"number": number, "of": of}
    svg = code.svg_inline(
        omitsize=True, border=_QUIET_MODULES, svgclass="slip__code", lineclass=None, dark="#000",
        light="#fff", title=name,
    )  # fmt: skip
    return SafeString(svg.replace("<svg ", '<svg role="img" ', 1))


def facts(slip_page: SlipPage, officer: Officer) -> list[dict[str, Any]]:
    """What is printed beside the codes, for people."""
    page = slip_page.page
    names = entry_rows.names(page)
    covered = slip_page.covered
    size = str(covered.size) if covered else ""
    return [
        *({**row, "href": ""} for row in entry_rows.facts(page, names, officer)),
        {"label": _("Parcels"), "value": f"{len(page.told.event.manifest)}"},
        {"label": _("Entry"), "value": f"{page.told.index}"},
        {"label": _("Leaf hash (RFC 6962)"), "value": page.told.id.hex()},
        {"label": _("Log"), "value": slip_page.origin},
        {"label": _("Size of the log when it was proven"), "value": size},
    ]
