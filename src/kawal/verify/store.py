"""What a log tells, set aside on the disk until the last entry was read: no standing is known before.

A database without a name: SQLite keeps it in a file of its own that nobody else sees, and which is gone
when it is closed. Memory stays the same for any size.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from kawal.rules.custody import chain
from kawal.rules.custody.chain import Link
from kawal.rules.custody.doubts import Placed
from kawal.rules.custody.facts import Fact, silences
from kawal.rules.custody.findings import Finding
from kawal.rules.custody.holdings import Stretch
from kawal.rules.needs.parcels import is_readable
from kawal.verify.looking import Looked, fact_in, finding_in, parcels_in

_LINKS_AT_ONCE = 5_000
_TABLES = """
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
    CREATE TABLE link (kid BLOB, seq INTEGER, id BLOB, prev BLOB, place INTEGER);
    CREATE TABLE naming (named BLOB, place INTEGER);
    CREATE TABLE fact (parcel INTEGER, told BLOB);
    CREATE TABLE found (about TEXT PRIMARY KEY, place INTEGER, told BLOB) WITHOUT ROWID;
    CREATE TABLE offer (id BLOB, receiver BLOB, parcels BLOB, told BLOB);
    CREATE TABLE accept (offer BLOB, kid BLOB, parcels BLOB, told BLOB);
