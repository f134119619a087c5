"""Everybody who plays, what is ready for whom, and what goes wrong."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from kawal.rehearsal.actors.clockwork import Clock, Gate
from kawal.rehearsal.actors.phone import Deed, Network, Phone
from kawal.rehearsal.mishaps import Kind, Mishap
from kawal.rehearsal.orders import Orders, committee, devices_of, packers_count
from kawal.rules.custody.event import Line
from kawal.rules.places.facts import SiteKind, site_code
from kawal.rules.plan.facts import Leg

PACKING_DAYS_BEFORE = 6
OPENS = time(8, 0)  # of a warehouse, local


class Scene:
    def __init__(self, orders: Orders, mishaps: Sequence[Mishap]) -> None:
        self.orders = orders
        self.clock = Clock(self.local(-PACKING_DAYS_BEFORE, OPENS))
        self.out: deque[Deed] = deque()
        self.seals: dict[int, tuple[int, ...]] = {}  # as they are now, where the packing list says otherwise
        network = Network(orders.signal, orders.seed)
        self._phones = {spec.label: Phone(spec, network, self.out.append) for spec in devices_of(orders)}
        self._ready: dict[tuple[Leg, str], Gate] = {}
        self._struck = {(mishap.trip, mishap.station): mishap for mishap in mishaps}
        self._at_station = {(mishap.kind, mishap.station) for mishap in mishaps}
        self._drawn_in = {(mishap.trip, mishap.other): mishap for mishap in mishaps if mishap.other}
        self.packers_count = packers_count(orders)
        self.warehouse = site_code(SiteKind.WAREHOUSE, orders.area)

    def local(self, days: int, at: time) -> datetime:
        """A local time `days` after voting day, as UTC."""
        day = self.orders.voting_at.astimezone(self.orders.zone).date() + timedelta(days=days)
        return datetime.combine(day, at, self.orders.zone).astimezone(self.orders.voting_at.tzinfo)

    def after(self, minutes: float) -> datetime:
        """So long from now, in whole seconds: people's clocks show no more."""
        return self.clock.now + timedelta(seconds=round(60 * minutes))

    def phone(self, label: str) -> Phone:
        return self._phones[label]

    def at(self, site: str) -> Phone:
        """The phone of the committee that holds what is at this site."""
        return self._phones[committee(site)]

    def ready(self, leg: Leg, station: str) -> Gate:
        """Opens when all parcels of a station lie where this leg begins."""
        return self._ready.setdefault((leg, station), Gate())

    def make_ready(self, leg: Leg, stations: Iterable[str]) -> None:
        for station in stations:
            self.clock.open(self.ready(leg, station))

    def lines(self, stations: Iterable[str], *, boxes_only: bool = False) -> list[Line]:
        """The parcels of these stations as an honest count finds them, sorted."""
        found = [
            Line(parcel.code, self.seals.get(parcel.code, parcel.seals))
            for station in stations
            for parcel in self.orders.parcels[station]
            if parcel.seals or not boxes_only
        ]
        found.sort(key=lambda line: line.parcel)
        return found

    def chance(self, name: str) -> random.Random:
        """Chance of one person: what others draw does not change it."""
        return random.Random(f"{self.orders.seed}|{name}")

    def struck(self, trip: str, station: str = "") -> Mishap | None:
        """What goes wrong for a station on a trip, or for the whole trip."""
        return self._struck.get((trip, station))

    def has(self, kind: Kind, station: str) -> bool:
        """Whether this happens at the station, whatever the trip."""
        return (kind, station) in self._at_station

    def drawn_in(self, trip: str, station: str) -> Mishap | None:
        """The mishap of another station of the trip in which this one has a part."""
        return self._drawn_in.get((trip, station))
