"""An independent check of the way from suppliers to warehouses, from the files and not from the solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kawal.rules.plan.upper.estimate import PORT_S, estimated, km_between, next_departure_s
from kawal.rules.plan.upper.facts import Lane, Passage, Shipment, UpperPlan, UpperProblem


@dataclass(frozen=True, slots=True)
class Broken:
    code: str
    where: str


def check(problem: UpperProblem, plan: UpperPlan) -> list[Broken]:
    """Every rule broken, by the shipments first. Lateness and what is missing are told, not broken."""
    return [
        *_quantities(problem, plan),
        *(found for shipment in plan.shipments for found in _passages(problem, shipment)),
        *_capacities(problem, plan),
    ]


def _quantities(problem: UpperProblem, plan: UpperPlan) -> Iterator[Broken]:
    """Nobody sends more than he has; what is wanted arrives or is told as missing, neither less nor more."""
    sent: Counter[tuple[str, str]] = Counter()
    came: Counter[tuple[str, str]] = Counter()
    for shipment in plan.shipments:
        for item, count in shipment.items.items():
            sent[shipment.supplier, item] += count
            came[shipment.regency, item] += count
    has: Counter[tuple[str, str]] = Counter()
    for supply in problem.supplies:
        has[supply.supplier, supply.item] += supply.quantity
    for (supplier, item), count in sent.items():
        if count > has[supplier, item]:
            yield Broken("more_than_there_is", f"{supplier} {item}")
    for row in plan.missing:
        came[row.regency, row.item] += row.quantity
    supplied = {supply.item for supply in problem.supplies}
    for house in problem.warehouses:
        for item, wanted in house.demand.items():
            if item in supplied and came[house.regency, item] != wanted:
                yield Broken("not_what_is_wanted", f"{house.regency} {item}")


def _passages(problem: UpperProblem, shipment: Shipment) -> Iterator[Broken]:
    where = f"{shipment.supplier} {shipment.regency}"
    due_s = {house.regency: house.due_s for house in problem.warehouses}
    if shipment.due_s != due_s.get(shipment.regency):
        yield Broken("wrong_due", where)
    passages = shipment.passages
    if not passages or passages[0].start != shipment.supplier or passages[-1].end != shipment.regency:
        yield Broken("wrong_ends", where)
        return
    ready_s = max(
        (
            min(
                one.ready_s
                for one in problem.supplies
                if (one.supplier, one.item) == (shipment.supplier, item)
            )
            for item in shipment.items
            if any((one.supplier, one.item) == (shipment.supplier, item) for one in problem.supplies)
        ),
        default=1 << 62,
    )
    if passages[0].depart_s < ready_s:
        yield Broken("before_ready", where)
    for before, after in pairwise(passages):
        if before.end != after.start or after.depart_s < before.arrive_s + PORT_S:
            yield Broken("does_not_connect", where)
    for passage in passages:
        if not any(_runs(lane, passage) for lane in _lanes(problem, passage)):
            yield Broken("no_such_departure", f"{where} {passage.start} {passage.end}")


def _lanes(problem: UpperProblem, passage: Passage) -> Iterator[Lane]:
    if not passage.estimated:
        ends = passage.start, passage.end, passage.mode
        yield from (lane for lane in problem.lanes if (lane.start, lane.end, lane.mode) == ends)
        return
    places = {
        **{one.supplier: (one.lat, one.lon) for one in problem.supplies},
        **{one.code: (one.lat, one.lon) for one in problem.ports},
        **{one.regency: (one.lat, one.lon) for one in problem.warehouses},
    }
    if passage.start in places and passage.end in places:
        km = km_between(places[passage.start], places[passage.end])
        yield estimated(passage.start, passage.end, passage.mode, km)


def _runs(lane: Lane, passage: Passage) -> bool:
    leaves = next_departure_s(lane, passage.depart_s) == passage.depart_s
    return leaves and passage.arrive_s == passage.depart_s + lane.travel_s


def _capacities(problem: UpperProblem, plan: UpperPlan) -> Iterator[Broken]:
    grams: Counter[Passage] = Counter()
    for shipment in plan.shipments:
        for passage in shipment.passages:
            for item, count in shipment.items.items():
                grams[passage] += round(count * problem.weight_g[item])
    for passage, weight_g in grams.items():
        limits = [lane.capacity_kg for lane in _lanes(problem, passage) if _runs(lane, passage)]
        if limits and None not in limits and weight_g > 1_000 * sum(limit or 0 for limit in limits):
            yield Broken("departure_overloaded", f"{passage.start} {passage.end}")
