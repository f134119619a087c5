"""Who supplies whom, by which way: a linear transport problem, then whole numbers, then loads.

Every item of every supplier goes to warehouses by one of the ways of `ways.py`. The cheapest freight is
sought (by tonne and kilometre, assumed), with a price on every day too late and a higher one on what is
missing, within what suppliers have and what a departure of a given lane carries (HiGHS by SciPy). Same
problem, same answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy  # its parts load when used

from kawal.rules.plan.upper.estimate import DAY_S, LOAD_KG
from kawal.rules.plan.upper.facts import Load, Missing, Passage, Shipment, UpperPlan, UpperProblem
from kawal.rules.plan.upper.ways import Way, Ways
from kawal.rules.refusals import Refused

LATE_RP_PER_KG_DAY: Final = 20_000.0  # assumed: far above any freight
MISSING_RP_PER_KG: Final = 5_000_000.0


@dataclass(frozen=True, slots=True)
class _Flow:
    supply: int
    house: int
    way: Way


class _Model:
    def __init__(self, problem: UpperProblem) -> None:
        self.problem = problem
        self.ways = Ways(problem)
        self.house = {one.regency: number for number, one in enumerate(problem.warehouses)}
        self.flows: list[_Flow] = []
        for number, supply in enumerate(problem.supplies):
            for regency, ways in self.ways.of(supply).items():
                house = problem.warehouses[self.house[regency]]
                if house.demand.get(supply.item):
                    self.flows += [_Flow(number, self.house[regency], way) for way in ways]
        self.wants = [
            (number, item)
            for number, one in enumerate(problem.warehouses)
            for item, quantity in sorted(one.demand.items())
            if quantity
        ]
        self.kg = {item: grams / 1_000 for item, grams in problem.weight_g.items()}

    def item(self, flow: _Flow) -> str:
        return self.problem.supplies[flow.supply].item

    def late_s(self, flow: _Flow) -> int:
        return max(0, flow.way.arrive_s - self.problem.warehouses[flow.house].due_s)

    def solved(self) -> list[float]:
        """Kilograms of each flow."""
        flows, wants = self.flows, self.wants
        row_of_want = {want: number for number, want in enumerate(wants)}
        cost = [flow.way.rp_per_kg + LATE_RP_PER_KG_DAY * self.late_s(flow) / DAY_S for flow in flows] + [
            MISSING_RP_PER_KG
        ] * len(wants)
        equal = _entries(
            [(row_of_want[flow.house, self.item(flow)], column) for column, flow in enumerate(flows)]
            + [(row, len(flows) + row) for row in range(len(wants))],
            (len(wants), len(cost)),
        )
        wanted = [self.problem.warehouses[house].demand[item] * self.kg[item] for house, item in wants]
        has = [supply.quantity * self.kg[supply.item] for supply in self.problem.supplies]
        cells = [(flow.supply, column) for column, flow in enumerate(flows)]
        full: dict[tuple[int, int], int] = {}
        for column, flow in enumerate(flows):
            for step in flow.way.steps:
                limit_kg = self.ways.lanes[step.lane].capacity_kg
                if limit_kg is not None:
                    row = full.setdefault((step.lane, step.depart_s), len(has))
                    if row == len(has):
                        has.append(limit_kg)
                    cells.append((row, column))
        found = scipy.optimize.linprog(
            cost,
            A_ub=_entries(cells, (len(has), len(cost))),
            b_ub=has,
            A_eq=equal,
            b_eq=wanted,
            method="highs",
        )
        assert found.status == 0, "a plan that sends nothing holds: " + found.message
        return [float(kg) for kg in found.x[: len(flows)]]


def assign(problem: UpperProblem) -> UpperPlan:
    """Refuses `nothing_to_supply` where no warehouse wants what the suppliers have."""
    model = _Model(problem)
    supplied = {supply.item for supply in problem.supplies}
    model.wants = [want for want in model.wants if want[1] in supplied]
    if not model.wants:
        raise Refused("nothing_to_supply")
    units = _whole(model, model.solved())
    shipments = tuple(_shipments(model, units))
    return UpperPlan(
        shipments=shipments,
        missing=tuple(_missing(model, units)),
        loads=tuple(_loads(model, shipments)),
        late_reasons=_late_reasons(model, shipments),
    )


def _entries(cells: list[tuple[int, int]], shape: tuple[int, int]) -> scipy.sparse.coo_array:
    rows, columns = (np.array(side, np.int64) for side in zip(*cells, strict=True))
    return scipy.sparse.coo_array((np.ones(len(cells)), (rows, columns)), shape=shape).tocsr()


def _whole(model: _Model, kg: list[float]) -> list[int]:
    """Whole numbers: rounded down, then what is left goes where supplier, want and ways still have room."""
    units = [0] * len(kg)
    has = [supply.quantity for supply in model.problem.supplies]
    wants = {(house, item): model.problem.warehouses[house].demand[item] for house, item in model.wants}
    planned: defaultdict[tuple[int, str], float] = defaultdict(float)
    for flow, value in zip(model.flows, kg, strict=True):
        planned[flow.house, model.item(flow)] += value / model.kg[model.item(flow)]
    room = _Room(model)

    def send(column: int, most: int) -> None:
        flow = model.flows[column]
        want = flow.house, model.item(flow)
        count = max(0, min(most, has[flow.supply], wants[want], room.left(flow)))
        units[column] += count
        has[flow.supply] -= count
        wants[want] -= count
        planned[want] -= count
        room.take(flow, count)

    for column, (flow, value) in enumerate(zip(model.flows, kg, strict=True)):
        send(column, int(value / model.kg[model.item(flow)] + 1e-6))
    for column in sorted(range(len(kg)), key=lambda column: (-kg[column], column)):
        flow = model.flows[column]
        send(column, round(planned[flow.house, model.item(flow)]))
    return units


class _Room:
    """Grams that departures of given lanes still carry."""

    def __init__(self, model: _Model) -> None:
        self.model = model
        self.grams: dict[tuple[int, int], float] = {}

    def left(self, flow: _Flow) -> int:
        """How many of the flow's item still fit on every leg."""
        grams = self.model.problem.weight_g[self.model.item(flow)]
        return int(min((self._left_g(key) for key in self._keys(flow)), default=1e18) / grams + 1e-9)

    def take(self, flow: _Flow, count: int) -> None:
        grams = count * self.model.problem.weight_g[self.model.item(flow)]
        for key in self._keys(flow):
            self.grams[key] = self._left_g(key) - grams

    def _keys(self, flow: _Flow) -> list[tuple[int, int]]:
        lanes = self.model.ways.lanes
        return [(step.lane, step.depart_s) for step in flow.way.steps if lanes[step.lane].capacity_kg]

    def _left_g(self, key: tuple[int, int]) -> float:
        return self.grams.get(key, 1_000.0 * (self.model.ways.lanes[key[0]].capacity_kg or 0))


