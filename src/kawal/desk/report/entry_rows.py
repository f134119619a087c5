"""An entry of the log as its template takes it: the event's fields in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kawal.desk.custody import underway
from kawal.desk.custody.words import ACTS, INCIDENTS, MISMATCHES, PHASES
from kawal.desk.people.access import Officer
from kawal.desk.plan.showing import Names
from kawal.desk.report import naming
from kawal.desk.report.entries import EntryPage
from kawal.desk.report.finding_rows import parcel_kind
from kawal.desk.report.station_rows import seal_range
from kawal.rules.custody.event import Act
from kawal.rules.needs.parcels import is_parcel, station_of
from kawal.rules.places.codes import is_area

_BYTES_IN_LINE = 32


def names(page: EntryPage) -> Names:
    event = page.told.event
    stations = {station_of(line.parcel) for line in page.lines}
    return naming.names({event.site or "", *stations}, page.posts.values())


def what(page: EntryPage) -> str:
    return capfirst(str(ACTS[page.told.event.act]))


def who(page: EntryPage, told: Names) -> str:
    kid = page.told.kid.hex()
    return told.post(page.posts.get(kid, kid))


def happening(page: EntryPage, told: Names) -> dict[str, Any]:
    """For parts/event.html: the three times, never mixed."""
    event = page.told.event
    return {
        "what": what(page),
        "who": who(page, told),
        "where": told.site(event.site) if event.site else "",
        "state": "late" if any(one.cleared_at is None for one in page.findings) else "",
        "area_code": page.area,
        "happened_at": underway.happened_at(event),
        "recorded_at": datetime.fromtimestamp(event.recorded_ms / 1000, UTC),
        "received_at": page.told.received_at,
    }


def facts(page: EntryPage, told: Names, officer: Officer) -> list[dict[str, Any]]:
    """Every field that the event has, in the order of its format; hashes lead to their entries."""
    event = page.told.event
    rows = [
        _fact(_("Act"), what(page)),
        _fact(_("Device"), _device(page, page.told.kid, told)),
        _fact(_("Number in the device's chain"), str(event.seq)),
        _hash(_("Entry before of the same device"), event.prev, page) if event.prev else None,
        *(_hash(_("Refers to"), ref, page) for ref in event.refs),
        _site(event.site, told, officer) if event.site else None,
        _fact(_("Offered to"), _device(page, event.to, told)) if event.to else None,
        _hash(_("Takes the offer"), event.offer, page) if event.offer else None,
        _trip(page, event.trip) if event.trip else None,
        _fact(_("Second person"), _device(page, event.second, told)) if event.second else None,
        _fact(_("Position"), _position(event.position)) if event.position else None,
        _fact(_("Kind"), _kind(event.act, event.kind)) if event.kind else None,
        _fact(_("Officers aboard"), str(event.officers)) if event.officers is not None else None,
        _fact(_("Photo (SHA-256)"), event.photo.hex()) if event.photo else None,
    ]
    return [row for row in rows if row]


def proof(page: EntryPage) -> list[dict[str, Any]]:
    """Where it stands in the log, and what anybody needs to check it without us."""
    rows = [
        _fact(_("Entry"), number_format(page.told.index, 0, use_l10n=True, force_grouping=True)),
        _fact(_("Leaf hash (RFC 6962)"), page.told.id.hex()),
        _fact(_("Bundle of entries"), page.bundle_path, f"/{page.bundle_path}"),
    ]
    if page.checkpoint:
        told = _("size %(size)s, root %(root)s") % {
            "size": number_format(page.checkpoint.size, 0, use_l10n=True, force_grouping=True),
            "root": page.checkpoint.root.hex()[:16],
        }
        rows.append(_fact(_("Newest checkpoint"), told, reverse("ledger:checkpoint")))
    return rows


def lines(page: EntryPage, told: Names, officer: Officer) -> list[dict[str, Any]]:
    """The manifest: parcels with the seals that the signer saw."""
    wrong = dict(page.told.event.exceptions)
    return [
        {
            "code": f"{line.parcel:015d}",
            "kind": parcel_kind(line.parcel),
            "station": told.site(station_of(line.parcel)),
            "href": naming.site_href(station_of(line.parcel), officer),
            "seals": seal_range(line.seals),
            "count": line.count if page.sees_contents else None,
            "exception": capfirst(str(MISMATCHES[wrong[line.parcel]])) if line.parcel in wrong else "",
        }
        for line in page.lines
        if is_parcel(line.parcel)
    ]


def exceptions(page: EntryPage) -> list[dict[str, Any]]:
    """What the receiver did not find as offered, of parcels that are not in its manifest."""
    named = {line.parcel for line in page.told.event.manifest}
    return [
        {"code": f"{parcel:015d}", "kind": parcel_kind(parcel), "why": capfirst(str(MISMATCHES[why]))}
        for parcel, why in page.told.event.exceptions
        if parcel not in named
    ]


def signed_lines(page: EntryPage) -> list[str]:
    """The signed bytes in hexadecimal digits; where counts stand in them they are not for everybody."""
    if page.has_counts and not page.sees_contents:
        return []
    return [
        page.signed[start : start + _BYTES_IN_LINE].hex(" ", 4)
        for start in range(0, len(page.signed), _BYTES_IN_LINE)
    ]


def _fact(label: str, value: str, href: str = "") -> dict[str, Any]:
    return {"label": label, "value": value, "href": href}


def _hash(label: str, digest: bytes, page: EntryPage) -> dict[str, Any]:
    index = page.indexes.get(digest)
    if index is None:
        return _fact(label, _("%(hash)s (not told yet)") % {"hash": digest.hex()[:16]})
    return _fact(label, _("entry %(index)s") % {"index": index}, reverse("report:entry", args=[index]))


def _device(page: EntryPage, kid: bytes, told: Names) -> str:
    post = page.posts.get(kid.hex())
    return f"{told.post(post)} · {kid.hex()}" if post else kid.hex()


def _site(site: str, told: Names, officer: Officer) -> dict[str, Any]:
    return _fact(_("Place"), told.site(site), naming.site_href(site, officer))


def _trip(page: EntryPage, trip: str) -> dict[str, Any]:
    area = trip.partition("-")[0]
    return _fact(_("Trip"), trip, reverse("plan:trip", args=[area, trip]) if is_area(area) and area else "")


def _position(position: tuple[int, int, int]) -> str:
    lat_e7, lon_e7, accuracy_m = position
    facts = {"lat": f"{lat_e7 / 1e7:.5f}", "lon": f"{lon_e7 / 1e7:.5f}", "accuracy": accuracy_m}
    return _("%(lat)s, %(lon)s (± %(accuracy)s m)") % facts


def _kind(act: Act, kind: str) -> str:
    table = PHASES if act is Act.ATTEST else INCIDENTS
    return capfirst(str(table.get(kind, kind)))
