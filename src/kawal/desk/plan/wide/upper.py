"""From printers and makers to the warehouses of a province or the nation: who sends what, when, how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from kawal.desk.needs import reads as needs
from kawal.desk.places import reads as places
from kawal.desk.plan import models, reads
from kawal.desk.plan.wide import upper_escorts
from kawal.rules.needs.rulebook import Rules
from kawal.rules.places.codes import NATION, level_of, zone_of
from kawal.rules.plan.calendar import calendar
from kawal.rules.plan.facts import Leg
from kawal.rules.plan.roster.strengths import Notice
from kawal.rules.plan.routing.jobs import moment
from kawal.rules.plan.upper.assign import assign
from kawal.rules.plan.upper.check import check
from kawal.rules.plan.upper.facts import Shipment, UpperPlan, UpperProblem, Warehouse
from kawal.rules.plan.upper.reading import lanes_of, ports_of, supplies_of
from kawal.rules.refusals import Refused

HANDLING_DAYS = 10  # to count, sort, fold and pack before the first departure (assumed)
_BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Texts of the three files (rules.plan.upper.reading); ports and lanes may be empty."""

    supply: str
    ports: str = ""
    lanes: str = ""


def make(
    area: str,
    files: Files,
    *,
    voting_day: date,
    reason: str,
    by: str,
    now: datetime,
    handling_days: int = HANDLING_DAYS,
    strength: bytes | None = None,
) -> tuple[int, list[Notice]]:
    """Answers the row, the newest version and the one of record, and notices of the table of strengths.

    A warehouse must have everything so many days before the first departure of its regency's plan, or of the
    calendar where it has none. Refuses `by_required`, `reason_required`, `run_needs_area_above`,
    `wrong_supply_file`, `wrong_handling_days`, `nothing_to_supply`, `upper_breaks_rule`, `wrong_strength` and
    `roster_breaks_rule`.
    """
    if not by.strip():
        raise Refused("by_required", area=area)
    if level_of(places.area(area).code) not in ("nation", "province"):
        raise Refused("run_needs_area_above", area=area)
    if not 0 <= handling_days <= 60:
        raise Refused("wrong_handling_days", days=handling_days)
    if not reason.strip() and models.UpperPlan.objects.filter(area_code=area).exists():
        raise Refused("reason_required", area=area or "id")
    rules, _ = needs.rules_of_record(area)
    problem, planned = _problem(area, files, rules, voting_day, timedelta(days=handling_days))
    plan = assign(problem)
    broken = check(problem, plan)
    if broken:
        first = broken[0]
        raise Refused(
            "upper_breaks_rule", area=area or "id", rule=first.code, where=first.where, count=len(broken)
        )
    escorts, notices = upper_escorts.of(area, problem, plan, now=now, strength=strength)
    row = models.UpperPlan(
        area_code=area,
        of_record=True,
        reason=reason.strip(),
        made_at=now,
        made_by=by.strip(),
        voting_day=voting_day,
        handling_days=handling_days,
        supply=files.supply,
        ports=files.ports,
        lanes=files.lanes,
        summary={**_summary(problem, plan, planned), "escorts": escorts},
    )
    return _save(row, plan), notices


def of_record(area: str) -> models.UpperPlan | None:
    """The supply plan of a province or the nation; of a province without one of its own, the nation's."""
    rows = models.UpperPlan.objects.filter(area_code__in={area, NATION}, of_record=True)
    return rows.order_by("-area_code").first()


def shipments(plan_id: int, area: str = NATION) -> list[models.UpperShipment]:
    """By arrival; those to warehouses in the area."""
    rows = models.UpperShipment.objects.filter(plan_id=plan_id, area_code__startswith=area)
    return list(rows.order_by("arrive_at", "area_code", "supplier", "id"))