def _shipments(model: _Model, units: list[int]) -> Iterator[Shipment]:
    together: defaultdict[tuple[str, int, Way], dict[str, int]] = defaultdict(dict)
    for flow, count in zip(model.flows, units, strict=True):
        if count:
            key = model.problem.supplies[flow.supply].supplier, flow.house, flow.way
            together[key][model.item(flow)] = together[key].get(model.item(flow), 0) + count
    order = sorted(together.items(), key=lambda pair: (pair[0][1], pair[0][0], pair[0][2].arrive_s))
    for (supplier, house, way), items in order:
        yield Shipment(
            supplier=supplier,
            regency=model.problem.warehouses[house].regency,
            items=dict(sorted(items.items())),
            weight_kg=max(1, round(sum(count * model.kg[item] for item, count in items.items()))),
            passages=tuple(
                Passage(
                    start=model.ways.lanes[step.lane].start,
                    end=model.ways.lanes[step.lane].end,
                    mode=model.ways.lanes[step.lane].mode,
                    depart_s=step.depart_s,
                    arrive_s=step.arrive_s,
                    estimated=model.ways.lanes[step.lane].estimated,
                )
                for step in way.steps
            ),
            due_s=model.problem.warehouses[house].due_s,
        )


def _missing(model: _Model, units: list[int]) -> Iterator[Missing]:
    sent: defaultdict[tuple[int, str], int] = defaultdict(int)
    used: defaultdict[str, int] = defaultdict(int)
    ways = set()
    for flow, count in zip(model.flows, units, strict=True):
        sent[flow.house, model.item(flow)] += count
        used[model.item(flow)] += count
        ways.add((flow.house, model.item(flow)))
    has: defaultdict[str, int] = defaultdict(int)
    for supply in model.problem.supplies:
        has[supply.item] += supply.quantity
    for house, item in model.wants:
        short = model.problem.warehouses[house].demand[item] - sent[house, item]
        if short > 0:
            reason = "lanes_full" if used[item] < has[item] else "supply_short"
            if (house, item) not in ways:
                reason = "no_way"
            yield Missing(
                regency=model.problem.warehouses[house].regency, item=item, quantity=short, reason=reason
            )


def _loads(model: _Model, shipments: tuple[Shipment, ...]) -> Iterator[Load]:
    weights: defaultdict[Passage, int] = defaultdict(int)
    limits = {(lane.start, lane.end, lane.mode): lane.capacity_kg for lane in model.problem.lanes}
    for shipment in shipments:
        for passage in shipment.passages:
            weights[passage] += shipment.weight_kg
    order = sorted(weights.items(), key=lambda pair: (pair[0].depart_s, pair[0].start, pair[0].end))
    for passage, weight_kg in order:
        yield Load(
            start=passage.start,
            end=passage.end,
            mode=passage.mode,
            depart_s=passage.depart_s,
            arrive_s=passage.arrive_s,
            weight_kg=weight_kg,
            loads=-(-weight_kg // LOAD_KG[passage.mode]),
            capacity_kg=limits.get((passage.start, passage.end, passage.mode)),
            estimated=passage.estimated,
        )


def _late_reasons(model: _Model, shipments: tuple[Shipment, ...]) -> dict[tuple[str, str], str]:
    """`too_far`: not even the fastest way of that supplier is in time; else the ways in time were full."""
    best: dict[tuple[str, str], int] = {}
    for flow in model.flows:
        regency = model.problem.warehouses[flow.house].regency
        key = regency, model.problem.supplies[flow.supply].supplier
        best[key] = min(best.get(key, 1 << 62), model.late_s(flow))
    return {
        (shipment.regency, shipment.supplier): (
            "too_far" if best[shipment.regency, shipment.supplier] else "lanes_full"
        )
        for shipment in shipments
        if shipment.late_s
    }
