"""Every event's place in its device's chain: forks, broken links, and who takes which OFFER."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from django.db import connection

from kawal.desk.custody.models import EventLink
from kawal.desk.custody.rows import chunks, upsert
from kawal.rules.custody import chain
from kawal.rules.custody.chain import Link
from kawal.rules.custody.findings import Finding, of_event
from kawal.rules.custody.holdings import Stretch
from kawal.rules.custody.told import Told

_PAIRS_AT_ONCE = 400


def keep(told: Sequence[Told]) -> None:
    rows = [
        (one.index, one.kid.hex(), one.event.seq, one.id, one.event.prev, one.event.offer) for one in told
    ]
    upsert(EventLink, rows)


def findings(told: Sequence[Told]) -> tuple[list[Finding], set[str], dict[bytes, int]]:
    """Findings around these events, keys that were judged, and the index of every event looked at."""
    fresh = {(one.kid.hex(), one.event.seq) for one in told}
    around = {(kid, seq + step) for kid, seq in fresh for step in (-1, 0, 1) if seq + step >= 0}
    indexed = list(_at(around))
    indexes = {link.id: index for index, link in indexed}
    links = [link for _, link in indexed]
    judged = {(kid, seq + step) for kid, seq in fresh for step in (0, 1)}
    found = [
        finding
        for finding in chain.check(links)
        if finding.kind == "fork" or (finding.facts["device"], finding.facts["seq"]) in judged
    ]
    keys = {
        of_event("link_broken", link.id).key(None) for link in links if (link.kid.hex(), link.seq) in judged
    }
    return found, keys, indexes


def accepts_of(offers: Collection[bytes]) -> list[int]:
    """Indexes of the events that take one of these OFFERs."""
    found: list[int] = []
    for some in chunks(offers, _PAIRS_AT_ONCE):
        found += EventLink.objects.filter(offer__in=some).values_list("entry_index", flat=True)
    return sorted(found)


def is_whole(stretch: Stretch) -> bool:
    """Whether every event of the device between the two numbers was told."""
    told = EventLink.objects.filter(kid=stretch.kid.hex(), seq__gt=stretch.from_seq, seq__lt=stretch.to_seq)
    return told.values("seq").distinct().count() == stretch.to_seq - stretch.from_seq - 1


def _at(places: Collection[tuple[str, int]]) -> Iterator[tuple[int, Link]]:
    with connection.cursor() as cursor:
        for some in chunks(sorted(places), _PAIRS_AT_ONCE):
            values = ", ".join(["(%s, %s)"] * len(some))
            cursor.execute(
                "SELECT entry_index, kid, seq, event_id, prev FROM custody_eventlink "  # noqa: S608
                f"WHERE (kid, seq) IN (VALUES {values})",
                [value for pair in some for value in pair],
            )
            for index, kid, seq, event_id, prev in cursor.fetchall():
                link = Link(bytes.fromhex(kid), seq, bytes(event_id), None if prev is None else bytes(prev))
                yield index, link
