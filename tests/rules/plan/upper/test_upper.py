"""Suppliers on Java, ports, warehouses near and far: who gets what, when, and why not where he does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kawal.rules.places.codes import WIB
from kawal.rules.plan.upper.assign import assign
from kawal.rules.plan.upper.check import check
from kawal.rules.plan.upper.facts import Carriage, Lane, Port, Supply, UpperPlan, UpperProblem, Warehouse
from kawal.rules.plan.upper.reading import LANES, SUPPLY, lanes_of, ports_of, supplies_of
from kawal.rules.refusals import Refused

HOUR_S, DAY_S = 3_600, 86_400


def at(day: int, hour: int = 8) -> int:
    return int(datetime(2024, 1, day, hour, tzinfo=WIB).timestamp())


def supply(supplier: str = "Kudus", quantity: int = 10_000, item: str = "ballot_dpr", day: int = 2) -> Supply:
    return Supply(supplier=supplier, item=item, quantity=quantity, ready_s=at(day), lat=-6.8, lon=110.8)


def house(regency: str, lat: float, lon: float, wants: int = 1_000, due_day: int = 25) -> Warehouse:
    return Warehouse(regency=regency, lat=lat, lon=lon, due_s=at(due_day), demand={"ballot_dpr": wants})


PORTS = (Port(code="Tanjung Emas", lat=-6.95, lon=110.42), Port(code="Ambon", lat=-3.7, lon=128.17))
SHIP = Lane(
    start="Tanjung Emas", end="Ambon", mode=Carriage.SEA, travel_s=96 * HOUR_S, capacity_kg=50,
    departures_s=(at(5), at(12), at(19)),
)  # fmt: skip
FLIGHT = Lane(start="Tanjung Emas", end="Ambon", mode=Carriage.AIR, travel_s=5 * HOUR_S, capacity_kg=10)
ON_JAVA = house("33.19", -6.8, 110.84)
FAR = house("81.71", -3.69, 128.18)


def problem(
    *houses: Warehouse, supplies: tuple[Supply, ...] = (), lanes: tuple[Lane, ...] = (SHIP,)
) -> UpperProblem:
    return UpperProblem(
        supplies=supplies or (supply(),), ports=PORTS, lanes=lanes, warehouses=houses,
        weight_g={"ballot_dpr": 34.0, "box": 2_000.0},
        regencies={},
    )  # fmt: skip


def test_near_by_road_and_far_by_ship_and_nothing_is_late_or_missing() -> None:
    found = assign(problem(ON_JAVA, FAR))
    assert check(problem(ON_JAVA, FAR), found) == []
    assert found.missing == () and not any(one.late_s for one in found.shipments)
    near, far = found.shipments
    assert [step.mode for step in near.passages] == [Carriage.ROAD]
    assert [step.mode for step in far.passages] == [Carriage.ROAD, Carriage.SEA, Carriage.ROAD]
    assert far.passages[1].depart_s in SHIP.departures_s and not far.passages[1].estimated
    assert far.passages[0].estimated and far.weight_kg == 34


def test_where_the_ships_are_full_the_rest_waits_flies_or_is_missing() -> None:
    wants = replace(FAR, demand={"ballot_dpr": 5_000})  # 170 kg, 150 on three ships
    by_ship = assign(problem(wants))
    assert check(problem(wants), by_ship) == []
    (missing,) = by_ship.missing
    assert missing.reason == "lanes_full" and 580 <= missing.quantity <= 600
    with_flights = problem(wants, lanes=(SHIP, FLIGHT))
    found = assign(with_flights)
    assert check(with_flights, found) == [] and found.missing == ()
    assert {step.mode for one in found.shipments for step in one.passages} == set(Carriage)
    assert all(load.capacity_kg is None or load.weight_kg <= load.capacity_kg + 1 for load in found.loads)


def test_what_nobody_has_is_short_and_told_by_warehouse() -> None:
    houses = ON_JAVA, house("33.20", -6.6, 110.7, wants=12_000)
    found = assign(problem(*houses))
    assert check(problem(*houses), found) == []
    assert sum(row.quantity for row in found.missing) == 3_000
    assert {row.reason for row in found.missing} == {"supply_short"}


def test_a_supplier_that_is_ready_too_late_makes_the_warehouse_late_and_says_why() -> None:
    asked = problem(FAR, supplies=(supply(day=20),), lanes=(replace(SHIP, departures_s=(at(24),)),))
    found = assign(asked)
    assert check(asked, found) == []
    (late,) = found.shipments
    assert late.late_s == late.arrive_s - at(25) > 2 * DAY_S
    assert found.late_reasons == {("81.71", "Kudus"): "too_far"}


def test_a_warehouse_that_no_lane_reaches_gets_an_estimate_by_sea() -> None:
    found = assign(problem(FAR, lanes=()))
    (only,) = found.shipments
    (step,) = only.passages
    assert step.mode is Carriage.SEA and step.estimated
    assert check(problem(FAR, lanes=()), found) == []


def test_who_wants_nothing_of_what_there_is_is_refused() -> None:
    with pytest.raises(Refused, match="nothing_to_supply"):
        assign(problem(replace(ON_JAVA, demand={"box": 3})))


def _first(plan: UpperPlan, **changes: object) -> UpperPlan:
    changed = replace(plan.shipments[-1], **changes)  # type: ignore[arg-type]
    return replace(plan, shipments=(*plan.shipments[:-1], changed))


@pytest.mark.parametrize(
    ("code", "items", "step", "changes"),
    [
        ("not_what_is_wanted", {"ballot_dpr": 999}, None, {}),
        ("more_than_there_is", {"ballot_dpr": 20_000}, None, {}),
        ("departure_overloaded", {"ballot_dpr": 1_900}, None, {}),
        ("before_ready", None, 0, {"depart_s": at(1), "arrive_s": at(2)}),
        ("no_such_departure", None, 1, {"depart_s": at(6), "arrive_s": at(10)}),
        ("no_such_departure", None, 1, {"arrive_s": at(6)}),
        ("does_not_connect", None, 1, {"depart_s": at(1), "arrive_s": at(3)}),
        ("wrong_ends", None, 2, {"end": "81.72"}),
    ],
)
def test_a_plan_broken_by_hand_is_caught(
    code: str, items: dict[str, int] | None, step: int | None, changes: dict[str, object]
) -> None:
    asked = problem(ON_JAVA, FAR)
    plan = assign(asked)
    passages = list(plan.shipments[-1].passages)
    if step is not None:
        passages[step] = replace(passages[step], **changes)  # type: ignore[arg-type]
    broken = _first(plan, items=items or plan.shipments[-1].items, passages=tuple(passages))
    assert code in {found.code for found in check(asked, broken)}


@settings(max_examples=30, deadline=None)
@given(
    wants=st.lists(st.integers(1, 3_000), min_size=1, max_size=5),
    has=st.lists(st.integers(1, 6_000), min_size=1, max_size=3),
    capacity_kg=st.integers(1, 80),
    day=st.integers(1, 18),
)
def test_every_plan_holds_and_nothing_is_lost(
    wants: list[int], has: list[int], capacity_kg: int, day: int
) -> None:
    places = [(-6.8, 110.8), (-3.69, 128.18), (-3.6, 128.2), (-7.3, 112.7), (-3.75, 128.1)]
    codes = ("33.19", "81.71", "81.01", "35.78", "81.05")
    houses = [
        house(code, lat, lon, wants=count)
        for code, (lat, lon), count in zip(codes, places, wants, strict=False)
    ]
    supplies = tuple(supply(f"S{number}", count, day=day + number) for number, count in enumerate(has))
    asked = problem(*houses, supplies=supplies, lanes=(replace(SHIP, capacity_kg=capacity_kg), FLIGHT))
    found = assign(asked)
    assert check(asked, found) == []
    assert found == assign(asked)


def test_files_are_read_and_every_wrong_row_is_told_by_number() -> None:
    told = supplies_of(",".join(SUPPLY) + "\nKudus,ballot_dpr,1000,2024-01-02,-6.8,110.8\n", {"ballot_dpr"})
    assert told == (supply(quantity=1_000),)
    (lane,) = lanes_of(
        ",".join(LANES) + "\nTanjung Emas,81.71,sea,96,50,2024-01-05;2024-01-12T14:00\n", {"Tanjung Emas"}
    )
    assert lane.departures_s == (at(5), at(12, 14)) and lane.capacity_kg == 50
    assert ports_of("port,lat,lon\nAmbon,-3.7,128.17\n") == (PORTS[1],)
    rows = ["Kudus,ballot,1,2024-01-02,-6.8,110.8", "Kudus,ballot_dpr,0,2024-01-02,-6.8,110.8",
            "Kudus,ballot_dpr,1,2 Januari,-6.8,110.8", "Kudus,ballot_dpr,1,2024-01-02,110.8,-6.8", "Kudus",
            ",ballot_dpr,1,2024-01-02,-6.8,110.8"]  # fmt: skip
    with pytest.raises(Refused) as refused:
        supplies_of("\n".join([",".join(SUPPLY), *rows]), {"ballot_dpr"})
    notices = refused.value.facts["notices"]
    assert [(one.number, one.row, one.field) for one in notices] == [  # type: ignore[attr-defined]
        ("U07", 2, "item"), ("U04", 3, "quantity"), ("U06", 4, "ready"), ("U05", 5, "lat,lon"),
        ("U02", 6, ",".join(SUPPLY)), ("U03", 7, "supplier"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "a,b\n", "port,lat,lon\n", "port,lat,lon\nA,1,100\nA,1,100\n"])
def test_a_file_without_rows_head_or_with_a_port_twice_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="wrong_supply_file"):
        ports_of(text)