"""


class Store:
    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_TABLES)

    def close(self) -> None:
        self._database.close()

    def add(self, seen: Looked) -> None:
        insert = self._database.executemany
        self._database.execute("BEGIN")
        insert("INSERT INTO link VALUES (?, ?, ?, ?, ?)", seen.links)
        insert("INSERT INTO naming VALUES (?, ?)", seen.names)
        insert("INSERT INTO fact VALUES (?, ?)", seen.facts)
        insert("INSERT INTO offer VALUES (?, ?, ?, ?)", seen.offers)
        insert("INSERT INTO accept VALUES (?, ?, ?, ?)", seen.accepts)
        insert("INSERT OR IGNORE INTO found VALUES (?, ?, ?)", seen.found)
        self._database.execute("COMMIT")

    def finish(self) -> None:
        """All is told: bring both sides of every hand-over together."""
        self._database.execute("CREATE INDEX link_at ON link (kid, seq)")
        self._database.execute("CREATE INDEX link_place ON link (place)")
        self._database.execute("CREATE INDEX offer_at ON offer (id)")
        pairs = self._database.execute(
            "SELECT offer.parcels, offer.told, accept.parcels, accept.told FROM accept"
            " JOIN offer ON offer.id = accept.offer AND offer.receiver = accept.kid"
            " WHERE offer.parcels <> accept.parcels"
        )
        self._database.execute("BEGIN")
        for offered, offer, taken, accept in pairs:
            sides = {row: fact_in(row) for row in (offer, accept)}
            silent = silences(
                parcels_in(offered), parcels_in(taken), offer=sides[offer], accept=sides[accept]
            )
            rows = {fact: row for row, fact in sides.items()}
            told = ((parcel, rows[fact]) for parcel, fact in silent if is_readable(parcel))
            self._database.executemany("INSERT INTO fact VALUES (?, ?)", told)
        self._database.execute("COMMIT")

    def stories(self) -> Iterator[tuple[int, list[Fact]]]:
        """Every parcel that was told about with its facts, by code."""
        rows = self._database.execute("SELECT parcel, told FROM fact ORDER BY parcel")
        for parcel, told in groupby(rows, key=itemgetter(0)):
            yield parcel, [fact_in(row[1]) for row in told]

    def is_whole(self, stretch: Stretch) -> bool:
        """Whether every event of the device between the two numbers was told."""
        counted = self._database.execute(
            "SELECT count(DISTINCT seq) FROM link WHERE kid = ? AND seq > ? AND seq < ?", stretch
        ).fetchone()
        return bool(counted[0] == stretch.to_seq - stretch.from_seq - 1)

    def event_findings(self) -> Iterator[tuple[int, Finding]]:
        """Findings about single events, each once, in the order of the log."""
        rows = self._database.execute("SELECT place, told FROM found ORDER BY place, about")
        yield from ((place, finding_in(told)) for place, told in rows)

    def chain_findings(self) -> Iterator[tuple[int, Finding]]:
        """Forks and broken links, each once, with the index of the first entry that shows it."""
        before: set[str] = set()  # neighbouring parts overlap, others do not
        for links, places in self._linked():
            found = {finding.key(None): finding for finding in chain.check(links)}
            for key, finding in found.items():
                if key not in before:
                    yield min(places[event_id] for event_id in finding.ids), finding
            before = set(found)

    def gaps(self) -> Iterator[tuple[bytes, int]]:
        """Devices of which numbers are missing, and how many: told to nobody yet, or held back."""
        rows = self._database.execute(
            "SELECT kid, max(seq) + 1 - count(DISTINCT seq) AS missing FROM link GROUP BY kid"
            " HAVING missing > 0"
        )
        yield from rows

    def devices(self) -> Iterator[tuple[bytes, int]]:
        """Every device that signed, and the index of its first entry."""
        yield from self._database.execute("SELECT kid, min(place) FROM link GROUP BY kid")

    def signed_between(self, kid: bytes, after: int, before: int | None) -> bool:
        """Whether the device has an entry between these two indexes, both left out."""
        found = self._database.execute(
            "SELECT 1 FROM link WHERE kid = ? AND place > ? AND place < ? LIMIT 1",
            (kid, after, 2**62 if before is None else before),
        )
        return found.fetchone() is not None

    def forked(self) -> Iterator[bytes]:
        """Devices with two events of one number, or after one event."""
        for step in ("seq", "prev"):
            rows = self._database.execute(
                f"SELECT DISTINCT kid FROM link WHERE {step} IS NOT NULL"  # noqa: S608 - of two words
                f" GROUP BY kid, {step} HAVING count(DISTINCT id) > 1"
            )
            yield from (row[0] for row in rows)

    def around(self, kids: Iterable[bytes]) -> Iterator[Placed]:
        """All events of these devices, and all that name one of theirs."""
        run = self._database.execute
        run("CREATE TABLE doubted (kid BLOB PRIMARY KEY)")
        self._database.executemany("INSERT INTO doubted VALUES (?)", ((kid,) for kid in kids))
        run("CREATE TABLE wanted (place INTEGER PRIMARY KEY)")
        run("INSERT INTO wanted SELECT place FROM link JOIN doubted USING (kid)")
        run("CREATE INDEX naming_at ON naming (named)")
        run(
            "INSERT OR IGNORE INTO wanted SELECT naming.place FROM link JOIN doubted USING (kid)"
            " JOIN naming ON naming.named = link.id"
        )
        run("CREATE INDEX naming_place ON naming (place)")
        rows = run("SELECT place, kid, seq, id, prev FROM link JOIN wanted USING (place) ORDER BY place")
        for place, kid, seq, event_id, prev in rows:
            names = run("SELECT named FROM naming WHERE place = ?", (place,)).fetchall()
            yield Placed(place, kid, seq, event_id, prev, tuple(row[0] for row in names))

    def devices_count(self) -> int:
        return int(self._database.execute("SELECT count(DISTINCT kid) FROM link").fetchone()[0])

    def _linked(self) -> Iterator[tuple[list[Link], dict[bytes, int]]]:
        """Neighbours in the devices' chains, some at once: two in a row overlap by one number."""
        links: list[Link] = []
        places: dict[bytes, int] = {}
        rows = self._database.execute("SELECT kid, seq, id, prev, place FROM link ORDER BY kid, seq")
        for number, (kid, seq, event_id, prev, place) in enumerate(rows, 1):
            if links and number % _LINKS_AT_ONCE == 0:
                yield links, places
                before = links[-1]
                links = [link for link in links if (link.kid, link.seq) == (before.kid, before.seq)]
                places = {link.id: places[link.id] for link in links}
            links.append(Link(kid, seq, event_id, prev))
            places[event_id] = place
        if links:
            yield links, places