def _problem(
    area: str, files: Files, rules: Rules, voting_day: date, handling: timedelta
) -> tuple[UpperProblem, int]:
    """With how many warehouses have a plan to be in time for."""
    items = {item.code: float(item.weight_g) for item in rules.items}
    supplies = supplies_of(files.supply, items)
    ports = ports_of(files.ports) if files.ports.strip() else ()
    known = {supply.supplier for supply in supplies} | {port.code for port in ports}
    lanes = lanes_of(files.lanes, known) if files.lanes.strip() else ()
    firsts = _first_departures(area)
    supplied = {supply.item for supply in supplies}
    houses, regencies = [], {}
    for one in places.areas_under(NATION, "regency"):
        if one.lat is None or one.lon is None:
            continue
        regencies[one.code] = one.lat, one.lon
        if not one.code.startswith(area):
            continue
        wanted = needs.totals_by_rules(one.code, rules)
        first = firsts.get(one.code) or _by_calendar(one.code, voting_day)
        houses.append(
            Warehouse(
                regency=one.code,
                lat=one.lat,
                lon=one.lon,
                due_s=int((first - handling).timestamp()),
                demand={item: count for item, count in wanted.items() if item in supplied},
            )
        )
    problem = UpperProblem(
        supplies=supplies,
        ports=ports,
        lanes=lanes,
        warehouses=tuple(houses),
        weight_g=items,
        regencies=regencies,
    )
    return problem, sum(house.regency in firsts for house in houses)


def _first_departures(area: str) -> dict[str, datetime]:
    found = {}
    for plan in reads.plans_of_record(area):
        at = plan.summary["first_departure_at"]
        if at:
            found[plan.area] = datetime.fromisoformat(at)
    return found


def _by_calendar(regency: str, voting_day: date) -> datetime:
    return min(shift.start for shift in calendar(voting_day, zone_of(regency)).shifts[Leg.TO_PPK])


def _summary(problem: UpperProblem, plan: UpperPlan, planned: int) -> dict[str, Any]:
    loads: Counter[str] = Counter()
    for load in plan.loads:
        loads[load.mode.value] += load.loads
    late = [one for one in plan.shipments if one.late_s]
    return {
        "suppliers_count": len({supply.supplier for supply in problem.supplies}),
        "warehouses_count": sum(1 for house in problem.warehouses if house.demand),
        "planned_warehouses_count": planned,
        "shipments_count": len(plan.shipments),
        "weight_kg": sum(one.weight_kg for one in plan.shipments),
        "estimated_shipments_count": sum(
            any(step.estimated for step in one.passages) for one in plan.shipments
        ),
        "last_arrival_at": moment(max(one.arrive_s for one in plan.shipments)).isoformat()
        if plan.shipments
        else None,
        "loads": dict(sorted(loads.items())),
        "departures": [_load(load) for load in plan.loads if load.mode.value != "road"],
        "late_warehouses_count": len({one.regency for one in late}),
        "late": [
            {
                "area": one.regency,
                "supplier": one.supplier,
                "items": dict(one.items),
                "late_s": one.late_s,
                "reason": plan.late_reasons[one.regency, one.supplier],
            }
            for one in sorted(late, key=lambda one: (-one.late_s, one.regency, one.supplier))
        ],
        "missing_warehouses_count": len({row.regency for row in plan.missing}),
        "missing": [
            {"area": row.regency, "item": row.item, "quantity": row.quantity, "reason": row.reason}
            for row in plan.missing
        ],
    }


def _load(load: Any) -> dict[str, Any]:
    told = asdict(load)
    for key in ("depart", "arrive"):
        told[f"{key}_at"] = moment(told.pop(f"{key}_s")).isoformat()
    return {**told, "mode": load.mode.value}


def _save(row: models.UpperPlan, plan: UpperPlan) -> int:
    with transaction.atomic():
        known = models.UpperPlan.objects.filter(area_code=row.area_code)
        latest = known.order_by("-version").first()
        row.version = latest.version + 1 if latest else 1
        known.filter(of_record=True).update(of_record=False)
        row.save()
        rows = [_shipment(row, one) for one in plan.shipments]
        models.UpperShipment.objects.bulk_create(rows, _BATCH)
    return row.pk


def _shipment(row: models.UpperPlan, one: Shipment) -> models.UpperShipment:
    return models.UpperShipment(
        plan=row,
        supplier=one.supplier,
        area_code=one.regency,
        items=dict(one.items),
        weight_kg=one.weight_kg,
        passages=[_passage(asdict(step)) for step in one.passages],
        depart_at=moment(one.passages[0].depart_s),
        arrive_at=moment(one.arrive_s),
        due_at=moment(one.due_s),
    )


def _passage(step: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "start": step["start"],
        "end": step["end"],
        "mode": step["mode"].value,
        "depart_at": moment(step["depart_s"]).isoformat(),
        "arrive_at": moment(step["arrive_s"]).isoformat(),
        "estimated": step["estimated"],
    }
