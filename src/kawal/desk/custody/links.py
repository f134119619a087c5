"""Every event's place in its device's chain: forks, broken links, and who takes which OFFER."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from django.db import connection
from django.db.models import QuerySet

from kawal.desk.custody.models import EventLink
from kawal.desk.custody.rows import Pending, chunks
from kawal.rules.custody import chain
from kawal.rules.custody.chain import Link
from kawal.rules.custody.findings import Finding, of_event
from kawal.rules.custody.holdings import Stretch
from kawal.rules.custody.told import Told

_PAIRS_AT_ONCE = 400


def is_whole(stretch: Stretch) -> bool:
    """Whether every event of the device between the two numbers is in the tables."""
    return _stored_between(stretch).values("seq").distinct().count() == _length(stretch)


class Links:
    """The links of these events, laid over those that are in the tables."""

    def __init__(self, told: Sequence[Told]) -> None:
        self._fresh = {
            one.index: (Link(one.kid, one.event.seq, one.id, one.event.prev), one.event.offer) for one in told
        }
        self._seqs: defaultdict[bytes, set[int]] = defaultdict(set)
        for link, _ in self._fresh.values():
            self._seqs[link.kid].add(link.seq)

    def keep(self, pending: Pending) -> None:
        rows = [
            (index, link.kid.hex(), link.seq, link.id, link.prev, offer)
            for index, (link, offer) in self._fresh.items()
        ]
        pending.upsert(EventLink, rows)

    def findings(self) -> tuple[list[Finding], set[str], dict[bytes, int]]:
        """Findings around these events, keys that were judged, and the index of every event looked at."""
        told = {(kid.hex(), seq) for kid, seqs in self._seqs.items() for seq in seqs}
        around = {(kid, seq + step) for kid, seq in told for step in (-1, 0, 1) if seq + step >= 0}
        indexed = {index: link for index, (link, _) in self._fresh.items()}
        indexed.update(_at("seq", around))
        indexed.update(
            _at("prev", {(link.kid.hex(), link.prev) for link, _ in self._fresh.values() if link.prev})
        )
        indexes = {link.id: index for index, link in indexed.items()}
        links = list(indexed.values())
        judged = {(kid, seq + step) for kid, seq in told for step in (0, 1)}
        found = [
            finding
            for finding in chain.check(links)
            if finding.kind == "fork" or (finding.facts["device"], finding.facts["seq"]) in judged
        ]
        keys = {
            of_event("link_broken", link.id).key(None)
            for link in links
            if (link.kid.hex(), link.seq) in judged
        }
        return found, keys, indexes

    def accepts_of(self, offers: Collection[bytes]) -> list[int]:
        """Indexes of the events that take one of these OFFERs."""
        found = {index for index, (_, offer) in self._fresh.items() if offer in offers}
        for some in chunks(offers, _PAIRS_AT_ONCE):
            found.update(EventLink.objects.filter(offer__in=some).values_list("entry_index", flat=True))
        return sorted(found)

    def is_whole(self, stretch: Stretch) -> bool:
        """Whether every event of the device between the two numbers was told."""
        fresh = {seq for seq in self._seqs.get(stretch.kid, ()) if stretch.from_seq < seq < stretch.to_seq}
        if not fresh:
            return is_whole(stretch)
        stored = _stored_between(stretch).values_list("seq", flat=True).distinct()
        return len(fresh.union(stored)) == _length(stretch)


def _stored_between(stretch: Stretch) -> QuerySet[EventLink]:
    return EventLink.objects.filter(kid=stretch.kid.hex(), seq__gt=stretch.from_seq, seq__lt=stretch.to_seq)


def _length(stretch: Stretch) -> int:
    return stretch.to_seq - stretch.from_seq - 1


def _at(column: str, places: Collection[tuple[str, int | bytes]]) -> Iterator[tuple[int, Link]]:
    """Links of a device by their number, or by the event before them."""
    with connection.cursor() as cursor:
        for some in chunks(sorted(places), _PAIRS_AT_ONCE):
            values = ", ".join(["(%s, %s)"] * len(some))
            cursor.execute(
                "SELECT entry_index, kid, seq, event_id, prev FROM custody_eventlink "  # noqa: S608
                f"WHERE (kid, {column}) IN (VALUES {values})",
                [value for pair in some for value in pair],
            )
            for index, kid, seq, event_id, prev in cursor.fetchall():
                link = Link(bytes.fromhex(kid), seq, bytes(event_id), None if prev is None else bytes(prev))
                yield index, link
