"""Late and predicted late: one sign per trip, however many stations it carries.

    late            not departed after its latest safe departure, or a consignment not accepted by
                    the time from which the legal deadline cannot be met any more (`due_at`); after
                    the deadline also stations begun but not received, one sign per village
    predicted_late  a consignment is expected after its `due_at`; or the trip has not departed and
                    less than `slack_min` is left to do so safely

Both have the same cause: the alert of a trip that was predicted late and is late goes on climbing, it
does not begin anew. A trip that has not departed because its boxes are still aboard a delayed trip of
an earlier leg is told in that trip's sign (`trips_waiting`), not as an alert of its own.

A late receipt that is already in the log is a figure of the record, not an alert: nobody can act on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from kawal.rules.plan.facts import Consignment, Leg, Trip
from kawal.rules.watch.about import deadline_of, of_trip
from kawal.rules.watch.expect import departed_at, expected_arrivals, heard_at
from kawal.rules.watch.facts import NO_PROGRESS, Kind, Limits, Progress, Severity, Sign, WatchedPlan
from kawal.rules.watch.severity import weigh
from kawal.rules.watch.told import clock, listed, whole_steps_s
from kawal.rules.watch.undelivered import undelivered

_LEG_ORDER: Final = {leg: number for number, leg in enumerate(Leg)}


@dataclass(slots=True)
class _Delay:
    """A trip's delay while signs are being folded."""

    trip: Trip
    progress: Progress
    kind: Kind
    why: str
    worst: Consignment  # the one that is expected latest behind its time
    expected_at: datetime  # when the worst is expected
    sites: set[str]
    stations: set[str]
    least: Severity
    waiting: list[_Delay] = field(default_factory=list)  # later trips whose boxes are aboard this one


def delays(plan: WatchedPlan, *, now: datetime, limits: Limits) -> list[Sign]:
    """Signs of one plan's trips, folded, and of its stations that were not received by the deadline."""
    found: dict[str, _Delay] = {}
    aboard: dict[str, _Delay] = {}  # station -> delayed trip of an earlier leg that still has its boxes
    named: set[str] = set()
    for trip in sorted(plan.trips, key=lambda trip: (_LEG_ORDER[trip.leg], trip.code)):
        progress = plan.progress.get(trip.code, NO_PROGRESS)
        left = undelivered(trip, progress, plan.stages)
        delay = _delay(trip, progress, left, now=now, limits=limits)
        if delay is None:
            continue
        stations = {station for one in left for station in one.stations}
        named |= stations
        holders = {
            aboard[station].trip.code
            for station in stations
            if station in aboard and aboard[station].trip.leg is not trip.leg
        }
        if holders and delay.why in ("not_departed", "waiting"):
            found[min(holders)].waiting.append(delay)
            continue
        found[trip.code] = delay
        for station in stations:
            aboard.setdefault(station, delay)
    signs = [_sign(delay, plan, now=now, limits=limits) for delay in found.values()]
    return signs + _unreceived(plan, named, now=now, limits=limits)


def _delay(
    trip: Trip, progress: Progress, left: list[Consignment], *, now: datetime, limits: Limits
) -> _Delay | None:
    if not left:
        return None
    expected = expected_arrivals(trip, progress, left, now=now, limits=limits)
    threatened = [one for one in left if expected[one.code] > one.due_at]  # what is overdue, and more
    departed = departed_at(trip, progress) is not None
    little_slack = trip.latest_departure_at - now < limits.slack_min
    kind, least = Kind.PREDICTED_LATE, Severity.WARNING
    if not departed and now > trip.latest_departure_at:
        kind, why, concerned = Kind.LATE, "not_departed", left
    elif any(now > one.due_at for one in left):
        kind, why, concerned = Kind.LATE, "not_accepted", threatened
    elif threatened:
        why, concerned = ("underway" if departed else "waiting"), threatened
    elif not departed and little_slack and now > trip.depart_at + limits.departure_tolerance:
        why, concerned, least = "waiting", left, Severity.NOTICE
    else:
        return None
    worst = max(concerned, key=lambda one: (expected[one.code] - one.due_at, one.code))
    return _Delay(
        trip,
        progress,
        kind,
        why,
        worst,
        expected[worst.code],
        sites={one.to_site for one in concerned},
        stations={station for one in concerned for station in one.stations},
        least=least,
    )


def _sign(delay: _Delay, plan: WatchedPlan, *, now: datetime, limits: Limits) -> Sign:
    trip = delay.trip
    stations = sorted(delay.stations.union(*(one.stations for one in delay.waiting)))
    deadline_at = deadline_of(plan, trip, trip.consignments)
    least = max([delay.least, *(one.least for one in delay.waiting)])
    if now > deadline_at:
        least = Severity.URGENT
    facts = _trip_facts(delay, now) | listed("stations", stations)
    return Sign(
        kind=delay.kind,
        cause=f"delay:{trip.code}",
        severity=weigh(least, deadline_at=deadline_at, now=now, limits=limits, risk=trip.risk),
        area=trip.area,
        station=stations[0] if len(stations) == 1 else "",
        trip=trip.code,
        facts=facts | {"deadline_at": deadline_at.isoformat(), "count": len(stations)},
    )


def _trip_facts(delay: _Delay, now: datetime) -> dict[str, Any]:
    trip = delay.trip
    latest_at = trip.latest_departure_at
    behind = now - latest_at if delay.why == "not_departed" else delay.expected_at - delay.worst.due_at
    heard = heard_at(delay.progress)
    return {
        "why": delay.why,
        **of_trip(trip),
        "depart_at": trip.depart_at.isoformat(),
        "latest_departure_at": latest_at.isoformat(),
        "due_at": delay.worst.due_at.isoformat(),
        "expected_at": clock(delay.expected_at),
        # Behind the time from which the deadline could still be met; 0 while there is slack.
        "late_s": whole_steps_s(behind),
        "heard_at": clock(heard) if heard else None,
        **listed("sites", sorted(delay.sites)),
        **listed("trips_waiting", sorted(one.trip.code for one in delay.waiting)),
    }


def _unreceived(plan: WatchedPlan, named: set[str], *, now: datetime, limits: Limits) -> list[Sign]:
    signs = []
    for village, codes in sorted(plan.unreceived.items()):
        stations = sorted(set(codes) - named)
        if not stations or now <= plan.deadline_at:
            continue
        facts = {"why": "not_received", "deadline_at": plan.deadline_at.isoformat(), "count": len(stations)}
        signs.append(
            Sign(
                kind=Kind.LATE,
                cause=f"unreceived:{village}",
                severity=weigh(Severity.URGENT, deadline_at=plan.deadline_at, now=now, limits=limits),
                area=village,
                station=stations[0] if len(stations) == 1 else "",
                facts=facts | listed("stations", stations),
            )
        )
    return signs
